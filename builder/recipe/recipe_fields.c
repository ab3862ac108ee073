/* SPDX-License-Identifier: MIT */
/* The field table of a recipe. */
#include "recipe/pattern.h"
#include "recipe/section_fields.h"

static const struct field site_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct site, name),
	  .pattern = &pattern_site, .help = "the site's name, which is also its first host name" },
	{ "hosts", FIELD_LIST, .offset = offsetof(struct site, hosts), .max = 20, .pattern = &pattern_host,
	  .help = "more host names it answers to" },
	{ "apps", FIELD_LIST, .offset = offsetof(struct site, apps), .max = 100, .pattern = &pattern_app,
	  .help = "the apps it installs; every app of the recipe when absent" },
	{ "time_zone", FIELD_TEXT, .offset = offsetof(struct site, time_zone), .pattern = &pattern_zone,
	  .fallback = "UTC", .help = "its time zone" },
	{ "language", FIELD_TEXT, .offset = offsetof(struct site, language), .pattern = &pattern_language,
	  .fallback = "en", .help = "its language" },
	{ "developer_mode", FIELD_BOOL, .offset = offsetof(struct site, developer_mode), .fallback = "false",
	  .help = "changes made in the desk are written into the apps' source, which stays the bench user's "
		  "then; not for disks, which have it in memory" },
	{ "admin_password", FIELD_ENUM, .offset = offsetof(struct site, admin_password),
	  .choices = WORDS("generate", "env", "file"), .secret = true, .fallback = "generate",
	  .help = "where the first boot takes the administrator's password from: made up and kept in the "
		  "volume, the environment variable MKBENCH_ADMIN_PASSWORD, or the file that "
		  "MKBENCH_ADMIN_PASSWORD_FILE names" },
	SECRET_ROW("password"),
	END,
};

static const struct field template_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct site, name),
	  .pattern = &pattern_site, .help = "a word of one's own, such as shop" },
	{ "apps", FIELD_LIST, .offset = offsetof(struct site, apps), .max = 100, .pattern = &pattern_app,
	  .help = "the apps that such a site gets; every app of the recipe when absent" },
	{ "time_zone", FIELD_TEXT, .offset = offsetof(struct site, time_zone), .pattern = &pattern_zone,
	  .fallback = "UTC", .help = "its time zone" },
	{ "language", FIELD_TEXT, .offset = offsetof(struct site, language), .pattern = &pattern_language,
	  .fallback = "en", .help = "its language" },
	END,
};

static const struct field logs_fields[] = {
	{ "stdout", FIELD_ENUM, .offset = offsetof(struct logs, to_stdout), .choices = WORDS("all", "events"),
	  .fallback = "all",
	  .help = "what the container's own log shows, beside the files on the volume: every program's "
		  "lines, or Supervisor's and provisioning's alone" },
	END,
};

static const struct field allow_fields[] = {
	{ "path", FIELD_TEXT, .required = true, .offset = offsetof(struct audit_allow, path),
	  .pattern = &pattern_file_path, .help = "the file's path in the image" },
	{ "sha256", FIELD_TEXT, .required = true, .offset = offsetof(struct audit_allow, sha256),
	  .pattern = &pattern_sha256, .help = "its SHA-256, as the audit shows it" },
	END,
};

static const struct field audit_fields[] = {
	{ "allow", FIELD_LIST, .offset = 0, .max = 100, .fields = allow_fields,
	  .item_size = sizeof(struct audit_allow),
	  .help = "files that are meant to be in the image although they look like secrets" },
	END,
};

static const struct field upgrade_fields[] = {
	{ "on_failure", FIELD_ENUM, .offset = offsetof(struct upgrade, on_failure),
	  .choices = WORDS("back", "hold", "exit"), .fallback = "back",
	  .help = "back: restore the data for the old image; hold: keep them as the failure left them, for "
		  "benchctl upgrade; exit: restore them, then end the container with status 7" },
	{ "keep", FIELD_SECONDS, .offset = offsetof(struct upgrade, keep_seconds), .min = 60,
	  .max = 366 * 86400,
	  .help = "how long the copy of the data of before is kept at most; until the next upgrade when "
		  "absent" },
	END,
};

/* clang-format off */
#define KEPT(name_, member_, help_) \
	{ name_, FIELD_COUNT, .offset = offsetof(struct backup, member_), .max = 10000, .help = (help_) }
/* clang-format on */

static const struct field backup_keep_fields[] = {
	KEPT("hourly", keep_hourly, "keep the newest backup of each of the last N hours that have one"),
	KEPT("daily", keep_daily, "... of days"),
	KEPT("weekly", keep_weekly, "... of weeks"),
	KEPT("monthly", keep_monthly, "... of months"),
	END,
};

