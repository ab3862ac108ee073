/* SPDX-License-Identifier: MIT */
#include "recipe/pattern.h"
#include "recipe/recipe.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define PORT(member_) .kind = FIELD_COUNT, .offset = (member_), .min = 1, .max = 65535
#define SECRET_ROW(name_) { .name = (name_), .kind = FIELD_REFUSED, .help = "is a secret: a recipe never holds one" }
#define END { .name = NULL }

static const struct field archive_fields[] = {
	{ "url", FIELD_TEXT, .required = true, .offset = offsetof(struct archive, url), .pattern = &pattern_mirror,
	  .help = "where the archive is, without dists/" },
	{ "suite", FIELD_TEXT, .required = true, .offset = offsetof(struct archive, suite), .pattern = &pattern_archive_suite,
	  .help = "its suite, the folder below dists/; one that ends in / is a flat archive, which has no components" },
	{ "components", FIELD_LIST, .offset = offsetof(struct archive, components), .min = 1, .max = 16, .pattern = &pattern_component,
	  .fallback = "[main]", .help = "its components" },
	{ "key", FIELD_TEXT, .required = true, .offset = offsetof(struct archive, key), .pattern = &pattern_path,
	  .help = "the keyring that its signature is checked with" },
	END
};

static const struct field base_fields[] = {
	{ "suite", FIELD_TEXT, .required = true, .offset = offsetof(struct base, suite), .pattern = &pattern_suite,
	  .help = "the Debian release, such as bookworm or trixie" },
	{ "architecture", FIELD_TEXT, .offset = offsetof(struct base, architecture), .choices = WORDS("amd64", "arm64"),
	  .help = "the image's architecture: for now that of the building machine, which is taken when absent" },
	{ "mirrors", FIELD_LIST, .offset = offsetof(struct base, mirrors), .max = 16, .pattern = &pattern_mirror,
	  .help = "Debian mirrors, tried in this order; those of the machine's own apt configuration when absent" },
	{ "archives", FIELD_LIST, .offset = offsetof(struct base, archives), .max = 16, .fields = archive_fields,
	  .item_size = sizeof(struct archive), .item_mark = offsetof(struct archive, at), .help = "apt archives beside Debian's own" },
	{ "key", FIELD_TEXT, .offset = offsetof(struct base, key), .pattern = &pattern_path,
	  .help = "the keyring for the mirrors, whoever names them; what apt of the machine trusts when absent" },
	{ "packages", FIELD_LIST, .offset = offsetof(struct base, packages), .max = 1000, .pattern = &pattern_package,
	  .help = "Debian packages to add to those that services and framework need" },
	{ "build_packages", FIELD_LIST, .offset = offsetof(struct base, build_packages), .max = 1000, .pattern = &pattern_package,
	  .help = "Debian packages that are there while the apps are built and not in the image, such as a compiler and headers" },
	{ "exclude", FIELD_LIST, .offset = offsetof(struct base, exclude), .max = 1000, .pattern = &pattern_glob,
	  .help = "paths left out of the image; * and ? match as in a shell" },
	{ "keep", FIELD_LIST, .offset = offsetof(struct base, keep), .max = 32, .pattern = &pattern_file,
	  .help = "what images leave out by themselves and this one shall have: all, or some of locale, docs, man, charsets, mariadb-tools" },
	{ "recommends", FIELD_BOOL, .offset = offsetof(struct base, recommends), .fallback = "false",
	  .help = "install what packages recommend, too" },
	{ "security", FIELD_BOOL, .offset = offsetof(struct base, security), .fallback = "true",
	  .help = "the suite's security updates, without which nothing is chosen; false: for mirrors that have none" },
	{ "check_valid_until", FIELD_BOOL, .offset = offsetof(struct base, check_valid_until), .fallback = "true",
	  .help = "refuse lists of packages that are past their Valid-Until; false: an old state is meant, such as a snapshot mirror's" },
	END
};

