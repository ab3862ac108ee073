/* SPDX-License-Identifier: MIT */
/* Files and folders: read and write whole files; a write goes to a temporary file that is then renamed. */
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

/* Like file_read, for a file below a folder. EXDEV if ".." or a link in its name leads outside the folder. */
struct err *file_read_beneath(const char *folder, const char *name, size_t limit, char **ret_bytes,
			      size_t *ret_len) MUST_CHECK;

/* Like file_read, for text from any editor: the result is UTF-8 without a byte order mark (utf8_from_file).
 * EILSEQ if it is not text. */
struct err *file_read_text(const char *path, size_t limit, char **ret_text, size_t *ret_len) MUST_CHECK;

/* Writes a temporary file beside path, fsyncs it and renames it over path. After a crash path holds the old
 * bytes or the new ones, never a part. */
struct err *file_write(const char *path, const void *bytes, size_t len, mode_t mode) MUST_CHECK;

/* The last limit bytes of a file at most, NUL-terminated and the caller's to free; "" if the file cannot be
 * read. */
char *file_tail(const char *path, size_t limit);

struct err *file_write_all(int fd, const void *bytes, size_t len, const char *what) MUST_CHECK;
/* Reads all len bytes at that offset, in as many calls as the kernel needs. EIO if the file ends earlier. */
struct err *file_read_at(int fd, void *bytes, size_t len, uint64_t at, const char *what) MUST_CHECK;
struct err *file_write_at(int fd, const void *bytes, size_t len, uint64_t at, const char *what) MUST_CHECK;
/* Copies len bytes between descriptors, inside the kernel where possible. */
struct err *file_copy(int from, int to, uint64_t len, const char *what) MUST_CHECK;

struct err *file_make_folder(const char *path, mode_t mode) MUST_CHECK; /* and its parents */
/* Removes a tree without following links. A missing tree is not an error. */
struct err *file_remove_tree(const char *path) MUST_CHECK;

/* Folder of the running program, the caller's to free. */
char *file_program_folder(void);
/* whether it has any entries; false if it is not a readable folder */
bool file_folder_holds(const char *folder);
