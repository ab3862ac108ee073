/* SPDX-License-Identifier: MIT */
#include "engine/load.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "image/oci.h"
#include "image/tar.h"

static const char zeros[TAR_END];

static struct err *put_header(int fd, const char *path, uint64_t size)
{
	AUTO_TEXT struct text header = { 0 };

	tar_header(&header,
		   &(struct entry){ .path = path, .kind = ENTRY_FILE, .mode = 0644, .size_bytes = size });
	return file_write_all(fd, header.bytes, header.len, "the image");
}

static struct err *put_blob(const struct oci_image *b, const struct digest *d, int fd)
{
	AUTO_FREE char *path = oci_blob_path(d);
	AUTO_CLOSE int from = -1;
	uint64_t offset, size;

	TRY(oci_image_blob(b, d, &from, &offset, &size));
	TRY(put_header(fd, path, size));
	TRY(file_copy(from, fd, size, "the image"));
	return file_write_all(fd, zeros, tar_padding(size), "the image");
}

static struct err *put_all(const struct oci_image *b, int fd)
{
	AUTO_FREE char *manifest = NULL;

	TRY(oci_docker(b->name, b->tag, &b->config, b->layers, b->layer_count, &manifest));
	TRY(put_header(fd, "manifest.json", strlen(manifest)));
	TRY(file_write_all(fd, manifest, strlen(manifest), "the image"));
	TRY(file_write_all(fd, zeros, tar_padding(strlen(manifest)), "the image"));
	TRY(put_blob(b, &b->config, fd));
	for (size_t i = 0; i < b->layer_count; i++)
		TRY(put_blob(b, &b->layers[i], fd));
	return file_write_all(fd, zeros, TAR_END, "the image");
}

/* If the pipe's reader goes away, SIGPIPE ends the writer; that is not an error. */
static _Noreturn void write_all(const struct oci_image *b, int fd)
{
	signal(SIGPIPE, SIG_DFL);
	struct err *e = put_all(b, fd);
	AUTO_FREE char *text = e ? err_text(e) : NULL;

	if (e)
		dprintf(STDERR_FILENO, "mkbench: %s\n", text);
	_exit(e != NULL);
}

struct err *load_open(const struct oci_image *b, int *ret_fd, pid_t *ret_writer)
{
	int ends[2];

	*ret_writer = 0;
	if (b->archive >= 0) {
		*ret_fd = open(b->path, O_RDONLY | O_CLOEXEC);
		return *ret_fd < 0 ? err_errno(errno, "open %s", b->path) : NULL;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(errno, "pipe");
	*ret_writer = fork();
	if (!*ret_writer) {
		close(ends[0]);
		write_all(b, ends[1]);
	}
	close(ends[1]);
	*ret_fd = ends[0];
	return *ret_writer < 0 ? err_errno(errno, "fork") : NULL;
}

struct err *load_close(pid_t writer, struct err *failed)
{
	int status = 0;

	while (writer > 0 && waitpid(writer, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || !WEXITSTATUS(status))
		return failed;
	err_free(failed);
	return err_new(ERR_BUILD, "the image could not be read");
}