static const struct field backup_fields[] = {
	{ "to", FIELD_TEXT, .offset = offsetof(struct backup, to), .pattern = &pattern_repository,
	  .help = "restic's repository: a folder of the instance, sftp:, s3: or rest:, without a password" },
	{ "schedule", FIELD_TEXT, .offset = offsetof(struct backup, schedule), .pattern = &pattern_schedule,
	  .help = "when a backup is made, in UTC; by a person's order alone when absent" },
	{ "keep", FIELD_MAP, .offset = 0, .fields = backup_keep_fields,
	  .help = "how many backups of this volume stay; every one when absent" },
	END,
};

static const struct field disk_fields[] = {
	{ "size", FIELD_SIZE, .offset = offsetof(struct disk, size_bytes), .min = 2ull << 30,
	  .max = 16ull << 40, .fallback = "8G",
	  .help = "the disk's size: a file takes only what is used, and data grows by itself on a larger "
		  "disk" },
	{ "kernel", FIELD_TEXT, .offset = offsetof(struct disk, kernel), .pattern = &pattern_package,
	  .fallback = "linux-image-cloud-amd64",
	  .help = "the kernel's Debian package; linux-image-amd64 for real machines" },
	{ "ssh", FIELD_BOOL, .offset = offsetof(struct disk, ssh), .fallback = "false",
	  .help = "an SSH server for root, by keys that the machine is given at its start; without any it "
		  "does not start" },
	END,
};

/* clang-format off */
#define SAID(key, member, what) \
	{ key, FIELD_TEXT, .offset = offsetof(struct publication, member), .pattern = &pattern_said, \
	  .help = what }
/* clang-format on */

static const struct field release_fields[] = {
	{ "documents", FIELD_LIST, .offset = offsetof(struct publication, documents), .min = 1,
	  .max = DOCUMENT_COUNT, .items = FIELD_ENUM, .choices = WORDS("spdx", "cyclonedx", "provenance"),
	  .help = "written beside the outputs and attached to the image: what it is made of (SPDX 2.3, "
		  "CycloneDX 1.5), what it was built from (SLSA 1)" },
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
	END,
};

