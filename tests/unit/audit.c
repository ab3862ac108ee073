/* SPDX-License-Identifier: MIT */
#include "layer/audit.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "base/mem.h"
#include "says.h"

static void add(struct tree *t, const char *path, const char *bytes)
{
	tree_add(t, &(struct entry){ .path = path,
				     .kind = ENTRY_FILE,
				     .mode = 0644,
				     .size_bytes = strlen(bytes),
				     .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
}

static struct audit_rules rules;
static struct recipe recipe = { .name = "test" };

static struct err *look(const struct tree *t)
{
	return audit_tree(&(struct audit){ .rules = &rules, .recipe = &recipe }, t, "layer");
}

static void passes(const char *path, const char *bytes)
{
	struct tree t = { 0 };

	add(&t, path, bytes);
	ok(fine(look(&t)));
	tree_done(&t);
}

/* why: "", or ":LINE", then ": " and the kind. */
static void fails_at(const char *path, const char *bytes, const char *why)
{
	struct tree t = { 0 };
	struct digest d = digest_of(bytes, strlen(bytes));
	char hex[DIGEST_HEX];

	add(&t, "usr/bin/env", "innocent");
	add(&t, path, bytes);
	AUTO_FREE char *want = mem_printf("\n  /%s%s (sha256: %s)", path, why, digest_hex(&d, hex));
	ok(says(look(&t), ERR_BUILD, want));
	tree_done(&t);
}

static void fails(const char *path, const char *bytes, const char *why)
{
	AUTO_FREE char *whole = mem_printf(": %s", why);

	fails_at(path, bytes, whole);
}

static void fails_in(const char *path, const char *bytes, unsigned line, const char *why)
{
	AUTO_FREE char *whole = mem_printf(":%u: %s", line, why);

	fails_at(path, bytes, whole);
}

#define KEY(label) "x\n-----BEGIN " label "-----\nMIIE\n-----END " label "-----\n"

#define APP "home/frappe/frappe-bench/apps/a/"
#define A36 "abcdefghijklmnopqrstuvwxyz0123456789"

static void places(void)
{
	fails("etc/machine-id", "0123\n", "the identity of a machine");
	passes("etc/machine-id", "");
	fails("etc/ssh/ssh_host_rsa_key.pub", "x", "a host key");
	fails("var/lib/mysql/ibdata1", "x", "data of MariaDB");
	fails("var/log/dpkg.log", "x", "a log");
	passes("var/log/nginx/error.log", "");
	fails("home/frappe/.cache/pip/x", "x", "a cache");
	fails(APP "debug.log", "x", "a log");
	fails(APP "a/x.log.1", "x", "a log");
	passes(APP "a/catalog.py", "x");
	fails(APP ".aws/credentials", "x", "credentials");
	fails(APP "20260101-one-database.sql.gz", "x", "a backup of a site");
}

static void keys(void)
{
	fails_in("home/frappe/a.pem", KEY("PRIVATE KEY"), 2, "a private key");
	fails_in("srv/id", KEY("OPENSSH PRIVATE KEY"), 2, "a private key");
	fails_in("srv/id2", "-----BEGIN CERTIFICATE-----\n" KEY("EC PRIVATE KEY"), 3, "a private key");
	fails_in(APP "a/key.py", "KEY = '-----BEGIN RSA PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA'\n", 1,
		 "a private key");
	passes("etc/ssl/ca.pem", KEY("CERTIFICATE"));
	passes("srv/cut", "-----BEGIN PRIVATE KEY");
	passes(APP "a/pem.py", "if text.startswith('-----BEGIN PRIVATE KEY-----'):\n");
	passes(APP "node_modules/tls/test/key.pem", KEY("PRIVATE KEY"));
	passes("env/lib/python3.11/site-packages/x/key.pem", KEY("PRIVATE KEY"));
	fails_in(APP "a.pem", "-----BEGIN RSA PRIVATE KEY-----\r\nMIIE\r\n-----END RSA PRIVATE KEY-----\r\n",
		 1, "a private key");
	fails_in(APP "a.json", "{\"key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADAN\\n\"}", 1,
		 "a private key");
	fails_in(APP "b.json", "{\"x\": \"{\\\"k\\\": \\\"-----BEGIN PRIVATE KEY-----\\\\nMIIEvQIB", 1,
		 "a private key");
	fails_in(APP "c.json", "{\"key\": \"-----BEGIN EC PRIVATE KEY-----\\r\\nMIIEvQIBADAN\"}", 1,
		 "a private key");
	fails_in(APP "a.yml", "key: |\n        -----BEGIN PRIVATE KEY-----\n        MIIEvQIB\n", 2,
		 "a private key");
	fails_in(APP "b.yml", "key: \"-----BEGIN PRIVATE KEY-----\\n\\\n  MIIEvQIB\"", 1, "a private key");
	fails_in(APP "key.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF\n", 1, "a private key");
	passes(APP "pub.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBF\n");
	fails_in(APP "key.ppk", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/5\n", 1, "a private key");
	fails_in(APP "a/kube.yml",
		 "x:\n  client-key-data: "
		 "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVBCg==\n",
		 2, "a private key");
	passes(APP "a/kube.yml",
	       "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURCVEND\n");
	fails(APP "keys/site.p12", "x", "a store of keys");
	fails_in("srv/putty", "PuTTY-User-Key-File-3: ssh-ed25519\n", 1, "a private key");
}

static void tokens(void)
{
	fails_in(APP "a/api.py", "import x\n\ntoken = 'ghp_" A36 "'\n", 3, "a GitHub token");
	fails_in("etc/profile.d/x.sh", "ghs_" A36, 1, "a GitHub token");
	passes(APP "a/api.py", "ghp_short ghp_"
			       "abcdefghijklmnopqrstuvwxyz012345678 xghp_" A36);
	fails_in(APP "a.bin", "\1\2\3AKIAIOSFODNN7EXAMPLE\4", 1, "an AWS access key");
	passes(APP "a.txt", "AKIAIOSFODNN7EXAMPLEandmore AKIAshort");
	fails_in(APP "a.txt", "glpat-abcdefghij0123456789", 1, "a GitLab token");
	fails_in(APP "a.txt", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
		 1, "a Slack webhook");
	passes(APP "a.css", ".sk-proj- .key-0 SG.x hf_font AKIA");
}

/* An archive of one member, or that member alone compressed, with letters before the
 * text that has the secret. */
static size_t pack(int format, int filter, const char *member, size_t before, const char *text, char *ret,
		   size_t room)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;
	char *letters = mem_new(before + 1);

	memset(letters, 'a', before);
	ok(archive_write_set_format(a, format) == ARCHIVE_OK &&
	   archive_write_add_filter(a, filter) == ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(a, 1);
	ok(archive_write_open_memory(a, ret, room, &used) == ARCHIVE_OK);
	archive_entry_set_pathname(e, member);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)(before + strlen(text)));
	ok(archive_write_header(a, e) == ARCHIVE_OK);
	ok(archive_write_data(a, letters, before) == (la_ssize_t)before &&
	   archive_write_data(a, text, strlen(text)) == (la_ssize_t)strlen(text));
	ok(archive_write_close(a) == ARCHIVE_OK);
	archive_write_free(a);
	archive_entry_free(e);
	mem_freep(&letters);
	return used;
}

/* In a name, and in what is packed: its members are looked at as if they lay there. */
static void hidden(void)
{
	static const struct {
		int format, filter;
	} kinds[] = { { ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE },
		      { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP },
		      { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ },
		      { ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2 },
		      { ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_ZSTD },
		      { ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP } };
	static const struct {
		const char *member;
		size_t before;
		const char *text, *raw, *says;
	} secrets[] = { { "a/api.py", 0, "x\n\nghp_" A36 "\n", "once it is unpacked, in line 3",
			  "in it a/api.py:3" },
			{ "a/large", (4 << 20) - 10, "\nghp_" A36 "\n", "once it is unpacked, in line 2",
			  "in it a/large:2" },
			{ "deploy/prod.env", 0, "A=1\nSECRET_KEY='x1y2'\n", NULL,
			  "a secret of an environment file, in it deploy/prod.env:2" } };
	static char bytes[8 << 20];

	fails(APP "ghp_" A36 ".txt", "x", "a GitHub token, in its name");
	for (size_t i = 0; i < COUNT(kinds); i++)
		for (size_t n = 0; n < COUNT(secrets); n++) {
			const char *want =
				kinds[i].format == ARCHIVE_FORMAT_RAW ? secrets[n].raw : secrets[n].says;
			size_t len = want ? pack(kinds[i].format, kinds[i].filter, secrets[n].member,
						 secrets[n].before, secrets[n].text, bytes, sizeof bytes) :
					    0;
			if (kinds[i].filter == ARCHIVE_FILTER_ZSTD && n < 2)
				/* it stores what it can make no shorter, which shows */
				want = "a GitHub token";
			struct tree t = { 0 };
			tree_add(&t,
				 &(struct entry){ .path = APP "packed",
						  .kind = ENTRY_FILE,
						  .mode = 0644,
						  .size_bytes = len,
						  .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
			ok(!want || says(look(&t), ERR_BUILD, want));
			tree_done(&t);
		}
	passes(APP "broken.zip", "PK\3\4 and no more");
	passes(APP "broken.gz", "\x1f\x8b");
}

/* What was packed last, packed again as a member of that name. */
static size_t pack_again(int format, int filter, const char *member, char *bytes, size_t len, size_t room)
{
	char *whole = mem_ndup(bytes, len);
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;

	ok(archive_write_set_format(a, format) == ARCHIVE_OK &&
	   archive_write_add_filter(a, filter) == ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(a, 1);
	ok(archive_write_open_memory(a, bytes, room, &used) == ARCHIVE_OK);
	archive_entry_set_pathname(e, member);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	ok(archive_write_header(a, e) == ARCHIVE_OK);
	ok(archive_write_data(a, whole, len) == (la_ssize_t)len);
	ok(archive_write_close(a) == ARCHIVE_OK);
	archive_write_free(a);
	archive_entry_free(e);
	mem_freep(&whole);
	return used;
}

static void add_bytes(struct tree *t, const char *path, const char *bytes, size_t len)
{
	tree_add(t, &(struct entry){ .path = path,
				     .kind = ENTRY_FILE,
				     .mode = 0644,
				     .size_bytes = len,
				     .content = { .kind = CONTENT_MEMORY, .bytes = bytes } });
}

/* want: NULL when it is fine. */
static void looks(const char *path, const char *bytes, size_t len, const char *want)
{
	struct tree t = { 0 };

	add_bytes(&t, path, bytes, len);
	ok(want ? says(look(&t), ERR_BUILD, want) : fine(look(&t)));
	tree_done(&t);
}

#define ZIP ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE
#define TAR_OF(filter) ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_##filter

/* As dpkg-deb writes one: a member of an ar archive. */
static size_t pack_deb(char *bytes, size_t len, size_t room)
{
	AUTO_FREE char *whole = mem_ndup(bytes, len);
	int head = snprintf(bytes, room,
			    "!<arch>\n%-16s%-12d%-6d%-6d%-8s%-10d`\n2.0\n%-16s%-12d%-6d%-6d%-8s%-10zu`\n",
			    "debian-binary", 0, 0, 0, "100644", 4, "data.tar.xz", 0, 0, 0, "100644", len);

	memcpy(bytes + head, whole, len);
	return (size_t)head + len;
}

/* Archives within archives, as in an app's .deb, down to a bound; what only has a telling name, too. */
static void nested(void)
{
	static char b[1 << 20];
	static const char env[] = "A=1\nSECRET_KEY='x1y2'\n", token[] = "x\nghp_" A36 "\n";
	size_t len = pack(TAR_OF(XZ), "./opt/a/.env", 0, env, b, sizeof b);

	len = pack_deb(b, len, sizeof b);
	looks(APP "a.deb", b, len, "a secret of an environment file, in it data.tar.xz/./opt/a/.env:2");
	len = pack_again(TAR_OF(GZIP), "out/a.deb", b, len, sizeof b);
	looks(APP "all.tgz", b, len, "in it out/a.deb/data.tar.xz/./opt/a/.env:2");
	len = pack(ZIP, "a/api.py", 0, token, b, sizeof b);
	len = pack_again(TAR_OF(GZIP), "a-1.0-py3-none-any.whl", b, len, sizeof b);
	looks(APP "w.tar.gz", b, len, "a GitHub token, in it a-1.0-py3-none-any.whl/a/api.py:2");
	len = pack(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, "", 0, env, b, sizeof b);
	looks(APP "prod.env.gz", b, len, "a secret of an environment file, once it is unpacked, in line 2");
	len = pack_again(ZIP, "x/.env.gz", b, len, sizeof b);
	looks(APP "a.zip", b, len, "a secret of an environment file, in it x/.env:2");
	len = pack(TAR_OF(NONE), "x/.env", 0, env, b, sizeof b);
	looks(APP "a.tar", b, len, "a secret of an environment file, in it x/.env:2");
	len = pack(TAR_OF(GZIP), "x/.netrc", 0, "machine a", b, sizeof b);
	looks(APP "a.tgz", b, len, "credentials, in it x/.netrc:1");
	len = pack(TAR_OF(GZIP), "x/node_modules/tls/key.py", 0, token, b, sizeof b);
	looks(APP "a.tgz", b, len, NULL);
	len = pack(TAR_OF(GZIP), "x/ghp_" A36, 0, "1", b, sizeof b);
	looks(APP "a.tgz", b, len, "a GitHub token, in its name");
	len = pack(ZIP, "__main__.py", 0, token, b, sizeof b);
	memmove(b + 23, b, len);
	memcpy(b, "#!/usr/bin/env python3\n", 23);
	looks(APP "a.pyz", b, len + 23, "in it __main__.py:2");
	/* five deep it is found, deeper it is a warning */
	len = pack(TAR_OF(GZIP), "a", 0, token, b, sizeof b);
	for (int i = 0; i < 4; i++)
		len = pack_again(TAR_OF(XZ), "t", b, len, sizeof b);
	looks(APP "deep", b, len, "in it t/t/t/t/a:2");
	len = pack_again(TAR_OF(XZ), "t", b, len, sizeof b);
	looks(APP "deeper", b, len, NULL);
}

/* text in UTF-16, in the order of its bytes. */
static size_t wide(const char *text, bool big, bool mark, char *ret)
{
	size_t n = 0;

	for (const char *c = mark ? text - 1 : text; c < text || *c; c++) {
		char low = c < text ? '\xff' : *c, high = c < text ? '\xfe' : 0;
		ret[n++] = big ? high : low;
		ret[n++] = big ? low : high;
	}
	return n;
}

static void utf16(void)
{
	static char b[4096];

	for (int i = 0; i < 4; i++) {
		bool big = i & 1, mark = i & 2;
		looks(APP "a.reg", b, wide("x\n\"ghp_" A36 "\"\n", big, mark, b), ":2: a GitHub token");
		looks(APP "key.txt", b, wide(KEY("PRIVATE KEY"), big, mark, b), ":2: a private key");
		looks(APP ".env", b, wide("A=1\nDB_PASSWORD=hunter\n", big, mark, b),
		      ":2: a secret of an environment file");
		looks(APP "a.txt", b, wide("x ghp_short -----BEGIN CERTIFICATE-----\nMIIE", big, mark, b),
		      NULL);
	}
	/* in a program */
	memcpy(b, "\1\2\3", 3);
	looks(APP "a.dll", b, 3 + wide("ghp_" A36 " ", false, false, b + 3), ":1: a GitHub token");
}

/* A token across the border of two pieces is found, and its line. */
static void pieces(void)
{
	size_t before = (1 << 20) - 10;
	char *bytes = mem_new(before + 100);

	memset(bytes, '\n', before);
	strcpy(bytes + before, "ghp_" A36 " ");
	fails_in(APP "large", bytes, (unsigned)before + 1, "a GitHub token");
	mem_freep(&bytes);
}

static void values(void)
{
	fails_in(APP "x/site_config.json", "{\n \"db_name\": \"a\",\n \"db_password\": \"hunter\"\n}", 3,
		 "a password or key of a site");
	fails_in("srv/common_site_config.json", "{\"a\":1,\"encryption_key\":\"c2Vj=\"}", 1,
		 "a password or key of a site");
	passes(APP "x/site_config.json",
	       "{\"db_name\": \"a\", \"db_password\": \"\", \"admin_password\": \"{admin_password}\"}");
	fails_in(APP ".env", "A=1\nexport DB_PASSWORD=hunter\n", 2, "a secret of an environment file");
	fails_in(APP "deploy/prod.env", "SECRET_KEY='x1y2'", 1, "a secret of an environment file");
	fails_in(APP ".env.production", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 1,
		 "a secret of an environment file");
	passes(APP ".env.example", "DB_PASSWORD=hunter");
	passes(APP ".env", "DB_PASSWORD=\nTOKEN=$OTHER\nAPI_KEY=<yours>\nMIN_PASSWORD_LENGTH=8\nSECRET="
			   "changeme\nPASSWORD_FILE=/x");
	fails_in(APP "a/s3.py", "aws_secret_access_key = \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"", 1,
		 "an AWS secret");
	passes(APP "a/s3.py", "connect(aws_secret_access_key=self.get_password(\"secret_access_key\"))");
	passes(APP "a/s3.py", "connect(aws_secret_access_key=settings.storage.secret_access_key)");
	/* what only looks so is a warning */
	passes(APP "a/settings.py", "SECRET_KEY = 'k3j4h5k2j3h4k5j2h3k4jh5'");
}

static void urls(void)
{
	fails_in(APP ".git/config", "url = https://user:secret@git.example.org/a.git", 1,
		 "a URL with credentials");
	fails_in(APP ".git/config", "\nurl = https://token@git.example.org/a.git", 2,
		 "a URL with credentials");
	passes(APP ".git/config",
	       "url = https://git.example.org/a.git\nurl = ssh://git@git.example.org/a.git\nx = a@b");
	fails_in("home/frappe/.npmrc", "//registry.example.org/:_authToken=npm123", 1,
		 "a package manager's token");
	fails_in(APP ".npmrc", "a=b\n//registry.example.org/:_password=aGVsbG8=", 2,
		 "a package manager's token");
	passes(APP ".npmrc", "//registry.example.org/:_authToken=${NPM_TOKEN}\nalways-auth=true\n");
	fails_in(APP "x/docker/config.json",
		 "{\"auths\": {\"r.example.org\":\n {\"auth\": \"dXNlcjpodW50ZXIy\"}}}", 2,
		 "a login at a registry");
	fails(APP ".docker/config.json", "{}", "credentials");
	passes(APP "a/config.json", "{\"auth\": \"authentication\"}");
	fails_in(APP "deploy/kubeconfig.yml", "users:\n- user:\n    token: abcdef\n", 3,
		 "a login at a cluster");
	fails(APP ".netrc", "machine a", "credentials");
	fails(APP ".pypirc", "x", "credentials");
	fails(APP ".git/objects/pack/pack-1.pack", "PACK", "a repository's history");
	fails(APP "mirror/a.git/objects/12/34", "x", "a repository's history");
	passes(APP "a/objects/list.py", "x");
	passes(APP "doc/urls.md", "https://user:secret@example.org");
}

static void allowed(void)
{
	static const char bytes[] = KEY("PRIVATE KEY");
	struct digest d = digest_of(bytes, strlen(bytes));
	char hex[DIGEST_HEX];
	struct audit_allow row = { "/srv/test.pem", digest_hex(&d, hex) };

	recipe.allow = (struct list){ &row, 1 };
	passes("srv/test.pem", bytes);
	fails_in("srv/other.pem", bytes, 2, "a private key");
	fails_in("srv/test.pem", KEY("EC PRIVATE KEY"), 2, "a private key");
	recipe.allow.count = 0;
}

int main(void)
{
	AUTO_ARENA struct arena arena = { 0 };

	ok(fine(audit_rules_read(&arena, ".", &rules)));
	places();
	keys();
	tokens();
	pieces();
	hidden();
	nested();
	utf16();
	values();
	urls();
	allowed();
	return t_done();
}
