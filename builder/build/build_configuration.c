/* SPDX-License-Identifier: MIT */
#include "build/build_configuration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "build/app_version.h"
#include "build/share.h"

#define GUEST_LIMIT (64u << 20)
#define GUEST_FOLDER "usr/lib/mkbench"

#define NOTE_LIMIT (1u << 20)

/* Beside the tool when it was just compiled, with the services when it is installed. */
static struct err *guest_path(const char *name, char **ret)
{
	AUTO_FREE char *folder = file_program_folder(), *share = NULL;
	AUTO_FREE char *beside = mem_printf("%s/guest/%s", folder, name);

	if (access(beside, R_OK)) {
		TRY(share_folder(&share));
		*ret = mem_printf("%s/%s", share, name);
	} else {
		*ret = TAKE(beside);
	}
	return NULL;
}

/* One file under the name of its first task; the others are links to it. */
static struct err *add_guest(struct tree *t)
{
	static const char *const names[] = { "provision", "health", "ctl", "as" };
	AUTO_FREE char *path = NULL, *bytes = NULL;
	size_t len;

	TRY(guest_path("guest", &path));
	struct err *e = file_read(path, GUEST_LIMIT, &bytes, &len);
	if (e && err_code(e) == ENOENT)
		return err_wrap(e, "the programs that run inside an image are missing: run 'make'");
	TRY(e);
	tree_add(t, &(struct entry){ .path = GUEST_FOLDER "/init", .kind = ENTRY_FILE, .mode = 0755, .size_bytes = len,
				     .sha256 = digest_of(bytes, len), .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_FREE char *name = mem_printf(GUEST_FOLDER "/%s", names[i]);
		tree_add(t, &(struct entry){ .path = name, .kind = ENTRY_SYMLINK, .mode = 0777, .link = "init" });
	}
	tree_add(t, &(struct entry){ .path = "usr/bin/benchctl", .kind = ENTRY_SYMLINK, .mode = 0777, .link = "../lib/mkbench/ctl" });
	return NULL;
}

/* What was linked into the program, for who asks what an image is made of (sbom/sbom.h). Without it that is not known. */
static struct err *add_libraries(struct tree *t)
{
	AUTO_FREE char *path = NULL, *bytes = NULL;
	size_t len;

	TRY(guest_path("libraries.json", &path));
	struct err *e = file_read(path, NOTE_LIMIT, &bytes, &len);
	if (e && err_code(e) == ENOENT) {
		err_free(e);
		return NULL;
	}
	TRY(e);
	tree_add(t, &(struct entry){ .path = GUEST_FOLDER "/libraries.json", .kind = ENTRY_FILE, .mode = 0644, .size_bytes = len,
				     .sha256 = digest_of(bytes, len), .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
	return NULL;
}

/* What the guest programs tell an upgrade by. */
static struct err *identify_apps(struct build_context *j)
{
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < j->recipe.apps.count; i++) {
		AUTO_FREE char *content = mem_printf("sha256:%s", digest_hex(&j->sources[i].digest, hex));
		AUTO_FREE char *version = NULL;
		TRY(app_version(j, i, &version));
		service_identify(j->services, i, &(struct app_identity){ j->sources[i].commit, content, version });
	}
	return NULL;
}

/* "1:10.11.14-0+deb12u2" is 10.11.14 to who looks at the data. */
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

bool build_configuration_is_program(const struct entry *e)
{
	return !strcmp(e->path, GUEST_FOLDER) || !strcmp(e->path, GUEST_FOLDER "/init") || !strcmp(e->path, GUEST_FOLDER "/libraries.json");
}

struct err *build_configuration(struct build_context *j, const char *build_id, struct tree *ret)
{
	TRY(identify_apps(j));
	name_server(j);
	TRY(service_render(j->services, build_id, ret));
	TRY(add_guest(ret));
	TRY(add_libraries(ret));
	tree_add(ret, &(struct entry){ .path = "data", .kind = ENTRY_FOLDER, .mode = 0755 });
	tree_sort(ret);
	tree_date(ret);
	return NULL;
}
