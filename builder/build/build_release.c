/* SPDX-License-Identifier: MIT */
#include "build/build_release.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/build_sums.h"
#include "image/oci.h"
#include "sbom/sbom.h"

#define LOCK_LIMIT (64u << 20)
#define NOTE "org.opencontainers.image."

static const struct {
	const char *suffix, *type;
} kinds[DOCUMENT_COUNT] = {
	[DOCUMENT_SPDX] = { "spdx.json", "application/spdx+json" },
	[DOCUMENT_CYCLONEDX] = { "cdx.json", "application/vnd.cyclonedx+json" },
	[DOCUMENT_PROVENANCE] = { "provenance.json", "application/vnd.in-toto+json" },
};

void build_release_labels(const struct recipe *r, const char *build_id,
			  struct label ret[static BUILD_RELEASE_LABELS])
{
	const struct publication *p = &r->release;
	const struct label all[] = {
		{ NOTE "title", p->title ? p->title : r->name },
		{ NOTE "version", r->version },
		{ NOTE "description", p->description },
		{ NOTE "source", p->source },
		{ NOTE "revision", p->revision },
		{ NOTE "licenses", p->licenses },
		{ NOTE "vendor", p->vendor },
		{ NOTE "authors", p->authors },
		{ NOTE "url", p->url },
		{ NOTE "documentation", p->documentation },
		{ "org.mkbench.build", build_id },
		{ "org.mkbench.data-format", "1" },
	};
	_Static_assert(COUNT(all) + 1 == BUILD_RELEASE_LABELS, "room for all, and the end");
	size_t count = 0;

	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i].value)
			ret[count++] = all[i];
	ret[count] = (struct label){ NULL, NULL };
}

/* Opens the image from its layers in the store, with the same result as reading the written image. */
static struct err *open_contents(struct build_context *j, const struct image *im, const struct oci *o,
				 struct contents *ret)
{
	struct image_source s = {
		.path = mem_dup(store_path(j->store)),
		.folder = true,
		.manifest = o->manifest_digest,
		.config_digest = o->config_digest,
		.config = json_loads(o->config, 0, NULL),
		.layer_count = im->layer_count,
	};
	AUTO_FREE char *name = mem_printf("%s:%s", im->config->name, im->config->tag);

	s.name = arena_dup(&s.arena, name, strlen(name));
	s.layers = arena_new(&s.arena, (im->layer_count + 1) * sizeof *s.layers);
	for (size_t i = 0; i < im->layer_count; i++) {
		const struct layer_blob *b = &im->layers[i].blob;
		AUTO_FREE char *path = store_blob_path(j->store, &b->digest);
		const char *below = path + strlen(s.path) + 1;
		s.layers[i] = (struct image_source_layer){ arena_dup(&s.arena, below, strlen(below)),
							   b->digest, b->diff_id };
	}
	return contents_take(&s, j->store, ret);
}

static struct err *describe_parts(struct build_context *j, const struct image *im, const struct oci *o,
				  enum sbom_format format, char **ret)
{
	AUTO_CONTENTS struct contents c = { 0 };
	AUTO_SBOM struct sbom s = { 0 };
	AUTO_TEXT struct text out = { 0 };

	TRY(open_contents(j, im, o, &c));
	sbom_image(&c, &s);
	sbom_print(&s, format, &out);
	*ret = text_take(&out);
	return NULL;
}

/* The apps that are in no lock, and our own programs. The caller's to free. */
static struct sbom_subject *list_folders(const struct build_context *j, size_t *ret_count)
{
	const struct app *apps = j->recipe.apps.items;
	struct sbom_subject *folders = mem_array(j->recipe.apps.count + 1, sizeof *folders);

	folders[(*ret_count)++] = (struct sbom_subject){ "mkbench-guest", j->programs };
	for (size_t i = 0; i < j->recipe.apps.count; i++)
		if (apps[i].path)
			folders[(*ret_count)++] = (struct sbom_subject){ apps[i].name, j->sources[i].digest };
	return folders;
}

