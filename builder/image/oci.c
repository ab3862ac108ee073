/* SPDX-License-Identifier: MIT */
#include "image/oci.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/auto_json.h"
#include "base/mem.h"

#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define LAYER_TYPE "application/vnd.oci.image.layer.v1.tar+gzip"
#define EMPTY_TYPE "application/vnd.oci.empty.v1+json"
/* Docker's full form of a name without a registry, which its containerd store looks up. */
#define FULL_NAME "docker.io/library/%s:%s"

char *oci_blob_path(const struct digest *d)
{
	char hex[DIGEST_HEX];

	return mem_printf("blobs/sha256/%s", digest_hex(d, hex));
}

static json_t *digest_json(const struct digest *d)
{
	char hex[DIGEST_HEX];

	return json_sprintf("sha256:%s", digest_hex(d, hex));
}

static json_t *descriptor(const char *type, const struct digest *d, uint64_t size_bytes)
{
	return json_pack("{s:s, s:o, s:I}", "mediaType", type, "digest", digest_json(d), "size",
			 (json_int_t)size_bytes);
}

/* JSON constructors return NULL for a text that is not UTF-8; json_pack passes that on. */
static json_t *words(const char *first, const char *const *list)
{
	json_t *array = first ? json_pack("[s]", first) : json_array();

	for (; list && *list; list++)
		if (json_array_append_new(array, json_string(*list)) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *labels(const struct label *list)
{
	json_t *object = json_object();

	for (; list && list->key; list++)
		if (json_object_set_new(object, list->key, json_string(list->value)) < 0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

/* Go's names of processors where Debian's differ. */
static const char *go_architecture(const char *debian)
{
	static const char *const names[][2] = {
		{ "i386", "386" },
		{ "armhf", "arm" },
		{ "ppc64el", "ppc64le" },
		{ "mips64el", "mips64le" },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcmp(names[i][0], debian))
			return names[i][1];
	return debian;
}

static json_t *created(int64_t epoch)
{
	time_t seconds = (time_t)epoch;
	struct tm tm;
	char text[40] = "";

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

static json_t *ports(const unsigned *list)
{
	json_t *set = json_object();

	for (; list && *list; list++) {
		char key[16];
		snprintf(key, sizeof key, "%u/tcp", *list);
		json_object_set_new(set, key, json_object());
	}
	return set;
}

static json_t *health(const struct image_config *c)
{
	json_int_t second = 1000000000;

	return json_pack("{s:o, s:I, s:I, s:I, s:I, s:i}", "Test", words("CMD", c->health_command),
			 "Interval", c->health_interval_seconds * second, "StartInterval",
			 c->health_start_interval_seconds * second, "Timeout",
			 c->health_timeout_seconds * second, "StartPeriod", c->health_start_seconds * second,
			 "Retries", (int)c->health_retries);
}

static json_t *run_settings(const struct image_config *c)
{
	json_t *settings = json_pack("{s:o, s:o, s:o, s:o, s:o, s:s*, s:s*, s:s*}", "Entrypoint",
				     words(NULL, c->entrypoint), "Env", words(NULL, c->env), "ExposedPorts",
				     ports(c->ports), "Labels", labels(c->labels), "Volumes",
				     c->volume ? json_pack("{s:{}}", c->volume) : json_object(), "User",
				     c->user, "WorkingDir", c->working_dir, "StopSignal", c->stop_signal);

	if (settings && c->health_command && json_object_set_new(settings, "Healthcheck", health(c)) < 0) {
		json_decref(settings);
		return NULL;
	}
	return settings;
}

static json_t *config(const struct image *im)
{
	const struct image_config *c = im->config;
	json_t *ids = json_array(), *history = json_array();

	for (size_t i = 0; i < im->layer_count; i++) {
		json_array_append_new(ids, digest_json(&im->layers[i].blob.diff_id));
		json_array_append_new(history,
				      json_pack("{s:o, s:o}", "created", created(c->epoch), "created_by",
						json_sprintf("mkbench: %s", im->layers[i].name)));
	}
	return json_pack("{s:s, s:s, s:o, s:o, s:{s:s, s:o}, s:o}", "os", "linux", "architecture",
			 go_architecture(c->architecture), "created", created(c->epoch), "config",
			 run_settings(c), "rootfs", "type", "layers", "diff_ids", ids, "history", history);
}

/* The image's labels are repeated in its manifest, for registries. */
static json_t *annotations(const struct image_config *c)
{
	json_t *object = labels(c->labels);

	if (object)
		json_object_set_new(object, "org.opencontainers.image.created", created(c->epoch));
	return object;
}

static json_t *manifest(const struct image *im, const struct oci *o)
{
	json_t *layers = json_array();

	for (size_t i = 0; i < im->layer_count; i++)
		json_array_append_new(layers, descriptor(LAYER_TYPE, &im->layers[i].blob.digest,
							 im->layers[i].blob.size_bytes));
	return json_pack("{s:i, s:s, s:o, s:o, s:o}", "schemaVersion", 2, "mediaType", MANIFEST_TYPE,
			 "config", descriptor(CONFIG_TYPE, &o->config_digest, strlen(o->config)), "layers",
			 layers, "annotations", annotations(im->config));
}

static json_t *index_of(const struct image *im, const struct oci *o)
{
	const struct image_config *c = im->config;

	return json_pack("{s:i, s:s, s:[{s:s, s:o, s:I, s:{s:s, s:o}, s:{s:s, s:s}}]}", "schemaVersion", 2,
			 "mediaType", INDEX_TYPE, "manifests", "mediaType", MANIFEST_TYPE, "digest",
			 digest_json(&o->manifest_digest), "size", (json_int_t)strlen(o->manifest),
			 "annotations", "org.opencontainers.image.ref.name", c->tag,
			 "io.containerd.image.name", json_sprintf(FULL_NAME, c->name, c->tag), "platform",
			 "os", "linux", "architecture", go_architecture(c->architecture));
}

/* Adds a document unless it is there already. */
static struct digest attach(struct oci *o, char *text)
{
	struct digest d = digest_of(text, strlen(text));

	for (size_t i = 0; i < o->attached_count; i++)
		if (digest_equal(&o->attached[i].digest, &d)) {
			free(text);
			return d;
		}
	o->attached = mem_resize(o->attached, o->attached_count + 1, sizeof *o->attached);
	o->attached[o->attached_count++] = (struct oci_document){ text, d };
	return d;
}

/* Placed behind the image, because readers of one image take the first. */
static void list_referrer(json_t *index, const struct image_referrer *r, const struct oci_document *manifest)
{
	json_t *row = descriptor(MANIFEST_TYPE, &manifest->digest, strlen(manifest->text));

	json_object_set_new(row, "artifactType", json_string(r->type));
	json_array_append_new(json_object_get(index, "manifests"), row);
}

static struct err *print(json_t *taken, const char *what, char **ret_text)
{
	AUTO_JSON json_t *j = taken;
	char *text = j ? json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	if (!text)
		return err_new(ERR_BUILD, "image %s: a name, label or variable is not UTF-8", what);
	*ret_text = text;
	return NULL;
}

struct err *oci_docker(const char *name, const char *tag, const struct digest *config,
		       const struct digest *layers, size_t layer_count, char **ret)
{
	AUTO_FREE char *path = oci_blob_path(config);
	json_t *paths = json_array();

	for (size_t i = 0; i < layer_count; i++) {
		AUTO_FREE char *layer = oci_blob_path(&layers[i]);
		json_array_append_new(paths, json_string(layer));
	}
	return print(json_pack("[{s:s, s:[o], s:o}]", "Config", path, "RepoTags",
			       json_sprintf("%s:%s", name, tag), "Layers", paths),
		     "archive manifest", ret);
}

/* image-spec 1.1, manifest.md, "Guidelines for Artifact Usage": the document is the only layer, the
 * configuration is empty. */
static struct err *describe_referrer(const struct image *im, const struct image_referrer *r, struct oci *o,
				     json_t *index)
{
	struct digest empty = attach(o, mem_dup("{}")), body = attach(o, mem_dup(r->bytes));
	json_t *layer = descriptor(r->type, &body, strlen(r->bytes)),
	       *config = descriptor(EMPTY_TYPE, &empty, strlen("{}"));
	char *text = NULL;

	json_object_set_new(layer, "annotations",
			    json_pack("{s:s}", "org.opencontainers.image.title", r->name));
	TRY(print(json_pack("{s:i, s:s, s:s, s:o, s:[o], s:o, s:{s:o}}", "schemaVersion", 2, "mediaType",
			    MANIFEST_TYPE, "artifactType", r->type, "config", config, "layers", layer,
			    "subject", descriptor(MANIFEST_TYPE, &o->manifest_digest, strlen(o->manifest)),
			    "annotations", "org.opencontainers.image.created", created(im->config->epoch)),
		  "referrer", &text));
	const struct oci_document manifest = { text, digest_of(text, strlen(text)) };
	list_referrer(index, r, &manifest);
	attach(o, text);
	return NULL;
}

static struct err *describe_index(const struct image *im, struct oci *o)
{
	json_t *index = index_of(im, o);

	for (size_t i = 0; index && i < im->referrer_count; i++) {
		struct err *e = describe_referrer(im, &im->referrers[i], o, index);
		if (e) {
			json_decref(index);
			return e;
		}
	}
	return print(index, "index", &o->index);
}

static struct err *describe(const struct image *im, struct oci *o)
{
	AUTO_FREE struct digest *layers = mem_array(im->layer_count, sizeof *layers);

	for (size_t i = 0; i < im->layer_count; i++)
		layers[i] = im->layers[i].blob.digest;
	TRY(print(config(im), "configuration", &o->config));
	o->config_digest = digest_of(o->config, strlen(o->config));
	TRY(print(manifest(im, o), "manifest", &o->manifest));
	o->manifest_digest = digest_of(o->manifest, strlen(o->manifest));
	TRY(describe_index(im, o));
	return oci_docker(im->config->name, im->config->tag, &o->config_digest, layers, im->layer_count,
			  &o->docker);
}

struct err *oci_describe(const struct image *im, struct oci *ret)
{
	struct oci o = { 0 };
	struct err *e = describe(im, &o);

	if (e) {
		oci_done(&o);
		return e;
	}
	*ret = o;
	return NULL;
}

void oci_done(struct oci *o)
{
	free(o->config);
	free(o->manifest);
	free(o->index);
	free(o->docker);
	for (size_t i = 0; i < o->attached_count; i++)
		free(o->attached[i].text);
	free(o->attached);
	*o = (struct oci){ 0 };
}
