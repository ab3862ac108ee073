/* SPDX-License-Identifier: MIT */
/* Files and folders: whole files in and out, written beside and renamed. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

void file_closep(int *fd);
#define AUTO_CLOSE __attribute__((cleanup(file_closep)))

/* Reads a regular file of at most limit bytes; ret_bytes is NUL-terminated
 * beyond len and the caller's to free. A FIFO, a device or a folder is refused. */
struct err *file_read(const char *path, size_t limit, char **ret_bytes, size_t *ret_len) MUST_CHECK;

/* The same of a file below a folder, wherever ".." and links in its name lead: EXDEV when that is outside. */
struct err *file_read_beneath(const char *folder, const char *name, size_t limit, char **ret_bytes,
			      size_t *ret_len) MUST_CHECK;

/* The same of a text, whatever editor wrote it: what comes is UTF-8 without a byte order mark
 * (utf8_from_file). EILSEQ: it is no text. */
struct err *file_read_text(const char *path, size_t limit, char **ret_text, size_t *ret_len) MUST_CHECK;

/* Writes beside path, fsyncs, renames over it: after a crash path holds the old
 * bytes or the new ones, never a part. */
struct err *file_write(const char *path, const void *bytes, size_t len, mode_t mode) MUST_CHECK;

/* At most limit of a file's last bytes, NUL-terminated and the caller's to free; ""
 * of one that cannot be read. */
char *file_tail(const char *path, size_t limit);

struct err *file_write_all(int fd, const void *bytes, size_t len, const char *what) MUST_CHECK;
/* All len bytes at that place, whatever number the kernel takes at a time; a file
 * that ends earlier is EIO. */
struct err *file_read_at(int fd, void *bytes, size_t len, uint64_t at, const char *what) MUST_CHECK;
struct err *file_write_at(int fd, const void *bytes, size_t len, uint64_t at, const char *what) MUST_CHECK;
/* Copies len bytes between descriptors, by the kernel where it can. */
struct err *file_copy(int from, int to, uint64_t len, const char *what) MUST_CHECK;

struct err *file_make_folder(const char *path, mode_t mode) MUST_CHECK; /* and its parents */
/* Removes a tree without following links; missing is fine. */
struct err *file_remove_tree(const char *path) MUST_CHECK;

/* Folder of the running program, the caller's to free. */
char *file_program_folder(void);
/* anything but itself; false when it is no folder that can be read */
bool file_folder_holds(const char *folder);
