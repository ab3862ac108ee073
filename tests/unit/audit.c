#include "layer/audit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "says.h"

static void add(struct tree *t, const char *path, const char *bytes)
{
	tree_add(t, &(struct entry){ .path = path, .kind = ENTRY_FILE, .mode = 0644, .size_bytes = strlen(bytes),
				     .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
}

static void passes(const char *path, const char *bytes)
{
	struct tree t = { 0 };

	add(&t, path, bytes);
	ok(fine(audit_tree(&t)));
	tree_done(&t);
}

static void fails(const char *path, const char *bytes, const char *why)
{
	struct tree t = { 0 };

	add(&t, "usr/bin/env", "innocent");
	add(&t, path, bytes);
	AUTO_FREE char *want = mem_printf("\n  /%s (%s)", path, why);
	ok(says(audit_tree(&t), ERR_BUILD, want));
	tree_done(&t);
}

#define KEY(label) "x\n-----BEGIN " label "-----\nMIIE\n-----END " label "-----\n"

int main(void)
{
	fails("home/frappe/a.pem", KEY("PRIVATE KEY"), "a private key");
	fails("srv/id", KEY("OPENSSH PRIVATE KEY"), "a private key");
	fails("srv/id2", "-----BEGIN CERTIFICATE-----\n" KEY("EC PRIVATE KEY"), "a private key");
	passes("etc/ssl/ca.pem", KEY("CERTIFICATE"));
	passes("srv/cut", "-----BEGIN PRIVATE KEY");
	passes("home/frappe/apps/a/node_modules/tls/test/key.pem", KEY("PRIVATE KEY"));
	passes("env/lib/python3.11/site-packages/x/key.pem", KEY("PRIVATE KEY"));
	fails("etc/machine-id", "0123\n", "the identity of a machine");
	passes("etc/machine-id", "");
	fails("etc/ssh/ssh_host_rsa_key.pub", "x", "a host key");
	fails("var/lib/mysql/ibdata1", "x", "data of MariaDB");
	fails("var/log/dpkg.log", "x", "a log");
	passes("var/log/nginx/error.log", "");
	fails("home/frappe/.cache/pip/x", "x", "a cache");
	fails("home/frappe/apps/a/.git/config", "url = https://user:secret@git.example.org/a.git", "a URL with credentials, or a token");
	fails("home/frappe/apps/a/.git/config", "url = https://token@git.example.org/a.git", "a URL with credentials, or a token");
	passes("home/frappe/apps/a/.git/config", "url = https://git.example.org/a.git\nurl = ssh://git@git.example.org/a.git\nx = a@b");
	fails("home/frappe/.npmrc", "//registry.example.org/:_authToken=x", "a URL with credentials, or a token");
	passes("home/frappe/apps/a/doc/urls.md", "https://user:secret@example.org");
	return t_done();
}
