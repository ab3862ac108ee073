/* SPDX-License-Identifier: MIT */
#include "engine/firmware.h"

#include <dirent.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/qemu_option.h"

#define MACHINE "pc-i440fx-9.0" /* one of the kind that QEMU uses by default */
#define LARGEST (64u << 20)

/* Descriptions in the first folder hide those of the same name in the second. */
static const char *const folders[] = { "/etc/qemu/firmware", "/usr/share/qemu/firmware" };

static bool has_word(json_t *list, const char *word)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) if (json_is_string(item) &&
					      !strcmp(json_string_value(item), word)) return true;
	return false;
}

static bool runs_machine(json_t *description)
{
	json_t *target, *machine;
	size_t i, k;

	json_array_foreach(json_object_get(description, "targets"), i, target)
	{
		const char *architecture = json_string_value(json_object_get(target, "architecture"));
		json_array_foreach(json_object_get(target, "machines"), k,
				   machine) if (architecture && !strcmp(architecture, "x86_64") &&
						json_is_string(machine) &&
						!fnmatch(json_string_value(machine), MACHINE, 0)) return true;
	}
	return false;
}

/* Firmware that requires signed boot files cannot start ours. */
static bool suits(json_t *description)
{
	json_t *features = json_object_get(description, "features");

	return has_word(json_object_get(description, "interface-types"), "uefi") &&
	       runs_machine(description) && !has_word(features, "secure-boot") &&
	       !has_word(features, "requires-smm");
}

static int is_description(const struct dirent *d)
{
	return text_ends(d->d_name, ".json");
}

/* The first suitable one by name, or NULL. The caller's to release. */
static json_t *find_in(const char *folder, const char *hidden_by)
{
	struct dirent **names;
	int count = scandir(folder, &names, is_description, alphasort);
	json_t *found = NULL;

	for (int i = 0; i < count; i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, names[i]->d_name);
		AUTO_FREE char *hider = hidden_by ? mem_printf("%s/%s", hidden_by, names[i]->d_name) : NULL;
		json_t *description =
			found || (hider && !access(hider, F_OK)) ? NULL : json_load_file(path, 0, NULL);
		if (description && suits(description))
			found = json_incref(description);
		json_decref(description);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return found;
}

/* "executable", "nvram-template": its file, or NULL; shared with the description. */
static const char *mapped(json_t *description, const char *part, const char *key)
{
	return json_string_value(
		json_object_get(json_object_get(json_object_get(description, "mapping"), part), key));
}

static struct err *keep_variables(const char *template, const char *folder, char **ret)
{
	AUTO_FREE char *path = mem_printf("%s/variables", folder), *bytes = NULL;
	size_t len;

	if (access(path, F_OK)) {
		TRY(file_read(template, LARGEST, &bytes, &len));
		TRY(file_write(path, bytes, len, 0600));
	}
	*ret = qemu_option("if=pflash,unit=1,format=raw,file=", path);
	return NULL;
}

static struct err *use(json_t *description, const char *folder, char **ret_code, char **ret_variables)
{
	const char *code = mapped(description, "executable", "filename"),
		   *format = mapped(description, "executable", "format");
	const char *variables = mapped(description, "nvram-template", "filename");

	if (!code)
		return err_new(ERR_SYSTEM, "QEMU's description of the UEFI firmware names no file");
	AUTO_FREE char *head =
		mem_printf("if=pflash,unit=0,readonly=on,format=%s,file=", format ? format : "raw");
	*ret_code = qemu_option(head, code);
	return variables ? keep_variables(variables, folder, ret_variables) : NULL;
}

struct err *firmware_choose(const char *wanted, const char *folder, char **ret_code, char **ret_variables)
{
	json_t *description = NULL;

	*ret_code = *ret_variables = NULL;
	if (!wanted || !strcmp(wanted, "bios"))
		return NULL;
	if (strcmp(wanted, "uefi"))
		return err_new(ERR_USAGE, "--firmware takes bios or uefi, not '%s'", wanted);
	for (size_t i = 0; !description && i < COUNT(folders); i++)
		description = find_in(folders[i], i ? folders[i - 1] : NULL);
	if (!description)
		return err_new(ERR_SYSTEM,
			       "no UEFI firmware for QEMU is installed here: the package ovmf has one");
	struct err *e = use(description, folder, ret_code, ret_variables);
	json_decref(description);
	return e;
}