#define SOURCE_ROWS \
	{ "git", FIELD_TEXT, .offset = offsetof(struct app, git), .pattern = &pattern_git, .needs = "ref", \
	  .help = "its git repository, a server's or a folder; needs 'ref'" }, \
	{ "ref", FIELD_TEXT, .offset = offsetof(struct app, ref), .pattern = &pattern_ref, \
	  .help = "the branch, tag or whole commit to take; the lock file keeps the commit it meant" }, \
	{ "submodules", FIELD_BOOL, .offset = offsetof(struct app, submodules), .fallback = "true", \
	  .help = "take the submodules of the git repository, too, with theirs" }, \
	{ "lfs", FIELD_BOOL, .offset = offsetof(struct app, lfs), .fallback = "true", \
	  .help = "take the files that Git LFS keeps elsewhere, by the program git-lfs; false: its pointers are meant as they are" }, \
	{ "archive", FIELD_TEXT, .offset = offsetof(struct app, archive), .pattern = &pattern_url, .needs = "sha256", \
	  .help = "a source archive to download instead; needs 'sha256'" }, \
	{ "sha256", FIELD_TEXT, .offset = offsetof(struct app, sha256), .pattern = &pattern_sha256, \
	  .help = "the archive's SHA-256" }, \
	{ "path", FIELD_TEXT, .offset = offsetof(struct app, path), .pattern = &pattern_path, \
	  .help = "a folder of this machine instead, from the recipe's folder" }

static const struct field app_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct app, name), .pattern = &pattern_app,
	  .help = "the app's Python package" },
	SOURCE_ROWS,
	{ "options", FIELD_PAIRS, .offset = offsetof(struct app, options), .max = 100, .pattern = &pattern_option,
	  .help = "what the framework's file lets an app choose" },
	END
};

static const struct field runtime_archive_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct app, name), .choices = WORDS("python", "node"), .help = "what it is" },
	{ "archive", FIELD_TEXT, .offset = offsetof(struct app, archive), .pattern = &pattern_url, .needs = "sha256",
	  .help = "the archive to download; needs 'sha256'" },
	{ "sha256", FIELD_TEXT, .offset = offsetof(struct app, sha256), .pattern = &pattern_sha256, .help = "the archive's SHA-256" },
	{ "path", FIELD_TEXT, .offset = offsetof(struct app, path), .pattern = &pattern_path,
	  .help = "a folder of this machine instead, or with 'sha256' an archive, from the recipe's folder" },
	END
};

static const struct field runtime_fields[] = {
	{ "python", FIELD_TEXT, .offset = offsetof(struct runtime, python), .pattern = &pattern_python,
	  .help = "the version of Python, such as \"3.10\"; the suite's own when absent" },
	{ "node", FIELD_TEXT, .offset = offsetof(struct runtime, node), .pattern = &pattern_node,
	  .help = "the version of Node, such as \"24\"; the suite's own when absent" },
	{ "archives", FIELD_LIST, .offset = offsetof(struct runtime, archives), .max = 2, .fields = runtime_archive_fields,
	  .item_size = sizeof(struct app), .item_mark = offsetof(struct app, at),
	  .help = "builds of them that run from wherever they lie, for versions that no apt archive of the recipe has" },
	END
};

static const struct field override_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct app, name), .pattern = &pattern_override,
	  .help = "the package" },
	SOURCE_ROWS,
	END
};

static const struct field site_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct site, name), .pattern = &pattern_site,
	  .help = "the site's name, which is also its first host name" },
	{ "hosts", FIELD_LIST, .offset = offsetof(struct site, hosts), .max = 20, .pattern = &pattern_host,
	  .help = "more host names it answers to" },
	{ "apps", FIELD_LIST, .offset = offsetof(struct site, apps), .max = 100, .pattern = &pattern_app,
	  .help = "the apps it installs; every app of the recipe when absent" },
	{ "time_zone", FIELD_TEXT, .offset = offsetof(struct site, time_zone), .pattern = &pattern_zone, .fallback = "UTC",
	  .help = "its time zone" },
	{ "language", FIELD_TEXT, .offset = offsetof(struct site, language), .pattern = &pattern_language, .fallback = "en",
	  .help = "its language" },
	{ "developer_mode", FIELD_BOOL, .offset = offsetof(struct site, developer_mode), .fallback = "false",
	  .help = "changes made in the desk are written into the apps' source, which stays the bench user's then" },
	{ "admin_password", FIELD_ENUM, .offset = offsetof(struct site, admin_password), .choices = WORDS("generate", "env", "file"),
	  .secret = true, .fallback = "generate",
	  .help = "where the first boot takes the administrator's password from: made up and kept in the volume, the environment "
		  "variable MKBENCH_ADMIN_PASSWORD, or the file that MKBENCH_ADMIN_PASSWORD_FILE names" },
	SECRET_ROW("password"),
	END
};

