#include "run/qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "image/zst.h"
#include "run/interrupt.h"
#include "run/port.h"
#include "run/talk.h"

#define KVM_SECONDS 60         /* a guest that says nothing for so long is emulated instead */
#define TCG_SECONDS 900
#define STOP_SECONDS 180
#define ASK_MS 5000
#define TAIL_BYTES 4096
#define INSIDE_MS 70000
#define PACKED ".raw.zst"

static bool answers(const struct engine *e)
{
	(void)e;
	return false;            /* for containers, which is what is asked */
}

static char *inside(const char *name, const char *what)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (data && *data)
		return mem_printf("%s/mkbench/%s/%s", data, name, what);
	return mem_printf("%s/.local/share/mkbench/%s/%s", home ? home : "", name, what);
}

bool qemu_is_disk(const char *path)
{
	return text_ends(path, ".raw") || text_ends(path, ".qcow2") || text_ends(path, PACKED);
}

/* "demo-1.0.qcow2" is demo. */
struct err *qemu_open(const char *path, struct bundle *ret)
{
	static const char *const health[] = { "/usr/lib/mkbench/health", NULL };
	AUTO_FREE char *whole = realpath(path, NULL);

	if (!whole)
		return err_new(ERR_USAGE, "%s: %s", path, strerror(errno));
	const char *file = strrchr(whole, '/') + 1, *dash = strrchr(file, '-');
	AUTO_FREE char *name = mem_ndup(file, dash ? (size_t)(dash - file) : strcspn(file, "."));
	ret->path = arena_dup(&ret->arena, whole, strlen(whole));
	ret->name = arena_dup(&ret->arena, name, strlen(name));
	ret->health = health;
	return NULL;
}

static enum engine_state find(const struct engine *e, const char *name)
{
	AUTO_FREE char *disk = inside(name, "disk"), *part = inside(name, "raw.part"), *path = inside(name, "qemu.pid");
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	(void)e;
	if (fd >= 0 && !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK)
		return ENGINE_RUNNING;
	return access(disk, F_OK) && access(part, F_OK) ? ENGINE_ABSENT : ENGINE_STOPPED;
}

static bool keeps(const struct engine *e, const char *name)
{
	return find(e, name) != ENGINE_ABSENT;
}

static struct err *command(const char *const *argv)
{
	AUTO_FREE char *output = NULL;
	int status = 0;

	TRY(child_run(&(struct child){ .argv = argv, .limit_seconds = 60 }, &output, NULL, &status));
	if (status == 127)
		return err_new(ERR_SYSTEM, "%s is missing: a disk needs qemu-system-x86 and qemu-utils to run", argv[0]);
	return status ? err_new(ERR_SYSTEM, "%s: %.*s", argv[0], (int)strcspn(output, "\n"), output) : NULL;
}

/* What an overlay lies on: the image itself, or what QEMU can read of it. */
static struct err *readable(const struct launch *l, char **ret)
{
	AUTO_FREE char *raw = inside(l->name, "raw"), *part = inside(l->name, "raw.part");

	*ret = NULL;
	if (!text_ends(l->bundle->path, PACKED)) {
		*ret = mem_dup(l->bundle->path);
		return NULL;
	}
	progress_stage(l->progress, "unpack", 0, NULL);
	AUTO_CLOSE int from = open(l->bundle->path, O_RDONLY | O_CLOEXEC), to = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (from < 0 || to < 0)
		return err_errno(errno, "open %s", from < 0 ? l->bundle->path : part);
	struct err *e = zst_read(from, to);
	if (!e && rename(part, raw) < 0)
		e = err_errno(errno, "rename %s", part);
	if (e)
		unlink(part);
	else
		*ret = TAKE(raw);
	progress_done(l->progress, NULL);
	return e ? err_wrap(e, "%s", l->bundle->path) : NULL;
}

/* An overlay lies on one image and no other: on a newer one it would be a heap of blocks. */
static struct err *make_overlay(const struct launch *l)
{
	AUTO_FREE char *disk = inside(l->name, "disk"), *base = inside(l->name, "base"), *was = NULL, *image = NULL;
	const char *format = text_ends(l->bundle->path, ".qcow2") ? "qcow2" : "raw";
	struct stat st;
	size_t len;

