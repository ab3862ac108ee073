/* SPDX-License-Identifier: MIT */
#include "service/package_list.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "recipe/zone.h"

static void add_package(struct service_set *s, const char *name, int group, const char *asked)
{
	for (size_t i = 0; i < s->packages.count; i++)
		if (!strcmp(s->packages.items[i].name, name))
			return;
	VEC_PUSH(&s->packages, (struct service_package){ .name = name, .group = group, .asked = asked });
}

static void add_packages(struct service_set *s, const struct list *names, int group, const char *asked)
{
	for (size_t i = 0; i < names->count; i++)
		add_package(s, ((const char *const *)names->items)[i], group, asked);
}

/* Until Debian 12 all zones are in one package. */
static void add_legacy_zones(struct service_set *s)
{
	const struct site *sites = s->recipe->sites.items;
	static const char *const whole[] = { "bookworm", "bullseye" };

	for (size_t i = 0; i < COUNT(whole); i++)
		if (s->recipe->base.suite && !strcmp(s->recipe->base.suite, whole[i]))
			return;
	for (size_t i = 0; i < s->recipe->sites.count; i++)
		if (sites[i].time_zone && zone_is_legacy(sites[i].time_zone))
			add_package(s, "tzdata-legacy", GROUP_BASE, "sites");
}

static void add_fonts(struct service_set *s)
{
	const char *const *names = s->recipe->fonts.items;

	for (size_t i = 0; i < s->recipe->fonts.count; i++) {
		AUTO_FREE char *package = mem_printf("fonts-%s", names[i]);
		add_package(s, arena_dup(&s->arena, package, strlen(package)), GROUP_RUNTIME, "fonts");
	}
}

/* Adds restic, the program that dumps a database, and the ssh client for sftp: repositories. */
static void add_backup(struct service_set *s)
{
	if (!s->recipe->backup.to)
		return;
	add_package(s, "restic", GROUP_SERVICES, "backup");
	add_package(s, "mariadb-client", GROUP_SERVICES, "backup");
	if (text_starts(s->recipe->backup.to, "sftp:"))
		add_package(s, "openssh-client", GROUP_SERVICES, "backup");
}

static const char *asked_by(const struct service_set *s, const struct manifest *m)
{
	if (m == s->framework)
		return "framework";
	return !strcmp(m->name, "chromium") || !strcmp(m->name, "wkhtmltopdf") ? "pdf" : m->name;
}

/* Lowest layer first: a package that two groups need goes to the lower one. */
void package_list(struct service_set *s)
{
	for (int group = 0; group < GROUP_COUNT; group++)
		for (size_t i = 0; i < s->manifest_count; i++)
			add_packages(s, &s->manifests[i].packages[group], group,
				     asked_by(s, &s->manifests[i]));
	for (size_t i = 0; i < s->disk_count; i++)
		add_packages(s, &s->disk[i].packages[GROUP_DISK], GROUP_DISK, "outputs");
	add_legacy_zones(s);
	add_fonts(s);
	add_backup(s);
	if (s->recipe->prebake)
		add_package(s, "mariadb-client", GROUP_BUILD, "prebake"); /* mariadb-dump */
	if (s->disk_count)
		add_package(s, s->recipe->disk.kernel, GROUP_DISK, "disk");
	for (size_t i = 0; i < s->disk_count; i++)
		add_packages(s, &s->disk[i].packages[GROUP_BOOT], GROUP_BOOT, "outputs");
}
