/* SPDX-License-Identifier: MIT */
#include "backup/scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/command.h"
#include "lib/durable.h"
#include "lib/sql.h"

#define START_MS 120000
/* A starting server removes temporary tables of any server in its folder for temporary files. The bench's
 * own server uses /tmp, so this one must not. */
#define TEMPORARY "tmp"

static struct err *fill(const struct bench *b, struct scratch *s)
{
	const struct placeholders_word words[] = { { "data", s->data } };
	AUTO_FREE char *temporary = mem_printf("TMPDIR=%s/" TEMPORARY, s->folder);
	const char *const env[] = { temporary, NULL };
	struct bench_command c = {
		.name = "mariadb-install-db", .argv = b->sql_install, .env = env, .seconds = 600
	};

	return command_run(b, &c, NULL, words, COUNT(words), NULL);
}

/* It ends when our process ends. */
static void become(const struct bench *b, const char *const *argv, const char *log)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);

	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || setsid() < 0 || setgid(b->mysql.gid) ||
	    setuid(b->mysql.uid) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(127);
	execv(argv[0], (char *const *)argv);
	_exit(127);
}

/* Options for a server that loads a backup once: its data need not survive a kill. */
static const char *const plain[] = {
	"--skip-innodb-doublewrite",
	"--max-allowed-packet=1G",
	NULL,
};

static void start(const struct bench *b, const struct scratch *s, const char *const *options)
{
	AUTO_FREE char *data = mem_printf("--datadir=%s", s->data),
		       *socket = mem_printf("--socket=%s", s->socket);
	AUTO_FREE char *log = mem_printf("%s/log", s->folder),
		       *temporary = mem_printf("--tmpdir=%s/" TEMPORARY, s->folder);
	const char *const own[] = {
		data,
		socket,
		temporary,
		"--skip-networking",
		"--pid-file=/run/mkbench/scratch/pid",
		"--innodb-flush-log-at-trx-commit=0",
	};
	const char *argv[24] = { "/usr/sbin/mariadbd" };
	size_t n = 1;

	if (!options)
		argv[n++] = "--no-defaults";
	for (size_t i = 0; i < COUNT(own); i++)
		argv[n++] = own[i];
	for (options = options ? options : plain; *options && n + 1 < COUNT(argv); options++)
		argv[n++] = *options;
	become(b, argv, log);
}

struct err *scratch_start(const struct bench *b, const char *const *options, struct scratch *s)
{
	*s = (struct scratch){ .folder = bench_in_data(b, SCRATCH) };
	AUTO_FREE char *temporary = mem_printf("%s/" TEMPORARY, s->folder);
	s->data = mem_printf("%s/mariadb", s->folder);
	s->socket = mem_dup("/run/mkbench/scratch/sock");
	TRY(file_remove_tree(s->folder));
	TRY(durable_folder(s->folder, 0755, &durable_root));
	TRY(durable_folder("/run/mkbench/scratch", 0755, &b->mysql));
	TRY(durable_folder(s->data, 0700, &b->mysql));
	TRY(durable_folder(temporary, 0700, &b->mysql));
	TRY(fill(b, s));
	s->pid = fork();
	if (s->pid < 0)
		return err_errno(errno, "a MariaDB beside the bench's cannot be started");
	if (!s->pid)
		start(b, s, options);
	struct sql *root = NULL;
	struct err *e = sql_wait(s->socket, "root", START_MS, &root);
	sql_close(root);
	return e;
}

struct err *scratch_stop(struct scratch *s)
{
	AUTO_FREE char *log = mem_printf("%s/log", s->folder);
	int status = 0;

	if (s->pid <= 0)
		return NULL;
	kill(s->pid, SIGTERM);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
	if (!status)
		return NULL;
	AUTO_FREE char *said = file_tail(log, 1000);
	return err_new(ERR_SYSTEM, "the MariaDB beside the bench's did not stop in order: %s", said);
}

void scratch_end(struct scratch *s)
{
	err_free(scratch_stop(s));
	if (s->folder)
		err_free(file_remove_tree(s->folder));
	free(s->folder);
	free(s->data);
	free(s->socket);
	*s = (struct scratch){ 0 };
}
