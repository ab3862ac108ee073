/* SPDX-License-Identifier: MIT */
#include "lib/environment.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "lib/log.h"

#define VALUE_LIMIT 4096

enum kind { TEXT, FLAG, SECRET, SECONDS };

static const struct known {
	const char *name;
	int kind; /* enum kind */
} known[] = {
	{ "MKBENCH_ADMIN_PASSWORD", SECRET },  { "MKBENCH_BACK", TEXT },
	{ "MKBENCH_BACKUP_KEY", SECRET },      { "MKBENCH_BACKUP_KEY_ID", SECRET },
	{ "MKBENCH_BACKUP_PASSWORD", SECRET }, { "MKBENCH_BACKUP_SSH_KEY", SECRET },
	{ "MKBENCH_BACKUP_TO", SECRET },       { "MKBENCH_BENCH", TEXT },
	{ "MKBENCH_CRASH_AT", TEXT },	       { "MKBENCH_EPHEMERAL", FLAG },
	{ "MKBENCH_REHEARSE", FLAG },	       { "MKBENCH_RESTORE", SECRET },
	{ "MKBENCH_STOP_SECONDS", SECONDS },   { "MKBENCH_VOLUME_ID", TEXT },
};

static bool is_yes(const char *value)
{
	return !strcmp(value, "1") || !strcasecmp(value, "true") || !strcasecmp(value, "yes") ||
	       !strcasecmp(value, "on");
}

static bool is_no(const char *value)
{
	return !*value || !strcmp(value, "0") || !strcasecmp(value, "false") || !strcasecmp(value, "no") ||
	       !strcasecmp(value, "off");
}

static const struct known *find(const char *name, size_t len, bool *ret_file)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		size_t n = strlen(known[i].name);
		if (strncmp(known[i].name, name, n))
			continue;
		*ret_file = known[i].kind == SECRET && len == n + 5 && !strncmp(name + n, "_FILE", 5);
		if (len == n || *ret_file)
			return &known[i];
	}
	return NULL;
}

static void say_unknown(const char *name)
{
	const char *names[COUNT(known)];

	for (size_t i = 0; i < COUNT(known); i++)
		names[i] = known[i].name;
	const char *near = text_nearest(name, names, COUNT(names));
	log_line("warning: no setting is called %s%s%s", name, near ? ": did you mean " : "",
		 near ? near : "");
}

static bool is_seconds(const char *value)
{
	unsigned long n = strspn(value, "0123456789") == strlen(value) ? strtoul(value, NULL, 10) : 0;

	return n >= 1 && n <= 3600;
}

/* A secret's file is read when the secret is wanted, which may be tomorrow's backup. */
static void warn_unread(const char *name, const char *path)
{
	if (access(path, R_OK) < 0)
		log_line("warning: %s: %s: %s", name, path, strerror(errno));
}

struct err *environment_check(char **environment)
{
	for (; *environment; environment++) {
		if (!text_starts(*environment, "MKBENCH_"))
			continue;
		bool file = false;
		size_t len = strcspn(*environment, "=");
		AUTO_FREE char *name = mem_ndup(*environment, len);
		const char *value = (*environment)[len] ? *environment + len + 1 : "";
		const struct known *k = find(name, len, &file);
		if (!k) {
			say_unknown(name);
			continue;
		}
		if (k->kind == FLAG && !is_yes(value) && !is_no(value))
			return err_new(ERR_USAGE, "%s must be 1 or 0, not '%s'", name, value);
		if (k->kind == SECONDS && *value && !is_seconds(value))
			return err_new(ERR_USAGE, "%s must be a number of seconds, 1 to 3600, not '%s'", name,
				       value);
		const char *twin = file && *value ? getenv(k->name) : NULL;
		if (twin && *twin)
			return err_new(ERR_USAGE, "%s and %s are both given: keep one", k->name, name);
		if (file && *value)
			warn_unread(name, value);
	}
	return NULL;
}

static struct err *check_text(const char *where, const char *value, size_t len)
{
	if (len > VALUE_LIMIT)
		return err_new(ERR_USAGE, "%s holds %zu bytes, at most %d are allowed", where, len,
			       VALUE_LIMIT);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return err_new(ERR_USAGE, "%s holds a line break or another control character",
				       where);
	json_t *utf8 = json_stringn(value, len);
	if (!utf8)
		return err_new(ERR_USAGE, "%s is not UTF-8", where);
	json_decref(utf8);
	if (len > 1 && value[0] == value[len - 1] && strchr("'\"", value[0]))
		log_line("warning: the quotes around %s are part of its value", where);
	return NULL;
}

static struct err *read_secret(const char *name, const char *path, char **ret)
{
	AUTO_FREE char *where = mem_printf("%s_FILE (%s)", name, path);
	AUTO_FREE char *bytes = NULL;
	size_t len;
	struct stat st;
	struct err *e = file_read(path, VALUE_LIMIT + 2, &bytes, &len);

	if (e) {
		AUTO_FREE char *why = err_text(e);
		err_free(e);
		return err_new(ERR_USAGE, "%s_FILE: %s", name, why);
	}
	if (len && bytes[len - 1] == '\n')
		len--;
	if (len && bytes[len - 1] == '\r')
		len--;
	if (!len)
		return err_new(ERR_USAGE, "%s is empty", where);
	TRY(check_text(where, bytes, len));
	if (!stat(path, &st) && (st.st_mode & S_IROTH))
		log_line("warning: everybody can read %s", where);
	*ret = mem_ndup(bytes, len);
	return NULL;
}

struct err *environment_text(const char *name, char **ret)
{
	AUTO_FREE char *file_name = mem_printf("%s_FILE", name);
	const char *value = getenv(name), *path = getenv(file_name);

	*ret = NULL;
	if (path && *path && value && *value)
		return err_new(ERR_USAGE, "%s and %s are both given: keep one", name, file_name);
	if (path && *path)
		return read_secret(name, path, ret);
	if (!value || !*value)
		return NULL;
	TRY(check_text(name, value, strlen(value)));
	*ret = mem_dup(value);
	return NULL;
}

bool environment_is_known(const char *name)
{
	bool file;

	return find(name, strlen(name), &file);
}

bool environment_is_secret(const char *name)
{
	bool file = false;
	const struct known *k = find(name, strlen(name), &file);

	return k && k->kind == SECRET && !file;
}

bool environment_flag(const char *name)
{
	const char *value = getenv(name);

	return value && is_yes(value);
}

char **environment_environment(char **environment)
{
	static const char *const dropped[] = {
		"MKBENCH_",	 "LD_",	      "PYTHONPATH=", "PYTHONHOME=",    "PYTHONSTARTUP=",
		"NODE_OPTIONS=", "BASH_ENV=", "ENV=",	     "NOTIFY_SOCKET=",
	};
	size_t count = 0, kept = 0;

	while (environment[count])
		count++;
	char **list = mem_array(count + 1, sizeof *list);
	for (size_t i = 0; i < count; i++) {
		bool drop = false;
		for (size_t k = 0; k < COUNT(dropped); k++)
			drop |= text_starts(environment[i], dropped[k]);
		if (!drop)
			list[kept++] = environment[i];
	}
	return list;
}