const struct field recipe_fields[] = {
	{ "name", FIELD_TEXT, .required = true, .offset = offsetof(struct recipe, name),
	  .pattern = &pattern_name, .help = "the image's name" },
	{ "version", FIELD_TEXT, .offset = offsetof(struct recipe, version), .pattern = &pattern_version,
	  .fallback = "latest", .help = "the image's version: its tag" },
	{ "mode", FIELD_ENUM, .offset = offsetof(struct recipe, mode),
	  .choices = WORDS("production", "development"), .fallback = "production",
	  .help = "development: Werkzeug and a Procfile instead of Gunicorn and Nginx" },
	{ "framework", FIELD_TEXT, .offset = offsetof(struct recipe, framework),
	  .pattern = &pattern_framework, .fallback = "auto",
	  .help = "a file of services/frameworks, or one's own as ./FILE.yml; auto: from the first app" },
	{ "resolve", FIELD_ENUM, .offset = offsetof(struct recipe, resolve),
	  .choices = WORDS("commit", "newest"), .fallback = "commit",
	  .help = "which Python packages may be chosen for what apps leave open: those that there were at "
		  "the newest commit of an app from git, or the newest there are" },
	{ "base", FIELD_MAP, .required = true, .offset = offsetof(struct recipe, base), .fields = base_fields,
	  .help = "the Debian system below the bench" },
	{ "runtime", FIELD_MAP, .offset = offsetof(struct recipe, runtime), .fields = app_fields_runtime,
	  .help = "the Python and the Node that the apps run on, where the suite's own are not the ones" },
	{ "apps", FIELD_LIST, .required = true, .offset = offsetof(struct recipe, apps), .min = 1, .max = 100,
	  .fields = app_fields, .item_size = sizeof(struct app), .item_mark = offsetof(struct app, at),
	  .help = "applications, the framework's own first; each from one of git, archive or path" },
	{ "overrides", FIELD_LIST, .offset = offsetof(struct recipe, overrides), .max = 100,
	  .fields = app_fields_override, .item_size = sizeof(struct app),
	  .item_mark = offsetof(struct app, at),
	  .help = "Node packages that apps name and that are taken from elsewhere, such as a git host's that "
		  "cannot be reached" },
	{ "tests", FIELD_BOOL, .offset = offsetof(struct recipe, tests), .fallback = "false",
	  .help = "Python packages that apps want for their tests alone are there, as in mode development" },
	{ "source_maps", FIELD_BOOL, .offset = offsetof(struct recipe, source_maps), .fallback = "false",
	  .help = "also serve source maps of built assets" },
	{ "keep_node_modules", FIELD_LIST, .offset = offsetof(struct recipe, keep_node_modules), .max = 1000,
	  .pattern = &pattern_override,
	  .help = "Node packages that stay in the image with what they need, although no program or page "
		  "refers to them by name" },
	{ "sites", FIELD_LIST, .required = true, .offset = offsetof(struct recipe, sites), .max = 500,
	  .fields = site_fields, .item_size = sizeof(struct site), .item_mark = offsetof(struct site, at),
	  .help = "tenants, each with its own database and files" },
	{ "templates", FIELD_LIST, .offset = offsetof(struct recipe, templates), .max = 100,
	  .fields = template_fields, .item_size = sizeof(struct site), .item_mark = offsetof(struct site, at),
	  .help = "what sites are like that benchctl add-site --template adds later; then sites may be []" },
	{ "prebake", FIELD_BOOL, .offset = offsetof(struct recipe, prebake), .fallback = "false",
	  .help = "the sites are made while the image is built, without any secret, and get their own at the "
		  "first boot, in seconds; a build makes them anew when a file has changed that their "
		  "creation reads" },
	{ "mariadb", FIELD_MAP, .offset = offsetof(struct recipe, mariadb), .fields = server_fields_mariadb,
	  .help = "the database server" },
	{ "redis", FIELD_MAP, .offset = offsetof(struct recipe, redis), .fields = server_fields_redis,
	  .help = "the three Redis instances" },
	{ "web", FIELD_MAP, .offset = offsetof(struct recipe, web), .fields = server_fields_web,
	  .help = "the web server behind Nginx" },
	{ "workers", FIELD_LIST, .offset = offsetof(struct recipe, workers), .min = 1, .max = 64,
	  .fields = server_fields_workers, .item_size = sizeof(struct worker),
	  .fallback =
		  "[{queues: [short, default], timeout: 5m}, {queues: [long, default, short], timeout: 25m}]",
	  .help = "background workers" },
	{ "nginx", FIELD_MAP, .offset = offsetof(struct recipe, nginx), .fields = server_fields_nginx,
	  .help = "the door of the image" },
	{ "socketio", FIELD_MAP, .offset = offsetof(struct recipe, socketio_port),
	  .fields = server_fields_socketio, .help = "the live-event server" },
	{ "logs", FIELD_MAP, .offset = offsetof(struct recipe, logs), .fields = logs_fields,
	  .help = "where programs' lines are shown" },
	{ "upgrade", FIELD_MAP, .offset = offsetof(struct recipe, upgrade), .fields = upgrade_fields,
	  .help = "a start on data of other apps, which migrates them" },
	{ "pdf", FIELD_ENUM, .offset = offsetof(struct recipe, pdf),
	  .choices = WORDS("none", "chromium", "wkhtmltopdf"), .fallback = "none",
	  .help = "the program that makes PDF files of pages, by the command of that name; the sites' names "
		  "lead to the bench itself then, unless proxies are trusted" },
	{ "fonts", FIELD_LIST, .offset = offsetof(struct recipe, fonts), .max = 64,
	  .pattern = &pattern_package,
	  .help = "Debian's packages of fonts without fonts-: dejavu, liberation, noto-core, noto-cjk, "
		  "noto-color-emoji and so on" },
	{ "outputs", FIELD_LIST, .offset = offsetof(struct recipe, outputs), .min = 1, .max = 8,
	  .items = FIELD_ENUM, .choices = output_words, .later = WORDS("vhd"), .fallback = "[oci, docker]",
	  .pattern = &pattern_registry, .others = offsetof(struct recipe, registries),
	  .help = "what is written: an OCI layout, an archive for docker load, a bootable disk as it is, for "
		  "QEMU, for VMware, or compressed; and where a build pushes the image to once all is "
		  "written" },
	{ "tls", FIELD_REFUSED,
	  .help = "is not yet possible: put a proxy that speaks TLS before the container and its network in "
		  "nginx.trusted_proxies" },
	{ "backup", FIELD_MAP, .offset = offsetof(struct recipe, backup), .fields = backup_fields,
	  .help = "where benchctl backup keeps the data; without it the image has no restic" },
	{ "disk", FIELD_MAP, .offset = offsetof(struct recipe, disk), .fields = disk_fields,
	  .help = "the bootable disk, for outputs that are one" },
	{ "release", FIELD_MAP, .offset = offsetof(struct recipe, release), .fields = release_fields,
	  .help = "what the image says of itself (OCI annotations), and what goes with the outputs" },
	{ "audit", FIELD_MAP, .offset = offsetof(struct recipe, allow), .fields = audit_fields,
	  .help = "the audit for secrets in what was built" },
	{ "kernel", FIELD_REFUSED, .help = "is a key of 'disk'" },
	{ "processes", FIELD_REFUSED,
	  .help = "is not yet possible: the framework's file names the processes" },
	{ "files", FIELD_REFUSED, .help = "is not yet possible: put files into an app" },
	{ "role", FIELD_REFUSED, .help = "is not yet possible: every image runs the whole bench" },
	{ "mail", FIELD_REFUSED, .help = "is not yet possible: set mail up in each site" },
	END,
};
