/* SPDX-License-Identifier: MIT */
/* Services and frameworks as data: reads services/NAME/service.yml and services/frameworks/NAME.yml, fills in
 * the recipe's values, and yields what an image needs: Debian packages, configuration files, the supervisor's
 * configuration, the Procfile and bench.json, the contract with the guest programs
 * (services/guest/README.md). Reading is service_load; all else is pure. */
#pragma once
#include "recipe/lock.h"
#include "service/audit_rules.h"
#include "tree/tree.h"

struct service_set; /* every service and the framework of one recipe */

/* share: the folder that holds services/ and rootfs/. ERR_RECIPE if the framework is unknown or does not
 * accept the recipe. */
/* The recipe must outlive the set. */
struct err *service_load(const char *share, const struct recipe *r, struct service_set **ret) MUST_CHECK;
void service_free(struct service_set *s);
/* Adds a problem for everything in a recipe, possibly half-read, that no build could use: apps whose folder
 * is missing, a framework that is unknown or does not suit them. The error is what is wrong in a framework's
 * own file. */
struct err *service_check(const char *share, const struct recipe *r, struct problems *p) MUST_CHECK;
/* The same for keyrings. A build from a complete lock does not need them, because it reads no lists. */
void service_check_keyrings(const struct recipe *r, struct problems *p);
const char *service_framework(const struct service_set *s); /* its name */

struct service_package {
	const char *name;
	int group; /* enum package_group: its layer */
	/* what requires it: a service, "mariadb", "framework", or a key of the recipe, "fonts" */
	const char *asked;
};
size_t service_packages(const struct service_set *s, const struct service_package **ret);

/* Globs on paths that are left out of packages: those of services, minus what the recipe keeps, plus the
 * recipe's own; NULL-terminated. */
const char *const *service_exclude(const struct service_set *s);

/* Programs that must not run while packages are configured, NULL-terminated. */
const char *const *service_masked(const struct service_set *s);
/* Debian system users that are made before any package is configured, so that their ids never change. */
struct service_user {
	const char *name, *home, *shell, *comment;
	unsigned uid, gid;
};
size_t service_users(const struct service_set *s, const struct service_user **ret);

/* The configuration layer: rendered templates, supervisor configuration, Procfile, bench.json, links. Sorted,
 * with the folders above them, times 0. */
struct err *service_render(const struct service_set *s, const char *build_id, struct tree *ret) MUST_CHECK;

/* What a disk has in addition: the files and links of services/disk. Empty if the recipe has no disk. */
struct err *service_render_disk(const struct service_set *s, struct tree *ret) MUST_CHECK;

/* What no image may contain. */
const struct audit_rules *service_audit(const struct service_set *s);

/* A program of the image that tests a service's rendered configuration. */
struct service_trial {
	const char *service, *name;
	const char *const *argv; /* NULL-terminated */
	/* an argv that prints all setting names, as --NAME; NULL: none */
	const char *const *names;
	/* output that means success, upon which it is stopped; NULL: it ends by itself */
	const char *until;
	unsigned uid, gid;
};
size_t service_trials(const struct service_set *s, const struct service_trial **ret);
/* Folders made at each start, in order. */
struct service_folder {
	const char *path;
	unsigned mode, uid, gid;
};
size_t service_folders(const struct service_set *s, const struct service_folder **ret);

/* A step of building an app, run in the sandbox as the bench user. */
struct service_step {
	const char *name;
	const char *const *argv; /* NULL-terminated, variables already filled in */
	const char *const *env;
	const char *cwd;
	/* a path, relative to cwd: the step is only for apps that have it; NULL: for all */
	const char *only_with;
	/* Globs on paths of the app's source (of every app's, for a step of the bench) that the step depends
	 * on, NULL-terminated. Such a step runs before those that see a whole source, and again only if these
	 * files changed. NULL: the whole source. */
	const char *const *inputs;
	/* Globs on the hosts that a step with network may reach in addition to the builder's own indexes;
	 * NULL: every public one. */
	const char *const *hosts;
	/* Globs on additional files of the first app that it sees; NULL: none. */
	const char *const *first_inputs;
	const char *cache; /* the store's cache mounted at SERVICE_CACHE, or NULL */
	/* for service_pin_steps: the file that it writes at SERVICE_PINS; else NULL */
	const char *pins;
	/* for service_pin_steps: the argv that answers, without network, the questions that the step leaves
	 * in PINS.asked; NULL: none */
	const char *const *answers;
	bool network, as_root;
	bool overrides;	     /* it sees the recipe's overrides, each in overrides/NAME of the bench */
	bool beside_prepare; /* with inputs: it does not see what the prepare_steps made */
};
#define SERVICE_CACHE "/run/mkbench/cache" /* {{cache}} */
#define SERVICE_PINS "/run/mkbench/pins"   /* {{pins}} */
#define SERVICE_TOOLS "/run/mkbench/tools" /* {{tools}} */
/* A program that comes with the framework's file, for its steps. */
struct service_tool {
	const char *name, *path; /* path: below SERVICE_TOOLS */
	const char *bytes;
};
size_t service_tools(const struct service_set *s, const struct service_tool **ret);
/* Steps that run before any source is there. */
size_t service_prepare_steps(const struct service_set *s, const struct service_step **ret);
size_t service_app_steps(const struct service_set *s, const struct app *app, const struct service_step **ret);
/* Steps that make lock files, before all others. Each sees its inputs of every app; only its lock file is
 * kept, and all steps find it at SERVICE_PINS. Their names are unique. */
size_t service_pin_steps(const struct service_set *s, const struct service_step **ret);
/* once, after all apps */
size_t service_bench_steps(const struct service_set *s, const struct service_step **ret);
/* Globs on paths that are removed after the steps, NULL-terminated. */
const char *const *service_prune(const struct service_set *s);
/* A file below service_bench_path that lists more of them, one a line; NULL: none. */
const char *service_prune_file(const struct service_set *s);
/* The i-th piece of evidence that the first app belongs to the framework: a file of its source and a text in
 * it. NULL: no more. */
struct err *service_evidence(struct service_set *s, size_t i, const char **ret_file,
			     const char **ret_text) MUST_CHECK;
/* The file of an app's source, relative to it, that declares which apps it needs; NULL if the framework has
 * no such file. */
const char *service_needs_file(const struct service_set *s, size_t app);
/* Reads that file's content, ended by a NUL; shown is its name for people. ERR_RECIPE, "file:line:col: …". */
struct err *service_needs_read(struct service_set *s, size_t app, const char *shown,
			       const char *bytes) MUST_CHECK;
/* Call after the last of them: puts each site's apps after those they need. ERR_RECIPE, with the recipe's
 * line, if one is missing or they need each other. */
struct err *service_needs_settle(struct service_set *s) MUST_CHECK;
/* The package whose version the databases belong to; NULL: none. */
const char *service_server_package(const struct service_set *s);
void service_server_version(struct service_set *s, const char *version, size_t len); /* as in "10.11.14" */
/* Sets the lock's interpreters for bench.json. Copied. */
void service_interpreters(struct service_set *s, const struct lock *l);
/* The source of an app in the image: its commit, or NULL and the digest of its files ("sha256:…"); and its
 * declared version, or NULL. Copied. */
struct app_identity {
	const char *commit, *content, *version;
};
void service_identify(struct service_set *s, size_t app, const struct app_identity *is);
const char *service_bench_path(const struct service_set *s); /* "/home/frappe/frappe-bench" */