	if (stat(l->bundle->path, &st) < 0)
		return err_errno(errno, "%s", l->bundle->path);
	AUTO_FREE char *now = mem_printf("%s %ju:%ju %jd %jd.%09ld\n", l->bundle->path, (uintmax_t)st.st_dev, (uintmax_t)st.st_ino,
					 (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	if (!access(disk, F_OK)) {
		err_free(file_read(base, 1 << 16, &was, &len));
		if (was && !strcmp(was, now))
			return NULL;
		return err_new(ERR_USAGE, "%s has its data on another image than %s is now: 'mkbench run --clean %s' removes it, --name begins "
			       "another", l->name, l->bundle->path, l->name);
	}
	TRY(readable(l, &image));
	const char *const argv[] = { "qemu-img", "create", "-q", "-f", "qcow2", "-b", image, "-F", format, disk, NULL };
	TRY(file_write(base, now, strlen(now), 0600));
	return command(argv);
}

/* A comma within an option's value is written twice. */
static char *option(const char *head, const char *value)
{
	struct text t = { 0 };

	text_put(&t, head);
	for (; *value; value++)
		text_printf(&t, *value == ',' ? ",%c" : "%c", *value);
	return text_take(&t);
}

static struct err *launch(const struct launch *l, const char *accelerator)
{
	AUTO_FREE char *disk = inside(l->name, "disk"), *pid = inside(l->name, "qemu.pid"), *console = inside(l->name, "console");
	AUTO_FREE char *agent = inside(l->name, "agent"), *qmp = inside(l->name, "qmp");
	AUTO_FREE char *drive = option("format=qcow2,if=virtio,file=", disk), *serial = option("file:", console);
	AUTO_FREE char *channel = option("socket,id=agent,server=on,wait=off,path=", agent), *monitor = mem_printf("unix:%s,server=on,wait=off", qmp);
	const char *const first[] = {
		"qemu-system-x86_64", "-accel", accelerator, "-cpu", strcmp(accelerator, "kvm") ? "max" : "host", "-m", "2G", "-smp", "2", "-display", "none",
		"-no-reboot", "-daemonize", "-pidfile", pid, "-drive", drive, "-nic", "user,id=net,model=virtio", "-serial", serial, "-qmp", monitor,
		"-device", "virtio-serial", "-chardev", channel, "-device", "virtserialport,chardev=agent,name=org.mkbench.agent",
	};
	struct { const char **items; size_t count, room; } argv = { 0 };
	struct { char **items; size_t count, room; } made = { 0 };

	for (size_t i = 0; i < COUNT(first); i++)
		VEC_PUSH(&argv, first[i]);
	for (const char *const *pair = l->env; pair && *pair; pair++) {
		VEC_PUSH(&made, option("type=11,value=io.systemd.credential:", *pair));
		VEC_PUSH(&argv, "-smbios");
		VEC_PUSH(&argv, made.items[made.count - 1]);
	}
	VEC_PUSH(&argv, NULL);
	struct err *e = command(argv.items);
	for (size_t i = 0; i < made.count; i++)
		free(made.items[i]);
	free(made.items);
	free(argv.items);
	return e;
}

static struct err *ask_monitor(const char *name, const char *text)
{
	AUTO_FREE char *qmp = inside(name, "qmp");

	return talk_monitor(qmp, text);
}

static bool ask(const char *name, const char *const *argv, char **ret_output)
{
	AUTO_FREE char *agent = inside(name, "agent");
	int status = 1;
	struct err *e = talk_agent(agent, argv, ASK_MS, ret_output, &status);

	err_free(e);
	return !e && !status;
}

/* The port that the image listens on is known to the image alone. */
static unsigned wait_for_port(const char *name, int seconds, bool *ret_interrupted)
{
	static const char *const argv[] = { "cat", "/usr/lib/mkbench/bench.json", NULL };
	unsigned port = 0;

	*ret_interrupted = false;
	for (int turn = 0; !port && turn * ASK_MS < seconds * 1000 && !*ret_interrupted && find(NULL, name) == ENGINE_RUNNING; turn++) {
		AUTO_FREE char *text = NULL;
		if (ask(name, argv, &text)) {
			json_t *bench = json_loads(text, 0, NULL);
			port = (unsigned)json_integer_value(json_object_get(bench, "http_port"));
			json_decref(bench);
		}
		*ret_interrupted = interrupt_wait(-1, port ? 0 : 100);
	}
	return port;
}

static void wait_for_end(const char *name, int seconds)
{
	for (int i = 0; i < seconds * 10 && find(NULL, name) == ENGINE_RUNNING; i++)
		usleep(100000);
}

static pid_t pid_of(const char *name)
{
	AUTO_FREE char *path = inside(name, "qemu.pid"), *text = NULL;
	size_t len;
	struct err *e = file_read(path, 64, &text, &len);

	err_free(e);
	return e ? 0 : (pid_t)strtol(text, NULL, 10);
}

static void force_end(const char *name)
{
	pid_t pid = pid_of(name);

	if (pid > 0 && find(NULL, name) == ENGINE_RUNNING)
		kill(pid, SIGKILL);
	wait_for_end(name, 10);
}

/* Starts the machine and waits for its agent. *ret_port 0: it did not come that far, or was interrupted. */
static struct err *boot(const struct launch *l, const char *accelerator, int seconds, unsigned *ret_port, bool *ret_interrupted)
{
	*ret_port = 0;
	*ret_interrupted = false;
	progress_stage(l->progress, strcmp(accelerator, "tcg") ? "boot" : "boot, emulated", 0, NULL);
	TRY(launch(l, accelerator));
	*ret_port = wait_for_port(l->name, seconds, ret_interrupted);
	return NULL;
}

/* That there is a /dev/kvm does not say that it works: where a guest does not come up with it, it is emulated. */
static struct err *boot_somehow(const struct launch *l, unsigned *ret_port, bool *ret_interrupted)
{
	if (!access("/dev/kvm", R_OK | W_OK)) {
		struct err *e = boot(l, "kvm", KVM_SECONDS, ret_port, ret_interrupted);
		if (!e && (*ret_port || *ret_interrupted))
			return NULL;
		progress_done(l->progress, "not with /dev/kvm");
		err_free(e);
		force_end(l->name);
	}
	return boot(l, "tcg", TCG_SECONDS, ret_port, ret_interrupted);
}

static struct err *start(const struct engine *e, const struct launch *l)
{
	AUTO_FREE char *disk = inside(l->name, "disk");
	AUTO_FREE char *folder = mem_ndup(disk, strlen(disk) - strlen("/disk"));
	bool interrupted;
	unsigned port;

	(void)e;
	if (l->data)
		return err_new(ERR_USAGE, "--data is for containers: a disk keeps its data in %s", disk);
	TRY(file_make_folder(folder, 0700));
	TRY(make_overlay(l));
	interrupt_catch();
	TRY(boot_somehow(l, &port, &interrupted));
	if (interrupted)
		return NULL;
	if (!port)
		return err_new(ERR_BUILD, "%s does not boot: %s/console has what it said", l->name, folder);
	progress_done(l->progress, NULL);
	AUTO_FREE char *forward = mem_printf("hostfwd_add net tcp:127.0.0.1:%u-:%u", l->port, port);
	port_drop(l->listener);
	return ask_monitor(l->name, forward);
}

static struct err *stop(const struct engine *e, const char *name)
{
	TRY(ask_monitor(name, "system_powerdown"));
	wait_for_end(name, STOP_SECONDS);
	if (find(e, name) != ENGINE_RUNNING)
		return NULL;
	force_end(name);
	return err_new(ERR_SYSTEM, "%s did not stop within %d s: it was switched off", name, STOP_SECONDS);
}

static struct err *clean(const struct engine *e, const char *name)
{
	AUTO_FREE char *disk = inside(name, "disk");

	(void)e;
	disk[strlen(disk) - strlen("/disk")] = '\0';
	return file_remove_tree(disk);
}

static struct err *watch(const struct engine *e, const char *name, int *ret_fd)
{
	(void)e;
	*ret_fd = pidfd_open(pid_of(name), 0);
	return *ret_fd < 0 ? err_errno(errno, "watch %s", name) : NULL;
}

static char *tail(const struct engine *e, const char *name)
{
	AUTO_FREE char *path = inside(name, "console");
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[TAIL_BYTES + 1] = "";
	struct stat st;

	(void)e;
	if (fd < 0 || fstat(fd, &st) < 0 || pread(fd, bytes, TAIL_BYTES, st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0) < 0)
		return mem_dup("");
	for (char *c = bytes; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f)
			*c = ' ';
	return mem_dup(bytes);
}

struct err *qemu_inside(const char *name, const char *const *argv)
{
	AUTO_FREE char *agent = inside(name, "agent"), *output = NULL;
	int status = 0;

	TRY(talk_agent(agent, argv, INSIDE_MS, &output, &status));
	fputs(output, stdout);
	fflush(stdout);
	_exit(status);
}

static const char *const enter[] = { "/proc/self/exe", "run", "--inside-disk", NULL };

const struct engine qemu_row = { "qemu", NULL, answers, keeps, start, find, enter, stop, clean, watch, tail };
