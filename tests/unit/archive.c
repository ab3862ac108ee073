/* SPDX-License-Identifier: MIT */
/* Without arguments a TAP test; with STORE RECIPE a refresher for the bats tests, which prints
 * the archives, the epoch and every candidate with its archive and first URL. */
#include "fetch/archive.h"

#include <inttypes.h>
#include <stdlib.h>

#include "apt_folder.h"
#include "base/mem.h"
#include "base/text.h"
#include "says.h"

static void print_all(const struct sources *src, const struct archive_index *ix)
{
	struct arena a = { 0 };

	for (size_t i = 0; i < src->count; i++)
		printf("source %s %s\n", src->items[i].name, src->items[i].mirrors[0]);
	printf("epoch %" PRId64 "\n", ix->epoch);
	for (size_t i = 0; i < index_count(ix->index); i++) {
		const struct package *p = index_at(ix->index, i);
		const char *name = src->items[p->archive].name;
		printf("%s %s %s %s\n", p->name, p->version, name,
		       archive_urls(&a, src, name, p->filename)[0]);
	}
	arena_done(&a);
}

static struct err *refresh(const char *store_path_, const char *recipe_path)
{
	struct recipe r = { 0 };
	struct problems problems;
	struct sources src = { 0 };
	struct archive_index ix = { 0 };
	struct store *s = NULL;
	struct progress *p = progress_new(PROGRESS_PLAIN);

	struct err *e = recipe_read(recipe_path, &r, &problems);
	r.base.architecture = "amd64";
	if (!e)
		e = store_open(store_path_, &s);
	if (!e)
		e = archive_sources(&r, s, p, &src);
	if (!e)
		e = archive_refresh(s, &src, r.base.architecture, p, &ix);
	if (!e)
		print_all(&src, &ix);
	archive_index_done(&ix);
	archive_sources_done(&src);
	store_close(s);
	recipe_done(&r);
	progress_free(p);
	return e;
}

static void put_source(struct text *t, const struct source *src)
{
	text_printf(t, "%s %s:", src->name, src->suite);
	for (size_t i = 0; src->mirrors[i]; i++)
		text_printf(t, " %s", src->mirrors[i]);
	text_put(t, " |");
	for (size_t i = 0; src->components[i]; i++)
		text_printf(t, " %s", src->components[i]);
	text_put(t, " |");
	for (size_t i = 0; src->keys[i]; i++)
		text_printf(t, " %s", src->keys[i]);
	text_put(t, src->optional ? " ?\n" : "\n");
}

/* Sources as lines, or the error. */
static char *sources_of(struct recipe *r)
{
	struct sources src;
	struct text t = { 0 };

	r->path = r->path ? r->path : "recipe.yml";
	r->base.architecture = "amd64";
	struct err *e = archive_sources(r, NULL, NULL, &src);
	if (e) {
		char *text = err_text(e);
		err_free(e);
		return text;
	}
	for (size_t i = 0; i < src.count; i++)
		put_source(&t, &src.items[i]);
	archive_sources_done(&src);
	return text_take(&t);
}

static void sources_of_recipe(void)
{
	const char *mirrors[] = { "https://m.example/debian/", "file:///srv/private" };
	struct archive more[] = { { .url = "https://n.example/apt", .suite = "nodistro" },
				  { .url = "https://me:word@n.example/x/",
				    .suite = "trixie",
				    .components = { (const char *[]){ "nginx" }, 1 },
				    .key = "n.gpg" },
				  { .url = "https://f.example/apt", .suite = "./", .key = "n.gpg" },
				  { .url = "https://f.example/other", .suite = "deb/", .key = "n.gpg" } };
	struct recipe r = { .path = "recipes/r.yml",
			    .base = { .suite = "trixie",
				      .security = true,
				      .key = "/k/own.gpg",
				      .mirrors = { mirrors, 2 },
				      .archives = { more, 4 } } };
	more[0].key = "/k/node.asc";
	AUTO_FREE char *got = sources_of(&r);
	is(got, "trixie trixie: https://m.example/debian file:///srv/private | main | /k/own.gpg\n"
		"trixie-updates trixie-updates: https://m.example/debian file:///srv/private | main | "
		"/k/own.gpg ?\n"
		"trixie-security trixie-security: https://m.example/debian-security https://m.example/debian "
		"file:///srv/private"
		" | main | /k/own.gpg\n"
		"nodistro nodistro: https://n.example/apt | main | /k/node.asc\n"
		"trixie@n.example trixie: https://me:word@n.example/x | nginx | recipes/n.gpg\n"
		"flat@f.example ./: https://f.example/apt | main | recipes/n.gpg\n"
		"flat@f.example#2 deb/: https://f.example/other | main | recipes/n.gpg\n");
}

