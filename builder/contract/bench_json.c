/* SPDX-License-Identifier: MIT */
#include "contract/bench_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

_Static_assert(sizeof(uid_t) == sizeof(unsigned) && sizeof(gid_t) == sizeof(unsigned),
	       "CONTRACT_COUNT reads ids");

#define AT(type, member) offsetof(struct type, member)
/* clang-format off */
#define ROW(key, kind, type, member, need, absent, meaning) \
	{ key, CONTRACT_##kind, AT(type, member), CONTRACT_##need, absent, NULL, NULL, 0, meaning }
#define WORD(key, type, member, absent, choices, meaning) \
	{ key, CONTRACT_CHOICE, AT(type, member), CONTRACT_OPTIONAL, absent, choices, NULL, 0, meaning }
#define SECTION(key, need, fields) { key, CONTRACT_SECTION, 0, CONTRACT_##need, NULL, NULL, fields, 0, NULL }
#define ROWS(key, member, type, fields) \
	{ key, CONTRACT_ROWS, AT(bench, member), CONTRACT_OPTIONAL, NULL, NULL, fields, \
	  sizeof(struct type), NULL }
#define END { .key = NULL }
/* clang-format on */

static const char *const modes[] = { "production", "development", NULL };
static const char *const failures[] = { "back", "hold", "exit", NULL };
static const char *const outputs[] = { "all", "events", NULL };
const char *const bench_json_roles[] = {
	"other", "nginx", "scheduler", "worker", "web", "socketio", "redis", "mariadb", "preload", NULL,
};
const char *const bench_json_phases[] = { "first", "stores", "bench", NULL };

static const struct contract_field home[] = {
	ROW("path", TEXT, bench, path, REQUIRED, NULL, "the bench's folder"),
	ROW("user", TEXT, bench, user.name, REQUIRED, NULL, "who its programs run as"),
	ROW("uid", COUNT, bench, user.uid, OPTIONAL, NULL, "0: by the name in /etc/passwd"),
	ROW("gid", COUNT, bench, user.gid, OPTIONAL, NULL, "as `uid`"),
	END,
};

static const struct contract_field app[] = {
	ROW("name", TEXT, bench_app, name, REQUIRED, NULL, "the app"),
	ROW("version", TEXT, bench_app, version, OPTIONAL, NULL, "as its source declares it"),
	ROW("commit", TEXT, bench_app, commit, OPTIONAL, NULL, "the commit that it was built from"),
	ROW("ref", TEXT, bench_app, ref, OPTIONAL, NULL, "the branch or tag that led to it"),
	ROW("content", TEXT, bench_app, content, OPTIONAL, NULL,
	    "without a commit: the digest of its files, `sha256:…`"),
	END,
};

static const struct contract_field interpreter[] = {
	ROW("name", TEXT, bench_interpreter, name, REQUIRED, NULL,
	    "`python` or `node`, of a build that the recipe names"),
	ROW("version", TEXT, bench_interpreter, version, OPTIONAL, NULL,
	    "as its files say it, or the recipe"),
	ROW("path", TEXT, bench_interpreter, path, REQUIRED, NULL, "its folder"),
	ROW("from", TEXT, bench_interpreter, from, OPTIONAL, NULL, "the URL of its archive"),
	ROW("sha256", TEXT, bench_interpreter, sha256, OPTIONAL, NULL, "the digest of its archive"),
	ROW("content", TEXT, bench_interpreter, content, OPTIONAL, NULL,
	    "the digest of its files, `sha256:…`"),
	END,
};

static const struct contract_field upgrade[] = {
	WORD("on_failure", bench, upgrade_failure, "back", failures,
	     "what a failed upgrade does: give the old data back, wait for a person, or give them back and "
	     "end"),
	ROW("keep_seconds", COUNT, bench, upgrade_keep_seconds, OPTIONAL, NULL,
	    "how long the data of before are kept; 0: until the next upgrade"),
	END,
};

static const struct contract_field backup_keep[] = {
	ROW("hourly", COUNT, bench, backup_hourly, QUIET, NULL, "how many backups of an hour each stay"),
	ROW("daily", COUNT, bench, backup_daily, QUIET, NULL, "... of a day; all 0: every one"),
	ROW("weekly", COUNT, bench, backup_weekly, QUIET, NULL, "... of a week"),
	ROW("monthly", COUNT, bench, backup_monthly, QUIET, NULL, "... of a month"),
	END,
};

static const struct contract_field backup[] = {
	ROW("to", TEXT, bench, backup_to, OPTIONAL, NULL,
	    "restic's repository; without it there are no backups"),
	ROW("schedule", TEXT, bench, backup_schedule, OPTIONAL, NULL,
	    "when one is made: `hourly`, `daily`, `weekly`, `monthly` or five fields of cron, in UTC"),
	SECTION("keep", QUIET, backup_keep),
	END,
};

static const struct contract_field command[] = {
	ROW("name", TEXT, bench_command, name, REQUIRED, NULL, "the step's name in the ledger"),
	ROW("argv", WORDS, bench_command, argv, REQUIRED, NULL,
	    "program and arguments, with `{words}` to fill"),
	ROW("cwd", TEXT, bench_command, cwd, OPTIONAL, NULL, "the folder that it runs in"),
	ROW("env", WORDS, bench_command, env, OPTIONAL, NULL, "`KEY=VALUE`, with `{words}` to fill"),
	ROW("seconds", COUNT, bench_command, seconds, QUIET, "3600", "it is ended after that"),
	END,
};

#define COMMANDS(key, member) ROWS(key, member, bench_command, command)

static const struct contract_field framework[] = {
	ROW("name", TEXT, bench, framework, OPTIONAL, "", "the framework file"),
	ROW("common_site_config", VALUES, bench, common_site_config, REQUIRED, NULL,
	    "what `common_site_config.json` gets at each start"),
	ROW("site_config", VALUES, bench, site_config, REQUIRED, NULL,
	    "what a new site's `site_config.json` gets, texts with `{words}` to fill"),
	ROW("site_folders", WORDS, bench, site_folders, OPTIONAL,
	    "public/files private/files private/backups locks logs", "folders of a new site"),
	COMMANDS("site_create", create),
	COMMANDS("site_finish", finish),
	COMMANDS("site_seal", seal),
	COMMANDS("site_renew", renew),
	COMMANDS("site_migrate", migrate),
	COMMANDS("site_install", install),
	COMMANDS("site_probe", probes),
	COMMANDS("site_check", checks),
	ROW("probe_path", TEXT, bench, probe_path, OPTIONAL, "/api/method/ping",
	    "what a healthy site answers with 200"),
	ROW("admin_user", TEXT, bench, admin_user, OPTIONAL, "Administrator",
	    "whose password `admin_password` is"),
	END,
};

static const struct contract_field mariadb[] = {
	ROW("socket", TEXT, bench, sql_socket, REQUIRED, NULL, "where the server listens"),
	ROW("data", TEXT, bench, sql_data, REQUIRED, NULL, "its folder"),
	ROW("user", TEXT, bench, mysql.name, REQUIRED, NULL, "who it runs as"),
	ROW("uid", COUNT, bench, mysql.uid, OPTIONAL, NULL, "as `bench.uid`"),
	ROW("gid", COUNT, bench, mysql.gid, OPTIONAL, NULL, "as `bench.uid`"),
	ROW("install", WORDS, bench, sql_install, REQUIRED, NULL, "fills an empty folder, `{data}`"),
	ROW("buffer_pool_bytes", NUMBER, bench, sql_pool_bytes, OPTIONAL, NULL, "0: by the percentage"),
	ROW("buffer_pool_percent", NUMBER, bench, sql_pool_percent, OPTIONAL, "25",
	    "of the memory that there is"),
	ROW("memory_file", TEXT, bench, sql_memory_file, REQUIRED, NULL,
	    "settings of the server that follow the memory, written at each start"),
	ROW("version", TEXT, bench, sql_version, OPTIONAL, NULL, "the server's, such as `10.11.14`"),
	END,
};

static const struct contract_field nginx[] = {
	ROW("sites_file", TEXT, bench, sites_file, REQUIRED, NULL,
	    "the map of host names, written by `door`"),
	ROW("events_file", TEXT, bench, events_file, OPTIONAL, NULL,
	    "limits that follow the memory, written at each start"),
	ROW("listen_file", TEXT, bench, listen_file, OPTIONAL, NULL,
	    "what listens beside IPv4, written at each start"),
	ROW("names_inside", FLAG, bench, names_inside, OPTIONAL, NULL,
	    "inside the image the sites' names lead to it"),
	ROW("check", WORDS, bench, nginx_check, OPTIONAL, NULL,
	    "fails when nginx could not run with its configuration"),
	ROW("unknown_host", TEXT, bench, unknown_host, OPTIONAL, "refuse",
	    "`refuse`, or the site that hosts of no site get"),
	END,
};

static const struct contract_field redis[] = {
	ROW("name", TEXT, bench_redis, name, REQUIRED, NULL, "its program"),
	ROW("role", TEXT, bench_redis, role, REQUIRED, NULL, "`cache`, `queue` or `socketio`"),
	ROW("port", COUNT, bench_redis, port, OPTIONAL, NULL, "where it listens"),
	ROW("socket", TEXT, bench_redis, socket, OPTIONAL, NULL, "... and the socket"),
	ROW("data", TEXT, bench_redis, data, OPTIONAL, NULL, "its folder; without one it keeps nothing"),
	ROW("user", TEXT, bench_redis, user.name, OPTIONAL, NULL, "who it runs as; required with `data`"),
	ROW("uid", COUNT, bench_redis, user.uid, QUIET, NULL, "as `bench.uid`"),
	ROW("gid", COUNT, bench_redis, user.gid, QUIET, NULL, "as `bench.uid`"),
	END,
};

static const struct contract_field web[] = {
	ROW("port", COUNT, bench, web_port, OPTIONAL, "8000", "where programs of the bench ask their sites"),
	ROW("workers", COUNT, bench, web_workers, OPTIONAL, NULL, "0: by memory and processors"),
	ROW("memory_per_worker_bytes", NUMBER, bench, web_worker_bytes, OPTIONAL, "188743680",
	    "what a worker takes"),
	END,
};

static const struct contract_field socketio[] = {
	ROW("port", COUNT, bench, socketio_port, OPTIONAL, "9000", "where it listens"),
	ROW("path", TEXT, bench, socketio_path, OPTIONAL, "/socket.io/?EIO=4&transport=polling",
	    "its handshake"),
	END,
};

static const struct contract_field logs[] = {
	WORD("stdout", bench, logs_events, "all", outputs,
	     "what the container's own output shows: all programs' lines, or events alone"),
	END,
};

static const struct contract_field supervisor[] = {
	ROW("program", TEXT, bench, supervisor_program, OPTIONAL, "/usr/bin/supervisord", "the program"),
	ROW("socket", TEXT, bench, supervisor_socket, REQUIRED, NULL, "where it is asked"),
	ROW("configuration", TEXT, bench, supervisor_configuration, REQUIRED, NULL, "its file"),
	ROW("preload", TEXT, bench, preload_socket, OPTIONAL, NULL,
	    "the socket of the program whose role is `preload`, once it makes others"),
	END,
};

static const struct contract_field port[] = {
	ROW("port", COUNT, bench_port, port, REQUIRED, NULL, "a TCP port that a program of ours listens on"),
	ROW("key", TEXT, bench_port, key, REQUIRED, NULL, "the recipe's key that moves it"),
	ROW("whose", TEXT, bench_port, whose, REQUIRED, NULL, "who needs it"),
	ROW("everywhere", FLAG, bench_port, everywhere, OPTIONAL, NULL, "not on 127.0.0.1 alone"),
	END,
};

static const struct contract_field program[] = {
	ROW("name", TEXT, bench_program, name, REQUIRED, NULL, "Supervisor's name of it"),
	ROW("group", TEXT, bench_program, group, OPTIONAL, NULL,
	    "its group of Supervisor; by default its name"),
	WORD("role", bench_program, role, "other", bench_json_roles, "what it is to the guest"),
	WORD("phase", bench_program, phase, "bench", bench_json_phases,
	     "when it starts: before anything else, before the sites are provisioned, after"),
	ROW("stop_order", COUNT, bench_program, stop_order, OPTIONAL, "50",
	    "0 to 99; the highest stops last"),
	ROW("stop_seconds", COUNT, bench_program, stop_seconds, OPTIONAL, "2",
	    "its share of a container's ten seconds"),
	END,
};

static const struct contract_field folder[] = {
	ROW("path", TEXT, bench_folder, path, REQUIRED, NULL, "a folder that is made at each start"),
	ROW("user", TEXT, bench_folder, owner.name, REQUIRED, NULL, "its owner"),
	ROW("uid", COUNT, bench_folder, owner.uid, OPTIONAL, NULL, "as `bench.uid`"),
	ROW("gid", COUNT, bench_folder, owner.gid, OPTIONAL, NULL, "as `bench.uid`"),
	ROW("mode", MODE, bench_folder, mode, REQUIRED, NULL, "its mode"),
	END,
};

static const struct contract_field link[] = {
	ROW("path", TEXT, bench_link, path, REQUIRED, NULL, "a link that is made at each start"),
	ROW("to", TEXT, bench_link, to, REQUIRED, NULL, "what it points to"),
	END,
};

static const struct contract_field site[] = {
	ROW("name", TEXT, bench_site, name, REQUIRED, NULL, "the site, and its first host"),
	ROW("hosts", WORDS, bench_site, hosts, OPTIONAL, NULL, "its other hosts"),
	ROW("apps", WORDS, bench_site, apps, OPTIONAL, NULL, "installed in this order"),
	ROW("time_zone", TEXT, bench_site, time_zone, OPTIONAL, "UTC", "of a new site"),
	ROW("language", TEXT, bench_site, language, OPTIONAL, "en", "of a new site"),
	ROW("developer_mode", FLAG, bench_site, developer_mode, OPTIONAL, NULL, "of a new site"),
	ROW("admin_password", TEXT, bench_site, admin_password, OPTIONAL, "generate",
	    "where it comes from: `generate`, `env` or `file`"),
	END,
};

static const struct contract_field template[] = {
	ROW("name", TEXT, bench_site, name, REQUIRED, NULL, "what `benchctl add-site --template` calls it"),
	ROW("apps", WORDS, bench_site, apps, OPTIONAL, NULL, "of such a site"),
	ROW("time_zone", TEXT, bench_site, time_zone, OPTIONAL, "UTC", "of such a site"),
	ROW("language", TEXT, bench_site, language, OPTIONAL, "en", "of such a site"),
	END,
};

const struct contract_field bench_json_fields[] = {
	ROW("format", COUNT, bench, format, REQUIRED, NULL, "1"),
	ROW("name", TEXT, bench, name, REQUIRED, NULL, "the image"),
	ROW("version", TEXT, bench, version, REQUIRED, NULL, "its version"),
	ROW("build", TEXT, bench, build, REQUIRED, NULL, "the build id: 64 hex digits"),
	WORD("mode", bench, development, "production", modes, "how the bench runs"),
	SECTION("bench", REQUIRED, home),
	ROW("data", TEXT, bench, data, REQUIRED, NULL, "the volume"),
	ROW("http_port", COUNT, bench, http_port, OPTIONAL, "8080", "where visitors come in"),
	ROW("default_site", TEXT, bench, default_site, OPTIONAL, NULL,
	    "the site that `bench` means without `--site`"),
	ROWS("apps", apps, bench_app, app),
	{ "interpreters", CONTRACT_ROWS, AT(bench, interpreters), CONTRACT_QUIET, NULL, NULL, interpreter,
	  sizeof(struct bench_interpreter), NULL },
	SECTION("upgrade", OPTIONAL, upgrade),
	SECTION("backup", QUIET, backup),
	SECTION("framework", REQUIRED, framework),
	SECTION("mariadb", REQUIRED, mariadb),
	SECTION("nginx", REQUIRED, nginx),
	ROWS("redis", redis, bench_redis, redis),
	SECTION("web", REQUIRED, web),
	SECTION("socketio", REQUIRED, socketio),
	SECTION("logs", OPTIONAL, logs),
	SECTION("supervisor", REQUIRED, supervisor),
	ROWS("ports", ports, bench_port, port),
	ROWS("programs", programs, bench_program, program),
	ROWS("folders", folders, bench_folder, folder),
	ROWS("links", links, bench_link, link),
	ROWS("sites", sites, bench_site, site),
	ROWS("templates", templates, bench_site, template),
	END,
};

static struct err *check_apps(const struct bench *b)
{
	for (size_t i = 0; i < b->apps.count; i++)
		if (!b->apps.items[i].commit && !b->apps.items[i].content)
			return err_new(ERR_RECIPE, "app '%s' needs 'commit' or 'content'",
				       b->apps.items[i].name);
	return NULL;
}

struct err *bench_json_read(const char *bytes, size_t len, struct bench *b)
{
	json_error_t why;

	*b = (struct bench){ .root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why) };
	if (!b->root)
		return err_new(ERR_RECIPE, "bench.json:%d: %s", why.line, why.text);
	json_t *format = json_object_get(b->root, "format");
	if (!json_is_integer(format) || json_integer_value(format) != BENCH_JSON_FORMAT)
		return err_new(ERR_RECIPE, "bench.json is of another format than %d", BENCH_JSON_FORMAT);
	struct err *e = contract_read(&b->arena, b->root, bench_json_fields, b);
	if (!e)
		e = check_apps(b);
	if (e)
		return err_wrap(e, "bench.json");
	for (size_t i = 0; i < b->programs.count; i++)
		if (!b->programs.items[i].group)
			b->programs.items[i].group = b->programs.items[i].name;
	return NULL;
}

