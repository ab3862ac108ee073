/* SPDX-License-Identifier: MIT */
#include "provision/inside_names.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/log.h"
#include "lib/socket.h"

#define FILE_PATH "/etc/hosts"
#define FILE_LIMIT (4u << 20)
#define MARK " # a site of this bench"

/* What others wrote: every line without our mark. */
static void keep_foreign(struct text *t, const char *old)
{
	while (*old) {
		size_t len = strcspn(old, "\n"), mark = strlen(MARK);
		if (len < mark || memcmp(old + len - mark, MARK, mark))
			text_printf(t, "%.*s\n", (int)len, old);
		old += len + (old[len] == '\n');
	}
}

static void add(struct text *t, const char *name)
{
	static const char known[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";

	if (*name && *name != '.' && !name[strspn(name, known)]) /* no wildcard */
		text_printf(t, "127.0.0.1 %s" MARK "\n", name);
}

char *inside_names_text(const struct bench *b, const char *old)
{
	struct text t = { 0 };

	keep_foreign(&t, old);
	for (size_t i = 0; i < b->sites.count; i++) {
		const struct bench_site *s = &b->sites.items[i];
		add(&t, s->name);
		for (const char *const *host = s->hosts; host && *host; host++)
			add(&t, *host);
	}
	return text_take(&t);
}

/* Written in place: an engine mounts this one file, which a rename cannot replace. */
static struct err *replace(const char *text)
{
	AUTO_CLOSE int fd = open(FILE_PATH, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return err_errno(errno, "open " FILE_PATH);
	TRY(file_write_at(fd, text, strlen(text), 0, FILE_PATH));
	return ftruncate(fd, (off_t)strlen(text)) < 0 ? err_errno(errno, "write " FILE_PATH) : NULL;
}

void inside_names_write(const struct bench *b)
{
	AUTO_FREE char *old = NULL, *text = NULL;
	size_t len;

	if (!b->names_inside)
		return;
	err_free(file_read(FILE_PATH, FILE_LIMIT, &old, &len));
	text = inside_names_text(b, old ? old : "");
	struct err *e = old && !strcmp(old, text) ? NULL : replace(text);
	if (e)
		log_err(e, "programs in here will not find the sites by their names");
}

bool inside_names_port(const struct bench *b)
{
	return b->names_inside && b->http_port != INSIDE_NAMES_PORT && socket_is_free(INSIDE_NAMES_PORT);
}
