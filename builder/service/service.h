/* SPDX-License-Identifier: MIT */
/* Services and frameworks as data: reads services/NAME/service.yml and
 * services/frameworks/NAME.yml, fills in the recipe's values, and yields what an image
 * needs of them: Debian packages, configuration files, the supervisor's
 * configuration, the Procfile and bench.json, the contract with the guest
 * programs (services/guest/README.md). Reading is service_load; all else is pure. */
#pragma once
#include "recipe/lock.h"
#include "service/audit_rules.h"
#include "tree/tree.h"

struct service_set; /* every service and the framework of one recipe */

/* share: the folder that holds services/ and rootfs/. ERR_RECIPE when the framework is
 * unknown or does not accept the recipe. */
/* The recipe must outlive the set. */
struct err *service_load(const char *share, const struct recipe *r, struct service_set **ret) MUST_CHECK;
void service_free(struct service_set *s);
/* Adds a problem for whatever in a recipe, be it half-read, no build could use: apps whose
 * folder is not there, a framework that is unknown or does not suit them. The error is what is
 * wrong in a framework's own file. */
struct err *service_check(const char *share, const struct recipe *r, struct problems *p) MUST_CHECK;
/* The same for keyrings, which a build by a whole lock does not need: it reads no lists. */
void service_check_keyrings(const struct recipe *r, struct problems *p);
const char *service_framework(const struct service_set *s); /* its name */

struct service_package {
	const char *name;
	int group; /* enum package_group: the layer it is poured into */
	/* the service that asks for it, "mariadb", "framework", or the recipe's key that does: "fonts" */
	const char *asked;
};
size_t service_packages(const struct service_set *s, const struct service_package **ret);

/* Globs on paths that are left out of packages: what services say, less what the recipe keeps, and what
 * the recipe says; NULL-terminated. */
const char *const *service_exclude(const struct service_set *s);

/* Programs that must not run while packages are configured, NULL-terminated. */
const char *const *service_masked(const struct service_set *s);
/* Debian system users made before any package is configured, so that ids never move. */
struct service_user {
	const char *name, *home, *shell, *comment;
	unsigned uid, gid;
};
size_t service_users(const struct service_set *s, const struct service_user **ret);

/* The configuration layer: rendered templates, supervisor configuration, Procfile, bench.json, links. Sorted,
 * with the folders above them, times 0. */
struct err *service_render(const struct service_set *s, const char *build_id, struct tree *ret) MUST_CHECK;

/* What a disk has beside that: the files and links of services/disk. Empty when no disk is wanted. */
struct err *service_render_disk(const struct service_set *s, struct tree *ret) MUST_CHECK;

/* What no image may hold. */
const struct audit_rules *service_audit(const struct service_set *s);

/* A program of the image that tries what was rendered for a service. */
struct service_trial {
	const char *service, *name;
	const char *const *argv; /* NULL-terminated */
	/* an argv that prints every name its settings may have, as --NAME; NULL: there is none */
	const char *const *names;
	/* a text it prints once all is well, and then is ended; NULL: it ends by itself */
	const char *until;
	unsigned uid, gid;
};
size_t service_trials(const struct service_set *s, const struct service_trial **ret);
/* Folders that each start makes, in order. */
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
	/* a path, relative to cwd: the step is for apps that have it; NULL: for all */
	const char *only_with;
	/* Globs on paths of the app's source, of a step of the bench every app's, that the step depends on,
	 * NULL-terminated; such a step runs before those that see a whole source, and again only when what it
	 * names changed. NULL: the whole source. */
	const char *const *inputs;
	/* Globs on the hosts that a step with network may reach beside the builder's own
	 * indexes; NULL: every public one. */
	const char *const *hosts;
	/* Globs on the first app's files, seen as well; NULL: none. */
	const char *const *first_inputs;
	const char *cache; /* the store's cache that the step has at SERVICE_CACHE, or NULL */
	/* of service_pin_steps: the file that it leaves at SERVICE_PINS; else NULL */
	const char *pins;
	/* of service_pin_steps: the argv of what answers, without network, what the step leaves in
	 * PINS.asked; NULL: it asks nothing */
	const char *const *answers;
	bool network, as_root;
	bool overrides; /* it sees the recipe's overrides, each in overrides/NAME of the bench */
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
/* Steps that come before any source. */
size_t service_prepare_steps(const struct service_set *s, const struct service_step **ret);
size_t service_app_steps(const struct service_set *s, const struct app *app, const struct service_step **ret);
/* Steps that choose, before any other: each sees its inputs of every app, and nothing is kept of it but its
 * pins, which all steps have at SERVICE_PINS. Their names differ. */
size_t service_pin_steps(const struct service_set *s, const struct service_step **ret);
/* once, after all apps */
size_t service_bench_steps(const struct service_set *s, const struct service_step **ret);
/* Paths removed after the steps, globs, NULL-terminated. */
const char *const *service_prune(const struct service_set *s);
/* A file below service_bench_path that lists more of them, paths there, one a line; NULL: none. */
const char *service_prune_file(const struct service_set *s);
/* The i-th piece of evidence that the first app is one of the framework: a file of its source and a text
 * in it. NULL: there are no more. */
struct err *service_evidence(struct service_set *s, size_t i, const char **ret_file,
			     const char **ret_text) MUST_CHECK;
/* The file of an app's source, relative to it, that says which apps it needs; NULL
 * when the framework knows of none. */
const char *service_needs_file(const struct service_set *s, size_t app);
/* Takes what that file holds, ended by a NUL; shown is its name for people.
 * ERR_RECIPE, "file:line:col: …". */
struct err *service_needs_read(struct service_set *s, size_t app, const char *shown,
			       const char *bytes) MUST_CHECK;
/* After the last of them: each site gets its apps after those they need. ERR_RECIPE, with the recipe's line,
 * when one is missing or they need each other. */
struct err *service_needs_settle(struct service_set *s) MUST_CHECK;
/* The package whose version the databases are of; NULL without one. */
const char *service_server_package(const struct service_set *s);
void service_server_version(struct service_set *s, const char *version, size_t len); /* as in "10.11.14" */
/* The interpreters of a lock, that the image says it has. Copied. */
void service_interpreters(struct service_set *s, const struct lock *l);
/* Which source of an app is in the image: its commit, or NULL and the digest of its files ("sha256:…"), and
 * the version that it declares, or NULL. Copied. */
struct app_identity {
	const char *commit, *content, *version;
};
void service_identify(struct service_set *s, size_t app, const struct app_identity *is);
const char *service_bench_path(const struct service_set *s); /* "/home/frappe/frappe-bench" */
