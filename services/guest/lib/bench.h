/* SPDX-License-Identifier: MIT */
/* What the programs know about their image: bench.json (README.md), checked, plus the
 * sites that a person has added at run time, less those dropped (roster.h). */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/account.h"
#include "base/arena.h"
#include "base/err.h"

enum bench_role { ROLE_OTHER, ROLE_NGINX, ROLE_SCHEDULER, ROLE_WORKER, ROLE_WEB, ROLE_SOCKETIO, ROLE_REDIS, ROLE_MARIADB };
enum bench_phase { PHASE_FIRST, PHASE_STORES, PHASE_BENCH };

struct bench_program {
	const char *name, *group;
	int role, phase;          /* enum bench_role, enum bench_phase */
	unsigned stop_order, stop_seconds;
};

struct bench_command {
	const char *name, *cwd;   /* cwd may be NULL */
	const char *const *argv, *const *env; /* NULL-terminated, with {words} to fill */
	unsigned seconds;         /* limit */
};

struct bench_redis {
	const char *name, *role, *socket; /* socket may be NULL */
	const char *data;                 /* its folder; NULL: it keeps nothing */
	struct account user;              /* with data */
	unsigned port;
};

/* A TCP port that a program of ours will listen on. */
struct bench_port {
	unsigned port;
	const char *key, *whose;  /* the recipe's key that moves it; who needs it */
	bool everywhere;          /* not on 127.0.0.1 alone */
};

struct bench_folder {
	const char *path;
	struct account owner;
	unsigned mode;
};

struct bench_link {
	const char *path, *to;
};

struct bench_site {
	const char *name, *time_zone, *language, *admin_password;
	const char *const *hosts, *const *apps; /* NULL-terminated */
	bool developer_mode, added; /* added: by a person at run time */
};

/* A site that a person has dropped; what is left of it is still to be put aside. */
struct bench_drop {
	const char *name, *date;
	bool purge;               /* ... or removed */
};

/* An app of the image. What it was built from: a commit, or the digest of its files ("sha256:…"). */
struct bench_app {
	const char *name, *version, *source; /* version may be NULL */
};

#define BENCH_LIST(type)     \
	struct {             \
		type *items; \
		size_t count; \
	}

struct bench {
	json_t *root, *added;     /* own the strings */
	struct arena arena;       /* owns the lists */
	const char *name, *version, *build;
	bool development;
	const char *path, *data;  /* the bench folder; the volume */
	struct account user, mysql;
	unsigned http_port;
	const char *default_site;
	json_t *common_site_config, *site_config;
	const char *const *site_folders;
	const char *framework;
	BENCH_LIST(struct bench_app) apps; /* empty: the image does not say */
	BENCH_LIST(struct bench_command) create, finish, migrate, install, probes;
	unsigned upgrade_keep_seconds; /* 0: until the next one */
	bool upgrade_holds;       /* a failed upgrade waits for a person */
	const char *probe_path;
	const char *sql_version; /* "10.11.14"; NULL: the image does not say */
	const char *sql_socket, *sql_data, *sql_memory_file;
	const char *const *sql_install;
	uint64_t sql_pool_bytes, sql_pool_percent;
	BENCH_LIST(struct bench_redis) redis;
	unsigned web_port, web_workers;
	uint64_t web_worker_bytes;
	const char *web_workers_file;
	unsigned socketio_port;
	const char *socketio_path;
	const char *sites_file, *unknown_host;
	bool logs_events;         /* the container's own output shows events alone, not the programs' lines */
	const char *listen_file, *events_file; /* or NULL */
	const char *const *nginx_check; /* refuses a configuration that nginx could not run; empty: nobody can tell */
	const char *supervisor_program, *supervisor_socket, *supervisor_configuration;
	BENCH_LIST(struct bench_program) programs;
	BENCH_LIST(struct bench_port) ports;
	BENCH_LIST(struct bench_folder) folders;
	BENCH_LIST(struct bench_link) links;
	BENCH_LIST(struct bench_site) sites;
	BENCH_LIST(struct bench_drop) drops;
};

/* Reads $MKBENCH_BENCH, or /usr/lib/mkbench/bench.json, and the added sites. ERR_RECIPE names the key that is
 * missing or of the wrong type. Users without ids are looked up in /etc/passwd. */
struct err *bench_read(struct bench *ret) MUST_CHECK;
struct err *bench_parse(const char *bytes, size_t len, struct bench *ret) MUST_CHECK; /* bench.json alone */
void bench_done(struct bench *b);
#define AUTO_BENCH __attribute__((cleanup(bench_done)))

const struct bench_site *bench_site(const struct bench *b, const char *name); /* or NULL */
/* A path below the volume, or below our folder of it; the caller's to free. */
char *bench_in_data(const struct bench *b, const char *below);
#define BENCH_OWN "/.mkbench"      /* our folder of the volume */
#define BENCH_RUN "/run/mkbench"   /* what a restart may forget */

/* ERR_USAGE when a name cannot be a new site's, by the rule that recipes have. */
struct err *bench_site_name(const char *name) MUST_CHECK;
struct err *bench_host_name(const char *name) MUST_CHECK; /* ... or one more host of a site */
bool bench_has_role(const struct bench *b, int role); /* some program has */
