/* SPDX-License-Identifier: MIT */
#include "tools/verify_listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "disk/identity.h"

#define LISTENS 0x0a
#define SSH 22 /* on a disk with an SSH key for somebody */

struct listener {
	bool local; /* only this machine reaches it */
	unsigned port, uid;
};

struct listeners {
	struct listener *items;
	size_t count, room;
};

/* The kernel prints an address as words in the machine's byte order, here the low byte first. */
static bool is_local(const char *hex)
{
	if (strlen(hex) == 8)
		return !strcmp(hex + 6, "7F");
	return !strcmp(hex, "00000000000000000000000001000000") ||
	       (text_starts(hex, "0000000000000000FFFF0000") && text_ends(hex, "7F"));
}

static struct err *read_table(const char *path, struct listeners *all)
{
	FILE *f = fopen(path, "re");
	char line[512], address[33];
	unsigned port, state, uid;

	if (!f)
		return errno == ENOENT ? NULL : err_errno(errno, "open %s", path);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, " %*d: %32[0-9A-F]:%4x %*32[0-9A-F]:%*4x %2x %*x:%*x %*x:%*x %*x %u",
			   address, &port, &state, &uid) == 4 &&
		    state == LISTENS)
			VEC_PUSH(all, (struct listener){ is_local(address), port, uid });
	fclose(f);
	return NULL;
}

/* A user's name by the image's /etc/passwd; the caller frees it. */
static char *name_of(unsigned uid)
{
	AUTO_FREE char *text = NULL;
	size_t len;
	struct err *e = file_read("/etc/passwd", 1 << 20, &text, &len);
	char *rest = e ? NULL : text;
	unsigned found;

	err_free(e);
	for (char *line; (line = strsep(&rest, "\n"));)
		if (sscanf(line, "%*[^:]:%*[^:]:%u:", &found) == 1 && found == uid)
			return mem_ndup(line, strcspn(line, ":"));
	return mem_printf("user %u", uid);
}

/* A number under a key of bench.json that names a port. */
static bool is_named(const json_t *config, unsigned port)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)config, key,
			    value) if (text_ends(key, "_port") &&
				       json_integer_value(value) == (json_int_t)port) return true;
	return false;
}

static bool is_declared(const struct bench *b, unsigned port)
{
	for (size_t i = 0; i < b->redis.count; i++)
		if (b->redis.items[i].port == port)
			return true;
	for (size_t i = 0; i < b->ports.count; i++)
		if (b->ports.items[i].port == port)
			return true;
	return port == b->http_port || (port == b->socketio_port && bench_json_has_role(b, ROLE_SOCKETIO)) ||
	       is_named(b->common_site_config, port);
}

static bool listens(const struct listeners *all, unsigned port, bool local)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].port == port && (local || !all->items[i].local))
			return true;
	return false;
}

static struct err *check_needed(const struct bench *b, const struct listeners *all)
{
	if (!listens(all, b->http_port, false))
		return err_new(ERR_SYSTEM, "nothing listens on the published port %u", b->http_port);
	for (size_t i = 0; i < b->redis.count; i++)
		if (!listens(all, b->redis.items[i].port, true))
			return err_new(ERR_SYSTEM, "%s does not listen on port %u", b->redis.items[i].name,
				       b->redis.items[i].port);
	if (bench_json_has_role(b, ROLE_SOCKETIO) && !listens(all, b->socketio_port, true))
		return err_new(ERR_SYSTEM, "socketio does not listen on port %u", b->socketio_port);
	return NULL;
}

static struct err *check_open(const struct bench *b, const struct listeners *all, struct text *ret_others)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct listener *l = &all->items[i];
		if (l->local ? is_declared(b, l->port) :
			       l->port == b->http_port || (l->port == SSH && !access(IDENTITY_SHOWN, F_OK)))
			continue;
		AUTO_FREE char *owner = name_of(l->uid);
		if (!l->local)
			return err_new(ERR_SYSTEM,
				       "port %u (%s) is open to other machines, and only %u is declared",
				       l->port, owner, b->http_port);
		text_printf(ret_others, "%s %u (%s)", ret_others->len ? "," : "; also, for itself alone,",
			    l->port, owner);
	}
	return NULL;
}

void verify_listen_ports(struct ctl_verify *v)
{
	struct listeners all = { 0 };
	AUTO_TEXT struct text others = { 0 };
	struct err *e = read_table("/proc/net/tcp", &all);

	if (!e)
		e = read_table("/proc/net/tcp6", &all);
	if (!e)
		e = check_needed(v->bench, &all);
	if (!e)
		e = check_open(v->bench, &all, &others);
	ctl_verify_row(v, NULL, e, "%u is open, %zu listen in all%s", v->bench->http_port, all.count,
		       others.len ? others.bytes : "");
	mem_freep(&all.items);
}
