/* SPDX-License-Identifier: MIT */
/* What the machine's own apt says: its archives in both forms of its files, and its proxies. */
#include "fetch/apt.h"

#include "apt_folder.h"
#include "base/text.h"
#include "fetch/proxy.h"

/* As an editor saves it that writes UTF-16. */
static void write_wide(const char *name, const char *text)
{
	AUTO_FREE char *path = mem_printf("%s/%s", top, name), *wide = mem_new(2 * strlen(text) + 2);

	memcpy(wide, "\xff\xfe", 2);
	for (size_t i = 0; text[i]; i++)
		wide[2 + 2 * i] = text[i];
	ok(!file_write(path, wide, 2 * strlen(text) + 2, 0644));
}

/* Entries as lines: uri suite components (key) !unusable */
static char *entries(void)
{
	struct apt apt;
	struct text t = { 0 };
	struct err *e = apt_read(top, "amd64", &apt);

	ok(!e);
	err_free(e);
	for (size_t i = 0; i < apt.count; i++) {
		const struct apt_entry *a = &apt.items[i];
		text_printf(&t, "%s%s", a->usable ? "" : "!", a->uri);
		text_printf(&t, " %s", a->suite);
		for (size_t c = 0; a->components[c]; c++)
			text_printf(&t, " %s", a->components[c]);
		text_printf(&t, a->key ? " (%s)\n" : "\n", a->key);
	}
	apt_done(&apt);
	return text_take(&t);
}

static void one_line_entries(void)
{
	write_text(
		"sources.list",
		"# deb http://off.example/debian trixie main\n"
		"deb http://a.example/debian/ trixie main contrib # a remark\n"
		"\n"
		"deb-src http://a.example/debian trixie main\n"
		"deb [ arch=amd64,arm64 signed-by=/k/a.gpg ] https://b.example/debian trixie-updates main\n"
		"deb [arch=i386] http://c.example trixie main\n"
		"deb [trusted=yes] http://d.example trixie main\n"
		"deb [signed-by=0123456789ABCDEF0123456789ABCDEF01234567] http://e.example trixie main\n"
		"deb file:/srv/mirror trixie main\n"
		"deb mirror+file:/etc/apt/mirrors trixie main\n"
		"deb http://flat.example ./\n"
		"deb http://short.example\n"
		"deb [unclosed http://odd.example trixie main\n");
	write_text("sources.list.d/a.list", "\xef\xbb\xbf"
					    "deb http://a.list.example trixie main\n");
	write_wide("sources.list.d/b.list", "deb\thttp://b.list.example\ttrixie\tmain\r\n");
	write_text("sources.list.d/c.list.save", "deb http://no.example trixie main\n");
	AUTO_FREE char *got = entries();
	is(got, "http://a.example/debian trixie main contrib\n"
		"https://b.example/debian trixie-updates main (/k/a.gpg)\n"
		"!http://d.example trixie main\n"
		"!http://e.example trixie main (0123456789ABCDEF0123456789ABCDEF01234567)\n"
		"file:///srv/mirror trixie main\n"
		"!mirror+file:/etc/apt/mirrors trixie main\n"
		"![unclosed http://odd.example trixie main\n"
		"http://a.list.example trixie main\n"
		"http://b.list.example trixie main\n");
	forget_all();
}

static void stanza_entries(void)
{
	write_text(
		"sources.list.d/debian.sources",
		"Types: deb deb-src\n"
		"# a comment inside\n"
		"URIs: http://a.example/debian\n"
		"  http://b.example/debian/\n"
		"Suites: trixie trixie-updates\n"
		"Components: main\n"
		"Signed-By: /k/a.gpg\n"
		"\n"
		"Enabled: no\nTypes: deb\nURIs: http://off.example\nSuites: trixie\nComponents: main\n"
		"\n"
		"types: deb\nURIs: http://c.example\nSuites: trixie\nComponents: main\nArchitectures: arm64 "
		"amd64\n"
		"Signed-By:\n"
		" -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
		" .\n"
		" abcd\n"
		" -----END PGP PUBLIC KEY BLOCK-----\n"
		"\n"
		"Types: deb\nURIs: http://d.example\nSuites: trixie\nComponents: main\nArchitectures: arm64\n"
		"\n"
		"Types: deb-src\nURIs: http://e.example\nSuites: trixie\nComponents: main\n"
		"\n"
		"Types: deb\nURIs: http://f.example\nSuites: ./\n");
	AUTO_FREE char *got = entries();
	is(got, "http://a.example/debian trixie main (/k/a.gpg)\n"
		"http://a.example/debian trixie-updates main (/k/a.gpg)\n"
		"http://b.example/debian trixie main (/k/a.gpg)\n"
		"http://b.example/debian trixie-updates main (/k/a.gpg)\n"
		"http://c.example trixie main (-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP "
		"PUBLIC KEY BLOCK-----)\n");
	forget_all();
}

static void proxies(void)
{
	static const struct {
		const char *url, *proxy;
	} cases[] = {
		{ "http://far.example/debian", "http://p.example:3142/" },
		{ "https://far.example/x", "http://p.example:3142/" },
		{ "http://near.example/x", "" },
		{ "http://NEAR.example:80/x", "" },
		{ "https://near.example/x", "" },
		{ "https://secret.example/x", "socks5h://s.example:1080" },
		{ "http://me@own.example:8080/x", "http://own-proxy.example" },
		{ "http://127.0.0.1:99/x", "" },
		{ "http://localhost/x", "" },
		{ "http://[::1]:8/x", "" },
		{ "file:///srv/x", NULL },
	};
	AUTO_FREE char *conf = mem_printf("%s/apt.conf", top), *program = mem_printf("%s/detect", top);
	AUTO_FREE char *detects = mem_printf(
		"Acquire::http::Proxy-Auto-Detect \"%s\";\nAcquire::http::Proxy::near.example \"DIRECT\";\n",
		program);
	struct proxies p;

	write_text("apt.conf", "Acquire::http::Proxy "
			       "\"http://p.example:3142/\";\nAcquire::http::Proxy::near.example \"DIRECT\";\n"
			       "Acquire { http { Proxy { own.example \"http://own-proxy.example\"; }; }; "
			       "https { Proxy { secret.example \"socks5h://s.example:1080\"; }; }; };\n");
	setenv("APT_CONFIG", conf, 1);
	ok(!proxy_read(NULL, &p));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *got = proxy_for(&p, cases[i].url);
		is(got ? got : "(environment)", cases[i].proxy ? cases[i].proxy : "(environment)");
	}
	proxy_done(&p);
	write_text("detect", "#!/bin/sh\ncase $1 in *far*) echo http://found.example:8000 ;; *plain*) echo "
			     "DIRECT ;; esac\n");
	ok(!chmod(program, 0755));
	write_text("apt.conf", detects);
	ok(!proxy_read(NULL, &p));
	for (int i = 0; i < 2; i++) {
		is(proxy_for(&p, "http://far.example/x"), "http://found.example:8000");
		is(proxy_for(&p, "https://plain.example/x"), "");
		is(proxy_for(&p, "http://near.example/x"), "");
		ok(!proxy_for(&p, "http://other.example/x"));
	}
	proxy_done(&p);
	unsetenv("APT_CONFIG");
	forget_all();
}

int main(void)
{
	begin_folder();
	one_line_entries();
	stanza_entries();
	proxies();
	ok(!file_remove_tree(top));
	return t_done();
}