static const struct field template_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct site, name), .pattern = &pattern_site,
	  .help = "a word of one's own, such as shop" },
	{ "apps", FIELD_LIST, .offset = offsetof(struct site, apps), .max = 100, .pattern = &pattern_app,
	  .help = "the apps that such a site gets; every app of the recipe when absent" },
	{ "time_zone", FIELD_TEXT, .offset = offsetof(struct site, time_zone), .pattern = &pattern_zone, .fallback = "UTC",
	  .help = "its time zone" },
	{ "language", FIELD_TEXT, .offset = offsetof(struct site, language), .pattern = &pattern_language, .fallback = "en",
	  .help = "its language" },
	END
};

static const struct field mariadb_fields[] = {
	{ "buffer_pool", FIELD_SHARE, .offset = offsetof(struct mariadb, buffer_pool_bytes), .min = 32ull << 20, .max = 4ull << 40,
	  .fallback = "25%", .help = "memory for data pages: a share of the container's memory, worked out at boot, or a size" },
	{ "character_set", FIELD_TEXT, .offset = offsetof(struct mariadb, character_set), .pattern = &pattern_word,
	  .fallback = "utf8mb4", .help = "the server's character set" },
	{ "collation", FIELD_TEXT, .offset = offsetof(struct mariadb, collation), .pattern = &pattern_word,
	  .fallback = "utf8mb4_unicode_ci", .help = "the server's collation" },
	{ "port", PORT(offsetof(struct mariadb, port)), .fallback = "3306", .help = "its TCP port on 127.0.0.1" },
	{ "max_connections", FIELD_COUNT, .offset = offsetof(struct mariadb, max_connections), .min = 10, .max = 100000,
	  .fallback = "200", .help = "connections at once" },
	{ "durability", FIELD_ENUM, .offset = offsetof(struct mariadb, durability), .choices = WORDS("full", "relaxed"),
	  .fallback = "full", .help = "full: a commit is on disk when it is acknowledged; relaxed: the last second may be lost in a crash" },
	{ "settings", FIELD_PAIRS, .offset = offsetof(struct mariadb, settings), .max = 200, .pattern = &pattern_setting,
	  .help = "more server variables, written into its configuration as they are" },
	{ "external", FIELD_REFUSED, .help = "is not yet possible: the database is inside the image" },
	SECRET_ROW("password"),
	SECRET_ROW("root_password"),
	END
};

#define REDIS_ROWS(port_, maxmemory_, policy_, persistence_)                                                              \
	{ "port", PORT(offsetof(struct redis, port)), .fallback = (port_), .help = "its TCP port on 127.0.0.1" },          \
	{ "maxmemory", FIELD_SIZE, .offset = offsetof(struct redis, maxmemory_bytes), .min = 1 << 20, .max = 1ull << 40,  \
	  .zero = "unlimited", .fallback = (maxmemory_), .help = "memory it may use" },                                   \
	{ "policy", FIELD_TEXT, .offset = offsetof(struct redis, policy), .fallback = (policy_),                          \
	  .choices = WORDS("noeviction", "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu",  \
			   "volatile-random", "volatile-ttl"),                                                            \
	  .help = "what it forgets when that memory is full" },                                                           \
	{ "persistence", FIELD_ENUM, .offset = offsetof(struct redis, persistence), .fallback = (persistence_),           \
	  .choices = WORDS("none", "append_only", "snapshot"), .help = "how it survives a restart" },                     \
	SECRET_ROW("password")

#define NO_ALIAS { "alias", FIELD_REFUSED, .help = "is for 'socketio' only: cache and queue are instances of their own" }

