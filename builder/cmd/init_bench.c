/* SPDX-License-Identifier: MIT */
#include "cmd/init_bench.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/init_note.h"
#include "cmd/init_processes.h"

#define FILE_LIMIT (1u << 20)

static const char *keep(struct draft *d, const char *text)
{
	return arena_dup(&d->arena, text, strlen(text));
}

/* A file of the bench, or NULL; the caller's to free. */
static char *read_file(const char *folder, const char *below)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, below);
	char *bytes = NULL;
	size_t len;

	err_free(file_read_text(path, FILE_LIMIT, &bytes, &len));
	return bytes;
}

/* A map, or NULL. A file that holds anything else is reported without quoting it. */
static json_t *read_json(const char *folder, const char *below)
{
	AUTO_FREE char *bytes = read_file(folder, below);
	json_error_t error;
	json_t *root = bytes ? json_loads(bytes, 0, &error) : NULL;

	if (json_is_object(root))
		return root;
	if (root)
		init_note("%s holds no map of settings: it is not read", below);
	else if (bytes)
		init_note("%s:%d:%d: not JSON: it is not read", below, error.line, error.column);
	json_decref(root);
	return NULL;
}

/* The first line of git's output for a repository, in the arena; NULL: none. */
static const char *ask_git(struct draft *d, const char *repository, const char *const *words)
{
	const char *argv[12] = { "git", "-C", repository, "-c", "safe.directory=*" };
	AUTO_FREE char *said = NULL, *errors = NULL;
	size_t n = 5;
	int status = 1;

	while (*words && n + 1 < COUNT(argv))
		argv[n++] = *words++;
	err_free(child_run(&(struct child){ .argv = argv }, &said, &errors, &status));
	if (status || !said)
		return NULL;
	said[strcspn(said, "\n")] = '\0';
	return *said ? keep(d, said) : NULL;
}

/* The URL without a token; a plain user name, as ssh needs it, stays. */
static const char *without_token(struct draft *d, const char *name, const char *url)
{
	const char *start = strstr(url, "://"), *at = NULL;

	for (const char *c = start ? start + 3 : ""; *c && *c != '/'; c++)
		at = *c == '@' ? c : at;
	size_t user = at && text_starts(url, "ssh://") ? strcspn(start + 3, ":@") : 0;
	if (!at || start + 3 + user == at)
		return url;
	init_note("apps/%s: what logs in at its remote is left out: ~/.netrc, git's credential helper or "
		  "an ssh agent hold that",
		  name);
	AUTO_FREE char *plain =
		mem_printf("%.*s%s", (int)(start + 3 - url + (long)user), url, user ? at : at + 1);
	return keep(d, plain);
}

/* Git resolves a relative path from the app's own folder. */
static const char *whole_path(struct draft *d, const char *app, const char *url)
{
	AUTO_FREE char *path = mem_printf("%s/%s", app, url),
		       *whole = *url == '.' ? realpath(path, NULL) : NULL;

	return whole ? keep(d, whole) : url;
}

static void read_app(const char *folder, const char *name, struct draft *d)
{
	AUTO_FREE char *path = mem_printf("%s/apps/%s", folder, name), *own = mem_printf("%s/.git", path);
	AUTO_FREE char *whole = realpath(path, NULL);
	struct problems unsaid = { .arena = &d->arena };
	const char *url = NULL, *commit = NULL;

	if (!whole || !draft_accepts(&pattern_app, "name", name, (struct mark){ 0 }, &unsaid)) {
		init_note("apps/%s is left out: %s", name,
			  whole ? "no recipe can name it so" : "it is not there");
		return;
	}
	if (!access(own, F_OK)) {
		url = ask_git(d, path,
			      (const char *const[]){ "config", "--get", "remote.upstream.url", NULL });
		url = url ? url :
			    ask_git(d, path,
				    (const char *const[]){ "config", "--get", "remote.origin.url", NULL });
		commit = ask_git(d, path, (const char *const[]){ "rev-parse", "HEAD", NULL });
		if (ask_git(d, path, (const char *const[]){ "status", "--porcelain", NULL }))
			init_note("apps/%s has changes that no commit holds: they are not in the "
				  "recipe",
				  name);
		if (url && commit &&
		    !ask_git(d, path,
			     (const char *const[]){ "for-each-ref", "--contains", "HEAD", "refs/remotes",
						    "refs/tags", NULL }))
			init_note("apps/%s: its remote may not have its commit: push it, or name the "
				  "folder as 'path'",
				  name);
	}
	if (url)
		url = whole_path(d, whole, without_token(d, name, url));
	if (url && commit && draft_accepts(&pattern_git, "git", url, (struct mark){ 0 }, &unsaid)) {
		VEC_PUSH(&d->apps, (struct draft_app){ .name = keep(d, name), .git = url, .ref = commit });
		return;
	}
	init_note("apps/%s has no remote with a commit: its folder is named", name);
	VEC_PUSH(&d->apps, (struct draft_app){ .name = keep(d, name), .path = keep(d, whole) });
}

static bool has_app(const struct draft *d, const char *name)
{
	for (size_t i = 0; i < d->apps.count; i++)
		if (!strcmp(d->apps.items[i].name, name))
			return true;
	return false;
}

/* Reads apps in the order of sites/apps.txt, which lists the framework first. */
static void read_apps(const char *folder, struct draft *d)
{
	AUTO_FREE char *listed = read_file(folder, "sites/apps.txt");
	char *rest = listed;

	for (char *line; rest && (line = strsep(&rest, "\n"));) {
		line += strspn(line, " \t\r");
		line[strcspn(line, " \t\r")] = '\0';
		if (*line && !has_app(d, line))
			read_app(folder, line, d);
	}
}

