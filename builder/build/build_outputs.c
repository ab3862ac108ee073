/* SPDX-License-Identifier: MIT */
#include "build/build_outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/build_disk.h"
#include "build/build_release.h"

/* In its first minute the health check answers "starting" at once and runs every second, so a ready bench is
 * healthy a second later. After that the check itself waits: it answers once the bench is ready, has failed,
 * or has made no progress for long (services/guest/start/start_progress.h). So a slow start is not killed,
 * and one that cannot succeed is soon unhealthy. The check limits its own duration. An engine without the
 * start interval (Docker before 25) runs it every ten seconds from the beginning. A failure shorter than
 * about a minute, such as a recovering database, is no reason to end a running bench. */
#define START_SECONDS "60"
#define CHECK_SECONDS 3600

/* The length in bytes of the existing part of a path. */
static size_t existing(const char *path)
{
	AUTO_FREE char *part = mem_dup(path);

	for (char *slash; access(part, F_OK) < 0 && (slash = strrchr(part, '/'));)
		*slash = '\0';
	return access(part, F_OK) < 0 ? 0 : strlen(part);
}

/* Removes the empty folders of a path, down to that many bytes of it. */
static void remove_below(const char *path, size_t keep)
{
	AUTO_FREE char *part = mem_dup(path);

	for (char *slash;
	     strlen(part) > keep && (!rmdir(part) || errno == ENOENT) && (slash = strrchr(part, '/'));)
		*slash = '\0';
}

struct err *build_outputs_try(const char *folder)
{
	AUTO_FREE char *inside = mem_printf("%s/.", folder);
	size_t was = existing(folder);
	struct err *e = *folder ? file_make_folder(folder, 0777) : err_errno(ENOENT, "no name");
	int code = e ? err_code(e) : access(inside, W_OK | X_OK) < 0 ? errno : 0;

	remove_below(folder, was);
	err_free(e);
	return code ? err_errno(code, "cannot write outputs to '%s'", folder) : NULL;
}

static struct err *write_one(struct build_context *j, const struct image *im, int output, const char *folder,
			     struct image_result *ret)
{
	progress_item(j->progress, output_words[output]);
	TRY((output == OUTPUT_OCI ? image_write_oci : image_write_docker)(j->store, im, folder, ret));
	progress_add(j->progress, 1);
	return NULL;
}

struct err *build_outputs(struct build_context *j, struct build_layers *layers, const char *folder,
			  struct image_result *ret)
{
	const struct recipe *r = &j->recipe;
	const int *outputs = r->outputs.items;
	size_t files = 0;
	struct label labels[BUILD_RELEASE_LABELS];
	const struct image_config config = {
		.name = r->name,
		.tag = r->version,
		.architecture = r->base.architecture,
		.epoch = j->lock.epoch,
		.entrypoint = (const char *const[]){ "/usr/lib/mkbench/init", NULL },
		.env =
			(const char *const[]){
				"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
				"LANG=C.UTF-8", NULL },
		.user = "root",
		.working_dir = service_bench_path(j->services),
		.stop_signal = "SIGTERM",
		.volume = "/data",
		.ports = (const unsigned[]){ (unsigned)r->nginx.port, 0 },
		.labels = labels,
		.health_command = (const char *const[]){ "/usr/lib/mkbench/health",
							 "--start-period=" START_SECONDS, NULL },
		.health_interval_seconds = 10,
		.health_start_interval_seconds = 1,
		.health_timeout_seconds = CHECK_SECONDS,
		.health_start_seconds = (unsigned)strtoul(START_SECONDS, NULL, 10),
		.health_retries = 8,
	};
	struct image im = { .config = &config, .layers = layers->items, .layer_count = layers->count };
	AUTO_BUILD_RELEASE struct build_release release = { 0 };

	build_release_labels(r, layers->build_id, labels);
	TRY(build_release_attach(j, &im, layers->build_id, &release));
	for (size_t i = 0; i < r->outputs.count; i++)
		files += !output_rows[outputs[i]].is_disk;
	progress_stage(j->progress, "outputs", files, "files");
	for (size_t i = 0; i < r->outputs.count; i++)
		if (!output_rows[outputs[i]].is_disk)
			TRY(write_one(j, &im, outputs[i], folder, &ret[i]));
	progress_done(j->progress, ret->unchanged ? "unchanged" : NULL);
	if (recipe_wants_disk(r))
		TRY(build_disk(j, layers, folder, ret));
	return build_release_write(j, &release, layers->build_id, folder, ret);
}