static const struct field cache_fields[] = { REDIS_ROWS("13000", "256M", "allkeys-lru", "none"), NO_ALIAS, END };
static const struct field queue_fields[] = { REDIS_ROWS("11000", "unlimited", "noeviction", "append_only"), NO_ALIAS, END };
static const struct field socketio_redis_fields[] = {
	REDIS_ROWS("12000", "unlimited", "noeviction", "none"),
	{ "alias", FIELD_TEXT, .offset = offsetof(struct redis, alias), .choices = WORDS("queue", "cache"),
	  .help = "the instance that serves instead, for frameworks that need no third one; then nothing else is written here" },
	END
};

static const struct field redis_fields[] = {
	{ "cache", FIELD_MAP, .offset = REDIS_CACHE * sizeof(struct redis), .fields = cache_fields,
	  .help = "what may be forgotten; evicts and keeps nothing" },
	{ "queue", FIELD_MAP, .offset = REDIS_QUEUE * sizeof(struct redis), .fields = queue_fields,
	  .help = "background jobs; never evicts and survives a crash" },
	{ "socketio", FIELD_MAP, .offset = REDIS_SOCKETIO * sizeof(struct redis), .fields = socketio_redis_fields,
	  .help = "live events passing through" },
	{ "external", FIELD_REFUSED, .help = "is not yet possible: the three Redis are inside the image" },
	END
};

static const struct field web_fields[] = {
	{ "port", PORT(offsetof(struct web, port)), .fallback = "8000", .help = "the bench's own port on 127.0.0.1, where its programs ask its sites; in production Nginx passes it on to Gunicorn's socket" },
	{ "workers", FIELD_COUNT, .offset = offsetof(struct web, workers), .min = 1, .max = 256, .zero = "auto", .fallback = "auto",
	  .help = "processes; auto: from processors and memory, at boot" },
	{ "threads", FIELD_COUNT, .offset = offsetof(struct web, threads), .min = 1, .max = 256, .fallback = "4",
	  .help = "threads in each process" },
	{ "timeout", FIELD_SECONDS, .offset = offsetof(struct web, timeout_seconds), .min = 1, .max = 86400, .fallback = "120",
	  .help = "longest request" },
	{ "max_requests", FIELD_COUNT, .offset = offsetof(struct web, max_requests), .min = 1, .max = 1000000000, .zero = "unlimited",
	  .fallback = "5000", .help = "requests after which a process is replaced" },
	{ "max_body", FIELD_SIZE, .offset = offsetof(struct web, max_body_bytes), .min = 1 << 10, .max = 1ull << 40, .fallback = "50M",
	  .help = "largest request, so largest upload" },
	END
};

static const struct field worker_fields[] = {
	{ "queues", FIELD_LIST, .required = true, .offset = offsetof(struct worker, queues), .min = 1, .max = 32, .pattern = &pattern_word,
	  .help = "queues it takes jobs from, most urgent first" },
	{ "count", FIELD_COUNT, .offset = offsetof(struct worker, count), .min = 1, .max = 256, .fallback = "1", .help = "processes" },
	{ "timeout", FIELD_SECONDS, .offset = offsetof(struct worker, timeout_seconds), .min = 1, .max = 86400, .fallback = "1500",
	  .help = "longest job: it is given this long to stop" },
	END
};

static const struct field nginx_fields[] = {
	{ "port", PORT(offsetof(struct nginx, port)), .fallback = "8080", .help = "the port the image listens on" },
	{ "unknown_host", FIELD_TEXT, .offset = offsetof(struct nginx, unknown_host), .pattern = &pattern_unknown_host,
	  .fallback = "refuse", .help = "refuse: a request for a host that no site has gets 404; or the site that answers it" },
	{ "connections_per_address", FIELD_COUNT, .offset = offsetof(struct nginx, connections_per_address), .min = 10, .max = 65535,
	  .zero = "unlimited", .fallback = "2000",
	  .help = "connections with a request in them that one visitor's address may have at once; more get 429. Everybody behind a proxy "
		  "that trusted_proxies does not name has one address" },
	{ "requests_per_second", FIELD_COUNT, .offset = offsetof(struct nginx, requests_per_second), .min = 10, .max = 1000000,
	  .zero = "unlimited", .fallback = "2000",
	  .help = "requests to the bench of one visitor's address, beside as many at once that are made up for later; more get 429" },
	{ "trusted_proxies", FIELD_LIST, .offset = offsetof(struct nginx, trusted_proxies), .max = 64, .pattern = &pattern_network,
	  .help = "networks of proxies in front: what they say in X-Forwarded-For and X-Forwarded-Proto of a visitor is believed" },
	END
};

