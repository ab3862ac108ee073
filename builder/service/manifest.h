/* SPDX-License-Identifier: MIT */
/* A file of services/ as written: services/NAME/service.yml and services/frameworks/NAME.yml, read by one
 * table. Texts still have their {{holes}}. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "schema/schema.h"
#include "template/template.h"
#include "service/service.h"

enum only { ONLY_ALWAYS, ONLY_PRODUCTION, ONLY_DEVELOPMENT };
enum each { EACH_ONCE, EACH_REDIS, EACH_WORKERS, EACH_APPS };

struct manifest_user {
	const char *name, *home, *shell, *comment;
	uint64_t id;
};

struct manifest_template {
	const char *from, *to, *mode;
	int only, each;
	const char *bytes; /* content of the file named by from */
	struct source source;
};

struct manifest_folder {
	const char *path, *user, *mode;
	const char *when; /* name of a variable; the row applies if its text is not empty */
	int each;
};

struct manifest_link {
	const char *path, *to;
	int only, each;
};

struct manifest_stop {
	const char *signal, *seconds;
	uint64_t order, hurry_seconds;
	bool signal_group, kill_group;
};

struct manifest_process {
	const char *name, *group, *user, *directory, *count;
	int role, phase, only, each; /* the first two: enum bench_role, bench_phase */
	struct list command;	     /* argv, or */
	const char *run;	     /* the name of one of the framework's commands */
	struct list environment;
	uint64_t priority, start_seconds;
	struct manifest_stop stop;
};

/* Files of packages that a bench does not need, and the word by which a recipe keeps them. */
struct manifest_leave_out {
	const char *name;
	struct list paths;
};

/* How a service's rendered configuration is tested while an image is built. */
struct manifest_trial {
	const char *name, *user;
	struct list argv, names;
	/* output that means success; the program is stopped then. NULL: it ends by itself with status 0 */
	const char *until;
	int each;
};

struct manifest_step {
	const char *name, *directory, *only_with, *cache, *pins;
	struct list argv, environment, inputs, first_inputs, hosts, answers;
	uint64_t seconds;
	bool network, as_root, overrides, beside_prepare;
};

/* Where an app's source declares which apps it needs. */
struct manifest_needs {
	const char *file, *variable;
};

struct manifest_commands {
	struct list shell, serve, worker, schedule, socketio, install, check, preload;
};

struct manifest {
	struct source source;
	const char *name;  /* "redis", "frappe": the folder's name, or the file's without its suffix */
	struct list ports; /* names of variables: ports that the service uses whatever the recipe says */
	bool framework;
	const char *title;
	int only;
	struct list packages[GROUP_COUNT]; /* of const char * */
	struct list masked, units, users, variables, templates, folders, links, processes, trials, leave_out,
		environment;
	struct manifest_commands commands;

	/* A framework's own. */
	const char *like; /* the framework that provides keys which this one omits, or NULL */
	struct list services, runtimes, suites, app_names, refs, evidence;
	/* "auto" must fetch an app to recognise it; its evidence is checked then */
	bool fetched;
	/* of struct pair: options of an app, with their defaults */
	struct list options;
	struct manifest_needs app_needs; /* both, or both NULL */
	struct list tool_files;		 /* names of files beside it: programs for its steps */
	struct {
		struct service_tool *items;
		size_t count;
	} tools; /* the same as read */
	struct list pin_steps, prepare_steps, app_steps, bench_steps, prune;
	struct list common_site_config, site_config, site_folders, site_create, site_finish;
	struct list site_seal, site_renew; /* for prebaked sites */
	struct list site_migrate, site_install, site_probe, site_check;
	/* a file in the bench's folder in which steps list paths, one a line, that no image needs; or NULL */
	const char *prune_file;
	const char *probe_path, *socketio_path, *admin_user;
	uint64_t memory_per_worker_bytes;
};

/* share/services/NAME/service.yml with its templates' bytes; all in the arena. ERR_RECIPE with file:line:col
 * if a file is invalid. */
struct err *manifest_read_service(struct arena *a, const char *share, const char *name,
				  struct manifest *ret) MUST_CHECK;
struct err *manifest_read_framework(struct arena *a, const char *share, const char *name,
				    struct manifest *ret) MUST_CHECK;
/* The same for a file anywhere, with its templates beside it. Its stem is its name; a framework that it is
 * like is found in share. */
struct err *manifest_read_framework_file(struct arena *a, const char *share, const char *path,
					 struct manifest *ret) MUST_CHECK;
/* The command of that name, or NULL. */
const struct list *manifest_command(const struct manifest *m, const char *name);
