/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "reopen.h"

static void age(const char *path, time_t seconds)
{
	struct timespec t = { .tv_sec = time(NULL) - seconds };

	ok(!utimensat(AT_FDCWD, path, (struct timespec[]){ t, t }, 0));
}

static char *cache_file(struct store *s, const char *name, bool write)
{
	AUTO_FREE char *folder = NULL;
	AUTO_CLOSE int lock = -1;

	ok(!store_cache_begin(s, "npm", &folder, &lock));
	char *path = mem_printf("%s/%s", folder, name);
	ok(!write || !file_write(path, name, strlen(name), 0644));
	return path;
}

/* Another boot of the machine, as the store sees it. */
static void other_boot(void)
{
	AUTO_FREE char *boot = mem_printf("%s/boot", top);

	ok(!file_write(boot, "another\n", 8, 0644));
}

/* Of a cache only what was written after its last good end can be torn. */
static void caches(struct store *s)
{
	AUTO_FREE char *whole = cache_file(s, "whole", true);
	uint64_t freed;

	ok(!store_cache_end(s, "npm"));
	usleep(20000); /* the clock of files ticks slower than ours */
	AUTO_FREE char *torn = cache_file(s, "torn", true);
	s = reopen(s);
	ok(!access(whole, F_OK) && !access(torn, F_OK));
	store_close(s);
	other_boot();
	s = reopen(NULL);
	ok(!access(whole, F_OK) && access(torn, F_OK) < 0);
	ok(!store_clean_built(s, &freed) && !access(whole, F_OK));
	AUTO_FREE char *folder = mem_printf("%s/caches/npm", top);
	age(folder, 1000000);
	AUTO_FREE char *used = cache_file(s, "whole", false);
	ok(!store_clean(s, 500000, &freed) && !access(used, F_OK));
	age(folder, 1000000);
	ok(!store_clean(s, 500000, &freed) && access(folder, F_OK) < 0 && freed > 0);
	store_close(s);
}

