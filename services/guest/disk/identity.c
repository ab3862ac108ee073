/* SPDX-License-Identifier: MIT */
#include "disk/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "disk/credential.h"
#include "lib/durable.h"
#include "lib/console_notice.h"
#include "lib/log.h"

#define NAME_MAX_BYTES 64 /* the kernel's */
#define SHADOW "/etc/shadow"

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len && len <= NAME_MAX_BYTES && !strchr("-.", name[0]) && !strchr("-.", name[len - 1]) &&
	       !strstr(name, "..") &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == len;
}

static struct err *take_name(void)
{
	AUTO_FREE char *name = credential_text("system.hostname");

	if (!name)
		return NULL;
	if (!is_name(name)) {
		console_notice("'%.80s' cannot be a host name: letters, digits, - and .", name);
		return NULL;
	}
	AUTO_FREE char *line = mem_printf("%s\n", name);
	TRY(file_write("/etc/hostname", line, strlen(line), 0644));
	if (sethostname(name, strlen(name)) < 0)
		return err_errno(errno, "set the host name");
	log_line("this machine is called %s", name);
	return NULL;
}

/* The machine's own name has an address without a network, too: 127.0.1.1, by Debian's convention. */
static struct err *take_address(void)
{
	char name[NAME_MAX_BYTES + 1] = "";
	AUTO_CLOSE int fd = open("/etc/hosts", O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || gethostname(name, sizeof name - 1) < 0)
		return err_errno(errno, "/etc/hosts");
	AUTO_FREE char *line = mem_printf("127.0.1.1\t%s\n", name);
	return file_write_all(fd, line, strlen(line), "/etc/hosts");
}

static struct err *make_key(void)
{
	static const char made[] = IDENTITY_KEY ".new", public[] = IDENTITY_KEY ".new.pub";
	static const char *const argv[] = {
		"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", made, NULL
	};
	const struct child c = { .argv = argv, .limit_seconds = 120 };
	AUTO_FREE char *output = NULL;
	int status = 0;

	if (!access(IDENTITY_KEY, F_OK))
		return NULL;
	TRY(durable_folder("/data/.machine/ssh", 0700, &durable_root));
	unlink(made);
	unlink(public);
	TRY(child_run(&c, &output, NULL, &status));
	if (status)
		return err_new(ERR_SYSTEM, "ssh-keygen: %s", output);
	sync(); /* a host key that is lost would make this another machine to every client */
	if (rename(public, IDENTITY_KEY ".pub") < 0 || rename(made, IDENTITY_KEY) < 0)
		return err_errno(errno, "keep " IDENTITY_KEY);
	return durable_sync_folder("/data/.machine/ssh");
}

static struct err *show_key(void)
{
	static const char *const argv[] = { "/usr/bin/ssh-keygen", "-l", "-f", IDENTITY_KEY ".pub", NULL };
	const struct child c = { .argv = argv, .limit_seconds = 60 };
	AUTO_FREE char *words = NULL;
	int status = 0;

	TRY(child_run(&c, &words, NULL, &status));
	const char *print = strstr(words, "SHA256:");
	if (!print)
		return err_new(ERR_SYSTEM, "ssh-keygen: %s", words);
	TRY(durable_folder("/run/mkbench", 0755, &durable_root));
	return file_write(IDENTITY_SHOWN, print, strcspn(print, " \n"), 0644);
}

static struct err *take_keys(void)
{
	AUTO_FREE char *keys = credential_all("ssh.authorized_keys.root");

	if (!keys)
		return NULL;
	if (access("/usr/sbin/sshd", X_OK) < 0) {
		console_notice("SSH keys were given, but this image has no SSH server: its recipe must say "
			       "disk: { ssh: true }");
		return NULL;
	}
	TRY(durable_folder("/root/.ssh", 0700, &durable_root));
	TRY(make_key());
	TRY(show_key());
	/* Written last: sshd starts once this file is there. */
	return file_write("/root/.ssh/authorized_keys", keys, strlen(keys), 0600);
}

/* A password for the consoles alone: SSH takes no passwords. */
static struct err *take_password(void)
{
	AUTO_FREE char *hash = credential_text("passwd.hashed-password.root"), *shadow = NULL;
	size_t len;
	struct stat st;

	if (!hash)
		return NULL;
	if (*hash != '$' || strpbrk(hash, ":\n")) {
		console_notice("passwd.hashed-password.root is no hash, such as mkpasswd makes: root has no "
			       "password");
		return NULL;
	}
	TRY(file_read(SHADOW, 1 << 20, &shadow, &len));
	char *line = text_starts(shadow, "root:") ? shadow : strstr(shadow, "\nroot:");
	char *field = line ? strchr(line, ':') + 1 : NULL, *after = field ? strchr(field, ':') : NULL;
	if (!after || stat(SHADOW, &st) < 0)
		return err_new(ERR_SYSTEM, SHADOW " has no root");
	AUTO_FREE char *text = mem_printf("%.*s%s%s", (int)(field - shadow), shadow, hash, after);
	return durable_write(SHADOW, text, strlen(text), 0640,
			     &(struct account){ .name = "root", .gid = st.st_gid });
}

int identity_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	log_as("identity");
	console_notice_err(take_name(), "the host name stays");
	console_notice_err(take_address(), "the host name has no address");
	console_notice_err(take_password(), "root has no password");
	console_notice_err(take_keys(), "nobody can log in by SSH");
	return 0;
}
