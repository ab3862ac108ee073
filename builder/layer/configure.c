/* SPDX-License-Identifier: MIT */
#include "layer/configure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "layer/deb/predepends.h"
#include "layer/deb/python_modules.h"
#include "layer/deb/triggers.h"

#define ISCHROOT "/usr/bin/ischroot"

/* A preinst may expect that those of earlier packages in this list have run. */
static const char *const first[] = {
	"base-passwd", "base-files", "libc6", "dash", "debconf", "gzip", "adduser", "passwd",
};

static int run(const char *const *argv, const char *const *env)
{
	int status = sandbox_spawn(argv, env);

	if (status)
		printf("%s ended with status %d\n", argv[0], status);
	fflush(stdout);
	return status;
}

static int run_preinst(const struct installed *p)
{
	AUTO_FREE char *script = mem_printf("/var/lib/dpkg/info/%s.preinst", p->info);
	const char *const argv[] = { script, "install", NULL };
	AUTO_FREE char *package = mem_printf("DPKG_MAINTSCRIPT_PACKAGE=%s", p->name);
	AUTO_FREE char *architecture = mem_printf("DPKG_MAINTSCRIPT_ARCH=%s", p->architecture);
	const char *const added[] = {
		package,
		architecture,
		"DPKG_MAINTSCRIPT_NAME=preinst",
		"DPKG_ADMINDIR=/var/lib/dpkg",
		"DPKG_ROOT=",
		"DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT=1",
		"DPKG_MAINTSCRIPT_DEBUG=0",
	};
	const char *env[64];
	size_t count = 0;

	if (!cached_package_member(p->pack, "preinst"))
		return 0;
	for (char **pair = environ; *pair && count < COUNT(env) - COUNT(added) - 1; pair++)
		env[count++] = *pair;
	for (size_t i = 0; i < COUNT(added); i++)
		env[count++] = added[i];
	env[count] = NULL;
	printf("Preparing %s (%s) ...\n", p->info, p->version);
	fflush(stdout);
	return run(argv, env);
}

static struct err *make_home(const struct service_user *u)
{
	if (!text_starts(u->home, "/home/"))
		return NULL;
	TRY(file_make_folder(u->home, 0755));
	return chown(u->home, u->uid, u->gid) < 0 ? err_errno(errno, "make %s", u->home) : NULL;
}

static struct err *append(const char *path, const struct text *lines)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	return fd < 0 ? err_errno(errno, "%s", path) : file_write_all(fd, lines->bytes, lines->len, path);
}

/* Assigns ids in advance that packages would otherwise assign in the order of their scripts. */
static struct err *add_users(const struct configure_request *r)
{
	AUTO_TEXT struct text passwd = { 0 }, group = { 0 };

	for (size_t i = 0; i < r->user_count; i++) {
		const struct service_user *u = &r->users[i];
		text_printf(&passwd, "%s:*:%u:%u:%s:%s:%s\n", u->name, u->uid, u->gid,
			    u->comment ? u->comment : "", u->home, u->shell);
		text_printf(&group, "%s:*:%u:\n", u->name, u->gid);
	}
	if (!r->user_count)
		return NULL;
	TRY(append("/etc/group", &group));
	TRY(append("/etc/passwd", &passwd));
	for (size_t i = 0; i < r->user_count; i++)
		TRY(make_home(&r->users[i]));
	return NULL;
}

static bool is_first(const char *name)
{
	for (size_t i = 0; i < COUNT(first); i++)
		if (!strcmp(name, first[i]))
			return true;
	return false;
}

/* Data for the sandbox. */
struct build_context {
	const struct configure_request *request;
	const bool *early;
};

static int prepare_named(const struct configure_request *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (!strcmp(r->packages[i].name, name))
			return run_preinst(&r->packages[i]);
	return 0;
}

/* Reports errors of our own code in the sandbox as a program would. */
static int told(struct err *e)
{
	if (!e)
		return 0;
	AUTO_FREE char *text = err_text(e);
	printf("%s\n", text);
	err_free(e);
	return 1;
}

