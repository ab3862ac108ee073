/* SPDX-License-Identifier: MIT */
#include "service/manifest_fields.h"

#include <stddef.h>

#include "contract/bench_json.h"
#include "recipe/pattern.h"

#define WORDS(...)                \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}
/* clang-format off */
#define END { .name = NULL }
/* clang-format on */
#define AT(type, member) .offset = offsetof(struct type, member)
/* clang-format off */
#define TEXTS(name_, type, member) { name_, FIELD_LIST, AT(type, member) }
#define TEXT(name_, type, member) { name_, FIELD_TEXT, AT(type, member) }
#define NEEDED(name_, type, member, help_) \
	{ name_, FIELD_TEXT, AT(type, member), .required = true, .help = help_ }
#define ONLY(type) \
	{ "only", FIELD_ENUM, AT(type, only), .fallback = "always", \
	  .choices = WORDS("always", "production", "development") }
#define EACH(type) \
	{ "each", FIELD_ENUM, AT(type, each), .fallback = "once", \
	  .choices = WORDS("once", "redis", "workers", "apps") }
#define ROWS(name_, member, fields_, type) \
	{ name_, FIELD_LIST, AT(manifest, member), .fields = fields_, .item_size = sizeof(struct type) }
/* clang-format on */

static const struct field package_fields[] = {
	{ "base", FIELD_LIST, .offset = GROUP_BASE * sizeof(struct list) },
	{ "services", FIELD_LIST, .offset = GROUP_SERVICES * sizeof(struct list) },
	{ "runtime", FIELD_LIST, .offset = GROUP_RUNTIME * sizeof(struct list) },
	{ "build", FIELD_LIST, .offset = GROUP_BUILD * sizeof(struct list) },
	{ "disk", FIELD_LIST, .offset = GROUP_DISK * sizeof(struct list) },
	{ "boot", FIELD_LIST, .offset = GROUP_BOOT * sizeof(struct list) },
	END,
};

static const struct field user_fields[] = {
	NEEDED("name", manifest_user, name, "name the user"),
	{ "id", FIELD_COUNT, AT(manifest_user, id), .required = true, .min = 1, .max = 59999,
	  .help = "its uid and gid, for ever" },
	TEXT("home", manifest_user, home),
	TEXT("shell", manifest_user, shell),
	TEXT("comment", manifest_user, comment),
	END,
};

static const struct field template_fields[] = {
	NEEDED("from", manifest_template, from, "name the file beside this one"),
	NEEDED("to", manifest_template, to, "say where it goes in the image"),
	{ "mode", FIELD_TEXT, AT(manifest_template, mode), .fallback = "\"0644\"" },
	ONLY(manifest_template),
	EACH(manifest_template),
	END,
};

static const struct field folder_fields[] = {
	NEEDED("path", manifest_folder, path, "name the folder"),
	NEEDED("user", manifest_folder, user, "say whose it is"),
	NEEDED("mode", manifest_folder, mode, "such as \"0750\""),
	TEXT("when", manifest_folder, when),
	EACH(manifest_folder),
	END,
};

static const struct field link_fields[] = {
	NEEDED("path", manifest_link, path, "name the link"),
	NEEDED("to", manifest_link, to, "say where it leads"),
	ONLY(manifest_link),
	EACH(manifest_link),
	END,
};

static const struct field stop_fields[] = {
	{ "signal", FIELD_TEXT, AT(manifest_stop, signal), .fallback = "TERM",
	  .choices = WORDS("TERM", "QUIT", "INT") },
	{ "seconds", FIELD_TEXT, AT(manifest_stop, seconds), .fallback = "\"10\"",
	  .help = "patience of a restart by hand" },
	{ "order", FIELD_COUNT, AT(manifest_stop, order), .required = true, .max = 99,
	  .help = "0 to 99, the highest stops last" },
	{ "hurry_seconds", FIELD_COUNT, AT(manifest_stop, hurry_seconds), .required = true, .max = 10,
	  .help = "its part of the ten seconds a container has to stop" },
	{ "signal_group", FIELD_BOOL, AT(manifest_stop, signal_group) },
	{ "kill_group", FIELD_BOOL, AT(manifest_stop, kill_group) },
	END,
};

