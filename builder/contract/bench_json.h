/* SPDX-License-Identifier: MIT */
/* bench.json, the contract between the builder and the programs inside an image: it describes the image.
 * The builder fills a struct bench and writes it, the guest reads it; bench_json.c has the one table of
 * its keys. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

#include "contract/contract.h"

#define BENCH_JSON "/usr/lib/mkbench/bench.json"
#define BENCH_JSON_FORMAT 1

enum bench_role {
	ROLE_OTHER,
	ROLE_NGINX,
	ROLE_SCHEDULER,
	ROLE_WORKER,
	ROLE_WEB,
	ROLE_SOCKETIO,
	ROLE_REDIS,
	ROLE_MARIADB,
	ROLE_PRELOAD
};
enum bench_phase { PHASE_FIRST, PHASE_STORES, PHASE_BENCH };
enum bench_upgrade_failure { UPGRADE_GOES_BACK, UPGRADE_HOLDS, UPGRADE_EXITS };

/* A user of the image. */
struct account {
	const char *name;
	uid_t uid;
	gid_t gid;
};

struct bench_program {
	const char *name, *group;
	int role, phase; /* enum bench_role, enum bench_phase */
	unsigned stop_order, stop_seconds;
};

struct bench_command {
	const char *name, *cwd;		      /* cwd may be NULL */
	const char *const *argv, *const *env; /* NULL-terminated, with {words} to fill */
	unsigned seconds;		      /* limit */
};

struct bench_redis {
	const char *name, *role, *socket; /* socket may be NULL */
	const char *data;		  /* its folder; NULL: it stores nothing */
	struct account user;		  /* with data */
	unsigned port;
};

/* A TCP port that one of our programs listens on. */
struct bench_port {
	unsigned port;
	const char *key, *whose; /* the recipe's key that changes it; who needs it */
	bool everywhere;	 /* not only on 127.0.0.1 */
};

struct bench_folder {
	const char *path;
	struct account owner;
	unsigned mode;
};

/* A Python or Node that is not a Debian package. */
struct bench_interpreter {
	const char *name, *version, *path; /* "python", "3.10.13", "/opt/python" */
	const char *from, *sha256;	   /* the URL and the digest of its archive, or NULL */
	const char *content;		   /* digest of its files, "sha256:…" */
};

struct bench_link {
	const char *path, *to;
};

struct bench_site {
	const char *name, *time_zone, *language, *admin_password;
	const char *const *hosts, *const *apps; /* NULL-terminated */
	bool developer_mode, added;		/* added: by a person at run time */
};

/* A site that a person has dropped; its files are still to be moved away. */
struct bench_drop {
	const char *name, *date;
	bool purge; /* ... or deleted */
};

/* An app of the image. It was built from a commit, or from files with a digest ("sha256:…"). */
struct bench_app {
	const char *name, *version;   /* version may be NULL */
	const char *commit, *content; /* one of them */
	const char *ref;	      /* the branch or tag that led to the commit; may be NULL */
};

struct bench {
	unsigned format;
	const char *name, *version, *build;
	int development;	 /* 0 or 1, as logs_events */
	int upgrade_failure;	 /* enum bench_upgrade_failure */
	int logs_events;	 /* the container's own output shows only events, not the programs' lines */
	const char *path, *data; /* the bench folder; the volume */
	struct account user, mysql;
	unsigned http_port;
	const char *default_site;
	json_t *common_site_config, *site_config;
	const char *const *site_folders;
	const char *framework;
	CONTRACT_LIST(struct bench_app) apps; /* empty: unknown */
	CONTRACT_LIST(struct bench_interpreter) interpreters;
	CONTRACT_LIST(struct bench_command) create, finish, seal, renew, migrate, install, probes, checks;
	unsigned upgrade_keep_seconds; /* 0: until the next upgrade */
	const char *backup_to;	       /* restic's repository; NULL: no backups are configured */
	const char *backup_schedule;   /* base/cron.h; NULL: only when a person asks */
	/* how many are kept; all 0: every one */
	unsigned backup_hourly, backup_daily, backup_weekly, backup_monthly;
	const char *probe_path, *admin_user;
	const char *sql_version; /* "10.11.14"; NULL: unknown */
	const char *sql_socket, *sql_data, *sql_memory_file;
	const char *const *sql_install;
	uint64_t sql_pool_bytes, sql_pool_percent;
	CONTRACT_LIST(struct bench_redis) redis;
	unsigned web_port, web_workers;
	uint64_t web_worker_bytes;
	unsigned socketio_port;
	const char *socketio_path;
	const char *sites_file, *unknown_host;
	const char *listen_file, *events_file; /* or NULL */
	bool names_inside;		       /* the sites' names resolve to this machine itself */
	/* command that refuses a configuration which nginx could not run; empty: none */
	const char *const *nginx_check;
	const char *supervisor_program, *supervisor_socket, *supervisor_configuration, *preload_socket;
	CONTRACT_LIST(struct bench_program) programs;
	CONTRACT_LIST(struct bench_port) ports;
	CONTRACT_LIST(struct bench_folder) folders;
	CONTRACT_LIST(struct bench_link) links;
	CONTRACT_LIST(struct bench_site) sites;
	/* settings for sites that are added later; a template's name is not a host */
	CONTRACT_LIST(struct bench_site) templates;
	/* added by the guest (lib/bench.h) */
	CONTRACT_LIST(struct bench_drop) drops;
	json_t *root, *added; /* own the texts */
	struct arena arena;   /* owns the lists */
};

/* Fills the struct from the document, which it keeps. ERR_RECIPE, beginning with "bench.json", names the
 * wrong key. The reader looks up whether an account has an id. */
struct err *bench_json_read(const char *bytes, size_t len, struct bench *ret) MUST_CHECK;
/* Reads what an image of any version provides; missing keys are no error. */
struct err *bench_json_read_some(const char *bytes, size_t len, struct bench *ret) MUST_CHECK;
void bench_json_done(struct bench *b);
#define AUTO_BENCH __attribute__((cleanup(bench_json_done)))
bool bench_json_has_role(const struct bench *b, int role); /* whether a program has it */
/* The text of a document. The caller's to free. */
char *bench_json_write(const struct bench *b);
/* The reference: rows of a Markdown table. */
void bench_json_describe(struct text *ret);
/* Fills the list from rows of the document's `sites`; ERR_RECIPE as above. */
struct err *bench_json_sites(struct arena *a, json_t *rows, struct bench_site **ret,
			     size_t *ret_count) MUST_CHECK;
/* by enum bench_role and bench_phase */
extern const char *const bench_json_roles[], *const bench_json_phases[];
extern const struct contract_field bench_json_fields[];
