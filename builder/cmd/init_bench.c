/* SPDX-License-Identifier: MIT */
#include "cmd/init_bench.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define FILE_LIMIT (1u << 20)
#define QUEUE "abcdefghijklmnopqrstuvwxyz0123456789_"

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

static json_t *read_json(const char *folder, const char *below)
{
	AUTO_FREE char *bytes = read_file(folder, below);

	return bytes ? json_loads(bytes, 0, NULL) : NULL;
}

/* One line of what git says of a repository, in the arena; NULL: nothing. */
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

/* The address without a user's token; a plain user name, as ssh has it, stays. */
static const char *without_token(struct draft *d, const char *name, const char *url)
{
	const char *start = strstr(url, "://"), *at = start ? strchr(start + 3, '@') : NULL,
		   *slash = start ? strchr(start + 3, '/') : NULL;

	if (!at || (slash && at > slash) || text_starts(url, "ssh://"))
		return url;
	fprintf(stderr,
		"note: apps/%s: what logs in at its remote is left out: ~/.netrc, git's credential helper or "
		"an ssh agent hold that\n",
		name);
	AUTO_FREE char *plain = mem_printf("%.*s%s", (int)(start + 3 - url), url, at + 1);
	return keep(d, plain);
}

static void read_app(const char *folder, const char *name, struct draft *d)
{
	AUTO_FREE char *path = mem_printf("%s/apps/%s", folder, name), *own = mem_printf("%s/.git", path);
	AUTO_FREE char *whole = realpath(path, NULL);
	struct problems unsaid = { .arena = &d->arena };
	const char *url = NULL, *commit = NULL;

	if (!whole || !draft_accepts(&pattern_app, "name", name, (struct mark){ 0 }, &unsaid)) {
		fprintf(stderr, "note: apps/%s is left out: %s\n", name,
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
			fprintf(stderr,
				"note: apps/%s has changes that no commit holds: they are not in the "
				"recipe\n",
				name);
		if (url && commit &&
		    !ask_git(d, path,
			     (const char *const[]){ "for-each-ref", "--contains", "HEAD", "refs/remotes",
						    "refs/tags", NULL }))
			fprintf(stderr,
				"note: apps/%s: its remote may not have its commit: push it, or name the "
				"folder as 'path'\n",
				name);
	}
	if (url)
		url = without_token(d, name, url);
	if (url && commit && draft_accepts(&pattern_git, "git", url, (struct mark){ 0 }, &unsaid)) {
		VEC_PUSH(&d->apps, (struct draft_app){ .name = keep(d, name), .git = url, .ref = commit });
		return;
	}
	fprintf(stderr, "note: apps/%s has no remote with a commit: its folder is named\n", name);
	VEC_PUSH(&d->apps, (struct draft_app){ .name = keep(d, name), .path = keep(d, whole) });
}

/* In the order of sites/apps.txt, which has the framework first. */
static void read_apps(const char *folder, struct draft *d)
{
	AUTO_FREE char *listed = read_file(folder, "sites/apps.txt");
	char *rest = listed;

	for (char *line; rest && (line = strsep(&rest, "\n"));) {
		line += strspn(line, " \t\r");
		line[strcspn(line, " \t\r")] = '\0';
		if (*line)
			read_app(folder, line, d);
	}
}

static void add_host(struct draft *d, const char *site, const char *host)
{
	struct problems unsaid = { .arena = &d->arena };
	const char *whose = strcmp(site, host) ? NULL : site;

	for (size_t i = 0; !whose && i < d->hosts.count; i++)
		if (!strcmp(d->hosts.items[i].host, host))
			whose = d->hosts.items[i].site;
	if (whose && strcmp(whose, site))
		fprintf(stderr, "note: the host %s of the site %s is left out: %s has it\n", host, site,
			whose);
	if (!whose && draft_accepts(&pattern_host, "hosts", host, (struct mark){ 0 }, &unsaid))
		VEC_PUSH(&d->hosts, (struct draft_host){ site, keep(d, host) });
}

/* The host of the address that a site calls itself by. */
static void add_address(struct draft *d, const char *site, const char *url)
{
	const char *scheme = url ? strstr(url, "://") : NULL, *host = scheme ? scheme + 3 : url;

	if (!host)
		return;
	AUTO_FREE char *name = mem_ndup(host, strcspn(host, ":/"));
	add_host(d, site, name);
}

static void read_site(const char *folder, const char *name, struct draft *d)
{
	AUTO_FREE char *below = mem_printf("sites/%s/site_config.json", name);
	struct problems unsaid = { .arena = &d->arena };
	json_t *root = read_json(folder, below), *domain;
	size_t i;

	if (!root)
		return;
	if (!draft_accepts(&pattern_site, "name", name, (struct mark){ 0 }, &unsaid)) {
		fprintf(stderr, "note: the site %s is left out: its name is no host name\n", name);
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

	for (int i = 0; i < count; i++) {
		if (*all[i]->d_name != '.')
			read_site(folder, all[i]->d_name, d);
		free(all[i]);
	}
	if (count >= 0)
		free(all);
}

static long number(const json_t *root, const char *key, long min, long max)
{
	const json_t *value = json_object_get(root, key);
	long n = json_is_integer(value) ? (long)json_integer_value(value) : 0;

	return n >= min && n <= max ? n : 0;
}

/* Whether the bench's settings, or every bench, have a worker of such a queue. */
static bool has_worker(const json_t *own, const char *queue)
{
	return !strcmp(queue, "short") || !strcmp(queue, "default") || !strcmp(queue, "long") ||
	       json_object_get(own, queue);
}

/* Queues that a line of the Procfile alone names: "worker_mail: bench worker --queue mail,bulk". */
static void put_line_workers(const json_t *own, char *line, struct text *out)
{
	static const char option[] = "--queue";
	char *queues = text_starts(line, "worker") ? strstr(line, option) : NULL, *queue;
	size_t n = 0;

	if (!queues)
		return;
	queues += strlen(option);
	queues += strspn(queues, " =\t\"'");
	queues[strcspn(queues, " \t\r\"';&|")] = '\0';
	while ((queue = strsep(&queues, ",")))
		if (*queue && !queue[strspn(queue, QUEUE)] && !has_worker(own, queue))
			text_printf(out, "%s%s", n++ ? ", " : "  - queues: [", queue);
	if (n)
		text_put(out, "]\n");
}

static void put_procfile(const char *folder, const json_t *own, struct text *out)
{
	AUTO_FREE char *file = read_file(folder, "Procfile");
	char *rest = file;

	while (rest)
		put_line_workers(own, strsep(&rest, "\n"), out);
}

/* The queues that every bench has, and those of its own. */
static void put_workers(const json_t *root, struct text *out)
{
	long count = number(root, "background_workers", 1, 256);
	json_t *own = json_object_get(root, "workers"), *worker;
	const char *name;

	text_printf(out,
		    "\nworkers:\n  - queues: [short, default]\n    count: %ld\n  - queues: [long, default, "
		    "short]\n    timeout: 25m\n    count: %ld\n",
		    count ? count : 1, count ? count : 1);
	json_object_foreach(own, name, worker)
	{
		long timeout = number(worker, "timeout", 1, 86400),
		     processes = number(worker, "background_workers", 1, 256);
		if (name[strspn(name, QUEUE)])
			continue;
		text_printf(out, "  - queues: [%s]\n    timeout: %ld\n    count: %ld\n", name,
			    timeout ? timeout : 300, processes ? processes : 1);
	}
}

static bool has_site(const struct draft *d, const char *name)
{
	for (size_t i = 0; name && i < d->sites.count; i++)
		if (!strcmp(d->sites.items[i], name))
			return true;
	return false;
}

static void read_common(const char *folder, struct draft *d)
{
	json_t *root = read_json(folder, "sites/common_site_config.json");
	struct text out = { 0 };
	long web = number(root, "webserver_port", 1, 65535),
	     socketio = number(root, "socketio_port", 1, 65535);
	const char *site = json_string_value(json_object_get(root, "default_site"));

	put_workers(root, &out);
	put_procfile(folder, json_object_get(root, "workers"), &out);
	if (web)
		text_printf(&out, "web:\n  port: %ld\n", web);
	if (socketio)
		text_printf(&out, "socketio:\n  port: %ld\n", socketio);
	if (has_site(d, site))
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
