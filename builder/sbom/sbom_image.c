/* SPDX-License-Identifier: MIT */
/* Lists the parts of an image: packages, modules, apps, and what is linked into our programs. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "sbom/license.h"
#include "sbom/purl.h"
#include "sbom/sbom.h"

#define PROGRAM "usr/lib/mkbench/init"
#define LIBRARIES "usr/lib/mkbench/libraries.json"

/* Parses RFC 3339, with or without fractions of a second and a zone: seconds since 1970; 0 if invalid. */
static int64_t parse_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	int hours = 0, minutes = 0;

	if (!end)
		return 0;
	end += *end == '.' ? 1 + strspn(end + 1, "0123456789") : 0;
	if (sscanf(end, "%3d:%2d", &hours, &minutes) == 2 && *end == '-')
		minutes = -minutes;
	int64_t seconds = (int64_t)timegm(&tm) - (hours * 60 + minutes) * 60;
	return seconds > 0 ? seconds : 0;
}

/* The source of a binary package in the form that scanners use: its name, and its version if that differs.
 * NULL: both are the same as the package's. */
static char *upstream_of(const char *source, const char *source_version, const char *name,
			 const char *version)
{
	bool other = source_version && version && strcmp(source_version, version);

	if (!source || (!other && !strcmp(source, name)))
		return NULL;
	return other ? mem_printf("%s@%s", source, source_version) : mem_dup(source);
}

/* "demo:1.0", "host:5000/demo": a port is not a version. */
static void take_name(const struct contents *c, struct sbom *s)
{
	const char *slash = strrchr(c->source.path, '/'), *whole = c->source.name ? c->source.name :
								   slash	  ? slash + 1 :
										    c->source.path;
	const char *colon = strrchr(whole, ':');
	bool tagged = c->source.name && colon && colon != whole && !strchr(colon, '/');

	s->name = arena_dup(&s->arena, whole, tagged ? (size_t)(colon - whole) : strlen(whole));
	s->version = tagged ? sbom_keep(s, colon + 1) : NULL;
}

static const char *distro(const struct contents *c, struct sbom *s)
{
	return c->os ? sbom_take(s,
				 c->os_version ? mem_printf("%s-%s", c->os, c->os_version) : mem_dup(c->os)) :
		       NULL;
}

static const char *rooted(struct sbom *s, const char *path)
{
	return sbom_take(s, mem_printf("/%s", path));
}

static void add_system(const struct contents *c, struct sbom *s)
{
	if (c->os)
		sbom_add(s, &(struct sbom_part){ .kind = SBOM_SYSTEM,
						 .name = sbom_keep(s, c->os),
						 .version = sbom_keep(s, c->os_version),
						 .path = "/etc/os-release",
						 .within = SBOM_NOBODY });
}

static void take_copyright(const struct contents *c, struct sbom *s, const struct contents_package *p,
			   struct sbom_part *part)
{
	AUTO_FREE char *path = mem_printf("usr/share/doc/%s/copyright", p->name);
	const struct entry *e = contents_find(c, path);
	size_t len;
	const char *text = contents_text(e, &len);

	for (unsigned hops = 0; e && e->kind == ENTRY_SYMLINK && e->link && hops < 8; hops++) {
		const char *slash = strrchr(e->path, '/');
		AUTO_FREE char *to = *e->link == '/' ?
					     mem_dup(e->link) :
					     mem_printf("%.*s/%s", (int)(slash - e->path), e->path, e->link);
		e = contents_find(c, to);
		text = contents_text(e, &len);
	}
	if (!len)
		return;
	AUTO_FREE char *license = license_debian(text, len, p->source ? p->source : p->name);
	part->license = sbom_keep(s, license);
	part->license_path = rooted(s, path);
}

