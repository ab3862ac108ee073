/* SPDX-License-Identifier: MIT */
#include "build/build_trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "t.h"

static const char recipe[] = "mariadb:\n"
			     "  max_connections: 200\n"
			     "  collation: utf8mb4_bogus_ci\n"
			     "  character_set: klingon\n"
			     "  settings:\n"
			     "    inodb-log-file-size: 48M\n"
			     "    innodb: 'OFF'\n"
			     "    tmpdir: /nowhere\n"
			     "    count: 5\n"
			     "sites:\n"
			     "  - name: a-very-long-name.example.org\n";

/* "LINE:COLUMN word: what it says", or "nobody". */
static void blamed(const char *section, const char *said, const char *want)
{
	AUTO_ARENA struct arena a = { 0 };
	const struct node *root;
	struct build_trial_blame b;

	ok(!node_parse(&a, recipe, strlen(recipe), &root));
	bool found = build_trial_blame(*section ? node_get(root, section) : root, said, &b);
	AUTO_FREE char *got = found ? mem_printf("%u:%u %s: %s", b.at.line, b.at.column, b.word, b.says) :
				      mem_dup("nobody");
	if (found)
		free(b.says);
	is(got, want);
}

int main(void)
{
	/* by its key, whatever stands between its words, and without the date */
	blamed("mariadb",
	       "2026-11-29  1:26:27 0 [Note] InnoDB: well\n2026-11-29 0 [ERROR] mariadbd: unknown variable "
	       "'inodb_log_file_size=48M'\n",
	       "6:5 inodb-log-file-size: mariadbd: unknown variable 'inodb_log_file_size=48M'");
	/* in other letters */
	blamed("mariadb", "[ERROR] Unknown/unsupported storage engine: InnoDB\n[ERROR] Aborting\n",
	       "7:5 innodb: Unknown/unsupported storage engine: InnoDB");
	/* by what is written for it; a line that does not complain counts when no other has it */
	blamed("mariadb", "[ERROR] Can't write to '/nowhere/ib'\n",
	       "8:5 tmpdir: Can't write to '/nowhere/ib'");
	blamed("mariadb", "[ERROR] Unknown collation: 'utf8mb4_bogus_ci'\n",
	       "3:3 collation: Unknown collation: 'utf8mb4_bogus_ci'");
	blamed("mariadb", "Character set 'klingon' is not compiled\n[ERROR] Aborting\n",
	       "4:3 character_set: Character set 'klingon' is not compiled");
	/* a number, or a part of a word, is there by chance */
	blamed("mariadb", "[ERROR] 200 times accounts of x\n", "nobody");
	blamed("mariadb", "", "nobody");
	/* the whole recipe: a site's name */
	blamed("", "nginx: [emerg] could not build map_hash for a-very-long-name.example.org\n",
	       "11:5 name: could not build map_hash for a-very-long-name.example.org");
	blamed("", "well with a-very-long-name.example.org\n", "nobody");
	blamed("redis", "nothing\n", "nobody");
	return t_done();
}
