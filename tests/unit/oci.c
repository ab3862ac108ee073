/* SPDX-License-Identifier: MIT */
#include "image/oci.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "0101010101010101010101010101010101010101010101010101010101010101"

/* A document names its parts by digest, so its bytes are the contract. */
static void documents(const struct image *im)
{
	struct oci o;
	struct err *e = oci_describe(im, &o);
	char hex[DIGEST_HEX];

	ok(!e);
	is(o.config,
	   "{\"architecture\":\"ppc64le\",\"config\":{\"Entrypoint\":[\"/init\"],\"Env\":[\"A=\\\"1\\\"\"],"
	   "\"ExposedPorts\":{\"80/tcp\":{},\"8080/"
	   "tcp\":{}},\"Healthcheck\":{\"Interval\":30000000000,\"Retries\":3,"
	   "\"StartInterval\":1000000000,\"StartPeriod\":600000000000,\"Test\":[\"CMD\",\"/"
	   "health\"],\"Timeout\":10000000000},\"Labels\":{\"a\":\"x\",\"b\":\"y\"},"
	   "\"StopSignal\":\"SIGTERM\",\"User\":\"root\",\"Volumes\":{\"/"
	   "data\":{}}},\"created\":\"2023-11-14T22:13:20Z\","
	   "\"history\":[{\"created\":\"2023-11-14T22:13:20Z\",\"created_by\":\"mkbench: "
	   "base\"}],\"os\":\"linux\","
	   "\"rootfs\":{\"diff_ids\":[\"sha256:" ONES "\"],\"type\":\"layers\"}}");
	AUTO_FREE char *manifest = mem_printf(
		"{\"annotations\":{\"a\":\"x\",\"b\":\"y\",\"org.opencontainers.image.created\":\"2023-11-"
		"14T22:13:20Z\"},"
		"\"config\":{\"digest\":\"sha256:%s\",\"mediaType\":\"application/"
		"vnd.oci.image.config.v1+json\",\"size\":%zu},"
		"\"layers\":[{\"digest\":\"sha256:" ZEROS
		"\",\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"size\":7}],"
		"\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"schemaVersion\":2}",
		digest_hex(&o.config_digest, hex), strlen(o.config));
	is(o.manifest, manifest);
	AUTO_FREE char *docker =
		mem_printf("[{\"Config\":\"blobs/sha256/%s\",\"Layers\":[\"blobs/sha256/" ZEROS "\"],"
			   "\"RepoTags\":[\"demo:1.0\"]}]",
			   hex);
	is(o.docker, docker);
	struct digest d = digest_of(o.manifest, strlen(o.manifest));
	ok(digest_equal(&d, &o.manifest_digest));
	ok(strstr(o.index, digest_hex(&d, hex)) != NULL);
	oci_done(&o);
}

/* What is attached names the image and is named by the index, behind it; the image
 * itself stays what it was. */
static void attached(const struct image *im)
{
	const struct image_referrer documents[] = { { "application/a+json", "a.json", "{\"a\":1}" },
						    { "application/b+json", "b.json", "{}" } };
	struct image with = *im;
	struct oci plain, o;
	char hex[DIGEST_HEX];

	with.referrers = documents;
	with.referrer_count = COUNT(documents);
	struct err *e = oci_describe(im, &plain);
	ok(!e);
	e = oci_describe(&with, &o);
	ok(!e);
	is(o.manifest, plain.manifest);
	is(o.docker, plain.docker);
	/* the empty document, that of a, and a manifest each: b's own is the empty one */
	ok(o.attached_count == 4);
	for (size_t i = 0; i < o.attached_count; i++) {
		struct digest d = digest_of(o.attached[i].text, strlen(o.attached[i].text));
		ok(digest_equal(&d, &o.attached[i].digest));
	}
	digest_hex(&o.manifest_digest, hex);
	AUTO_FREE char *subject = mem_printf("\"subject\":{\"digest\":\"sha256:%s\"", hex);
	ok(strstr(o.attached[2].text, "\"artifactType\":\"application/a+json\"") &&
	   strstr(o.attached[2].text, subject));
	char *image = strstr(o.index, hex), *first = strstr(o.index, digest_hex(&o.attached[2].digest, hex));
	ok(image && first && image < first && strstr(o.index, "\"artifactType\":\"application/b+json\""));
	oci_done(&plain);
	oci_done(&o);
}

/* What is not given is not invented. */
static void bare(const struct image *im)
{
	const struct image_config c = { .name = "demo", .tag = "1.0", .architecture = "amd64" };
	struct image none = *im;
	struct oci o;

	none.config = &c;
	none.layer_count = 0;
	struct err *e = oci_describe(&none, &o);
	ok(!e);
	is(o.config, "{\"architecture\":\"amd64\",\"config\":{\"Entrypoint\":[],\"Env\":[],\"ExposedPorts\":{"
		     "},\"Labels\":{},"
		     "\"Volumes\":{}},\"created\":\"1970-01-01T00:00:00Z\",\"history\":[],\"os\":\"linux\","
		     "\"rootfs\":{\"diff_ids\":[],\"type\":\"layers\"}}");
	oci_done(&o);
}

int main(void)
{
	const struct label labels[] = { { "b", "y" }, { "a", "x" }, { NULL, NULL } };
	const struct image_config c = {
		.name = "demo",
		.tag = "1.0",
		.architecture = "ppc64el",
		.epoch = 1700000000,
		.entrypoint = (const char *const[]){ "/init", NULL },
		.env = (const char *const[]){ "A=\"1\"", NULL },
		.user = "root",
		.stop_signal = "SIGTERM",
		.volume = "/data",
		.ports = (const unsigned[]){ 8080, 80, 0 },
		.labels = labels,
		.health_command = (const char *const[]){ "/health", NULL },
		.health_interval_seconds = 30,
		.health_start_interval_seconds = 1,
		.health_timeout_seconds = 10,
		.health_start_seconds = 600,
		.health_retries = 3,
	};
	struct image_layer layer = { .name = "base", .blob = { .size_bytes = 7 } };
	const struct image im = { .config = &c, .layers = &layer, .layer_count = 1 };

	memset(layer.blob.diff_id.bytes, 1, sizeof layer.blob.diff_id.bytes);
	documents(&im);
	attached(&im);
	bare(&im);
	return t_done();
}