static void add_debian(const struct contents *c, struct sbom *s, const struct contents_package *p)
{
	AUTO_FREE char *upstream = upstream_of(p->source, p->source_version, p->name, p->version);
	const char *space = c->os ? c->os : "debian";
	const struct purl_qualifier q[] = {
		{ "arch", p->architecture },
		{ "distro", distro(c, s) },
		{ "upstream", upstream },
		{ NULL, NULL },
	};
	struct sbom_part part = {
		.kind = SBOM_DEBIAN,
		.name = sbom_keep(s, p->name),
		.version = sbom_keep(s, p->version),
		.depends = sbom_keep(s, p->depends),
		.purl = sbom_take(s, purl_new("deb", space, p->name, p->version, q)),
		.path = rooted(s, p->path),
		.within = SBOM_NOBODY,
		.source = p->source ? sbom_take(s, mem_printf("%s %s", p->source,
							      p->source_version ? p->source_version : "")) :
				      NULL,
	};

	take_copyright(c, s, p, &part);
	sbom_add(s, &part);
}

/* A module that a Debian package brings is part of it. parts: the part of each package of the image. */
static size_t brought_by(const struct contents *c, const struct contents_package *p, const size_t *parts)
{
	const struct entry *e = tree_find(&c->tree, p->path);
	size_t owner = e ? c->owner_of[e - c->tree.items] : CONTENTS_NOBODY;

	return owner != CONTENTS_NOBODY && c->packages[owner].kind == PACKAGE_DEBIAN ? parts[owner] :
										       SBOM_NOBODY;
}

static void add_module(const struct contents *c, struct sbom *s, const struct contents_package *p,
		       const size_t *parts)
{
	bool python = p->kind == PACKAGE_PYTHON;
	AUTO_FREE char *name = python ? purl_python_name(p->name) : mem_dup(p->name);
	char *slash = python || *name != '@' ? NULL : strchr(name, '/');
	const char *last = slash ? slash + 1 : name;

	if (slash)
		*slash = '\0';
	AUTO_FREE char *license = p->license ? license_word(p->license, p->name) : NULL;
	sbom_add(s, &(struct sbom_part){
			    .kind = python ? SBOM_PYTHON : SBOM_NODE,
			    .name = sbom_keep(s, p->name),
			    .version = sbom_keep(s, p->version),
			    .purl = sbom_take(s, purl_new(python ? "pypi" : "npm", slash ? name : NULL, last,
							  p->version, NULL)),
			    .license = sbom_keep(s, license),
			    .license_path = license ? rooted(s, p->path) : NULL,
			    .path = rooted(s, p->path),
			    .within = brought_by(c, p, parts) });
}

static void add_app(struct sbom *s, const struct contents_package *p)
{
	const char *version = p->version ? p->version : p->commit ? p->commit : p->content;
	const struct purl_qualifier q[] = { { "checksum", p->content }, { NULL, NULL } };
	struct sbom_part part = {
		.kind = SBOM_APP,
		.name = sbom_keep(s, p->name),
		.version = sbom_keep(s, version),
		.commit = sbom_keep(s, p->commit),
		.purl = sbom_take(s, purl_new("generic", NULL, p->name, version, q)),
		.path = rooted(s, p->path),
		.within = SBOM_NOBODY,
	};

	if (p->content && text_starts(p->content, "sha256:") &&
	    !digest_parse(p->content + strlen("sha256:"), &part.sha256))
		part.sha256 = (struct digest){ 0 };
	sbom_add(s, &part);
}

static void add_interpreter(struct sbom *s, const struct contents_package *p)
{
	sbom_lock_interpreter(s,
			      &(struct lock_runtime){ p->name, p->version, p->from, p->archive, p->content },
			      rooted(s, p->path));
}

static const char *word(struct sbom *s, const json_t *object, const char *key)
{
	return sbom_keep(s, json_string_value(json_object_get(object, key)));
}

/* The licence from the package's copyright file, by the note: in the form that the file has. */
static char *license_of(const json_t *row)
{
	const json_t *words = json_object_get(row, "licenses");
	const char *scope = json_string_value(json_object_get(row, "source"));
	AUTO_TEXT struct text file = { 0 };

	text_put(&file, "Format: 1.0\n");
	for (size_t i = 0; i < json_array_size(words); i++) {
		const char *word = json_string_value(json_array_get(words, i));
		if (word && !strpbrk(word, "\r\n"))
			text_printf(&file, "\nFiles: *\nLicense: %s\n", word);
	}
	return json_array_size(words) && scope ? license_debian(file.bytes, file.len, scope) : NULL;
}

