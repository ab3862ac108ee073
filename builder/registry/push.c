/* SPDX-License-Identifier: MIT */
#include "registry/push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "registry/referrer.h"
#include "registry/registry.h"
#include "registry/upload.h"

#define REF_KIND "pushed"
#define NEIGHBOUR_COUNT 8u

static const char accepted[] =
	MANIFEST_INDEX ", " MANIFEST_IMAGE ", application/vnd.docker.distribution.manifest.list.v2+json, "
		       "application/vnd.docker.distribution.manifest.v2+json";

struct neighbours {
	char **of_blob;				/* one for each blob; NULL: unknown */
	const char *names[NEIGHBOUR_COUNT + 1]; /* unique, NULL-terminated */
	size_t count;
};

/* The store remembers, for each registry and blob, a repository that has it. */
static struct digest memory_key(const char *host, const struct digest *blob)
{
	struct digest_run *run = digest_start();

	digest_feed_word(run, host);
	digest_feed(run, blob->bytes, sizeof blob->bytes);
	return digest_finish(run);
}

static void remember(const struct push *p, const struct manifest_blob *b)
{
	struct digest key = memory_key(p->where->host, &b->digest);

	if (p->store)
		/* a failure only makes the next push slower */
		err_free(store_ref_write(p->store, REF_KIND, &key, p->where->name));
}

static void note_name(struct neighbours *n, const char *name)
{
	for (size_t i = 0; i < n->count; i++)
		if (!strcmp(n->names[i], name))
			return;
	if (n->count < NEIGHBOUR_COUNT)
		n->names[n->count++] = name;
}

static void recall(const struct push *p, struct neighbours *n)
{
	n->of_blob = mem_array(p->set->blobs.count + 1, sizeof *n->of_blob);
	for (size_t i = 0; p->store && i < p->set->blobs.count; i++) {
		struct digest key = memory_key(p->where->host, &p->set->blobs.items[i].digest);
		char *name = NULL;
		err_free(store_ref_read(p->store, REF_KIND, &key, &name));
		if (name && !strcmp(name, p->where->name))
			free(TAKE(name));
		n->of_blob[i] = name;
		if (name)
			note_name(n, name);
	}
}

static void forget(const struct push *p, struct neighbours *n)
{
	for (size_t i = 0; i < p->set->blobs.count; i++)
		free(n->of_blob[i]);
	free(n->of_blob);
}

static struct err *push_blobs(const struct push *p, struct registry *r, const struct neighbours *n,
			      struct push_result *ret)
{
	char size[16];
	enum upload_result result;

	progress_stage(p->progress, "push", p->set->size_bytes, "bytes");
	for (size_t i = 0; i < p->set->blobs.count; i++) {
		const struct manifest_blob *b = &p->set->blobs.items[i];
		TRY(upload_blob(r, b, n->of_blob[i], p->progress, &result));
		ret->sent += result == UPLOAD_SENT;
		ret->mounted += result == UPLOAD_MOUNTED;
		ret->present += result == UPLOAD_PRESENT;
		ret->sent_bytes += result == UPLOAD_SENT ? b->size_bytes : 0;
		remember(p, b);
	}
	AUTO_FREE char *summary = mem_printf("%zu blob%s sent, %s; %zu mounted, %zu there before", ret->sent,
					     text_plural(ret->sent), text_size((double)ret->sent_bytes, size),
					     ret->mounted, ret->present);
	progress_done(p->progress, summary);
	return NULL;
}

/* Whether the registry has exactly this manifest under that name, a tag or a digest. */
static struct err *is_there(struct registry *r, const char *rest, const char *digest, bool *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	AUTO_FREE char *url = registry_url(r, rest);
	struct exchange_request q = { .method = "HEAD", .url = url, .accept = accepted };

	TRY(registry_ask(r, &q, &a));
	*ret = a.status == 200 && a.digest && !strcmp(a.digest, digest);
	return NULL;
}

static struct err *push_document(const struct push *p, struct registry *r, size_t i, struct push_result *ret)
{
	AUTO_ANSWER struct exchange_answer a = { 0 };
	const struct manifest_document *d = &p->set->documents.items[i];
	bool root = i == p->set->root, there;
	char hex[DIGEST_HEX];
	AUTO_FREE char *digest = mem_printf("sha256:%s", digest_hex(&d->digest, hex));
	AUTO_FREE char *rest = mem_printf("/manifests/%s", root ? p->where->tag : digest);
	AUTO_FREE char *what = mem_printf("push the manifest sha256:%.12s", hex);

	TRY(is_there(r, rest, digest, &there));
	if (root)
		ret->unchanged = there;
	if (!there) {
		TRY(registry_put_manifest(r, rest, d->type, d->text, d->len, what, &a));
		if (a.digest && strcmp(a.digest, digest))
			return err_new(ERR_FETCH,
				       "%s stores another manifest than it was sent: it says %.71s, not %s",
				       p->where->host, a.digest, digest);
	}
	if (digest_is_zero(&d->subject))
		return NULL;
	ret->attached++;
	return a.subject ? NULL : referrer_list(r, d);
}

static struct err *push_all(const struct push *p, struct registry *r, const struct neighbours *n,
			    struct push_result *ret)
{
	TRY(push_blobs(p, r, n, ret));
	for (size_t i = 0; i < p->set->documents.count; i++)
		TRY(push_document(p, r, i, ret));
	return p->sign ? p->sign(p->arg, r, &p->set->documents.items[p->set->root].digest) : NULL;
}

struct err *push_image(const struct push *p, struct push_result *ret)
{
	struct neighbours n = { 0 };
	struct registry *r = NULL;

	*ret = (struct push_result){ 0 };
	recall(p, &n);
	struct registry_options o = { .plain_http = p->plain_http,
				      .also_read = n.names,
				      .progress = p->progress };
	struct err *e = registry_open(p->where, &o, p->login, &r);
	if (!e)
		e = push_all(p, r, &n, ret);
	registry_close(r);
	forget(p, &n);
	return e;
}