static const struct field process_fields[] = {
	NEEDED("name", manifest_process, name, "name the process"),
	{ "role", FIELD_ENUM, AT(manifest_process, role), .required = true, .choices = bench_json_roles,
	  .help = "say what it is to the guest programs" },
	NEEDED("group", manifest_process, group, "name its group"),
	{ "phase", FIELD_ENUM, AT(manifest_process, phase), .required = true, .choices = bench_json_phases,
	  .help = "first, stores or bench: who starts it" },
	TEXTS("command", manifest_process, command),
	{ "run", FIELD_TEXT, AT(manifest_process, run),
	  .choices = WORDS("serve", "worker", "schedule", "socketio", "preload") },
	{ "user", FIELD_TEXT, AT(manifest_process, user), .fallback = "root" },
	{ "directory", FIELD_TEXT, AT(manifest_process, directory), .fallback = "/" },
	TEXTS("environment", manifest_process, environment),
	TEXT("count", manifest_process, count),
	{ "priority", FIELD_COUNT, AT(manifest_process, priority), .fallback = "50", .max = 999 },
	{ "start_seconds", FIELD_COUNT, AT(manifest_process, start_seconds), .fallback = "1", .max = 60 },
	{ "stop", FIELD_MAP, AT(manifest_process, stop), .fields = stop_fields },
	ONLY(manifest_process),
	EACH(manifest_process),
	END,
};

static const struct field trial_fields[] = {
	NEEDED("name", manifest_trial, name, "say what is tried"),
	{ "argv", FIELD_LIST, AT(manifest_trial, argv), .required = true, .min = 1,
	  .help = "the program and its arguments" },
	{ "user", FIELD_TEXT, AT(manifest_trial, user), .fallback = "root" },
	TEXT("until", manifest_trial, until),
	TEXTS("names", manifest_trial, names),
	EACH(manifest_trial),
	END,
};

static const struct field leave_out_fields[] = {
	NEEDED("name", manifest_leave_out, name, "name it, for base.keep"),
	{ "paths", FIELD_LIST, AT(manifest_leave_out, paths), .required = true, .min = 1,
	  .help = "globs on paths of the image" },
	END,
};

#define STEP_ROWS                                                                            \
	NEEDED("name", manifest_step, name, "say what the step makes"),                      \
		{ "argv",	    FIELD_LIST, AT(manifest_step, argv),                     \
		  .required = true, .min = 1,	.help = "the program and its arguments" },   \
		TEXT("directory", manifest_step, directory),                                 \
		TEXTS("environment", manifest_step, environment),                            \
		{ "cache", FIELD_TEXT, AT(manifest_step, cache), .pattern = &pattern_file }, \
		{ "network", FIELD_BOOL, AT(manifest_step, network) }, TEXTS("hosts", manifest_step, hosts)

static const struct field step_fields[] = {
	STEP_ROWS,
	TEXT("only_with", manifest_step, only_with),
	TEXTS("inputs", manifest_step, inputs),
	TEXTS("first_inputs", manifest_step, first_inputs),
	{ "seconds", FIELD_SECONDS, AT(manifest_step, seconds), .max = 86400 },
	{ "as_root", FIELD_BOOL, AT(manifest_step, as_root) },
	{ "overrides", FIELD_BOOL, AT(manifest_step, overrides) },
	{ "beside_prepare", FIELD_BOOL, AT(manifest_step, beside_prepare) },
	END,
};

static const struct field pin_step_fields[] = {
	STEP_ROWS,
	{ "pins", FIELD_TEXT, AT(manifest_step, pins), .required = true, .pattern = &pattern_file,
	  .help = "the file in {{pins}} that the step leaves" },
	{ "inputs", FIELD_LIST, AT(manifest_step, inputs), .required = true, .min = 1,
	  .help = "globs: the apps' files that decide" },
	TEXTS("answers", manifest_step, answers),
	END,
};

