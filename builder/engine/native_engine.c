/* SPDX-License-Identifier: MIT */
#include "engine/native_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "layer/sandbox/sandbox.h"
#include "layer/sandbox/sandbox_host.h"
#include "engine/interrupt.h"
#include "engine/native_inside.h"
#include "engine/native_monitor.h"
#include "engine/machine.h"
#include "engine/unpack.h"
#include "store/store.h"

#define TREE_FORMAT "room tree 2" /* change it if unpacking changes */
#define TREES_KEPT 3		  /* images whose roots stay unpacked for the next start */
#define TAIL_BYTES 4096

static bool answers(const struct engine *e)
{
	(void)e;
	return true;
}

static char *folder_of(const char *name)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (data && *data)
		return mem_printf("%s/mkbench/%s", data, name);
	return mem_printf("%s/.local/share/mkbench/%s", home ? home : "", name);
}

static char *inside(const char *name, const char *what)
{
	AUTO_FREE char *folder = folder_of(name);

	return mem_printf("%s/%s", folder, what);
}

/* The lock belongs to whoever has the descriptor open: a monitor inherits it from its starter. */
static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

static enum engine_state find(const struct engine *e, const char *name)
{
	AUTO_FREE char *path = inside(name, "lock");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	struct flock lock = whole_file();

	(void)e;
	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return ENGINE_ABSENT;
	return lock.l_type == F_UNLCK ? ENGINE_STOPPED : ENGINE_RUNNING;
}

static char *names(const struct engine *e)
{
	(void)e;
	return machine_names("lock");
}

static bool keeps(const struct engine *e, const char *name)
{
	return find(e, name) != ENGINE_ABSENT;
}

static struct err *take_lock(const char *name, int *ret_fd)
{
	AUTO_FREE char *path = inside(name, "lock");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct flock lock = whole_file();

	if (fd < 0)
		return err_errno(errno, "open %s", path);
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0)
		return errno == EAGAIN ? err_new(ERR_USAGE, "%s runs already", name) :
					 err_errno(errno, "lock %s", path);
	*ret_fd = fd;
	fd = -1;
	return NULL;
}

static struct err *read_pids(const char *name, pid_t *ret_first, pid_t *ret_keeper)
{
	AUTO_FREE char *path = inside(name, "pids");
	AUTO_FREE char *text = NULL;
	size_t len;
	char *end;

	TRY(file_read(path, 64, &text, &len));
	*ret_first = (pid_t)strtol(text, &end, 10);
	*ret_keeper = (pid_t)strtol(end, NULL, 10);
	return *ret_first > 0 && *ret_keeper > 0 ? NULL :
						   err_new(ERR_SYSTEM, "%s holds no process numbers", path);
}

static struct digest tree_key(const struct oci_image *b)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, TREE_FORMAT);
	for (size_t i = 0; i < b->layer_count; i++)
		digest_feed(run, b->layers[i].bytes, sizeof b->layers[i].bytes);
	return digest_finish(run);
}

static struct err *unpack(struct store *s, const struct launch *l, const struct digest *key)
{
	AUTO_FREE char *work = NULL, *path = NULL;

	TRY(store_work_folder(s, "room", &work));
	TRY(unpack_layers(l->bundle, work, l->progress));
	return store_tree_keep(s, key, work, &path);
}

/* The image's root as a folder of the store, unpacked once. It is kept while any process has ret_fd open. */
static struct err *get_tree(struct store *s, const struct launch *l, char **ret_path, int *ret_fd)
{
	struct digest key = tree_key(l->bundle);
	AUTO_CLOSE int lock = -1;

	TRY(store_lock_key(s, &key, &lock));
	progress_stage(l->progress, "unpack", l->bundle->layer_bytes, "bytes");
	TRY(store_room_hold(s, &key, TREES_KEPT, ret_path, ret_fd));
	bool there = *ret_fd >= 0;
	if (!there) {
		TRY(unpack(s, l, &key));
		TRY(store_room_hold(s, &key, TREES_KEPT, ret_path, ret_fd));
	}
	if (*ret_fd < 0)
		return err_new(ERR_SYSTEM,
			       "what was unpacked of the image is not there any more: run it again");
	progress_done(l->progress, there ? "there already" : NULL);
	return NULL;
}

static struct err *fresh_folder(const char *name, const char *what, char **ret_path)
{
	AUTO_FREE char *path = inside(name, what);

	TRY(file_remove_tree(path));
	TRY(file_make_folder(path, 0755));
	*ret_path = TAKE(path);
	return NULL;
}

static const char **environment(const struct launch *l)
{
	struct {
		const char **items;
		size_t count, room;
	} all = { 0 };

	for (const char *const *pair = l->bundle->env; pair && *pair; pair++)
		VEC_PUSH(&all, *pair);
	for (const char *const *pair = l->env; pair && *pair; pair++)
		VEC_PUSH(&all, *pair);
	VEC_PUSH(&all, NULL);
	return all.items;
}

static void user_namespace(const char *process, char ret[static 64])
{
	AUTO_FREE char *path = mem_printf("/proc/%s/ns/user", process);
	ssize_t n = readlink(path, ret, 63);

	ret[n > 0 ? n : 0] = '\0';
}

