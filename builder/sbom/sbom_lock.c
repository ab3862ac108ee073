/* SPDX-License-Identifier: MIT */
/* Lists the parts that a lock names, without an image. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sbom/purl.h"
#include "sbom/sbom.h"

static void add_package(struct sbom *s, const struct recipe *r, const struct lock_package *p)
{
	const struct purl_qualifier q[] = { { "arch", p->architecture },
					    { "distro", r->base.suite },
					    { NULL, NULL } };

	sbom_add(s,
		 &(struct sbom_part){ .kind = SBOM_DEBIAN,
				      .name = sbom_keep(s, p->name),
				      .version = sbom_keep(s, p->version),
				      .purl = sbom_take(s, purl_new("deb", "debian", p->name, p->version, q)),
				      .sha256 = p->sha256,
				      .within = SBOM_NOBODY });
}

/* "git+https://host/owner/name@COMMIT" */
static char *from_where(const struct app *app, const struct lock_app *locked)
{
	if (!app || !app->git)
		return NULL;
	return mem_printf("git+%s%s%s", app->git, locked->commit ? "@" : "",
			  locked->commit ? locked->commit : "");
}

static void add_app(struct sbom *s, const struct recipe *r, const struct lock_app *locked)
{
	const struct app *apps = r->apps.items, *app = NULL;
	struct digest tree = { 0 };
	const char *version = locked->commit ? locked->commit : locked->tree;

	for (size_t i = 0; i < r->apps.count; i++)
		app = !strcmp(apps[i].name, locked->name) ? &apps[i] : app;
	if (text_starts(locked->tree, "sha256:") && !digest_parse(locked->tree + strlen("sha256:"), &tree))
		tree = (struct digest){ 0 };
	AUTO_FREE char *where = from_where(app, locked);
	const struct purl_qualifier q[] = {
		{ "checksum", locked->tree },
		{ "download_url", app ? app->archive : NULL },
		{ "vcs_url", where },
		{ NULL, NULL },
	};
	sbom_add(s, &(struct sbom_part){
			    .kind = SBOM_APP,
			    .name = sbom_keep(s, locked->name),
			    .version = sbom_keep(s, version),
			    .commit = sbom_keep(s, locked->commit),
			    .sha256 = tree,
			    .within = SBOM_NOBODY,
			    .purl = sbom_take(s, purl_new("generic", NULL, locked->name, version, q)) });
}

/* The lock says nothing about an app in a folder of this machine. */
static void add_folder(struct sbom *s, const struct app *app)
{
	if (app->path)
		sbom_add(s, &(struct sbom_part){
				    .kind = SBOM_APP,
				    .name = sbom_keep(s, app->name),
				    .within = SBOM_NOBODY,
				    .purl = sbom_take(s, purl_new("generic", NULL, app->name, NULL, NULL)) });
}

/* "NAME==VERSION --hash=sha256:DIGEST # FILE", as Python's package managers write their choice; followed by "
 * of URL" if it comes from a URL or a git commit instead of an index. */
static void add_pin(struct sbom *s, const char *line)
{
	static const char hash[] = "--hash=sha256:";
	size_t len = strcspn(line, "= \t#[;");
	const char *version = line + len, *sum = strstr(line, hash);

	if (*version == '[')
		version += strcspn(version, "]") + (strchr(version, ']') != NULL);
	if (!len || !text_starts(version, "=="))
		return;
	version += strspn(version, "=");
	AUTO_FREE char *name = mem_ndup(line, len), *plain = purl_python_name(name),
		       *number = mem_ndup(version, strcspn(version, " \t;#"));
	AUTO_FREE char *hex =
		sum ? mem_ndup(sum + strlen(hash), strspn(sum + strlen(hash), "0123456789abcdef")) : NULL;
	const char *note = strstr(line, " # "), *of = note ? strstr(note, " of ") : NULL;
	const char *url = of ? of + strlen(" of ") : NULL;
	const struct purl_qualifier q[] = {
		{ url && text_starts(url, "git+") ? "vcs_url" : "download_url", url },
		{ NULL, NULL },
	};
	struct sbom_part part = {
		.kind = SBOM_PYTHON,
		.name = sbom_keep(s, name),
		.version = sbom_keep(s, number),
		.within = SBOM_NOBODY,
		.purl = sbom_take(s, purl_new("pypi", NULL, plain, number, q)),
	};
	if (!hex || !digest_parse(hex, &part.sha256))
		part.sha256 = (struct digest){ 0 };
	sbom_add(s, &part);
}

/* The digest is its archive's, or for a folder that of its files. */
void sbom_lock_interpreter(struct sbom *s, const struct lock_runtime *r, const char *path)
{
	const struct purl_qualifier q[] = {
		{ "checksum", r->tree },
		{ "download_url", r->from && strstr(r->from, "://") ? r->from : NULL },
		{ NULL, NULL },
	};
	const char *hex = r->sha256				     ? r->sha256 :
			  r->tree && text_starts(r->tree, "sha256:") ? r->tree + strlen("sha256:") :
								       "";
	struct sbom_part part = {
		.kind = SBOM_PROGRAM,
		.name = sbom_keep(s, r->name),
		.version = sbom_keep(s, r->version),
		.path = path,
		.purl = sbom_take(s, purl_new("generic", NULL, r->name, r->version, q)),
		.within = SBOM_NOBODY,
	};

	if (!digest_parse(hex, &part.sha256))
		part.sha256 = (struct digest){ 0 };
	sbom_add(s, &part);
}

/* Hashes the names, versions and digests of everything listed. */
static struct digest digest_parts(const struct sbom *s)
{
	struct digest_run *run = digest_start();

	for (size_t i = 0; i < s->count; i++) {
		digest_feed_word(run, s->items[i].purl);
		digest_feed(run, s->items[i].sha256.bytes, sizeof s->items[i].sha256.bytes);
	}
	return digest_finish(run);
}

void sbom_lock_groups(const struct recipe *r, const struct lock *l, int groups, struct sbom *ret)
{
	struct sbom s = { .created = l->epoch };

	s.name = sbom_keep(&s, r->name);
	s.version = sbom_keep(&s, r->version);
	s.remark = "Made of the recipe's lock, before a build: no licences, and nothing of what only a build "
		   "brings.";
	for (size_t i = 0; i < l->package_count; i++)
		if (l->packages[i].group < groups)
			add_package(&s, r, &l->packages[i]);
	for (size_t i = 0; i < l->pin_count; i++)
		for (size_t n = 0; !strcmp(l->pins[i].name, "python") && n < l->pins[i].line_count; n++)
			add_pin(&s, l->pins[i].lines[n]);
	for (size_t i = 0; i < l->app_count; i++)
		add_app(&s, r, &l->apps[i]);
	for (size_t i = 0; i < l->runtime_count; i++)
		sbom_lock_interpreter(&s, &l->runtimes[i], NULL);
	for (size_t i = 0; i < r->apps.count; i++)
		add_folder(&s, &((const struct app *)r->apps.items)[i]);
	s.digest = digest_parts(&s);
	*ret = s;
}

void sbom_lock(const struct recipe *r, const struct lock *l, struct sbom *ret)
{
	sbom_lock_groups(r, l, GROUP_BUILD, ret);
}
