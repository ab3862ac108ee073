/* SPDX-License-Identifier: MIT */
#include "build/build_configuration.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "build/app_version.h"
#include "build/build_programs.h"

#define GUEST_FOLDER "usr/lib/mkbench"

static void add_file(struct tree *t, const char *path, uint32_t mode, const char *bytes, size_t len,
		     struct digest sha256)
{
	tree_add(t, &(struct entry){ .path = path,
				     .kind = ENTRY_FILE,
				     .mode = mode,
				     .size_bytes = len,
				     .sha256 = sha256,
				     .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
}

/* Adds one file, named after its first task; the others are links to it. Beside it goes the list of what was
 * linked into it, for bills of materials (sbom/sbom.h); without that list it is unknown. */
static struct err *add_guest(struct build_context *j, bool say, struct tree *t)
{
	static const char *const names[] = { "provision", "health", "ctl", "as" };
	AUTO_PROGRAMS struct build_programs p = { 0 };

	TRY(build_programs(j, say, &p));
	j->programs = p.sha256;
	add_file(t, GUEST_FOLDER "/init", 0755, p.bytes, p.len, p.sha256);
	if (p.note)
		add_file(t, GUEST_FOLDER "/libraries.json", 0644, p.note, p.note_len,
			 digest_of(p.note, p.note_len));
	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_FREE char *name = mem_printf(GUEST_FOLDER "/%s", names[i]);
		tree_add(t, &(struct entry){
				    .path = name, .kind = ENTRY_SYMLINK, .mode = 0777, .link = "init" });
	}
	tree_add(t, &(struct entry){ .path = "usr/bin/benchctl",
				     .kind = ENTRY_SYMLINK,
				     .mode = 0777,
				     .link = "../lib/mkbench/ctl" });
	return NULL;
}

/* The identities by which the guest programs detect an upgrade. */
static struct err *identify_apps(struct build_context *j)
{
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		AUTO_FREE char *content = mem_printf("sha256:%s", digest_hex(&j->sources[i].digest, hex));
		AUTO_FREE char *version = NULL;
		TRY(app_version(j, i, &version));
		service_identify(j->services, i,
				 &(struct app_identity){ j->sources[i].commit, content, version });
	}
	return NULL;
}

/* In data, "1:10.11.14-0+deb12u2" is version 10.11.14. */
static void name_server(struct build_context *j)
{
	const char *package = service_server_package(j->services);

	for (size_t i = 0; package && i < j->lock.package_count; i++)
		if (!strcmp(j->lock.packages[i].name, package)) {
			const char *version = j->lock.packages[i].version, *epoch = strchr(version, ':');
			version = epoch ? epoch + 1 : version;
			service_server_version(j->services, version, strspn(version, "0123456789."));
		}
}

struct err *build_configuration(struct build_context *j, const char *build_id, struct tree *ret)
{
	TRY(identify_apps(j));
	name_server(j);
	service_interpreters(j->services, &j->lock);
	TRY(service_render(j->services, build_id, ret));
	TRY(add_guest(j, *build_id, ret));
	tree_add(ret, &(struct entry){ .path = "data", .kind = ENTRY_FOLDER, .mode = 0755 });
	tree_sort(ret);
	tree_date(ret);
	return NULL;
}

static bool is_program(const struct entry *e)
{
	return !strcmp(e->path, GUEST_FOLDER) || !strcmp(e->path, GUEST_FOLDER "/init") ||
	       !strcmp(e->path, GUEST_FOLDER "/libraries.json");
}

void build_configuration_split(const struct tree *t, struct tree *programs, struct tree *rest)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->items[i];
		bool program = is_program(e);
		if (program)
			tree_add(programs, e);
		if (!program || e->kind == ENTRY_FOLDER)
			tree_add(rest, e);
	}
}
