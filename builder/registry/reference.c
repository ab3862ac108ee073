/* SPDX-License-Identifier: MIT */
#include "registry/reference.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define NAME_LIMIT 255u
#define TAG_LIMIT 128u

static bool is_small(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The length of a separator between letters and digits of a name: a full stop, one or two underscores,
 * hyphens. */
static size_t separator(const char *at)
{
	size_t hyphens = strspn(at, "-"), underscores = strspn(at, "_");

	return hyphens ? hyphens : underscores ? (underscores <= 2 ? underscores : 0) : *at == '.';
}

/* distribution-spec, "Pulling manifests": the syntax of a <name>. */
static bool is_name(const char *at)
{
	if (strlen(at) > NAME_LIMIT)
		return false;
	for (;;) {
		if (!is_small(*at))
			return false;
		while (is_small(*at))
			at++;
		if (!*at)
			return true;
		size_t len = *at == '/' ? 1 : separator(at);
		if (!len)
			return false;
		at += len;
	}
}

bool reference_is_tag(const char *text)
{
	size_t len = strlen(text);

	if (!len || len > TAG_LIMIT || *text == '.' || *text == '-')
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("_.-", *text))
			return false;
	return true;
}

bool reference_is_loopback(const char *host)
{
	AUTO_FREE char *bare = *host == '[' ? mem_ndup(host + 1, strcspn(host + 1, "]")) :
					      mem_ndup(host, strcspn(host, ":/"));
	const char *rest = bare;
	unsigned parts = 0;

	if (!strcmp(bare, "localhost") || text_ends(bare, ".localhost") || !strcmp(bare, "::1"))
		return true;
	if (!text_starts(bare, "127."))
		return false;
	for (; parts < 4 && isdigit((unsigned char)*rest); parts++) {
		rest += strspn(rest, "0123456789");
		rest += *rest == '.';
	}
	return parts == 4 && !*rest; /* 127.example.com is another machine */
}

static bool is_host(const char *host)
{
	const char *port = strrchr(host, ':');
	const char *bracket = strrchr(host, ']');

	if (bracket && (*host != '[' || (bracket[1] && bracket[1] != ':')))
		return false;
	if (port && port > bracket) {
		if (!port[1] || strlen(port + 1) > 5 || port[1 + strspn(port + 1, "0123456789")] ||
		    strtoul(port + 1, NULL, 10) > 65535)
			return false;
	} else {
		port = host + strlen(host);
	}
	size_t len = (size_t)(port - host);
	size_t good =
		*host == '[' ?
			1 + strspn(host + 1, "0123456789abcdefABCDEF:.") + 1 :
			strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	return len && good == len;
}

static struct err *check(const struct reference *r)
{
	if (!is_host(r->host))
		return err_new(ERR_USAGE, "'%s' is no host of a registry: HOST[:PORT]/NAME[:TAG]", r->host);
	if (!strpbrk(r->host, ".:") && strcmp(r->host, "localhost"))
		return err_new(ERR_USAGE,
			       "'%s/%s' names no registry: write its host first, HOST[:PORT]/NAME[:TAG]",
			       r->host, r->name);
	if (!is_name(r->name))
		return err_new(ERR_USAGE,
			       "'%s' is no name of a repository: small letters and digits, with . _ - "
			       "between them and / between parts",
			       r->name);
	if (!reference_is_tag(r->tag))
		return err_new(ERR_USAGE,
			       "'%s' is no tag: letters, digits and . _ -, at most 128, none of . - first",
			       r->tag);
	return NULL;
}

struct err *reference_parse(const char *text, const char *tag, struct reference *ret)
{
	const char *at = strrchr(text, '@');

	*ret = (struct reference){ 0 };
	if (at && !text_starts(at + 1, "sha256:"))
		return err_new(ERR_USAGE, "a registry's address holds no name and no password: 'docker "
					  "login' keeps them, or --user with --password-file");
	if (strstr(text, "://"))
		return err_new(ERR_USAGE, "'%s': write it without %.*s", text,
			       (int)(strstr(text, "://") - text + 3), text);
	if (at)
		return err_new(ERR_USAGE, "'%s': a push names a tag, the digest is what it finds", text);
	const char *slash = strchr(text, '/');
	if (!slash || slash == text)
		return err_new(ERR_USAGE,
			       "'%s' is no HOST[:PORT]/NAME[:TAG], such as registry.example/team/demo:1.0",
			       text);
	const char *colon = strchr(slash, ':');
	ret->host = mem_ndup(text, (size_t)(slash - text));
	ret->name = colon ? mem_ndup(slash + 1, (size_t)(colon - slash - 1)) : mem_dup(slash + 1);
	ret->tag = mem_dup(colon ? colon + 1 : tag);
	ret->loopback = reference_is_loopback(ret->host);
	return check(ret);
}

void reference_done(struct reference *r)
{
	free(r->host);
	free(r->name);
	free(r->tag);
	*r = (struct reference){ 0 };
}
