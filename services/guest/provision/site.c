/* SPDX-License-Identifier: MIT */
#include "provision/site.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "lib/command.h"
#include "lib/crash.h"
#include "lib/durable.h"
#include "lib/log.h"
#include "lib/secret.h"
#include "provision/prebaked.h"
#include "provision/site_folders.h"
#include "provision/site_template.h"
#include "lib/environment.h"

void site_open(struct provision_context *w, const struct bench_site *row, struct site *s)
{
	AUTO_FREE char *folder = mem_printf("/sites/%s", row->name);
	AUTO_FREE char *copy = mem_printf("/secrets/%s/site_config.json", row->name);

	*s = (struct site){
		.row = row,
		.name = mem_printf("site/%s", row->name),
		.folder = bench_in_data(&w->bench, folder),
		.copy = bench_in_data(&w->bench, copy),
	};
	s->config = mem_printf("%s/site_config.json", s->folder);
}

void site_close(struct site *s)
{
	char **texts[] = {
		&s->name,    &s->folder,      &s->config,	  &s->copy,	      &s->db_name,
		&s->db_user, &s->db_password, &s->admin_password, &s->encryption_key,
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		free(*texts[i]);
		*texts[i] = NULL;
	}
}

size_t site_words(const struct site *s, struct placeholders_word words[static 8])
{
	struct placeholders_word all[] = {
		{ "site", s->row->name },
		{ "db_name", s->db_name },
		{ "db_user", s->db_user },
		{ "db_password", s->db_password },
		{ "admin_password", s->admin_password },
		{ "time_zone", s->row->time_zone },
		{ "language", s->row->language },
		{ "encryption_key", s->encryption_key },
	};

	memcpy(words, all, sizeof all);
	return COUNT(all);
}

char *site_default_name(const char *site)
{
	struct digest d = digest_of(site, strlen(site));
	char hex[DIGEST_HEX];

	return mem_printf("_%.16s", digest_hex(&d, hex));
}

static struct err *given_password(const struct bench_site *row, char **ret)
{
	TRY(environment_text("MKBENCH_ADMIN_PASSWORD", ret));
	if (!*ret && strcmp(row->admin_password, "generate"))
		return err_new(ERR_USAGE, "site %s wants its administrator's password from %s: set it",
			       row->name,
			       strcmp(row->admin_password, "file") ? "MKBENCH_ADMIN_PASSWORD" :
								     "MKBENCH_ADMIN_PASSWORD_FILE");
	return NULL;
}

static char *secret_path(const struct site *s, const char *name)
{
	size_t folder = (size_t)(strrchr(s->copy, '/') - s->copy);

	return mem_printf("%.*s/%s", (int)folder, s->copy, name);
}

static struct err *admin_password(const struct site *s, bool made, char **ret)
{
	AUTO_FREE char *path = secret_path(s, "admin_password");
	AUTO_FREE char *given = NULL;
	AUTO_FREE char *kept = NULL;

	TRY(secret_read(path, &kept));
	if (made) {
		TRY(environment_text("MKBENCH_ADMIN_PASSWORD", &given));
		if (given && kept && strcmp(given, kept))
			log_line("site %s keeps its administrator's password: change it in the application",
				 s->row->name);
	}
	if (made || kept) {
		*ret = TAKE(kept);
		return NULL;
	}
	TRY(given_password(s->row, &given));
	TRY(secret_keep(path, given, SECRET_READABLE, ret));
	log_line("site %s: the administrator's password is in %s", s->row->name, path);
	return NULL;
}

static char *take_text(json_t *config, const char *key, const char *absent)
{
	const char *text = json_string_value(json_object_get(config, key));

	return mem_dup(text ? text : absent);
}

/* What an existing site's configuration says. A lost or torn one comes back from its last good copy: it has
 * the key of everything encrypted, which cannot be made again. */
static struct err *read_config(struct provision_context *w, struct site *s)
{
	json_t *config;
	bool damaged;

