/* SPDX-License-Identifier: MIT */
/* The result of service_load, shared by the files of this folder. */
#pragma once
#include "service/manifest.h"
#include "service/declared_needs.h"
#include "service/service.h"

#define BENCH_PATH "/home/frappe/frappe-bench"
#define BENCH_HOME "/home/frappe"
#define BENCH_USER "frappe"
#define BENCH_DATA "/data"

/* A process with its holes filled, for supervisor's configuration, the Procfile and bench.json. */
struct process {
	const char *name, *group, *user, *directory;
	int role, phase;		      /* enum bench_role, bench_phase */
	const char *const *argv, *const *env; /* NULL-terminated; env is KEY=VALUE */
	unsigned long count;		      /* number of processes; 0: one, without a number in its name */
	unsigned long stop_seconds;
	const struct manifest_process *row;
};

struct process_table {
	struct process *items;
	size_t count, room;
};

/* A folder made at each start, and a link made then or stored in the image. */
struct folder {
	const char *path, *mode;
	const struct service_user *user;
};

struct link {
	const char *path, *to;
};

/* A file that every image gets unchanged. */
struct rootfs_file {
	const char *path, *bytes;
	size_t len;
	unsigned mode;
};

struct step_table {
	struct service_step *items;
	size_t count, room;
};

/* An app's declared needs: the file that declares them, relative to its source, and the apps' names. */
struct app_needs {
	const char *file;
	struct declared_needs names;
};

struct service_set {
	struct arena arena;
	const struct recipe *recipe; /* borrowed */
	struct manifest *manifests;  /* the services in the framework's order, then the framework */
	size_t manifest_count;
	const struct manifest *framework;
	struct manifest disk[2];	     /* only for a disk */
	size_t disk_count;		     /* 0: the recipe has no disk */
	struct variables scope;		     /* variables for every text */
	struct variables redis[REDIS_COUNT]; /* in addition: for each instance that has a process */
	size_t redis_count;
	struct variables *workers, *apps;
	struct process_table processes;
	struct step_table *app_steps;		/* one for each app */
	struct app_needs *needs;		/* one for each app; NULL: the framework declares none */
	struct app_identity *identities;	/* one for each app */
	struct bench_interpreter *interpreters; /* that are not Debian packages */
	size_t interpreter_count;
	const char *server_version; /* MariaDB's, or NULL: not known yet */
	const size_t *order;	    /* in which apps are installed, once their needs are settled */
	struct step_table bench_steps, prepare_steps, pin_steps;
	struct {
		struct service_package *items;
		size_t count, room;
	} packages;
	struct {
		struct service_user *items;
		size_t count, room;
	} users;
	const char *const *masked, *const *prune, *const *exclude;
	struct {
		struct folder *items;
		size_t count, room;
	} folders;
	struct {
		struct link *items;
		size_t count, room;
	} links;
	struct audit_rules audit;
	struct {
		struct service_trial *items;
		size_t count, room;
	} trials;
	/* for service_folders */
	struct {
		struct service_folder *items;
		size_t count, room;
	} made;
	struct {
		struct rootfs_file *items;
		size_t count, room;
	} rootfs;
};

/* Whether the recipe's mode matches only. */
bool service_set_wants(const struct service_set *s, int only);
/* The scope of the i-th item of a kind (enum each), NULL after the last. */
const struct variables *service_set_each(const struct service_set *s, int each, size_t i);
/* The user of that name, including root, or NULL. */
const struct service_user *service_set_user(const struct service_set *s, const char *name);
