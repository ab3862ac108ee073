/* SPDX-License-Identifier: MIT */
/* A recipe after parsing and checking: exactly what a person asked for. */
#pragma once
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "recipe/output.h"
#include "schema/schema.h"

enum mode { MODE_PRODUCTION, MODE_DEVELOPMENT };

/* An apt archive. */
struct archive {
	const char *url, *suite;
	struct list components; /* of const char * */
	const char *key;	/* path of a keyring; relative to the recipe */
	struct mark at;
};

struct base {
	const char *suite;	    /* "bookworm" */
	const char *architecture;   /* "amd64"; NULL: the host's */
	struct list mirrors;	    /* of const char *; empty: the host's apt configuration */
	struct list archives;	    /* of struct archive, in addition to the suite's own */
	const char *snapshot;	    /* "2026-11-01", for mirrors that keep all days; or NULL: current state */
	const char *key;	    /* keyring for the mirrors, or NULL: the host's */
	struct list packages;	    /* of const char *: additions */
	struct list build_packages; /* of const char *: only while apps are built */
	struct list exclude;	    /* of const char *: globs on absolute paths left out of the image */
	struct list keep;	    /* of const char *: files that services leave out but this image keeps */
	bool recommends;
	bool security;		/* whether to use the suite's security updates */
	bool check_valid_until; /* refuse lists past their Valid-Until */
};

/* Where an app's source comes from: exactly one of git, archive, path. */
struct app {
	const char *name;
	const char *git, *ref;
	bool submodules; /* for git: fetch submodules, too */
	bool lfs;	 /* fetch files that Git LFS stores elsewhere; false: keep the pointers */
	const char *archive, *sha256;
	const char *path;    /* relative to the recipe */
	struct list options; /* of struct pair */
	struct mark at;
};

/* The apps' interpreters; NULL means the suite's own. */
struct runtime {
	const char *python, *node; /* "3.10", "24" */
	/* of struct app with path or archive: relocatable builds, named "python" or "node" */
	struct list archives;
};

enum password_source { PASSWORD_GENERATE, PASSWORD_ENV, PASSWORD_FILE };

/* A file that may be in the image whatever the audit finds in it. */
struct audit_allow {
	const char *path; /* in the image */
	const char *sha256;
};

struct site {
	const char *name;
	struct list hosts; /* of const char *, in addition to the site's name */
	struct list apps;  /* of const char *; empty: every app of the recipe */
	const char *time_zone, *language;
	bool developer_mode;
	int admin_password; /* enum password_source: where the first boot gets it */
	struct mark at;
};

struct mariadb {
	uint64_t buffer_pool_bytes; /* one of the two is set; the other is 0 */
	uint64_t buffer_pool_percent;
	const char *character_set, *collation;
	uint64_t max_connections, port;
	int durability;	      /* enum durability */
	struct list settings; /* of struct pair, written as given */
};
enum durability { DURABILITY_FULL, DURABILITY_RELAXED };

enum redis_role { REDIS_CACHE, REDIS_QUEUE, REDIS_SOCKETIO, REDIS_COUNT };
enum persistence { PERSISTENCE_NONE, PERSISTENCE_APPEND_ONLY, PERSISTENCE_SNAPSHOT, PERSISTENCE_CLEAN_STOP };

struct redis {
	uint64_t port;
	uint64_t maxmemory_bytes; /* 0: no limit */
	const char *policy;
	int persistence;   /* enum persistence */
	const char *alias; /* name of another instance to use instead, or NULL */
};

struct web {
	uint64_t workers; /* 0: from processors and memory at boot */
	uint64_t threads, timeout_seconds, max_requests, max_body_bytes, port;
};

struct worker {
	struct list queues; /* of const char * */
	uint64_t count;
	uint64_t timeout_seconds; /* longest job: how long a worker may take to stop */
};

struct nginx {
	uint64_t port;
	uint64_t connections_per_address, requests_per_second; /* 0: unlimited */
	const char *unknown_host;    /* "refuse", or the site that answers for unknown names */
	struct list trusted_proxies; /* of const char *: addresses or networks */
};

enum logs_stdout { LOGS_ALL, LOGS_EVENTS };
struct logs {
	/* enum logs_stdout: what the container's output shows in addition to our programs' lines */
	int to_stdout;
};

/* Only for outputs that are disks. */
struct disk {
	uint64_t size_bytes; /* of the whole disk; data gets what the system leaves */
	const char *kernel;  /* a Debian package */
	bool ssh;	     /* include an SSH server */
};