struct err *bench_json_read_some(const char *bytes, size_t len, struct bench *b)
{
	*b = (struct bench){ .root = json_loadb(bytes, len, 0, NULL) };
	if (!b->root)
		return err_new(ERR_RECIPE, "bench.json is no JSON");
	TRY_AS(contract_read_some(&b->arena, b->root, bench_json_fields, b), "bench.json");
	return NULL;
}

struct err *bench_json_sites(struct arena *a, json_t *rows, struct bench_site **ret, size_t *ret_count)
{
	static const struct contract_field list[] = { ROWS("sites", sites, bench_site, site), END };
	struct bench b = { 0 };
	json_t *root = json_pack("{s:O}", "sites", rows);
	struct err *e = contract_read(a, root, list, &b);

	json_decref(root);
	*ret = b.sites.items;
	*ret_count = b.sites.count;
	return e;
}

void bench_json_done(struct bench *b)
{
	json_decref(b->root);
	json_decref(b->added);
	arena_done(&b->arena);
	*b = (struct bench){ 0 };
}

bool bench_json_has_role(const struct bench *b, int role)
{
	for (size_t i = 0; i < b->programs.count; i++)
		if (b->programs.items[i].role == role)
			return true;
	return false;
}

char *bench_json_write(const struct bench *b)
{
	json_t *root = contract_write(bench_json_fields, b);
	char *text = json_dumps(root, JSON_INDENT(2));

	json_decref(root);
	if (!text)
		mem_exhausted();
	return text;
}

void bench_json_describe(struct text *ret)
{
	text_put(ret, "| key | type | default | meaning |\n|---|---|---|---|\n");
	contract_describe(bench_json_fields, "", ret);
}