static void add_host(struct draft *d, const char *site, const char *written)
{
	struct problems unsaid = { .arena = &d->arena };
	AUTO_FREE char *host = mem_dup(written);

	for (char *c = host; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	const char *whose = strcmp(site, host) ? NULL : site;
	for (size_t i = 0; !whose && i < d->hosts.count; i++)
		if (!strcmp(d->hosts.items[i].host, host))
			whose = d->hosts.items[i].site;
	if (whose && strcmp(whose, site))
		init_note("the host %s of the site %s is left out: %s has it", host, site, whose);
	if (whose)
		return;
	if (draft_accepts(&pattern_host, "hosts", host, (struct mark){ 0 }, &unsaid))
		VEC_PUSH(&d->hosts, (struct draft_host){ site, keep(d, host) });
	else
		init_note("the host '%s' of the site %s is left out: it is no host name", host, site);
}

/* Adds the host of a site's own URL. */
static void add_address(struct draft *d, const char *site, const char *url)
{
	const char *scheme = url ? strstr(url, "://") : NULL, *host = scheme ? scheme + 3 : url;

	if (!host)
		return;
	for (const char *c = host; *c && *c != '/'; c++) /* skips user name and password */
		host = *c == '@' ? c + 1 : host;
	AUTO_FREE char *name = mem_ndup(host, strcspn(host, ":/?#"));
	if (*name)
		add_host(d, site, name);
}

/* The site in the draft, or NULL. */
static const char *find_site(const struct draft *d, const char *name)
{
	for (size_t i = 0; name && i < d->sites.count; i++)
		if (!strcmp(d->sites.items[i], name))
			return d->sites.items[i];
	return NULL;
}

/* The site that a link in the sites folder points to: benches use links as second names. The caller's to
 * free, or NULL. */
static char *site_of_link(const char *folder, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/sites/%s", folder, name),
		       *sites = mem_printf("%s/sites", folder);
	AUTO_FREE char *whole = realpath(path, NULL), *above = realpath(sites, NULL);
	struct stat st;

	if (!whole || !above || lstat(path, &st) < 0 || !S_ISLNK(st.st_mode) || !text_starts(whole, above) ||
	    whole[strlen(above)] != '/' || strchr(whole + strlen(above) + 1, '/'))
		return NULL;
	return mem_dup(whole + strlen(above) + 1);
}

static void read_site(const char *folder, const char *name, struct draft *d)
{
	AUTO_FREE char *below = mem_printf("sites/%s/site_config.json", name),
		       *other = site_of_link(folder, name);
	struct problems unsaid = { .arena = &d->arena };
	json_t *root = other ? NULL : read_json(folder, below), *domain;
	size_t i;

	AUTO_FREE char *files = mem_printf("%s/sites/%s/private", folder, name);
	if (!root && !other && !access(files, F_OK))
		init_note("the site %s is left out: it has no site_config.json that can be read", name);
	if (!root)
		return;
	if (!draft_accepts(&pattern_site, "name", name, (struct mark){ 0 }, &unsaid)) {
		init_note("the site %s is left out: its name is no host name", name);
		json_decref(root);
		return;
	}
	const char *site = keep(d, name);
	VEC_PUSH(&d->sites, site);
	json_array_foreach(json_object_get(root, "domains"), i, domain)
	{
		const char *host = json_is_string(domain) ?
					   json_string_value(domain) :
					   json_string_value(json_object_get(domain, "domain"));
		if (host)
			add_host(d, site, host);
	}
	add_address(d, site, json_string_value(json_object_get(root, "host_name")));
	json_decref(root);
}

static void read_sites(const char *folder, struct draft *d)
{
	AUTO_FREE char *path = mem_printf("%s/sites", folder);
	struct dirent **all;
	int count = scandir(path, &all, NULL, alphasort);

	for (int i = 0; i < count; i++)
		if (*all[i]->d_name != '.')
			read_site(folder, all[i]->d_name, d);
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *other = site_of_link(folder, all[i]->d_name);
		const char *site = find_site(d, other);
		if (site)
			add_host(d, site, all[i]->d_name);
		free(all[i]);
	}
	if (count >= 0)
		free(all);
}

/* From the settings, or from the file that older tools use. The caller's to free, or NULL. */
static char *default_site(const char *folder, const json_t *root, const struct draft *d)
{
	const char *named = json_string_value(json_object_get(root, "default_site"));
	char *site = named ? mem_dup(named) : read_file(folder, "sites/currentsite.txt");

	if (site)
		site[strcspn(site, " \t\r\n")] = '\0';
	if (find_site(d, site))
		return site;
	free(site);
	return NULL;
}

static void read_common(const char *folder, struct draft *d)
{
	json_t *root = read_json(folder, "sites/common_site_config.json");
	struct text out = { 0 };
	AUTO_FREE char *procfile = read_file(folder, "Procfile");
	AUTO_FREE char *site = default_site(folder, root, d);

	init_processes_workers(root, procfile, &out);
	init_processes_ports(root, &out);
	if (site)
		text_printf(&out, "nginx:\n  unknown_host: %s\n", site);
	AUTO_FREE char *text = text_take(&out);
	d->services = keep(d, text);
	json_decref(root);
}

struct err *init_bench_read(const char *folder, struct draft *d)
{
	AUTO_FREE char *listed = mem_printf("%s/sites/apps.txt", folder);

	if (access(listed, R_OK))
		return err_new(ERR_USAGE, "%s is no bench: sites/apps.txt is missing in it", folder);
	read_apps(folder, d);
	read_sites(folder, d);
	read_common(folder, d);
	return d->apps.count ? NULL : err_new(ERR_USAGE, "%s/sites/apps.txt names no app", folder);
}