static void add_library(struct sbom *s, const json_t *row, size_t program)
{
	const char *archive = word(s, row, "archive"), *package = word(s, row, "package"),
		   *version = word(s, row, "version");
	const char *source = word(s, row, "source"), *source_version = word(s, row, "source_version"),
		   *sum = word(s, row, "sha256");
	AUTO_FREE char *upstream = upstream_of(source, source_version, package ? package : "", version);
	const struct purl_qualifier q[] = {
		{ "arch", word(s, row, "architecture") },
		{ "distro", word(s, row, "distribution") },
		{ "upstream", upstream },
		{ NULL, NULL },
	};
	struct sbom_part part = {
		.kind = SBOM_LIBRARY,
		.name = package ? package : archive,
		.version = version,
		.within = program,
		.path = "/" LIBRARIES,
		.source = source ? sbom_take(s, mem_printf("%s %s", source,
							   source_version ? source_version : "")) :
				   NULL,
		.purl = sbom_take(s, package ?
					     purl_new("deb", "debian", package, version, q) :
					     purl_new("generic", NULL, archive ? archive : "?", NULL, NULL)),
	};

	AUTO_FREE char *license = license_of(row);

	part.license = sbom_keep(s, license);
	if (!sum || !digest_parse(sum, &part.sha256))
		part.sha256 = (struct digest){ 0 };
	if (archive)
		sbom_add(s, &part);
}

/* What was linked into our program was recorded when it was linked, for exactly these bytes
 * (services/guest/linked). */
static void add_program(const struct contents *c, struct sbom *s)
{
	const struct entry *e = contents_find(c, PROGRAM);
	size_t len, program = s->count;
	const char *text = contents_text(contents_find(c, LIBRARIES), &len);
	json_t *note = json_loadb(text, len, 0, NULL);
	const char *of = json_string_value(json_object_get(note, "sha256"));
	struct digest linked;
	char hex[DIGEST_HEX];

	if (!e || e->kind != ENTRY_FILE) {
		json_decref(note);
		return;
	}
	bool known = of && digest_parse(of, &linked) && digest_equal(&linked, &e->sha256);
	const char *version = known ? word(s, note, "version") : NULL;
	AUTO_FREE char *sum = mem_printf("sha256:%s", digest_hex(&e->sha256, hex));
	const struct purl_qualifier q[] = { { "checksum", sum }, { NULL, NULL } };
	sbom_add(s, &(struct sbom_part){
			    .kind = SBOM_PROGRAM,
			    .name = "mkbench-guest",
			    .version = version,
			    .license = "MIT",
			    .sha256 = e->sha256,
			    .purl = sbom_take(s, purl_new("generic", NULL, "mkbench-guest", version, q)),
			    .path = "/" PROGRAM,
			    .within = SBOM_NOBODY });
	const json_t *rows = json_object_get(note, "libraries");
	for (size_t i = 0; known && i < json_array_size(rows); i++)
		add_library(s, json_array_get(rows, i), program);
	if (!known)
		s->remark = "The libraries linked into /" PROGRAM
			    " are unknown: the image has no list of it for exactly this file.";
	json_decref(note);
}

void sbom_image(const struct contents *c, struct sbom *ret)
{
	struct sbom s = { .built = true };
	AUTO_FREE size_t *parts = mem_array(c->package_count + 1, sizeof *parts);

	take_name(c, &s);
	s.architecture = sbom_keep(&s, json_string_value(json_object_get(c->source.config, "architecture")));
	s.created = parse_time(json_string_value(json_object_get(c->source.config, "created")));
	s.digest = digest_is_zero(&c->source.manifest) ? c->source.config_digest : c->source.manifest;
	add_system(c, &s);
	for (size_t i = 0; i < c->package_count; i++) {
		parts[i] = s.count;
		switch (c->packages[i].kind) {
		case PACKAGE_DEBIAN: add_debian(c, &s, &c->packages[i]); break;
		case PACKAGE_APP: add_app(&s, &c->packages[i]); break;
		case PACKAGE_INTERPRETER: add_interpreter(&s, &c->packages[i]); break;
		default: add_module(c, &s, &c->packages[i], parts); break;
		}
	}
	add_program(c, &s);
	*ret = s;
}
