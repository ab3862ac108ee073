/* SPDX-License-Identifier: MIT */
#include "backup/pour.h"

#include "base/file.h"

struct sink {
	int fd;
	const char *what;
	struct err *e;
};

static bool take(void *arg, const char *bytes, size_t len)
{
	struct sink *s = arg;

	if (!s->e)
		s->e = file_write_all(s->fd, bytes, len, s->what);
	return !s->e;
}

struct err *pour_child(struct child *c, int fd, const char *what, char **ret_errors, int *ret_status)
{
	struct sink s = { .fd = fd, .what = what };

	c->take = take;
	c->arg = &s;
	struct err *e = child_run(c, NULL, ret_errors, ret_status);
	if (!s.e)
		return e;
	err_free(e);
	return s.e;
}
