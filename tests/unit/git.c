/* SPDX-License-Identifier: MIT */
/* What of git's words is the cause, and where a submodule is. */
#include "fetch/git.h"

#include <stdlib.h>

#include "fetch/git_files.h"
#include "says.h"

static void reasons(void)
{
	static const struct {
		const char *errors, *reason;
	} cases[] = {
		{ "ssh: connect to host h port 1: Connection refused\r\nfatal: Could not read from remote "
		  "repository.\n\nPlease make sure you have "
		  "the correct access rights\nand the repository exists.\n",
		  "ssh: connect to host h port 1: Connection refused" },
		{ "Warning: Permanently added 'h' (ED25519) to the list of known hosts.\r\ngit@h: Permission "
		  "denied (publickey).\r\nfatal: Could not "
		  "read from remote repository.\n\nPlease make sure you have the correct access rights\nand "
		  "the repository exists.\n",
		  "git@h: Permission denied (publickey)." },
		{ "No ED25519 host key is known for h and you have requested strict checking.\r\nHost key "
		  "verification failed.\r\nfatal: Could not "
		  "read from remote repository.\n",
		  "Host key verification failed. (No ED25519 host key is known for h and you have requested "
		  "strict "
		  "checking.)" },
		{ "ERROR: Repository not found.\nfatal: Could not read from remote repository.\n",
		  "ERROR: Repository not found." },
		{ "fatal: unable to connect to 127.0.0.1:\n127.0.0.1[0: 127.0.0.1]: errno=Connection "
		  "refused\n\n",
		  "unable to connect to 127.0.0.1: 127.0.0.1[0: 127.0.0.1]: errno=Connection refused" },
		{ "remote: Enumerating objects: 3, done.\nremote: Compressing objects:  50% (1/2)\rremote: "
		  "Compressing objects: 100% (2/2)\r"
		  "fatal: write error: No space left on device\nfatal: index-pack failed\n",
		  "write error: No space left on device" },
		{ "remote: Repository not found.\nfatal: repository 'https://h/x/' not found\n",
		  "repository 'https://h/x/' not found (remote: Repository not found.)" },
		{ "fatal: unable to access 'https://me:word@h/x/': Could not resolve host: h\n",
		  "unable to access 'https://h/x/': Could not resolve host: h" },
		{ "error: RPC failed; curl 18 transfer closed\nfatal: early EOF\nfatal: fetch-pack: invalid "
		  "index-pack output\n",
		  "error: RPC failed; curl 18 transfer closed" },
		{ "fatal: Could not read from remote repository.\n",
		  "Could not read from remote repository." },
		{ "error: pathspec 'x' did not match\n", "pathspec 'x' did not match" },
		{ "something\nodd\n\n", "odd" },
		{ "\n\n", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *reason = git_reason(cases[i].errors);
		if (cases[i].reason)
			is(reason, cases[i].reason);
		else
			ok(!reason);
	}
}

static void addresses(void)
{
	static const struct {
		const char *url, *named, *whole;
	} cases[] = {
		{ "https://h/team/app.git", "../lib.git", "https://h/team/lib.git" },
		{ "https://h/team/app.git/", "../../other/lib", "https://h/other/lib" },
		{ "git@h:team/app", "../lib", "git@h:team/lib" },
		{ "git@h:app", "../lib", "git@h:lib" },
		{ "ssh://git@h/app", "./deep", "ssh://git@h/app/deep" },
		{ "https://h/app", "https://else/lib", "https://else/lib" },
		{ "https://h/app", "git@else:team/lib", "git@else:team/lib" },
		{ "/srv/app", "../lib", "/srv/lib" },
		{ "/srv/app", "/srv/lib", "/srv/lib" },
		{ "file:///srv/app", "../lib", "file:///srv/lib" },
		{ "/srv/app", "https://h/lib", "https://h/lib" },
		{ "https://h/app", "/etc", NULL },
		{ "https://h/app", "file:///etc", NULL },
		{ "git@h:app", "/etc", NULL },
		{ "https://h/app", "ext::sh -c x", NULL },
		{ "https://h/app", "-x", NULL },
		{ "https://h/app", "--upload-pack=x", NULL },
		{ "https://h/app", "ssh://-oProxyCommand=x/y", NULL },
		{ "https://h/app", "a@-oProxyCommand=x:y", NULL },
		{ "https://h/app", "", NULL },
		{ "https://h/app", "lib", NULL },
		{ "https://h/app", "../../../../lib", NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *whole = NULL;
		struct err *e = git_files_url(cases[i].url, cases[i].named, &whole);
		if (cases[i].whole)
			is(whole ? whole : "", cases[i].whole);
		else
			ok(says(e, ERR_FETCH, "cannot be used"));
		if (cases[i].whole)
			err_free(e);
	}
}

int main(void)
{
	reasons();
	addresses();
	return t_done();
}