static const struct field logs_fields[] = {
	{ "stdout", FIELD_ENUM, .offset = offsetof(struct logs, to_stdout), .choices = WORDS("all", "events"), .fallback = "all",
	  .help = "what the container's own log shows, beside the files on the volume: every program's lines, or Supervisor's and provisioning's alone" },
	END
};

static const struct field socketio_fields[] = {
	{ "port", PORT(0), .fallback = "9000", .help = "its port on 127.0.0.1" },
	END
};

static const struct field allow_fields[] = {
	{ "path", FIELD_TEXT, .required = true, .offset = offsetof(struct audit_allow, path), .pattern = &pattern_file_path,
	  .help = "the file's path in the image" },
	{ "sha256", FIELD_TEXT, .required = true, .offset = offsetof(struct audit_allow, sha256), .pattern = &pattern_sha256,
	  .help = "its SHA-256, as the audit shows it" },
	END
};

static const struct field audit_fields[] = {
	{ "allow", FIELD_LIST, .offset = 0, .max = 100, .fields = allow_fields, .item_size = sizeof(struct audit_allow),
	  .help = "files that are meant to be in the image although they look like secrets" },
	END
};

static const struct field upgrade_fields[] = {
	{ "on_failure", FIELD_ENUM, .offset = offsetof(struct upgrade, on_failure), .choices = WORDS("back", "hold", "exit"), .fallback = "back",
	  .help = "back: the data are put back as they were, for the image before; hold: they wait as the failure left them for benchctl upgrade; exit: back, and the container ends with 7" },
	{ "keep", FIELD_SECONDS, .offset = offsetof(struct upgrade, keep_seconds), .min = 60, .max = 366 * 86400,
	  .help = "how long the copy of the data of before is kept at most; until the next upgrade when absent" },
	END
};

#define KEPT(name_, member_, help_) { name_, FIELD_COUNT, .offset = offsetof(struct backup, member_), .max = 10000, .help = (help_) }

static const struct field backup_keep_fields[] = {
	KEPT("hourly", keep_hourly, "of so many last hours that have any, the newest of each hour"),
	KEPT("daily", keep_daily, "... of days"),
	KEPT("weekly", keep_weekly, "... of weeks"),
	KEPT("monthly", keep_monthly, "... of months"),
	END
};

static const struct field backup_fields[] = {
	{ "to", FIELD_TEXT, .offset = offsetof(struct backup, to), .pattern = &pattern_repository,
	  .help = "restic's repository: a folder of the instance, sftp:, s3: or rest:, without a password" },
	{ "schedule", FIELD_TEXT, .offset = offsetof(struct backup, schedule), .pattern = &pattern_schedule,
	  .help = "when a backup is made, in UTC; by a person's order alone when absent" },
	{ "keep", FIELD_MAP, .offset = 0, .fields = backup_keep_fields,
	  .help = "how many backups of this volume stay; every one when absent" },
	END
};

static const struct field disk_fields[] = {
	{ "size", FIELD_SIZE, .offset = offsetof(struct disk, size_bytes), .min = 2ull << 30, .max = 16ull << 40, .fallback = "8G",
	  .help = "the disk's size: a file takes only what is used, and data grows by itself on a larger disk" },
	{ "kernel", FIELD_TEXT, .offset = offsetof(struct disk, kernel), .pattern = &pattern_package,
	  .fallback = "linux-image-cloud-amd64", .help = "the kernel's Debian package; linux-image-amd64 for real machines" },
	{ "ssh", FIELD_BOOL, .offset = offsetof(struct disk, ssh), .fallback = "false",
	  .help = "an SSH server for root, by keys that the machine is given at its start; without any it does not start" },
	END
};

#define SAID(key, member, what) \
	{ key, FIELD_TEXT, .offset = offsetof(struct publication, member), .pattern = &pattern_said, .help = what }

