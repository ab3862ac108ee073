/* SPDX-License-Identifier: MIT */
#include "engine/machine.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/qemu_disks.h"
#include "engine/qemu_option.h"

#define DATA_SERIAL "mkbench-data" /* services/guest/disk/datafs.h */

#define MEMORY_MB 2048
#define CPUS 2

struct words {
	const char **items;
	size_t count, room;
};

const char *machine_option_used(const struct machine *m)
{
	return m->accelerator ? "--accel" :
	       m->firmware    ? "--firmware" :
	       m->memory_mb   ? "--memory" :
	       m->cpus	      ? "--cpus" :
				NULL;
}

char *machine_path(const char *name, const char *file)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (data && *data)
		return mem_printf("%s/mkbench/%s/%s", data, name, file);
	return mem_printf("%s/.local/share/mkbench/%s/%s", home ? home : "", name, file);
}

char *machine_names(const char *file)
{
	AUTO_FREE char *all = machine_path(".", ".");
	DIR *dir = opendir(all);
	struct text names = { 0 };

	for (struct dirent *d; dir && (d = readdir(dir));) {
		AUTO_FREE char *mark = machine_path(d->d_name, file);
		if (*d->d_name != '.' && !access(mark, F_OK))
			text_printf(&names, "%s\n", d->d_name);
	}
	if (dir)
		closedir(dir);
	return text_take(&names);
}

static void add(struct words *w, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		VEC_PUSH(w, words[i]);
}

/* A credential for the machine: its file, and the option that names it. */
struct credential {
	char *path, *option;
};

/* Passed as files, because everyone on the host can read a command line; systemd.system-credentials(7) has
 * the form. */
static struct err *write_credentials(const struct launch *l, struct credential *ret, size_t *ret_count)
{
	for (const char *const *pair = l->env; pair && *pair; pair++) {
		struct credential *c = &ret[*ret_count];
		AUTO_FREE char *file = mem_printf("credential-%zu", (*ret_count)++),
			       *text = mem_printf("io.systemd.credential:%s", *pair);
		c->path = machine_path(l->name, file);
		c->option = qemu_option("type=11,path=", c->path);
		TRY(file_write(c->path, text, strlen(text), 0600));
	}
	return NULL;
}

static struct err *start(const struct launch *l, const struct qemu_disks *d, const char *accelerator,
			 const struct credential *credentials, size_t count)
{
	AUTO_FREE char *pid = machine_path(l->name, "qemu.pid"), *console = machine_path(l->name, "console");
	AUTO_FREE char *agent = machine_path(l->name, "agent"), *qmp = machine_path(l->name, "qmp");
	AUTO_FREE char *serial = qemu_option("file:", console),
		       *monitor = mem_printf("unix:%s,server=on,wait=off", qmp);
	AUTO_FREE char *channel = qemu_option("socket,id=agent,server=on,wait=off,path=", agent);
	AUTO_FREE char *memory = mem_printf("%uM", l->machine.memory_mb ? l->machine.memory_mb : MEMORY_MB);
	AUTO_FREE char *cpus = mem_printf("%u", l->machine.cpus ? l->machine.cpus : CPUS);
	const char *processor = strcmp(accelerator, "kvm") ? "max" : "host";
	/* clang-format off */
	const char *const base[] = {
		"qemu-system-x86_64", "-accel", accelerator, "-cpu", processor, "-m", memory, "-smp", cpus,
		"-display", "none", "-no-reboot", "-daemonize", "-pidfile", pid,
		"-drive", d->image, "-device", "virtio-blk-pci,drive=image,bootindex=0",
		"-nic", "user,id=net,model=virtio", "-serial", serial, "-qmp", monitor,
		"-device", "virtio-serial", "-chardev", channel,
		"-device", "virtserialport,chardev=agent,name=org.mkbench.agent",
	};
	/* clang-format on */
	const char *const data[] = { "-drive", d->data, "-device",
				     "virtio-blk-pci,drive=data,serial=" DATA_SERIAL };
	const char *const code[] = { "-drive", d->code }, *const variables[] = { "-drive", d->variables };
	struct words argv = { 0 };

	add(&argv, base, COUNT(base));
	add(&argv, data, d->data ? COUNT(data) : 0);
	add(&argv, code, d->code ? COUNT(code) : 0);
	add(&argv, variables, d->variables ? COUNT(variables) : 0);
	for (size_t i = 0; i < count; i++)
		add(&argv, (const char *const[]){ "-smbios", credentials[i].option }, 2);
	VEC_PUSH(&argv, NULL);
	unlink(console);
	struct err *e = qemu_disks_command(argv.items);
	free(argv.items);
	return e;
}

struct err *machine_start(const struct launch *l, const struct qemu_disks *d, const char *accelerator)
{
	size_t room = 0, count = 0;

	while (l->env && l->env[room])
		room++;
	AUTO_FREE struct credential *credentials = mem_array(room, sizeof *credentials);
	struct err *e = write_credentials(l, credentials, &count);
	if (!e)
		e = start(l, d, accelerator, credentials, count);
	for (size_t i = 0; i < count; i++) {
		unlink(credentials[i].path);
		free(credentials[i].path);
		free(credentials[i].option);
	}
	return e;
}