	TRY(durable_read_json_as(&w->bench.user, s->config, &config, &damaged));
	if (!config && !access(s->folder, F_OK)) {
		TRY(durable_read_json(s->copy, &config, &damaged));
		if (!config)
			return err_new(ERR_SYSTEM,
				       "%s is missing or damaged and has no copy: restore it from a backup",
				       s->config);
		log_line("warning: %s was missing or damaged: its last good copy is back", s->config);
		durable_as(&w->bench.user);
		struct err *e = durable_json(s->config, config, 0600, &w->bench.user, NULL);
		durable_as_root();
		if (e) {
			json_decref(config);
			return e;
		}
	}
	s->db_name = take_text(config, "db_name", "");
	s->db_user = take_text(config, "db_user", s->db_name);
	s->db_password = take_text(config, "db_password", "");
	s->encryption_key = take_text(config, "encryption_key", "");
	json_decref(config);
	return NULL;
}

static struct err *make_secrets(struct site *s)
{
	AUTO_FREE char *db = secret_path(s, "db_password");
	AUTO_FREE char *key = secret_path(s, "encryption_key");
	AUTO_FREE char *step = mem_printf("secrets/%s", s->row->name);

	crash_at(step, "mid");
	TRY(secret_keep(db, NULL, SECRET_WORD, &s->db_password));
	TRY(secret_keep(key, NULL, SECRET_FERNET, &s->encryption_key));
	s->db_name = site_default_name(s->row->name);
	s->db_user = mem_dup(s->db_name);
	return NULL;
}

struct err *site_secrets(struct provision_context *w, struct site *s, bool *ret_did)
{
	AUTO_FREE char *folder = secret_path(s, "");
	AUTO_FREE char *db = secret_path(s, "db_password");
	enum ledger_state state = ledger_state(w->ledger, s->name);

	s->made = state == LEDGER_DONE || (state == LEDGER_NEVER && !access(s->config, F_OK));
	*ret_did = !s->made && access(db, F_OK) < 0;
	folder[strlen(folder) - 1] = '\0';
	TRY(durable_folder(folder, 0700, &durable_root));
	TRY(admin_password(s, s->made, &s->admin_password));
	return s->made ? read_config(w, s) : make_secrets(s);
}

static json_t *wanted_config(const struct bench *b, const struct site *s)
{
	struct placeholders_word words[8];
	size_t count = site_words(s, words);
	json_t *config = placeholders_json(b->site_config, words, count);
	json_t *own = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "db_name", s->db_name, "db_user",
				s->db_user, "db_password", s->db_password, "db_type", "mariadb",
				"encryption_key", s->encryption_key, "time_zone", s->row->time_zone);

	if (s->row->developer_mode)
		json_object_set_new(own, "developer_mode", json_integer(1));
	json_object_update_missing(config, own);
	json_decref(own);
	return config;
}

static struct err *make_folder(const struct bench *b, const struct site *s)
{
	AUTO_FREE char *step = mem_printf("folder/%s", s->row->name);

	TRY(durable_folder(s->folder, 0755, &b->user));
	TRY(site_folders_make(b, s->folder));
	crash_at(step, "mid");
	json_t *config = wanted_config(b, s);
	struct err *e = durable_json(s->config, config, 0600, &b->user, NULL);
	json_decref(config);
	return e;
}

struct err *site_folder(struct provision_context *w, struct site *s, bool *ret_did)
{
	*ret_did = !s->made;
	durable_as(&w->bench.user);
	/* a backup has no logs, and no folder for them */
	struct err *e = s->made ? site_folders_make(&w->bench, s->folder) : make_folder(&w->bench, s);
	durable_as_root();
	return e;
}

