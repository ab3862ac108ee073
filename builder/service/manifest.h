/* SPDX-License-Identifier: MIT */
/* A file of services/ as it is written: services/NAME/service.yml and
 * services/frameworks/NAME.yml are read by one table. Texts still have their {{holes}}. */
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
	const char *bytes; /* of the file named by from */
	struct source source;
};

struct manifest_folder {
	const char *path, *user, *mode;
	const char *when; /* name of a variable; the row counts when its text is not empty */
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

/* Files of packages that a bench does without, and the word by which a recipe keeps them. */
struct manifest_leave_out {
	const char *name;
	struct list paths;
};

/* How what was rendered for a service is tried while an image is built. */
struct manifest_trial {
	const char *name, *user;
	struct list argv, names;
	/* what it says once all is well; it is ended then. NULL: it ends by itself, with status 0 */
	const char *until;
	int each;
};

struct manifest_step {
	const char *name, *directory, *only_with, *cache, *pins;
	struct list argv, environment, inputs, first_inputs, hosts, answers;
	uint64_t seconds;
	bool network, as_root, overrides;
};

/* Where an app's source says which apps it needs. */
struct manifest_needs {
	const char *file, *variable;
};

struct manifest_commands {
	struct list shell, serve, worker, schedule, socketio, install, check;
};

struct manifest {
	struct source source;
	const char *name;  /* "redis", "frappe": the folder's or the file's, without its end */
	struct list ports; /* names of variables: ports that the service has whatever the recipe says */
	bool framework;
	const char *title;
	int only;
	struct list packages[GROUP_COUNT]; /* of const char * */
	struct list masked, units, users, variables, templates, folders, links, processes, trials, leave_out,
		environment;
	struct manifest_commands commands;

	/* A framework's own. */
	const char *like; /* the framework whose keys count where this one is silent, or NULL */
	struct list services, runtimes, suites, app_names, refs, evidence;
	/* "auto" takes it for an app that must be fetched to be known; its evidence is looked for then */
	bool fetched;
	/* of struct pair: what an app may choose, and what counts where it does not */
	struct list options;
	struct manifest_needs app_needs; /* both, or both NULL */
	struct list tool_files;		 /* names of files beside it: programs for its steps */
	struct {
		struct service_tool *items;
		size_t count;
	} tools; /* the same as read */
	struct list pin_steps, prepare_steps, app_steps, bench_steps, prune;
	struct list common_site_config, site_config, site_folders, site_create, site_finish;
	struct list site_seal, site_renew; /* of prebaked sites */
	struct list site_migrate, site_install, site_probe, site_check;
	/* in the bench's folder: paths there, one a line, which the steps say that no image needs; or NULL */
	const char *prune_file;
	const char *probe_path, *socketio_path, *admin_user;
	uint64_t memory_per_worker_bytes;
};

/* share/services/NAME/service.yml with its templates' bytes; all in the arena. ERR_RECIPE with
 * file:line:col when a file is not as it should be. */
struct err *manifest_read_service(struct arena *a, const char *share, const char *name,
				  struct manifest *ret) MUST_CHECK;
struct err *manifest_read_framework(struct arena *a, const char *share, const char *name,
				    struct manifest *ret) MUST_CHECK;
/* The same of a file anywhere, with its templates beside it; its stem is its name, and share is
 * where one that it is like is found. */
struct err *manifest_read_framework_file(struct arena *a, const char *share, const char *path,
					 struct manifest *ret) MUST_CHECK;
/* The command of that name, or NULL when there is no such name. */
const struct list *manifest_command(const struct manifest *m, const char *name);