/* Which versions the apps' own package managers may choose: those available when the apps were committed, or
 * any. */
enum resolve { RESOLVE_COMMIT, RESOLVE_NEWEST };

/* How an instance upgrades older data. */
struct upgrade {
	int on_failure; /* enum on_failure */
	/* how long the copy from before is kept at most; 0: until the next upgrade */
	uint64_t keep_seconds;
};
enum on_failure { ON_FAILURE_BACK, ON_FAILURE_HOLD, ON_FAILURE_EXIT };

enum pdf { PDF_NONE, PDF_CHROMIUM, PDF_WKHTMLTOPDF };

/* Backups of the data, by restic. */
struct backup {
	const char *to;	      /* restic's repository, or NULL: no backups */
	const char *schedule; /* base/cron.h, or NULL: only when a person asks */
	/* how many of each to keep; all 0: every one */
	uint64_t keep_hourly, keep_daily, keep_weekly, keep_monthly;
};

/* What a release declares, and the documents that come with its outputs. */
enum document { DOCUMENT_SPDX, DOCUMENT_CYCLONEDX, DOCUMENT_PROVENANCE, DOCUMENT_COUNT };
struct publication {
	struct list documents; /* of int: enum document */
	bool sums;	       /* write SHA-256 of all outputs */
	const char *title;     /* NULL: the recipe's name; for the following NULL means unset */
	const char *description, *source, *revision, *licenses, *vendor, *authors, *url, *documentation;
};

struct recipe {
	struct arena arena;	 /* owns every string below */
	const char *path;	 /* of the recipe's file; relative sources start in its folder */
	const struct node *root; /* the parsed YAML, for messages that point into it; NULL: not parsed */
	const char *name, *version;
	int mode; /* enum mode */
	/* a name in services/frameworks, "auto", or a path (with a slash), relative to the recipe */
	const char *framework;
	int resolve; /* enum resolve */
	struct base base;
	struct runtime runtime;
	struct list apps; /* of struct app; the framework's own app first */
	bool tests;	  /* include what apps need only for their tests */
	bool source_maps; /* keep source maps of served files */
	/* of const char *: packages to keep although nothing refers to them */
	struct list keep_node_modules;
	/* of struct app: packages that apps name, and the sources to use for them instead */
	struct list overrides;
	struct list sites;     /* of struct site */
	struct list templates; /* of struct site, without hosts, developer mode and password */
	bool prebake;	       /* make sites while the image is built */
	struct mariadb mariadb;
	struct redis redis[REDIS_COUNT];
	struct web web;
	struct list workers; /* of struct worker */
	struct nginx nginx;
	uint64_t socketio_port;
	struct logs logs;
	struct upgrade upgrade;
	int pdf;	   /* enum pdf */
	struct list fonts; /* of text: Debian's packages fonts-TEXT */
	struct backup backup;
	struct list outputs; /* of int: enum output */
	/* of const char *: HOST[:PORT]/NAME[:TAG] that a build pushes to; the default tag is the version */
	struct list registries;
	struct disk disk;
	struct publication release;
	struct list allow; /* of struct audit_allow */
	struct digest_box {
		uint8_t bytes[32];
	} digest; /* SHA-256 of the recipe's bytes */
};

extern const struct field recipe_fields[];

/* Parses and checks. All problems are in problems, in file order; the result is then an ERR_RECIPE that
 * counts them (warnings alone are no error). Aliases, duplicate and unknown keys, several documents and
 * documents above RECIPE_LIMIT bytes are refused. Neither ret nor problems needs to be initialised; problems
 * lives in ret, which recipe_done frees in any case. */
#define RECIPE_LIMIT (1u << 20)
struct err *recipe_parse(const char *path, const char *bytes, size_t len, struct recipe *ret,
			 struct problems *problems) MUST_CHECK;
/* Reads the file, then parses it; a FIFO, a folder or a device is refused. */
struct err *recipe_read(const char *path, struct recipe *ret, struct problems *problems) MUST_CHECK;
/* NULL if there are no problems, else the ERR_RECIPE that counts them. */
struct err *recipe_verdict(const struct recipe *r, const struct problems *p) MUST_CHECK;
void recipe_done(struct recipe *r);

/* Whether an output is a disk; whether a recipe has a disk among its outputs. */
bool recipe_wants_disk(const struct recipe *r);
/* The output that registries get: the first that is an image. outputs.count: there is none. */
size_t recipe_pushed_output(const struct recipe *r);
/* A path of the recipe made relative to the working folder; the caller's to free. */
char *recipe_beside(const struct recipe *r, const char *path);
