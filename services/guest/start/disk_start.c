/* SPDX-License-Identifier: MIT */
#include "start/disk_start.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "disk/credential.h"
#include "start/init.h"
#include "lib/console_notice.h"
#include "lib/log.h"
#include "lib/environment.h"

static struct err *take(const char *folder, const char *name)
{
	AUTO_FREE char *path = mem_printf("%s/%s", folder, name), *value = NULL;
	size_t len = 0;

	if (environment_is_secret(name)) {
		AUTO_FREE char *variable = mem_printf("%s_FILE", name);
		setenv(variable, path, 1);
		return NULL;
	}
	TRY(file_read(path, CREDENTIAL_LIMIT, &value, &len));
	value[strcspn(value, "\n")] = '\0';
	setenv(name, value, 1);
	return NULL;
}

static void take_all(const char *folder)
{
	DIR *dir = opendir(folder);

	for (struct dirent *d; dir && (d = readdir(dir));) {
		bool known = environment_is_known(d->d_name);
		struct err *e = known ? take(folder, d->d_name) : NULL;
		if (e)
			log_err(e, "the credential %s is left out", d->d_name);
		if (!known && text_starts(d->d_name, "MKBENCH_"))
			console_notice("no setting is called %s: this credential changes nothing", d->d_name);
	}
	if (dir)
		closedir(dir);
}

int disk_start_main(int argc, char **argv)
{
	(void)argc;
	for (size_t i = 0; i < COUNT(credential_folders); i++)
		take_all(credential_folders[i]);
	return init_main(1, argv);
}