static const struct field command_fields[] = {
	TEXTS("shell", manifest_commands, shell),
	TEXTS("serve", manifest_commands, serve),
	TEXTS("worker", manifest_commands, worker),
	TEXTS("schedule", manifest_commands, schedule),
	TEXTS("socketio", manifest_commands, socketio),
	TEXTS("install", manifest_commands, install),
	TEXTS("check", manifest_commands, check),
	TEXTS("preload", manifest_commands, preload),
	END,
};

static const struct field needs_fields[] = {
	TEXT("file", manifest_needs, file),
	{ "variable", FIELD_TEXT, AT(manifest_needs, variable), .pattern = &pattern_option },
	END,
};

/* clang-format off */
#define SHARED_ROWS \
	{ "packages", FIELD_MAP, AT(manifest, packages), .fields = package_fields }, \
	{ "variables", FIELD_PAIRS, AT(manifest, variables) }, \
	{ "commands", FIELD_MAP, AT(manifest, commands), .fields = command_fields }, \
	ROWS("templates", templates, template_fields, manifest_template), \
	ROWS("folders", folders, folder_fields, manifest_folder), \
	ROWS("links", links, link_fields, manifest_link)
/* clang-format on */

const struct field manifest_fields_service[] = {
	SHARED_ROWS,
	ONLY(manifest),
	TEXTS("masked", manifest, masked),
	TEXTS("units", manifest, units),
	TEXTS("ports", manifest, ports),
	ROWS("users", users, user_fields, manifest_user),
	ROWS("processes", processes, process_fields, manifest_process),
	ROWS("trials", trials, trial_fields, manifest_trial),
	ROWS("leave_out", leave_out, leave_out_fields, manifest_leave_out),
	END,
};

const struct field manifest_fields_framework[] = {
	SHARED_ROWS,
	TEXT("like", manifest, like),
	NEEDED("title", manifest, title, "say in a few words what it is"),
	{ "services", FIELD_LIST, AT(manifest, services), .required = true, .min = 1,
	  .help = "list the services a bench of it has" },
	TEXTS("runtimes", manifest, runtimes),
	TEXTS("suites", manifest, suites),
	TEXTS("app_names", manifest, app_names),
	TEXTS("refs", manifest, refs),
	{ "evidence", FIELD_PAIRS, AT(manifest, evidence) },
	{ "fetched", FIELD_BOOL, AT(manifest, fetched) },
	{ "options", FIELD_PAIRS, AT(manifest, options) },
	{ "app_needs", FIELD_MAP, AT(manifest, app_needs), .fields = needs_fields },
	TEXTS("environment", manifest, environment),
	TEXTS("tools", manifest, tool_files),
	ROWS("pin_steps", pin_steps, pin_step_fields, manifest_step),
	ROWS("prepare_steps", prepare_steps, step_fields, manifest_step),
	ROWS("app_steps", app_steps, step_fields, manifest_step),
	ROWS("bench_steps", bench_steps, step_fields, manifest_step),
	TEXTS("prune", manifest, prune),
	TEXT("prune_file", manifest, prune_file),
	{ "common_site_config", FIELD_PAIRS, AT(manifest, common_site_config) },
	{ "site_config", FIELD_PAIRS, AT(manifest, site_config) },
	TEXTS("site_folders", manifest, site_folders),
	ROWS("site_create", site_create, step_fields, manifest_step),
	ROWS("site_finish", site_finish, step_fields, manifest_step),
	ROWS("site_seal", site_seal, step_fields, manifest_step),
	ROWS("site_renew", site_renew, step_fields, manifest_step),
	ROWS("site_migrate", site_migrate, step_fields, manifest_step),
	ROWS("site_install", site_install, step_fields, manifest_step),
	ROWS("site_probe", site_probe, step_fields, manifest_step),
	ROWS("site_check", site_check, step_fields, manifest_step),
	NEEDED("probe_path", manifest, probe_path, "the page that says a site works"),
	TEXT("socketio_path", manifest, socketio_path),
	NEEDED("admin_user", manifest, admin_user, "the first account of a site"),
	{ "memory_per_worker", FIELD_SIZE, AT(manifest, memory_per_worker_bytes), .required = true,
	  .min = 1 << 20, .help = "what one web process takes" },
	END,
};
