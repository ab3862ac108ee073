/* SPDX-License-Identifier: MIT */
#include "tools/ctl_upgrade.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "lib/durable.h"
#include "upgrade/release.h"
#include "rehearsal/rehearsal.h"
#include "start/state.h"
#include "upgrade/upgrade_record.h"

static void print_apps(const json_t *apps, const json_t *others)
{
	json_t *row;
	const char *app;

	json_object_foreach((json_t *)apps, app, row)
	{
		const char *source = upgrade_record_text(row, "source"),
			   *version = upgrade_record_text(row, "version");
		bool same = json_equal(json_object_get(row, "source"),
				       json_object_get(json_object_get(others, app), "source"));
		printf("  %-20s %s%s%.19s%s\n", app, version, *version ? " " : "", source,
		       same ? "" : "  (differs)");
	}
}

static struct err *print_all(const struct bench *b)
{
	json_t *committed, *known = NULL, *image = release_of_image(b),
			   *apps = json_object_get(image, "apps");
	struct err *e = release_read(b, &committed);

	if (!e)
		e = upgrade_record_read(b, &known);
	if (!e) {
		printf("image   %s %s, framework %s\n", b->name, b->version, b->framework);
		print_apps(apps, json_object_get(committed, "apps"));
		json_t *of = json_object_get(committed, "image");
		printf("data    %s %s, framework %s\n", upgrade_record_text(of, "name"),
		       upgrade_record_text(of, "version"), upgrade_record_text(committed, "framework"));
		print_apps(json_object_get(committed, "apps"), apps);
		if (*upgrade_record_text(committed, "upgrade"))
			printf("copy of before  %s%s/before/%s\n", b->data, BENCH_OWN,
			       upgrade_record_text(committed, "upgrade"));
		if (known)
			printf("upgrade %s is %s: %s\n", upgrade_record_text(known, "id"),
			       upgrade_record_text(known, "state"), upgrade_record_text(known, "why"));
	}
	json_decref(known);
	json_decref(committed);
	json_decref(image);
	return e;
}

static struct err *check_failed(void)
{
	AUTO_STATE struct state_report s = { 0 };

	TRY(state_read(&s));
	return s.state == STATE_FAILED ?
		       NULL :
		       err_new(ERR_SYSTEM, "no upgrade has failed here (%s)", state_name(s.state));
}

/* Has init start provision once more, which begins with what the record says. */
static struct err *decide(const struct bench *b, const char *state)
{
	json_t *known;

	TRY(check_failed());
	TRY(upgrade_record_read(b, &known));
	struct err *e = NULL;
	if (known)
		e = upgrade_record_write(b, upgrade_record_text(known, "id"), state,
					 upgrade_record_text(known, "why"));
	else if (!strcmp(state, "left"))
		e = err_new(ERR_SYSTEM, "nothing waits: the data are as they were before the upgrade");
	json_decref(known);
	return e ? e : durable_update(BENCH_RUN "/retry", "", 0600, &durable_root, NULL);
}

/* Makes the copy and prints how to try it: only the newer image has the code to try. */
static struct err *rehearse(const struct bench *b)
{
	AUTO_FREE char *folder = NULL;

	TRY(rehearsal_make(b, &folder));
	printf("The data as they are now are copied to %s. Start the newer image on that folder of the "
	       "volume as its /data, with MKBENCH_REHEARSE=1:\n"
	       "it migrates and tries the copy, says how long each step took, puts the copy back, and ends "
	       "with 0; or with 7, and why.\n\n"
	       "  docker run --rm -e MKBENCH_REHEARSE=1 --mount "
	       "type=volume,src=VOLUME,dst=/data,volume-subpath=.mkbench/rehearsal IMAGE\n"
	       "  docker run --rm -e MKBENCH_REHEARSE=1 -v \"$(docker volume inspect -f '{{.Mountpoint}}' "
	       "VOLUME)/.mkbench/rehearsal:/data\" IMAGE\n"
	       "  mkbench run --env MKBENCH_REHEARSE=1 --name rehearsal --data FOLDER/.mkbench/rehearsal "
	       "IMAGE   (what it says counts, not its status)\n\n"
	       "'benchctl upgrade --forget-rehearsal' removes the copy.\n",
	       folder);
	return NULL;
}

struct err *ctl_upgrade(const struct bench *b, int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--rehearse"))
		return rehearse(b);
	if (argc == 2 && !strcmp(argv[1], "--forget-rehearsal"))
		return rehearsal_drop(b);
	bool retry = argc == 2 && !strcmp(argv[1], "--retry"), back = argc == 2 && !strcmp(argv[1], "--back");

	if (argc > 1 && !retry && !back)
		return err_new(ERR_USAGE,
			       "usage: benchctl upgrade [--rehearse|--forget-rehearsal|--retry|--back]");
	if (argc == 1)
		return print_all(b);
	TRY(decide(b, retry ? "back" : "left"));
	puts(retry ? "the data go back, and the upgrade begins again: benchctl status shows it" :
		     "the data go back to what they were: benchctl status shows it");
	return NULL;
}