/* Two users of a cache come one after the other, even if the first is killed. */
static void cache_in_turn(struct store *s)
{
	AUTO_FREE char *folder = NULL, *mine = NULL;
	AUTO_CLOSE int lock = -1, own = -1;
	int told[2], status;

	ok(!pipe(told));
	pid_t pid = fork();
	if (pid == 0) {
		if (store_cache_begin(s, "pip", &folder, &lock) || write(told[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	ok(read(told[0], &(char){ 0 }, 1) == 1);
	struct digest key = digest_of("cache pip", 9);
	char hex[DIGEST_HEX];
	AUTO_FREE char *path = mem_printf("%s/tmp/%s", top, digest_hex(&key, hex));
	AUTO_CLOSE int other = open(path, O_RDWR | O_CLOEXEC);
	ok(flock(other, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK);
	ok(!kill(pid, SIGKILL) && waitpid(pid, &status, 0) == pid);
	ok(!store_cache_begin(s, "pip", &mine, &own));
	store_close(s);
}

/* What git fetched stays as long as it is used, and what it had not received whole
 * goes when a store is opened alone. */
static void git(struct store *s)
{
	struct digest key = digest_of("url", 3);
	AUTO_FREE char *objects = NULL, *again = NULL;
	uint64_t freed = 0;

	ok(!store_git_objects(s, &key, &objects));
	AUTO_FREE char *folder = mem_ndup(objects, strlen(objects) - strlen("/objects")),
		       *packs = mem_printf("%s/pack", objects);
	AUTO_FREE char *pack = mem_printf("%s/pack-1.pack", packs),
		       *partial = mem_printf("%s/tmp_pack_1", packs);
	ok(!file_make_folder(packs, 0755) && !file_write(pack, "all", 3, 0444) &&
	   !file_write(partial, "half", 4, 0444));
	struct store *other = NULL;
	ok(!store_open(top, &other) && !access(partial, F_OK)); /* it may be the other's */
	store_close(other);
	s = reopen(s);
	ok(access(partial, F_OK) < 0 && !access(pack, F_OK));
	age(folder, 1000000);
	ok(!store_git_objects(s, &key, &again));
	is(again, objects);
	ok(!store_clean_built(s, &freed) && !store_clean(s, 500000, &freed) && !access(pack, F_OK));
	age(folder, 1000000);
	ok(!store_clean(s, 500000, &freed) && access(folder, F_OK) < 0 && freed > 0);
	store_close(s);
}

static void clean(struct store *s)
{
	struct digest old = put(s, "old"), used = put(s, "used"), fresh = put(s, "fresh");
	AUTO_FREE char *old_path = store_blob_path(s, &old), *used_path = store_blob_path(s, &used);
	AUTO_FREE char *work = NULL, *root = NULL, *ref = NULL, *no_ref = NULL;
	struct digest key = digest_of("key", 3);
	struct store *other = NULL;
	uint64_t freed = 0;

	ok(!store_work_folder(s, "root", &work) && !store_tree_keep(s, &key, work, &root) &&
	   !store_ref_write(s, "layer", &key, "built"));
	age(old_path, 1000000);
	age(used_path, 1000000);
	ok(store_has(s, &used));
	ok(!store_open(top, &other));
	ok(says(store_clean(s, 0, &freed), ERR_SYSTEM, "in use") && freed == 0);
	store_close(other);
	ok(!store_clean(s, 500000, &freed) && freed > 0);
	ok(!store_has(s, &old) && store_has(s, &used) && store_has(s, &fresh));
	ok(!access(root, F_OK) && !store_ref_read(s, "layer", &key, &ref) && ref);
	ok(!store_clean(s, 0, &freed));
	ok(!store_has(s, &used) && !store_has(s, &fresh));
	ok(access(root, F_OK) < 0 && !store_ref_read(s, "layer", &key, &no_ref) && !no_ref);
	put(s, "again");
	store_close(s);
}

/* -1: no such folder. */
static int count_files(const char *path)
{
	DIR *folder = opendir(path);
	int count = folder ? 0 : -1;

	for (struct dirent *d; folder && (d = readdir(folder));)
		count += d->d_name[0] != '.';
	if (folder)
		closedir(folder);
	return count;
}

/* Whoever cuts a removal short, and whatever was removed: a tree is found whole or not at all. */
static void cut_short(struct store *s)
{
	enum { FILES = 3000, ROUNDS = 5 };
	struct digest key = digest_of("large", 5);

	for (int round = 0; round < ROUNDS; round++) {
		AUTO_FREE char *work = NULL, *root = NULL;
		ok(!store_work_folder(s, "root", &work));
		for (int i = 0; i < FILES; i++) {
			AUTO_FREE char *path = mem_printf("%s/%d", work, i);
			err_free(file_write(path, "", 0, 0644));
		}
		ok(count_files(work) == FILES && !store_tree_keep(s, &key, work, &root));
		store_close(s);
		pid_t pid = fork();
		if (pid == 0) {
			struct store *own = NULL;
			uint64_t freed;
			_exit(store_open(top, &own) || store_clean(own, 0, &freed));
		}
		while (count_files(root) == FILES)
			;
		ok(!kill(pid, SIGKILL) && waitpid(pid, &(int){ 0 }, 0) == pid);
		AUTO_FREE char *left = mem_printf("%s/trees", top);
		ok(count_files(left) == 0); /* also where nothing has swept what an earlier one left */
		s = reopen(NULL);
		AUTO_FREE char *found = store_tree_find(s, &key);
		ok(!found);
	}
	store_close(s);
}

static void ref_to(struct store *s, const char *kind, const char *key, const struct digest *d,
		   const char *rest)
{
	struct digest k = digest_of(key, strlen(key));
	char hex[DIGEST_HEX];
	AUTO_FREE char *text = mem_printf("%s%s", digest_hex(d, hex), rest);

	ok(!store_ref_write(s, kind, &k, text));
}

/* The layers go with their refs; what was downloaded, and what was made of a download alone, stays. */
static void built(struct store *s)
{
	struct digest layer = put(s, "layer"), other = put(s, "other layer"), input = put(s, "package"),
		      pack = put(s, "pack"), index = put(s, "index");
	char hex[DIGEST_HEX];
	AUTO_FREE char *more = mem_printf(" 12 34\n%s 5", digest_hex(&other, hex));
	uint64_t freed = 0;

	ref_to(s, "build", "all", &layer, more);
	ref_to(s, "sums", "of a folder", &pack, " 1:2 3");
	ref_to(s, "archive-index", "packed", &index, "");
	struct digest k = digest_of("package", 7);
	AUTO_FREE char *text = mem_printf("pack 1 %s", digest_hex(&pack, hex));
	ok(!store_ref_write(s, "pack", &k, text));
	ok(!store_clean_built(s, &freed) && freed >= 2 * 512);
	ok(!store_has(s, &layer) && !store_has(s, &other));
	ok(store_has(s, &input) && store_has(s, &pack) && store_has(s, &index));
	store_close(s);
}

/* One that is killed has removed no ref whose blob is there: the next one finds all of them. */
static void built_cut_short(struct store *s)
{
	enum { BLOBS = 1500 };
	struct digest *all = mem_array(BLOBS, sizeof *all);
	uint64_t freed;
	size_t left = 0;

	for (size_t i = 0; i < BLOBS; i++) {
		AUTO_FREE char *name = mem_printf("layer %zu", i);
		struct digest key = digest_of(name, strlen(name));
		char hex[DIGEST_HEX];
		err_free(store_put(s, name, strlen(name), &all[i]));
		err_free(store_ref_write(s, "layer", &key, digest_hex(&all[i], hex)));
	}
	store_close(s);
	AUTO_FREE char *refs = mem_printf("%s/refs/layer", top);
	pid_t pid = fork();
	if (pid == 0) {
		struct store *own = NULL;
		_exit(store_open(top, &own) || store_clean_built(own, &freed));
	}
	while (count_files(refs) == BLOBS)
		;
	ok(!kill(pid, SIGKILL) && waitpid(pid, &(int){ 0 }, 0) == pid);
	s = reopen(NULL);
	ok(!store_clean_built(s, &freed) && count_files(refs) == 0);
	for (size_t i = 0; i < BLOBS; i++)
		left += store_has(s, &all[i]);
	ok(left == 0);
	free(all);
	store_close(s);
}

static struct digest room(struct store *s, const char *name, char **ret_root, int *ret_fd)
{
	struct digest key = digest_of(name, strlen(name));
	AUTO_FREE char *work = NULL, *root = NULL;

	usleep(20000); /* which was asked for last is told by a file's time, which the kernel counts in steps
			*/
	ok(!store_room_hold(s, &key, 2, ret_root, ret_fd) && *ret_fd < 0);
	ok(!store_work_folder(s, "room", &work) && !store_tree_keep(s, &key, work, &root));
	ok(!store_room_hold(s, &key, 2, ret_root, ret_fd) && *ret_fd >= 0 && !strcmp(root, *ret_root));
	return key;
}

/* Two that were asked for last, and those that somebody has; other trees are nobody's to count. */
static void rooms(struct store *s)
{
	AUTO_FREE char *work = NULL, *other = NULL, *again = NULL;
	struct digest tree = digest_of("tree", 4);
	char *roots[5];
	int fds[5];
	uint64_t freed;

	ok(!store_work_folder(s, "root", &work) && !store_tree_keep(s, &tree, work, &other));
	room(s, "0", &roots[0], &fds[0]);
	struct digest first = room(s, "1", &roots[1], &fds[1]);
	close(fds[1]);
	room(s, "2", &roots[2], &fds[2]);
	close(fds[2]);
	ok(!access(roots[0], F_OK) && !access(roots[1], F_OK) && !access(roots[2], F_OK));
	usleep(20000);
	ok(!store_room_hold(s, &first, 2, &again, &fds[1]) && fds[1] >= 0);
	close(fds[1]);
	room(s, "3", &roots[3], &fds[3]);
	ok(!access(roots[0], F_OK) && !access(roots[1], F_OK) && access(roots[2], F_OK) < 0);
	close(fds[0]);
	room(s, "4", &roots[4], &fds[4]);
	ok(access(roots[0], F_OK) < 0 && access(roots[1], F_OK) < 0 && !access(roots[3], F_OK));
	ok(!access(other, F_OK));
	close(fds[3]);
	ok(!store_clean_built(s, &freed) && access(roots[3], F_OK) < 0 && !access(roots[4], F_OK));
	ok(!store_clean(s, 0, &freed) && !access(roots[4], F_OK) && access(other, F_OK) < 0);
	close(fds[4]);
	ok(!store_clean(s, 0, &freed) && access(roots[4], F_OK) < 0);
	for (size_t i = 0; i < COUNT(roots); i++)
		free(roots[i]);
	store_close(s);
}

int main(void)
{
	char folder[] = "/tmp/mkbench-store.XXXXXX";

	top = mkdtemp(folder);
	caches(reopen(NULL));
	cache_in_turn(reopen(NULL));
	git(reopen(NULL));
	clean(reopen(NULL));
	built(reopen(NULL));
	cut_short(reopen(NULL));
	built_cut_short(reopen(NULL));
	rooms(reopen(NULL));
	ok(!file_remove_tree(top));
	return t_done();
}