static const struct field release_fields[] = {
	{ "documents", FIELD_LIST, .offset = offsetof(struct publication, documents), .min = 1, .max = DOCUMENT_COUNT, .items = FIELD_ENUM,
	  .choices = WORDS("spdx", "cyclonedx", "provenance"),
	  .help = "written beside the outputs and attached to the image: what it is made of (SPDX 2.3, CycloneDX 1.5), what it was built from (SLSA 1)" },
	{ "sums", FIELD_BOOL, .offset = offsetof(struct publication, sums), .fallback = "false",
	  .help = "NAME-VERSION.SHA256SUMS beside the outputs, for sha256sum -c" },
	SAID("title", title, "the image's title for people; its name when absent"),
	SAID("description", description, "what it is, in a sentence"),
	SAID("source", source, "where the recipe is kept, as a URL"),
	SAID("revision", revision, "the commit of that"),
	SAID("licenses", licenses, "the licences of what is released, as an SPDX expression"),
	SAID("vendor", vendor, "who releases it"),
	SAID("authors", authors, "whom to write to"),
	SAID("url", url, "where more is to be read"),
	SAID("documentation", documentation, "where its documentation is"),
	END
};

const struct field recipe_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct recipe, name), .pattern = &pattern_name,
	  .help = "the image's name" },
	{ "version", FIELD_TEXT, .offset = offsetof(struct recipe, version), .pattern = &pattern_version, .fallback = "latest",
	  .help = "the image's version: its tag" },
	{ "mode", FIELD_ENUM, .offset = offsetof(struct recipe, mode), .choices = WORDS("production", "development"),
	  .fallback = "production", .help = "development: Werkzeug and a Procfile instead of Gunicorn and Nginx" },
	{ "framework", FIELD_TEXT, .offset = offsetof(struct recipe, framework), .pattern = &pattern_framework, .fallback = "auto",
	  .help = "a file of services/frameworks, or one's own as ./FILE.yml; auto: told by the first app" },
	{ "resolve", FIELD_ENUM, .offset = offsetof(struct recipe, resolve), .choices = WORDS("commit", "newest"), .fallback = "commit",
	  .help = "which Python packages may be chosen for what apps leave open: those that there were at the newest commit of an app from git, or the newest there are" },
	{ "base", FIELD_MAP, .required = true, .offset = offsetof(struct recipe, base), .fields = base_fields,
	  .help = "the Debian system below the bench" },
	{ "runtime", FIELD_MAP, .offset = offsetof(struct recipe, runtime), .fields = runtime_fields,
	  .help = "the Python and the Node that the apps run on, where the suite's own are not the ones" },
	{ "apps", FIELD_LIST, .required = true, .offset = offsetof(struct recipe, apps), .min = 1, .max = 100, .fields = app_fields,
	  .item_size = sizeof(struct app), .item_mark = offsetof(struct app, at),
	  .help = "applications, the framework's own first; each from one of git, archive or path" },
	{ "overrides", FIELD_LIST, .offset = offsetof(struct recipe, overrides), .max = 100, .fields = override_fields,
	  .item_size = sizeof(struct app), .item_mark = offsetof(struct app, at),
	  .help = "Node packages that apps name and that are taken from elsewhere, such as a git host's that cannot be reached" },
	{ "tests", FIELD_BOOL, .offset = offsetof(struct recipe, tests), .fallback = "false",
	  .help = "Python packages that apps want for their tests alone are there, as in mode development" },
	{ "source_maps", FIELD_BOOL, .offset = offsetof(struct recipe, source_maps), .fallback = "false",
	  .help = "maps from built assets to their sources are served, too" },
	{ "keep_node_modules", FIELD_LIST, .offset = offsetof(struct recipe, keep_node_modules), .max = 1000, .pattern = &pattern_override,
	  .help = "Node packages that stay in the image with what they need, although no program or page refers to them by name" },
	{ "sites", FIELD_LIST, .required = true, .offset = offsetof(struct recipe, sites), .max = 500, .fields = site_fields,
	  .item_size = sizeof(struct site), .item_mark = offsetof(struct site, at), .help = "tenants, each with its own database and files" },
	{ "templates", FIELD_LIST, .offset = offsetof(struct recipe, templates), .max = 100, .fields = template_fields,
	  .item_size = sizeof(struct site), .item_mark = offsetof(struct site, at),
	  .help = "what sites are like that are added later, so that sites may be []: benchctl add-site SITE --template NAME; the first one without --template, where the recipe has no site; with prebake each is made while the image is built, and add-site copies it" },
	{ "prebake", FIELD_BOOL, .offset = offsetof(struct recipe, prebake), .fallback = "false",
	  .help = "the sites are made while the image is built, without any secret, and get their own at the first boot, in seconds; a build makes them anew when a file has changed that their creation reads" },
	{ "mariadb", FIELD_MAP, .offset = offsetof(struct recipe, mariadb), .fields = mariadb_fields, .help = "the database server" },
	{ "redis", FIELD_MAP, .offset = offsetof(struct recipe, redis), .fields = redis_fields, .help = "the three Redis instances" },
	{ "web", FIELD_MAP, .offset = offsetof(struct recipe, web), .fields = web_fields, .help = "the web server behind Nginx" },
	{ "workers", FIELD_LIST, .offset = offsetof(struct recipe, workers), .min = 1, .max = 64, .fields = worker_fields,
	  .item_size = sizeof(struct worker),
	  .fallback = "[{queues: [short, default], timeout: 5m}, {queues: [long, default, short], timeout: 25m}]",
	  .help = "background workers" },
	{ "nginx", FIELD_MAP, .offset = offsetof(struct recipe, nginx), .fields = nginx_fields, .help = "the door of the image" },
	{ "socketio", FIELD_MAP, .offset = offsetof(struct recipe, socketio_port), .fields = socketio_fields, .help = "the live-event server" },
	{ "logs", FIELD_MAP, .offset = offsetof(struct recipe, logs), .fields = logs_fields, .help = "where programs' lines are shown" },
	{ "upgrade", FIELD_MAP, .offset = offsetof(struct recipe, upgrade), .fields = upgrade_fields,
	  .help = "a start on data of other apps, which migrates them" },
	{ "pdf", FIELD_ENUM, .offset = offsetof(struct recipe, pdf), .choices = WORDS("none", "chromium", "wkhtmltopdf"), .fallback = "none",
	  .help = "the program that makes PDF files of pages, by the command of that name; the sites' names lead to the bench itself then, unless proxies are trusted" },
	{ "fonts", FIELD_LIST, .offset = offsetof(struct recipe, fonts), .max = 64, .pattern = &pattern_package,
	  .help = "Debian's packages of fonts without fonts-: dejavu, liberation, noto-core, noto-cjk, noto-color-emoji and so on" },
	{ "outputs", FIELD_LIST, .offset = offsetof(struct recipe, outputs), .min = 1, .max = 8, .items = FIELD_ENUM,
	  .choices = output_words, .later = WORDS("vhd"), .fallback = "[oci, docker]",
	  .pattern = &pattern_registry, .others = offsetof(struct recipe, registries),
	  .help = "what is written: an OCI layout, an archive for docker load, a bootable disk as it is, for QEMU, for VMware, or compressed; and where a build pushes the image to once all is written" },
	{ "tls", FIELD_REFUSED, .help = "is not yet possible: put a proxy that speaks TLS before the container and its network in nginx.trusted_proxies" },
	{ "backup", FIELD_MAP, .offset = offsetof(struct recipe, backup), .fields = backup_fields,
	  .help = "where benchctl backup keeps the data; without it the image has no restic" },
	{ "disk", FIELD_MAP, .offset = offsetof(struct recipe, disk), .fields = disk_fields, .help = "the bootable disk, for outputs that are one" },
	{ "release", FIELD_MAP, .offset = offsetof(struct recipe, release), .fields = release_fields,
	  .help = "what the image says of itself (OCI annotations), and what goes with the outputs" },
	{ "audit", FIELD_MAP, .offset = offsetof(struct recipe, allow), .fields = audit_fields, .help = "the look for secrets in what was built" },
	{ "kernel", FIELD_REFUSED, .help = "is a key of 'disk'" },
	{ "processes", FIELD_REFUSED, .help = "is not yet possible: the framework's file names the processes" },
	{ "files", FIELD_REFUSED, .help = "is not yet possible: put files into an app" },
	{ "role", FIELD_REFUSED, .help = "is not yet possible: every image runs the whole bench" },
	{ "mail", FIELD_REFUSED, .help = "is not yet possible: set mail up in each site" },
	END
};
