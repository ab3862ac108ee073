/* SPDX-License-Identifier: MIT */
/* mkbench build: builds the outputs of a recipe and reports them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "build/build_outputs.h"
#include "build/build_layers.h"
#include "build/build_own_lock.h"
#include "build/build_result.h"
#include "cmd/cmd.h"
#include "build/build_context.h"
#include "cmd/option.h"
#include "cmd/push_outputs.h"
#include "cmd/push_report.h"
#include "layer/sandbox/sandbox.h"
#include "layer/sandbox/sandbox_root.h"
#include "engine/qemu_option.h"

static void report_layers(const struct build_layers *layers)
{
	char size[16], unpacked[16], hex[DIGEST_HEX];

	printf("\n%-14s %10s %10s  %s\n", "layer", "size", "unpacked", "digest");
	for (size_t i = 0; i < layers->count; i++) {
		const struct layer_blob *b = &layers->items[i].blob;
		printf("%-14s %10s %10s  sha256:%.12s\n", layers->items[i].name,
		       text_size((double)b->size_bytes, size), text_size((double)b->unpacked_bytes, unpacked),
		       digest_hex(&b->digest, hex));
	}
	printf("%-14s %10s %10s  sha256:%s\n", "tree", "", "", digest_hex(&layers->tree, hex));
}

static void report_run(const struct build_context *j, int output, const char *path)
{
	const struct recipe *r = &j->recipe;
	AUTO_FREE char *word = text_shell(path), *file = qemu_option("file=", path);
	const char *format = output_rows[output].qemu_writes ? output_rows[output].qemu_format : NULL;
	AUTO_FREE char *drive = mem_printf("%s,format=%s,if=virtio", file, format ? format : ""),
		       *drive_word = text_shell(drive);

	printf("  mkbench run %s\n", word);
	if (format)
		printf("  qemu-system-x86_64 -machine accel=kvm:tcg -cpu max -m 2G -smp 2 -drive %s \\\n"
		       "    -nic user,model=virtio,hostfwd=tcp:127.0.0.1:%u-:%u\n",
		       drive_word, (unsigned)r->nginx.port, (unsigned)r->nginx.port);
	if (output == OUTPUT_RAW_ZST)
		printf("  zstd -dc %s >/dev/DISK\n", word);
	if (output == OUTPUT_DOCKER)
		printf("  docker load -i %s && docker run -d -p %u:%u -v %s-data:/data %s:%s\n", word,
		       (unsigned)r->nginx.port, (unsigned)r->nginx.port, r->name, r->name, r->version);
}

static void report_outputs(const struct build_context *j, const struct image_result *results)
{
	const int *outputs = j->recipe.outputs.items;
	char size[16], hex[DIGEST_HEX];

	for (size_t i = 0; i < j->recipe.outputs.count; i++) {
		printf("%-14s %10s %10s  %s:%s\n", output_words[outputs[i]],
		       text_size((double)results[i].size_bytes, size),
		       results[i].unchanged ? "unchanged" : "",
		       output_rows[outputs[i]].is_disk ? "inputs" : "sha256",
		       digest_hex(build_result_digest(outputs[i], &results[i]), hex));
		printf("  %s\n", results[i].path);
	}
	printf("\nRun it with one of\n");
	for (size_t i = 0; i < j->recipe.outputs.count; i++)
		report_run(j, outputs[i], results[i].path);
}

static void report_pushed(const json_t *pushed)
{
	for (size_t i = 0; i < json_array_size(pushed); i++) {
		AUTO_FREE char *line = push_report_line(json_array_get(pushed, i));
		printf("%s%s\n", i ? "" : "\nPushed\n", line);
	}
}

static struct err *report(const struct build_context *j, const struct build_layers *layers,
			  const struct image_result *results, const json_t *pushed, enum progress_style style)
{
	if (style == PROGRESS_JSON)
		return build_result_print(j, layers, results, pushed);
	if (style == PROGRESS_QUIET)
		return NULL;
	report_layers(layers);
	report_outputs(j, results);
	report_pushed(pushed);
	return NULL;
}

/* The outputs are there and are reported even if they could not be pushed. */
static struct err *push_and_report(const struct build_context *j, const struct option_set *o,
				   const struct build_layers *layers, const struct image_result *results)
{
	json_t *pushed = NULL;
	struct err *unpushed = o->no_push ? NULL : push_outputs(j, results, &pushed),
		   *e = report(j, layers, results, pushed, o->style);

	json_decref(pushed);
	fflush(stdout);
	if (e)
		err_free(unpushed);
	return e ? e : unpushed;
}

/* The sentence of builder/README.md: read a recipe, make a plan, fetch, write layers, write images. */
static struct err *build(struct build_context *j, const struct option_set *o, struct build_layers *layers,
			 struct image_result **ret)
{
	bool locked;

	TRY(sandbox_enter_user_namespace());
	TRY(cmd_check_open(j, o->recipe, o->style));
	TRY(build_outputs_try(o->folder));
	if (sandbox_root_is_machines(store_path(j->store)))
		progress_note(j->progress, "a build step's root is this machine's root, because the kernel "
					   "or the store's file system does not support id-mapped mounts");
	TRY(build_context_lock_read(j, &locked));
	j->own_lock |= !locked;
	if (!locked)
		TRY(build_context_lock_make(j));
	else if (j->own_lock)
		TRY(build_context_lock_add(j));
	TRY(build_layers(j, layers));
	*ret = mem_array(j->recipe.outputs.count, sizeof **ret);
	TRY(build_outputs(j, layers, o->folder, *ret));
	return build_own_lock_end(j);
}

static void free_results(const struct build_context *j, struct image_result *results)
{
	for (size_t i = 0; results && i < j->recipe.outputs.count; i++)
		free(results[i].path);
	free(results);
}

struct err *cmd_build_image(const struct option_set *o, char **ret_path)
{
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	struct build_layers layers = { 0 };
	struct image_result *results = NULL;
	struct err *e = build(&j, o, &layers, &results);

	*ret_path = e ? NULL : mem_dup(results[0].path);
	free_results(&j, results);
	build_layers_done(&layers);
	return e;
}

static struct err *run(int argc, char **argv)
{
	struct option_set o = { 0 };
	AUTO_BUILD_CONTEXT struct build_context j = { 0 };
	struct build_layers layers = { 0 };
	struct image_result *results = NULL;

	TRY(option_set_read(&cmd_build, argc, argv, &o));
	struct err *e = build(&j, &o, &layers, &results);
	if (!e)
		e = push_and_report(&j, &o, &layers, results);
	free_results(&j, results);
	build_layers_done(&layers);
	return e;
}

static const struct option_row options[] = {
	{ "output", OPTION_OUTPUT, "FOLDER", NULL, "where the outputs are written; here unless given" },
	{ "no-push", OPTION_NO_PUSH, NULL, NULL, "leave out the registries that the recipe's outputs name" },
	OPTION_PROGRESS_ROW,
	{ 0 },
};

const struct cmd cmd_build = {
	.name = "build",
	.operand = "RECIPE",
	.summary = "build a recipe's outputs: container images, disks",
	.text = "Uses the lock beside the recipe, and writes it when there is none.\n\n"
		"If a recipe's outputs name registries, they get the image when all outputs are written, as "
		"by 'mkbench push', with the login that docker or podman keeps. Exit status 4: a registry "
		"refused or could not be reached; the outputs stay.\n\n"
		"What was built is reported on standard output: with --progress=json as one line of JSON, "
		"with quiet not at all; then only errors are printed.",
	.options = options,
	.run = run,
};