static struct err *run_for_app(struct provision_context *w, const struct site *s,
			       const struct bench_command *c, const char *app)
{
	struct placeholders_word words[9];
	size_t count = site_words(s, words);
	AUTO_FREE char *db = mem_printf("MKBENCH_DB_PASSWORD=%s", s->db_password);
	AUTO_FREE char *admin =
		mem_printf("MKBENCH_ADMIN_PASSWORD=%s", s->admin_password ? s->admin_password : "");
	const char *const secrets[] = { db, admin, NULL };

	words[count++] = (struct placeholders_word){ "app", app };
	return command_run(&w->bench, c, &w->bench.user, words, count, secrets);
}

struct err *site_run(struct provision_context *w, const struct site *s, const struct bench_command *c,
		     const char *const *apps)
{
	if (!command_holds(c, "{app}"))
		return run_for_app(w, s, c, NULL);
	for (const char *const *app = apps; *app; app++)
		TRY(run_for_app(w, s, c, *app));
	return NULL;
}

/* The framework's steps sync nothing. What they wrote must be on disk before the ledger says so. */
static struct err *conclude(struct provision_context *w, const char *step)
{
	TRY(durable_sync_all(w->bench.data));
	return ledger_done(w->ledger, step);
}

struct err *site_create(struct provision_context *w, struct site *s, bool *ret_did)
{
	AUTO_FREE char *step = mem_printf("create/%s", s->row->name);
	json_t *template = NULL;

	*ret_did = !s->made;
	if (!*ret_did)
		return NULL;
	if (prebaked_waits(w, s->row->name)) {
		TRY(prebaked_renew_sites(w, s, 1));
		return site_conclude(w, s, 1);
	}
	TRY(site_template_find(s->row, &template));
	if (template) {
		struct err *e = site_template_load(w, s, template);
		json_decref(template);
		return e ? e : site_conclude(w, s, 1);
	}
	for (size_t i = 0; i < w->bench.create.count; i++) {
		TRY(site_run(w, s, &w->bench.create.items[i], s->row->apps));
		crash_at(step, "mid");
	}
	TRY(site_keep_copy(w, s));
	crash_at(step, "commit");
	return conclude(w, s->name);
}

struct err *site_conclude(struct provision_context *w, const struct site *sites, size_t count)
{
	for (size_t i = 0; i < count; i++)
		TRY(site_keep_copy(w, &sites[i]));
	TRY(durable_sync_all(w->bench.data));
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < w->bench.finish.count; k++) {
			AUTO_FREE char *step =
				mem_printf("finish/%s/%s", sites[i].row->name, w->bench.finish.items[k].name);
			TRY(ledger_done(w->ledger, step));
		}
		TRY(ledger_done(w->ledger, sites[i].name));
	}
	return NULL;
}

struct err *site_seal(struct provision_context *w, struct site *s, bool *ret_did)
{
	*ret_did = true;
	for (size_t i = 0; i < w->bench.seal.count; i++)
		TRY(site_run(w, s, &w->bench.seal.items[i], s->row->apps));
	return NULL;
}

struct err *site_keep_copy(const struct provision_context *w, const struct site *s)
{
	json_t *config;
	bool damaged;

	TRY(durable_read_json_as(&w->bench.user, s->config, &config, &damaged));
	if (!config)
		return err_new(ERR_SYSTEM, "%s is missing or damaged", s->config);
	struct err *e = durable_json(s->copy, config, 0600, &durable_root, NULL);
	json_decref(config);
	return e;
}

struct err *site_finish(struct provision_context *w, struct site *s, bool *ret_did)
{
	AUTO_FREE char *step = mem_printf("finish/%s", s->row->name);

	*ret_did = false;
	for (size_t i = 0; i < w->bench.finish.count; i++) {
		const struct bench_command *c = &w->bench.finish.items[i];
		AUTO_FREE char *name = mem_printf("%s/%s", step, c->name);
		if (ledger_state(w->ledger, name) == LEDGER_DONE)
			continue;
		*ret_did = true;
		TRY(ledger_begin(w->ledger, name));
		TRY(site_run(w, s, c, s->row->apps));
		crash_at(step, "mid");
		TRY(conclude(w, name));
	}
	return NULL;
}
