/* SPDX-License-Identifier: MIT */
#include "prebake/canary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "lib/durable.h"
#include "lib/secret.h"
#include "prebake/prebake.h"

/* The marker word, then random letters up to the length of that kind of secret. A Fernet key stays valid:
 * the word is base64, too. */
static char *make(enum secret_kind kind)
{
	AUTO_FREE char *made = secret_make(kind);

	return mem_printf("%s%s", PREBAKE_CANARY, made + strlen(PREBAKE_CANARY));
}

static struct err *plant_site(const struct bench *b, const char *site)
{
	static const struct {
		const char *name;
		enum secret_kind kind;
	} secrets[] = {
		{ "admin_password", SECRET_READABLE },
		{ "db_password", SECRET_WORD },
		{ "encryption_key", SECRET_FERNET },
	};
	AUTO_FREE char *folder = mem_printf("%s/secrets/%s", b->data, site);

	TRY(durable_folder(folder, 0700, &durable_root));
	for (size_t i = 0; i < COUNT(secrets); i++) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, secrets[i].name),
			       *value = make(secrets[i].kind);
		TRY(secret_write(path, value));
	}
	return NULL;
}

struct err *canary_plant(const struct bench *b)
{
	for (size_t i = 0; i < b->sites.count; i++)
		TRY(plant_site(b, b->sites.items[i].name));
	return NULL;
}

static struct err *search_file(const char *path, size_t size, const char *word, char **ret_where)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	void *bytes = fd < 0 || !size ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (!size)
		return NULL;
	if (bytes == MAP_FAILED)
		return err_errno(errno, "read %s", path);
	if (memmem(bytes, size, word, strlen(word)))
		*ret_where = mem_dup(path);
	munmap(bytes, size);
	return NULL;
}

static struct err *search_folder(const char *folder, const char *word, char **ret_where)
{
	DIR *dir = opendir(folder);
	struct err *e = NULL;

	if (!dir)
		return err_errno(errno, "%s", folder);
	for (struct dirent *d; !e && !*ret_where && (d = readdir(dir));) {
		AUTO_FREE char *path = mem_printf("%s/%s", folder, d->d_name);
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			e = canary_find(path, word, ret_where);
	}
	closedir(dir);
	return e;
}

struct err *canary_find(const char *path, const char *word, char **ret_where)
{
	struct stat st;

	*ret_where = NULL;
	if (lstat(path, &st) < 0)
		return err_errno(errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return search_folder(path, word, ret_where);
	return S_ISREG(st.st_mode) ? search_file(path, (size_t)st.st_size, word, ret_where) : NULL;
}

struct err *canary_search(const char *folder, const char *word)
{
	AUTO_FREE char *path = NULL;

	TRY(canary_find(folder, word, &path));
	return path ? err_new(ERR_BUILD,
			      "%s holds a password or key of the build: sites cannot be prebaked with this "
			      "app; have the framework's site_seal remove it, or set prebake: false",
			      path) :
		      NULL;
}