static struct err *provenance(const struct build_context *j, const char *build_id,
			      const struct sbom_subject *subjects, size_t count, char **ret)
{
	const char *slash = strrchr(j->recipe_path, '/');
	AUTO_FREE char *lock = NULL;
	AUTO_TEXT struct text out = { 0 };
	size_t len;
	struct sbom_build b = {
		.recipe_name = slash ? slash + 1 : j->recipe_path,
		.build_id = build_id,
		.subjects = subjects,
		.subject_count = count,
	};
	AUTO_FREE struct sbom_subject *folders = list_folders(j, &b.folder_count);

	b.folders = folders;
	TRY(file_read(j->lock_path, LOCK_LIMIT, &lock, &len));
	b.lock = digest_of(lock, len);
	memcpy(b.recipe.bytes, j->recipe.digest.bytes, sizeof b.recipe.bytes);
	sbom_provenance(&j->recipe, &j->lock, &b, &out);
	*ret = text_take(&out);
	return NULL;
}

static struct err *make_document(struct build_context *j, const struct image *im, const struct oci *o,
				 const char *build_id, int kind, char **ret)
{
	AUTO_FREE char *name = mem_printf("%s:%s", im->config->name, im->config->tag);
	const struct sbom_subject self = { name, o->manifest_digest };

	if (kind == DOCUMENT_PROVENANCE)
		return provenance(j, build_id, &self, 1, ret);
	return describe_parts(j, im, o, kind == DOCUMENT_SPDX ? SBOM_SPDX : SBOM_CYCLONEDX, ret);
}

static struct err *make_documents(struct build_context *j, const struct image *im, const struct oci *o,
				  const char *build_id, struct build_release *d)
{
	const int *wanted = j->recipe.release.documents.items;

	d->manifest = o->manifest_digest;
	for (size_t i = 0; i < j->recipe.release.documents.count; i++) {
		TRY(make_document(j, im, o, build_id, wanted[i], &d->texts[i]));
		d->names[i] =
			mem_printf("%s-%s.%s", im->config->name, im->config->tag, kinds[wanted[i]].suffix);
		d->referrers[i] = (struct image_referrer){ kinds[wanted[i]].type, d->names[i], d->texts[i] };
	}
	return NULL;
}

struct err *build_release_attach(struct build_context *j, struct image *im, const char *build_id,
				 struct build_release *ret)
{
	struct oci o;

	if (!j->recipe.release.documents.count)
		return NULL;
	TRY(oci_describe(im, &o));
	struct err *e = make_documents(j, im, &o, build_id, ret);
	oci_done(&o);
	im->referrers = ret->referrers;
	im->referrer_count = j->recipe.release.documents.count;
	return e;
}

/* A layout's subject is its image, and so is that of an archive that will be pushed; a disk's is its
 * bytes. */
static struct err *final_provenance(const struct build_context *j, const struct build_release *d,
				    const char *build_id, const struct image_result *results, char **ret)
{
	const int *outputs = j->recipe.outputs.items;
	size_t count = j->recipe.outputs.count;
	AUTO_FREE struct sbom_subject *subjects = mem_array(count, sizeof *subjects);

	for (size_t i = 0; i < count; i++) {
		const char *slash = strrchr(results[i].path, '/');
		subjects[i] = (struct sbom_subject){ slash ? slash + 1 : results[i].path, d->manifest };
		if (outputs[i] != OUTPUT_OCI)
			TRY(build_sums_file(results[i].path, &subjects[i].digest));
	}
	return provenance(j, build_id, subjects, count, ret);
}

struct err *build_release_write(struct build_context *j, const struct build_release *d, const char *build_id,
				const char *folder, const struct image_result *results)
{
	const int *wanted = j->recipe.release.documents.items;
	size_t count = j->recipe.release.documents.count;

	for (size_t i = 0; i < count; i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, d->names[i]), *text = NULL;
		if (wanted[i] == DOCUMENT_PROVENANCE)
			TRY(final_provenance(j, d, build_id, results, &text));
		const char *bytes = text ? text : d->texts[i];
		TRY(file_write(path, bytes, strlen(bytes), 0644));
	}
	return j->recipe.release.sums ?
		       build_sums(&j->recipe, folder, results, (const char *const *)d->names, count) :
		       NULL;
}

void build_release_done(struct build_release *d)
{
	for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
		free(d->texts[i]);
		free(d->names[i]);
	}
	*d = (struct build_release){ 0 };
}
