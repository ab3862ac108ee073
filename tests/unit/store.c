/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "reopen.h"

static size_t count_in(const char *below)
{
	AUTO_FREE char *path = mem_printf("%s/%s", top, below);
	DIR *dir = opendir(path);
	size_t n = 0;

	while (dir && readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void overwrite(const struct store *s, const struct digest *d, const char *text)
{
	AUTO_FREE char *path = store_blob_path(s, d);

	ok(!file_write(path, text, strlen(text), 0444));
}

static void blobs(struct store *s)
{
	struct digest d = put(s, "one"), same = digest_of("one", 3), none = digest_of("none", 4);
	AUTO_FREE char *path = store_blob_path(s, &d);
	AUTO_FREE char *bytes = NULL;
	AUTO_CLOSE int fd = -1;
	struct stat st;
	uint64_t size = 0;
	size_t len;

	ok(digest_equal(&d, &same));
	ok(store_has(s, &d) && !store_has(s, &none));
	ok(!lstat(path, &st) && (st.st_mode & 07777) == 0444 && st.st_nlink == 1);
	ok(!store_read(s, &d, 3, &bytes, &len) && len == 3);
	is(bytes, "one");
	ok(says(store_read(s, &d, 2, &bytes, &len), ERR_SYSTEM, "larger than 2 bytes"));
	ok(!store_open_blob(s, &d, &fd, &size) && size == 3);
	ok(says(store_open_blob(s, &none, &fd, &size), ERR_SYSTEM, "No such file"));
	put(s, "one");
	ok(count_in("tmp") == 0);

	overwrite(s, &d, "on");
	AUTO_FREE char *none_read = NULL;
	ok(says(store_read(s, &d, 10, &none_read, &len), ERR_SYSTEM, "was damaged"));
	ok(!store_has(s, &d));
}

static void writers(struct store *s)
{
	struct digest two = digest_of("two", 3), got, other = digest_of("other", 5);
	struct store_writer *w;
	uint64_t size;

	ok(!store_begin(s, &w) && !store_feed(w, "tw", 2) && !store_feed(w, "o", 1));
	ok(!store_has(s, &two));
	ok(says(store_commit(w, &other, &got, &size), ERR_FETCH, "was promised"));
	ok(!store_has(s, &two) && !store_has(s, &other));
	ok(!store_begin(s, &w) && !store_feed(w, "two", 3));
	store_abort(w);
	ok(!store_has(s, &two) && count_in("tmp") == 0);
	ok(!store_begin(s, &w) && !store_feed(w, "two", 3) && !store_commit(w, &two, &got, &size));
	ok(store_has(s, &two) && digest_equal(&got, &two) && size == 3);
}

static void refs(struct store *s)
{
	struct digest key = digest_of("key", 3);
	AUTO_FREE char *absent = NULL, *first = NULL, *second = NULL, *torn = NULL;
	AUTO_FREE char *long_text = mem_new(STORE_REF_LIMIT + 2);
	char hex[DIGEST_HEX];

	ok(!store_ref_read(s, "layer", &key, &absent) && !absent);
	ok(!store_ref_write(s, "layer", &key, "a line\nand another"));
	ok(!store_ref_read(s, "layer", &key, &first));
	is(first, "a line\nand another");
	ok(!store_ref_write(s, "layer", &key, "") && !store_ref_read(s, "layer", &key, &second));
	is(second, "");
	memset(long_text, 'x', STORE_REF_LIMIT + 1);
	ok(says(store_ref_write(s, "layer", &key, long_text), ERR_SYSTEM, "too long"));
	AUTO_FREE char *path = mem_printf("%s/refs/layer/%s", top, digest_hex(&key, hex));
	ok(!truncate(path, 0) && !store_ref_read(s, "layer", &key, &torn) && !torn);
}

static void trees(struct store *s)
{
	struct digest key = digest_of("tree", 4);
	AUTO_FREE char *work = NULL, *late = NULL, *kept = NULL, *again = NULL, *stays = NULL;

	ok(!store_tree_find(s, &key));
	ok(!store_work_folder(s, "root", &work) && !store_work_folder(s, "root", &late));
	AUTO_FREE char *mine = mem_printf("%s/mine", work), *theirs = mem_printf("%s/theirs", late);
	ok(!file_write(mine, "m", 1, 0644) && !file_write(theirs, "t", 1, 0644));
	ok(!store_tree_keep(s, &key, work, &kept) && access(work, F_OK) < 0);
	ok(!store_tree_keep(s, &key, late, &again) && access(late, F_OK) < 0);
	is(again, kept);
	AUTO_FREE char *found = store_tree_find(s, &key), *inside = mem_printf("%s/mine", kept);
	is(found, kept);
	ok(!access(inside, F_OK));
	ok(!store_work_folder(s, "left", &stays) && !access(stays, F_OK));
	s = reopen(s);
	ok(access(stays, F_OK) < 0);
	store_close(s);
}

/* Says on `told` when its first blob is there. */
static void write_until_killed(int told)
{
	struct store *s;
	struct store_writer *w;
	char *work, block[4096] = { 0 };

	if (store_open(top, &s) || store_work_folder(s, "w", &work) || store_begin(s, &w) ||
	    store_feed(w, block, sizeof block))
		_exit(1);
	for (int i = 0;; i++)
		if (store_feed(w, block, sizeof block) || store_put(s, &i, sizeof i, &(struct digest){ 0 }) ||
		    (i == 0 && write(told, "w", 1) != 1))
			_exit(1);
}

static void killed(void)
{
	int status, told[2];
	char byte;

	ok(!pipe(told));
	pid_t pid = fork();

	if (pid == 0)
		write_until_killed(told[1]);
	close(told[1]);
	ok(read(told[0], &byte, 1) == 1);
	close(told[0]);
	usleep(20000);
	ok(count_in("tmp") == 1); /* its work folder; unfinished blobs have no name */
	ok(!kill(pid, SIGKILL) && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	struct store *s = reopen(NULL);
	ok(count_in("tmp") == 0);
	/* every blob it left is whole */
	struct digest d;
	size_t whole = 0, len;
	for (int i = 0; d = digest_of(&i, sizeof i), store_has(s, &d); i++) {
		AUTO_FREE char *bytes = NULL;
		struct err *e = store_read(s, &d, sizeof i, &bytes, &len);
		whole += !e;
		err_free(e);
	}
	ok(whole > 0);
	store_close(s);
}

#define CROWD 4
#define EACH 200

static void crowd(void)
{
	pid_t pid[CROWD];
	int good = 1, status;

	for (int c = 0; c < CROWD; c++) {
		if ((pid[c] = fork()))
			continue;
		struct store *s;
		if (store_open(top, &s))
			_exit(1);
		for (int i = 0; i < EACH; i++) {
			struct digest d;
			AUTO_FREE char *text = mem_printf("blob %d", i);
			if (store_put(s, text, strlen(text), &d) || store_ref_write(s, "n", &d, text) ||
			    !store_has(s, &d))
				_exit(1);
		}
		store_close(s);
		_exit(0);
	}
	for (int c = 0; c < CROWD; c++)
		good &= waitpid(pid[c], &status, 0) == pid[c] && status == 0;
	ok(good);
	ok(count_in("tmp") == 0);
}

static void key_locks(struct store *s)
{
	struct digest key = digest_of("k", 1);
	AUTO_CLOSE int fd = -1;
	int status;

	ok(!store_lock_key(s, &key, &fd));
	pid_t pid = fork();
	if (pid == 0) {
		char hex[DIGEST_HEX];
		int other = open(mem_printf("%s/tmp/%s", top, digest_hex(&key, hex)), O_RDWR | O_CLOEXEC);
		_exit(flock(other, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK ? 0 : 1);
	}
	ok(waitpid(pid, &status, 0) == pid && status == 0);
}

/* What a power cut tore is found by the first to open the store after it. */
static void power_cut(struct store *s)
{
	struct digest whole = put(s, "whole"), torn = put(s, "torn"), key = digest_of("cut", 3);
	AUTO_FREE char *work = NULL, *kept = NULL;

	ok(!store_work_folder(s, "root", &work) && !store_tree_keep(s, &key, work, &kept));
	overwrite(s, &torn, "to");
	s = reopen(s);
	ok(store_has(s, &torn)); /* the same boot: nobody looks */
	store_close(s);
	AUTO_FREE char *boot = mem_printf("%s/boot", top);
	int fd = open(boot, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ok(write(fd, "another\n", 8) == 8);
	futimens(fd, (struct timespec[]){ { .tv_sec = time(NULL) - 60 }, { .tv_sec = time(NULL) - 60 } });
	close(fd);
	s = reopen(NULL);
	ok(store_has(s, &whole) && !store_has(s, &torn));
	ok(!store_tree_find(s, &key) && count_in("trees") == 0 && count_in("tmp") == 0);
	store_close(s);
}

static void where(void)
{
	struct store *s = NULL;
	AUTO_FREE char *named = mem_printf("%s/named", top), *cache = mem_printf("%s/mkbench", top);

	setenv("MKBENCH_STORE", named, 1);
	setenv("XDG_CACHE_HOME", top, 1);
	ok(!store_open(NULL, &s));
	is(store_path(s), named);
	store_close(s);
	unsetenv("MKBENCH_STORE");
	ok(!store_open(NULL, &s));
	is(store_path(s), cache);
	store_close(s);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	ok(says(store_open(NULL, &s), ERR_USAGE, "MKBENCH_STORE"));
	ok(says(store_open("/proc/nowhere", &s), ERR_SYSTEM, "/proc/nowhere"));
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_mode & 07777;
}

/* A new one and one that an older mkbench left open; a folder of other people's is left as it is. */
static void closed_to_others(void)
{
	AUTO_FREE char *shared = mem_printf("%s/shared", top), *note = mem_printf("%s/shared/note", top);
	struct store *s = NULL, *none = NULL;

	ok(mode_of(top) == 0700);
	ok(!chmod(top, 0755));
	ok(fine(store_open(top, &s)) && mode_of(top) == 0700);
	store_close(s);
	ok(!mkdir(shared, 0777) && !chmod(shared, 01777) && fine(file_write(note, "x", 1, 0644)));
	ok(says(store_open(shared, &none), ERR_USAGE, "holds other things, such as note"));
	ok(mode_of(shared) == 01777);
	ok(fine(file_remove_tree(note)) && fine(store_open(shared, &s)) && mode_of(shared) == 0700);
	store_close(s);
	if (geteuid() || chown(shared, 4711, 4711))
		return;
	ok(says(store_open(shared, &none), ERR_USAGE, "belongs to user 4711"));
	ok(fine(file_remove_tree(shared)));
}

int main(void)
{
	char folder[] = "/tmp/mkbench-store.XXXXXX";

	top = mkdtemp(folder);
	struct store *s = reopen(NULL);
	blobs(s);
	writers(s);
	refs(s);
	key_locks(s);
	trees(s);
	killed();
	crowd();
	power_cut(reopen(NULL));
	closed_to_others();
	where();
	ok(!file_remove_tree(top));
	return t_done();
}