static void sources_of_apt(void)
{
	struct recipe trixie = { .base = { .suite = "trixie", .security = true } },
		      forky = { .base = { .suite = "forky", .security = true } };

	write_text("trusted.gpg.d/a.asc", "");
	AUTO_FREE char *trusted = mem_printf("%s/trusted.gpg.d/a.asc", top);
	write_text("sources.list", "deb [signed-by=/k/d.gpg] http://a.example/debian trixie main contrib\n"
				   "deb [signed-by=/k/d.gpg] http://b.example/debian trixie main\n"
				   "deb [signed-by=/k/other.gpg] http://php.example trixie main\n"
				   "deb http://only.example trixie stable\n"
				   "deb http://sec.example trixie-security main\n"
				   "deb http://old.example/debian stable main\n");
	AUTO_FREE char *got = sources_of(&trixie);
	AUTO_FREE char *want = mem_printf(
		"trixie trixie: http://a.example/debian http://b.example/debian | main | /k/d.gpg\n"
		"trixie-updates trixie-updates: http://a.example/debian http://b.example/debian | main | "
		"/k/d.gpg ?\n"
		"trixie-security trixie-security: http://sec.example | main | %s\n",
		trusted);
	is(got, want);
	trixie.base.key = "/k/own.gpg";
	AUTO_FREE char *keyed = sources_of(&trixie);
	is(keyed, "trixie trixie: http://a.example/debian http://b.example/debian | main | /k/own.gpg\n"
		  "trixie-updates trixie-updates: http://a.example/debian http://b.example/debian | main | "
		  "/k/own.gpg ?\n"
		  "trixie-security trixie-security: http://sec.example | main | /k/own.gpg\n");
	trixie.base.key = NULL;
	write_text("sources.list", "deb http://only.example forky stable\n"
				   "deb http://sec.example trixie-security main\n"
				   "deb http://old.example/debian stable main\n");
	AUTO_FREE char *moved = sources_of(&forky);
	AUTO_FREE char *moved_want =
		mem_printf("forky forky: http://old.example/debian | main | %s\n"
			   "forky-updates forky-updates: http://old.example/debian | main | %s ?\n"
			   "forky-security forky-security: http://old.example/debian-security "
			   "http://old.example/debian | main | %s\n",
			   trusted, trusted, trusted);
	is(moved, moved_want);

	write_text(
		"mirrors/debian.list",
		"# a remark\nhttps://b.example/debian/\tpriority:2\nhttps://a.example/debian priority:1\n\n"
		"https://late.example/debian\nhttps://debs.example/debian "
		"type:deb\nhttps://arm.example/debian arch:arm64 priority:1\n");
	AUTO_FREE char *cloud =
		mem_printf("Types: deb deb-src\nURIs: mirror+file:%s/mirrors/debian.list\nSuites: trixie "
			   "trixie-updates\n"
			   "Components: main\nSigned-By: /k/d.gpg\n\nTypes: deb\nURIs: "
			   "mirror+file://%s/mirrors/security.list\n"
			   "Suites: trixie-security\nComponents: main\nSigned-By: /k/d.gpg\n",
			   top, top);
	write_text("mirrors/security.list", "https://s.example/security");
	write_text("sources.list", "");
	write_text("sources.list.d/debian.sources", cloud);
	AUTO_FREE char *followed = sources_of(&trixie);
	is(followed, "trixie trixie: https://a.example/debian https://b.example/debian "
		     "https://late.example/debian | main | /k/d.gpg\n"
		     "trixie-updates trixie-updates: https://a.example/debian https://b.example/debian "
		     "https://late.example/debian | main | /k/d.gpg\n"
		     "trixie-security trixie-security: https://s.example/security | main | /k/d.gpg\n");
	write_text("sources.list.d/debian.sources", "");
	write_text("sources.list", "deb cdrom:[Debian GNU/Linux 12.5.0 _Bookworm_]/ trixie main\n");
	write_text("examples/sources.list",
		   "# an example\ndeb http://example.example/debian trixie main contrib\n");
	AUTO_FREE char *disc = sources_of(&trixie);
	AUTO_FREE char *disc_want =
		mem_printf("trixie trixie: http://example.example/debian | main | %s\n"
			   "trixie-updates trixie-updates: http://example.example/debian | main | %s ?\n"
			   "trixie-security trixie-security: http://example.example/debian-security "
			   "http://example.example/debian | main | %s\n",
			   trusted, trusted, trusted);
	is(disc, disc_want);
	write_text("examples/sources.list", "");

	write_text("sources.list",
		   "deb mirror+file:/no/such/list trixie main\ndeb http://n.example nodistro main\n");
	AUTO_FREE char *none = sources_of(&trixie);
	AUTO_FREE char *none_want =
		mem_printf("no mirror of trixie is known: name one in base.mirrors (%s has "
			   "mirror+file:/no/such/list trixie (not usable here), http://n.example nodistro)",
			   top);
	is(none, none_want);
	forget_all();
	write_text("examples/sources.list", ""); /* not the machine's own */
	AUTO_FREE char *empty = sources_of(&trixie);
	ok(text_ends(empty, "has no archive)"));
}

static void urls(void)
{
	const char *const mirrors[] = { "http://a.example/debian", "http://b.example", NULL };
	struct source one = { .name = "trixie", .mirrors = mirrors };
	struct sources src = { .items = &one, .count = 1 };
	struct arena a = { 0 };

	const char *const *got = archive_urls(&a, &src, "trixie", "pool/l/l++/l%_1~a#b.deb");
	is(got[0], "http://a.example/debian/pool/l/l++/l%25_1~a%23b.deb");
	is(got[1], "http://b.example/pool/l/l++/l%25_1~a%23b.deb");
	ok(!got[2]);
	ok(!archive_urls(&a, &src, "sid", "x")[0]);
	arena_done(&a);
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return exit_status(refresh(argv[1], argv[2]));
	begin_folder();
	sources_of_recipe();
	sources_of_apt();
	urls();
	ok(!file_remove_tree(top));
	return t_done();
}
