/* SPDX-License-Identifier: MIT */
#include "disk/nocloud.h"

#include <stdlib.h>

#include "base/mem.h"
#include "t.h"

static void user(struct nocloud *n, const char *text)
{
	nocloud_user(n, text, strlen(text));
}

static void meta(struct nocloud *n, const char *text)
{
	nocloud_meta(n, text, strlen(text));
}

static int notes(const struct nocloud *n)
{
	int lines = 0;

	for (const char *c = n->notes.bytes; c && *c; c++)
		lines += *c == '\n';
	return lines;
}

static void says_what_is_asked(void)
{
	struct nocloud n = { 0 };

	meta(&n, "instance-id: i-1\nlocal-hostname: first\npublic-keys:\n  mine: [ssh-ed25519 AAA me]\n");
	is(n.hostname, "first");
	is(n.keys.bytes, "ssh-ed25519 AAA me\n");
	user(&n, "#cloud-config\nhostname: second\nfqdn: third.example.org\nssh_authorized_keys:\n  - "
		 "ssh-rsa B b\n"
		 "users:\n  - default\n  - name: root\n    ssh_authorized_keys: [ssh-rsa C c]\n"
		 "ntp:\n  enabled: true\n  servers: [a.example.org]\n  pools: [b.example.org]\nssh_pwauth: "
		 "false\n"
		 "mkbench:\n  MKBENCH_ADMIN_PASSWORD: \"a: b #c\"\n  MKBENCH_STOP_SECONDS: 30\n");
	is(n.hostname, "second");
	is(n.keys.bytes, "ssh-ed25519 AAA me\nssh-rsa B b\nssh-rsa C c\n");
	is(n.ntp.bytes, "a.example.org b.example.org ");
	ok(n.setting_count == 2);
	is(n.settings[0].name, "MKBENCH_ADMIN_PASSWORD");
	is(n.settings[0].value, "a: b #c");
	is(n.settings[1].value, "30");
	ok(!notes(&n));
	nocloud_done(&n);
}

static void fqdn_gives_its_first_label(void)
{
	struct nocloud n = { 0 };

	user(&n, "#cloud-config\nfqdn: erp.example.org\n");
	is(n.hostname, "erp");
	nocloud_done(&n);
}

static void notes_what_it_does_not_know(void)
{
	struct nocloud n = { 0 };

	user(&n, "#cloud-config\nruncmd: [reboot]\nusers:\n  - name: eve\nmkbench:\n  MKBENCH_ADMN_PASSWORD: "
		 "x\nssh_pwauth: true\n"
		 "ssh_authorized_keys: [\"a\\nb\"]\n");
	printf("# %s", n.notes.bytes);
	ok(notes(&n) == 5);
	ok(strstr(n.notes.bytes, "user-data, line 2: 'runcmd' is not understood") != NULL);
	ok(strstr(n.notes.bytes, "MKBENCH_ADMN_PASSWORD") != NULL);
	ok(!n.setting_count && !n.keys.len);
	nocloud_done(&n);
}

static void refuses_what_is_not_plain(void)
{
	struct nocloud n = { 0 };

	user(&n, "#!/bin/sh\nreboot\n");
	ok(notes(&n) == 1);
	nocloud_done(&n);
	user(&n, " \n");
	user(&n, "#cloud-config\n");
	meta(&n, "");
	ok(!notes(&n));
	user(&n, "#cloud-config\nhostname: h\nmkbench:\n  MKBENCH_ADMIN_PASSWORD: &hunter2 x\n");
	ok(notes(&n) == 1 && !strstr(n.notes.bytes, "hunter2"));
	is(n.hostname, "h");
	nocloud_done(&n);
	user(&n, "#cloud-config\nhostname: [");
	ok(notes(&n) == 2 && !n.hostname);
	ok(strstr(n.notes.bytes, "nothing of it is used") != NULL);
	nocloud_done(&n);
	user(&n, "#cloud-config\n- a\n");
	ok(notes(&n) == 1);
	nocloud_done(&n);
}

int main(void)
{
	says_what_is_asked();
	fqdn_gives_its_first_label();
	notes_what_it_does_not_know();
	refuses_what_is_not_plain();
	return t_done();
}