static int prepare(const struct build_context *j, bool early)
{
	const struct configure_request *r = j->request;
	int status = 0;

	for (size_t i = 0; early && !status && i < COUNT(first); i++) {
		status = prepare_named(r, first[i]);
		if (!status && !i)
			status = told(add_users(r));
	}
	for (size_t i = 0; !status && i < r->count; i++)
		if (j->early[i] == early && !is_first(r->packages[i].name))
			status = run_preinst(&r->packages[i]);
	return status;
}

static int configure_early(const struct build_context *j)
{
	AUTO_FREE const char **argv = mem_array(j->request->count + 4, sizeof *argv);
	size_t count = 3;

	argv[0] = "dpkg";
	argv[1] = "--abort-after=1";
	argv[2] = "--configure";
	for (size_t i = 0; i < j->request->count; i++)
		if (j->early[i])
			argv[count++] = j->request->packages[i].info;
	return count > 3 ? run(argv, NULL) : 0;
}

/* `dpkg --audit` prints its findings and still succeeds: it must print nothing. */
static int audit(void)
{
	static const char *const argv[] = { "dpkg", "--audit", NULL };
	AUTO_CLOSE int output = dup(1),
		       file = open("/run/mkbench/audit", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct stat st;

	if (output < 0 || file < 0 || dup2(file, 1) < 0)
		return told(err_errno(errno, "audit the packages"));
	int status = sandbox_spawn(argv, NULL);
	if (dup2(output, 1) < 0 || fstat(file, &st) < 0)
		return 1;
	if (!st.st_size)
		return status;
	printf("dpkg --audit reports problems:\n");
	fflush(stdout);
	return told(lseek(file, 0, SEEK_SET) ? err_errno(errno, "read the audit") :
					       file_copy(file, 1, (uint64_t)st.st_size, "the audit")) ||
	       1;
}

static int inside(void *arg)
{
	static const char *const ldconfig[] = { "ldconfig", NULL };
	static const char *const commands[][5] = {
		{ "dpkg", "--abort-after=1", "--configure", "-a", NULL },
		{ "dpkg", "--abort-after=1", "--triggers-only", "-a", NULL },
	};
	const struct build_context *j = arg;
	int status = run(ldconfig, NULL);

	if (!status)
		python_modules_ahead(j->request->packages, j->request->count);
	sandbox_by_one_processor(true);
	if (!status)
		status = prepare(j, true);
	if (!status)
		status = configure_early(j);
	if (!status)
		status = prepare(j, false);
	for (size_t i = 0; !status && i < COUNT(commands); i++)
		status = run(commands[i], NULL);
	sandbox_by_one_processor(false);
	if (!status)
		status = told(triggers_end(j->request->packages, j->request->count));
	return status ? status : audit();
}

static void on_line(void *arg, const char *line)
{
	static const char head[] = "Setting up ";
	struct progress *p = arg;

	if (!p || !text_starts(line, head))
		return;
	AUTO_FREE char *name = mem_ndup(line + strlen(head), strcspn(line + strlen(head), " "));
	progress_item(p, name);
	progress_add(p, 1);
}

/* ischroot(1) says yes, as where no init is: without it libc6 tells init to start anew, and waits a second
 * for it. */
static struct err *begin(void)
{
	if (!access(ISCHROOT, X_OK) && mount("/usr/bin/true", ISCHROOT, NULL, MS_BIND, NULL) < 0)
		return err_errno(errno, "answer for " ISCHROOT);
	return triggers_begin();
}

struct err *configure_run(const struct configure_request *r)
{
	static const char *const env[] = {
		"DEBIAN_FRONTEND=noninteractive",
		"DEBCONF_NONINTERACTIVE_SEEN=true",
		"DEBCONF_NOWARNINGS=yes",
		"SYSTEMD_OFFLINE=1",
		"SYSTEMD_IN_CHROOT=1",
		"INITRD=No",
		NULL,
	};
	AUTO_FREE bool *early = mem_array(r->count, sizeof *early);
	struct build_context job = { r, early };
	struct sandbox room = r->room;

	TRY(predepends_mark(r->packages, r->count, early));
	room.env = env;
	room.before = begin;
	return sandbox_call(&room, inside, &job, "configuring the packages", on_line, r->progress);
}