/* If root starts it, it gets its own ids, unless the kernel or a file system has no id-mapped mounts; says so
 * then. */
static void tell_ids(const struct launch *l)
{
	pid_t first = 0, keeper;
	char ours[64], its[64];

	err_free(read_pids(l->name, &first, &keeper)); /* it may have ended */
	AUTO_FREE char *number = mem_printf("%d", (int)first);
	user_namespace("self", ours);
	user_namespace(number, its);
	if (*ours && !strcmp(ours, its) && !sandbox_host_in_user_namespace())
		progress_note(l->progress,
			      "root inside is this machine's root, because the kernel or the file system of "
			      "the store or the data does not support id-mapped mounts");
}

static struct err *start_in(const struct launch *l, const char *tree)
{
	AUTO_FREE char *upper = NULL, *work = NULL, *log = inside(l->name, "log"),
		       *pids = inside(l->name, "pids");
	AUTO_FREE char *data = l->data ? mem_dup(l->data) : inside(l->name, "data");
	AUTO_FREE const char **env = environment(l);

	TRY(fresh_folder(l->name, "upper", &upper));
	TRY(fresh_folder(l->name, "work", &work));
	TRY(file_make_folder(data, 0755));
	const struct bind volume = { data, l->bundle->volume, true };
	const char *const lowers[] = { tree, NULL };
	const struct sandbox room = {
		.lowers = lowers,
		.upper = upper,
		.work = work,
		.binds = &volume,
		.bind_count = l->bundle->volume != NULL,
		.env = env,
		.cwd = l->bundle->working_dir,
		.uid = l->bundle->uid,
		.gid = l->bundle->gid,
	};
	interrupt_catch();
	*l->started_ms = clock_ms();
	TRY(native_monitor_start(&(struct native_monitor){ .room = &room,
							   .argv = l->bundle->entrypoint,
							   .listener = l->bundle->port ? *l->listener : -1,
							   .port = l->bundle->port,
							   .stay = l->detach,
							   .log = log,
							   .pids = pids }));
	tell_ids(l);
	return NULL;
}

static struct err *start(const struct engine *e, const struct launch *l)
{
	AUTO_FREE char *folder = folder_of(l->name), *tree = NULL;
	/* the container's processes inherit both */
	AUTO_CLOSE int lock = -1, held = -1;
	struct store *s;

	(void)e;
	TRY(sandbox_enter_user_namespace());
	TRY(file_make_folder(folder, 0755));
	/* the container's files, including set-uid programs, must not be accessible to others */
	if (chmod(folder, 0700) < 0)
		return err_errno(errno, "close %s to others", folder);
	TRY(take_lock(l->name, &lock));
	TRY(store_open(NULL, &s));
	struct err *failed = get_tree(s, l, &tree, &held);
	store_close(s); /* the container's processes keep its root, and nothing else of the store */
	return failed ? failed : start_in(l, tree);
}

static struct err *watch(const struct engine *e, const char *name, int *ret_fd)
{
	pid_t first, keeper;

	(void)e;
	TRY(read_pids(name, &first, &keeper));
	*ret_fd = pidfd_open(keeper, 0);
	return *ret_fd < 0 ? err_errno(errno, "watch %s", name) : NULL;
}

/* A container that ends while it is checked counts as stopped. */
static struct err *stop(const struct engine *e, const char *name)
{
	AUTO_CLOSE int keeper = -1;
	struct err *failed = watch(e, name, &keeper);

	if (failed && err_code(failed) == ESRCH) {
		err_free(failed);
		return NULL;
	}
	TRY(failed);
	if (pidfd_send_signal(keeper, SIGTERM, NULL, 0) < 0)
		return errno == ESRCH ? NULL : err_errno(errno, "stop %s", name);
	struct pollfd end = { keeper, POLLIN, 0 };
	while (poll(&end, 1, -1) < 0 && errno == EINTR)
		continue;
	return NULL;
}

static struct err *clean(const struct engine *e, const char *name)
{
	AUTO_FREE char *folder = folder_of(name);

	(void)e;
	TRY(sandbox_enter_user_namespace());
	return file_remove_tree(folder);
}

static char *tail(const struct engine *e, const char *name)
{
	AUTO_FREE char *path = inside(name, "log"), *bytes = file_tail(path, TAIL_BYTES);
	char *line = strlen(bytes) == TAIL_BYTES ? strchr(bytes, '\n') : NULL;

	(void)e;
	return mem_dup(line ? line + 1 : bytes);
}

struct err *native_engine_inside(const char *name, const char *const *argv)
{
	pid_t first, keeper;

	if (find(&native_engine_row, name) != ENGINE_RUNNING)
		return err_new(ERR_USAGE, "%s does not run", name);
	TRY(read_pids(name, &first, &keeper));
	return native_inside(first, argv);
}

static const char *const enter[] = { "/proc/self/exe", "run", "--inside", NULL };

const struct engine native_engine_row = {
	"own", NULL, answers, names, keeps, start, find, enter, stop, clean, watch, tail,
};
