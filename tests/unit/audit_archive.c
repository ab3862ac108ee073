/* SPDX-License-Identifier: MIT */
/* What the audit finds in archives of an app, in archives within those, and in texts that are not UTF-8. */
#include "layer/audit_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include "audit_look.h"

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

struct told {
	const char *bytes;
	size_t members;
};

static struct err *read_told(void *arg, uint64_t offset, void *bytes, size_t len)
{
	memcpy(bytes, ((struct told *)arg)->bytes + offset, len);
	return NULL;
}

static bool take_told(void *arg, unsigned depth, const char *member, const char *bytes, size_t len, bool ends)
{
	(void)depth, (void)member, (void)bytes, (void)len;
	((struct told *)arg)->members += ends;
	return true;
}

/* A small file whose members are nothing but names: as many are looked at as fit into the limit. */
static void names_alone(void)
{
	static char bytes[1 << 20], header[512] = "a", many[512 * 1000];
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0, count = (AUDIT_ARCHIVE_LIMIT >> 9) / 1000 + 10;
	unsigned sum = 'a' + '0' * 2 + '0' + 8 * ' ';

	strcpy(header + 124, "00");
	header[156] = '0';
	snprintf(header + 148, 8, "%06o", sum);
	for (size_t i = 0; i < 1000; i++)
		memcpy(many + 512 * i, header, 512);
	ok(archive_write_set_format(a, ARCHIVE_FORMAT_RAW) == ARCHIVE_OK &&
	   archive_write_add_filter(a, ARCHIVE_FILTER_ZSTD) == ARCHIVE_OK);
	ok(archive_write_open_memory(a, bytes, sizeof bytes, &used) == ARCHIVE_OK);
	archive_entry_set_filetype(e, AE_IFREG);
	ok(archive_write_header(a, e) == ARCHIVE_OK);
	bool written = true;
	for (size_t i = 0; i < count; i++)
		written &= archive_write_data(a, many, sizeof many) == sizeof many;
	ok(written);
	ok(archive_write_close(a) == ARCHIVE_OK);
	archive_write_free(a);
	archive_entry_free(e);
	struct told told = { bytes, 0 };
	const char *left;
	ok(fine(audit_archive_look(&(struct audit_archive){ used, read_told, take_told, &told }, &left)));
	ok(told.members > 500000 && told.members <= AUDIT_ARCHIVE_LIMIT >> 9);
	is(left, "it holds more than 256 MB, which were not looked at");
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

int main(void)
{
	AUTO_ARENA struct arena arena = { 0 };

	ok(fine(audit_rules_read(&arena, ".", &rules)));
	hidden();
	nested();
	names_alone();
	utf16();
	return t_done();
}
