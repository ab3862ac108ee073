/* SPDX-License-Identifier: MIT */
/* mkbench completion: prints completions for bash, zsh and fish from the commands' own tables. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/option.h"

/* The kinds of operands and values, as shells distinguish them. */
enum kind { NOTHING, WORDS, FILES, FOLDERS };

static enum kind kind_of(const char *value, const char *words)
{
	if (words)
		return WORDS;
	if (!value)
		return NOTHING;
	return !strcmp(value, "FOLDER")				? FOLDERS :
	       !strcmp(value, "FILE") || !strcmp(value, "PATH") ? FILES :
								  NOTHING;
}

/* Whether an operand is the name of a file or folder. */
static bool takes_files(const struct cmd *c)
{
	static const char *const files[] = { "FILE", "FOLDER", "RECIPE", "IMAGE", "OLD" };

	for (size_t i = 0; c->operand && i < COUNT(files); i++)
		if (strstr(c->operand, files[i]))
			return true;
	return false;
}

static void put_names(struct text *out, const struct option_row *row)
{
	for (; row && row->name; row++)
		text_printf(out, " --%s", row->name);
}

static void bash_values(struct text *out, const struct cmd *c)
{
	for (const struct option_row *row = c->options; row && row->name; row++) {
		static const char *const generate[] = { [NOTHING] = "",
							[FILES] = "compgen -f -- \"$word\"",
							[FOLDERS] = "compgen -d -- \"$word\"" };
		enum kind kind = kind_of(row->value, row->words);
		if (!row->value)
			continue;
		text_printf(out, "\t\t%s:--%s)", c->name, row->name);
		if (kind == WORDS)
			text_printf(out, " mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\")",
				    row->words);
		else if (*generate[kind])
			text_printf(out, " mapfile -t COMPREPLY < <(%s)", generate[kind]);
		text_put(out, kind == NOTHING ? " return ;;\n" : "; return ;;\n");
	}
}

static void put_bash(struct text *out)
{
	text_put(out,
		 "# bash completion for mkbench, made by 'mkbench completion bash'\n_mkbench() {\n"
		 "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options= "
		 "words=\n\tCOMPREPLY=()\n"
		 "\t[[ $word != = ]] || word=\n\t[[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD - 2]}\n"
		 "\tif ((COMP_CWORD == 1)) || [[ ${COMP_WORDS[1]} == help && COMP_CWORD -eq 2 ]]; "
		 "then\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (const struct cmd *const *c = cmd_all; *c; c++)
		text_printf(out, "%s ", (*c)->name);
	text_put(out, "help --version --help' -- \"$word\")\n\t\treturn\n\tfi\n\tcase "
		      "${COMP_WORDS[1]}:$before in\n");
	for (const struct cmd *const *c = cmd_all; *c; c++)
		bash_values(out, *c);
	text_put(out, "\tesac\n\tcase ${COMP_WORDS[1]} in\n");
	for (const struct cmd *const *c = cmd_all; *c; c++) {
		text_printf(out, "\t\t%s) options='--help", (*c)->name);
		put_names(out, (*c)->acts);
		put_names(out, (*c)->options);
		text_put(out, "'");
		if ((*c)->words)
			text_printf(out, "; ((COMP_CWORD > 2)) || words='%s'", (*c)->words);
		text_printf(out, "%s ;;\n", takes_files(*c) ? "" : "; [[ $word == -* || $words ]] || return");
	}
	text_put(out, "\tesac\n\tif [[ $word == -* ]]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W "
		      "\"$options\" -- \"$word\")\n\telif [[ $words ]]; then\n"
		      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n\telse\n"
		      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n\tfi\n}\ncomplete -o filenames "
		      "-F _mkbench mkbench\n");
}

/* Escapes text inside single quotes: quote replaces a single quote, and special characters get a
 * backslash. */
static void put_quoted(struct text *out, const char *words, const char *special, const char *quote)
{
	for (; *words; words++) {
		if (*words == '\'')
			text_put(out, quote);
		else if (strchr(special, *words))
			text_printf(out, "\\%c", *words);
		else
			text_add(out, words, 1);
	}
}

static void put_zsh_words(struct text *out, const char *words)
{
	put_quoted(out, words, "[]:\\", "'\\''");
}

static void put_fish_words(struct text *out, const char *words)
{
	put_quoted(out, words, "\\", "\\'");
}

static void zsh_rows(struct text *out, const struct option_row *row)
{
	for (; row && row->name; row++) {
		static const char *const actions[] = {
			[NOTHING] = " ", [FILES] = "_files", [FOLDERS] = "_files -/"
		};
		enum kind kind = kind_of(row->value, row->words);
		text_printf(out, " \\\n\t\t\t'--%s[", row->name);
		put_zsh_words(out, row->help);
		text_put(out, "]");
		if (row->value)
			text_put(out, ":value:");
		if (row->value && kind == WORDS)
			text_printf(out, "(%s)", row->words);
		else if (row->value)
			text_put(out, actions[kind]);
		text_put(out, "'");
	}
}

static void put_zsh(struct text *out)
{
	text_put(out, "#compdef mkbench\n# zsh completion for mkbench, made by 'mkbench completion "
		      "zsh'\n_mkbench() {\n\tlocal -a commands=(");
	for (const struct cmd *const *c = cmd_all; *c; c++) {
		text_printf(out, "\n\t\t'%s:", (*c)->name);
		put_zsh_words(out, (*c)->summary);
		text_put(out, "'");
	}
	text_put(out, "\n\t\t'help:show the page of a command'\n\t)\n\tif ((CURRENT == 2)) || [[ $words[2] "
		      "== help ]]; then\n"
		      "\t\t_describe command commands\n\t\treturn\n\tfi\n\tshift "
		      "words\n\t((CURRENT--))\n\tcase $words[1] in\n");
	for (const struct cmd *const *c = cmd_all; *c; c++) {
		text_printf(out, "\t\t%s) _arguments '--help[show the page of it]'", (*c)->name);
		zsh_rows(out, (*c)->acts);
		zsh_rows(out, (*c)->options);
		if ((*c)->words)
			text_printf(out, " \\\n\t\t\t'1:word:(%s)'", (*c)->words);
		if (takes_files(*c))
			text_put(out, " \\\n\t\t\t'*:file:_files'");
		text_put(out, " ;;\n");
	}
	text_put(out, "\tesac\n}\n_mkbench \"$@\"\n");
}

static void fish_rows(struct text *out, const char *command, const struct option_row *row)
{
	for (; row && row->name; row++) {
		text_printf(out, "complete -c mkbench -n '__fish_seen_subcommand_from %s' -l %s", command,
			    row->name);
		if (row->value)
			text_put(out, kind_of(row->value, row->words) == FILES ? " -rF" : " -x");
		if (row->words)
			text_printf(out, " -a '%s'", row->words);
		if (row->value && kind_of(row->value, row->words) == FOLDERS)
			text_put(out, " -a '(__fish_complete_directories)'");
		text_put(out, " -d '");
		put_fish_words(out, row->help);
		text_put(out, "'\n");
	}
}

static void put_fish(struct text *out)
{
	text_put(out, "# fish completion for mkbench, made by 'mkbench completion fish'\n");
	for (const struct cmd *const *c = cmd_all; *c; c++) {
		text_printf(out, "complete -c mkbench -n __fish_use_subcommand -f -a %s -d '", (*c)->name);
		put_fish_words(out, (*c)->summary);
		text_put(out, "'\n");
		fish_rows(out, (*c)->name, (*c)->acts);
		fish_rows(out, (*c)->name, (*c)->options);
		if ((*c)->words)
			text_printf(out,
				    "complete -c mkbench -n '__fish_seen_subcommand_from %s; and test (count "
				    "(commandline -opc)) -eq 2' -f -a '%s'\n",
				    (*c)->name, (*c)->words);
		if (!takes_files(*c))
			text_printf(out, "complete -c mkbench -n '__fish_seen_subcommand_from %s' -f\n",
				    (*c)->name);
	}
}

static struct err *take(void *wishes, int id, const char *value)
{
	(void)wishes, (void)id, (void)value;
	return NULL;
}

static struct err *run(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*put)(struct text *);
	} shells[] = { { "bash", put_bash }, { "zsh", put_zsh }, { "fish", put_fish } };
	AUTO_TEXT struct text out = { 0 };
	const char *shell;

	TRY(option_read(&cmd_completion, argc, argv, take, NULL, &shell));
	for (size_t i = 0; i < COUNT(shells); i++)
		if (!strcmp(shells[i].name, shell)) {
			shells[i].put(&out);
			fputs(out.bytes, stdout);
			return NULL;
		}
	return err_new(ERR_USAGE, "completion knows bash, zsh and fish, not '%s'", shell);
}

const struct cmd cmd_completion = {
	.name = "completion",
	.operand = "SHELL",
	.words = "bash zsh fish",
	.summary = "print what a shell needs to complete these commands",
	.text = "SHELL is bash, zsh or fish. 'make install' puts the three where these look. For one shell "
		"alone: source <(mkbench completion bash)",
	.run = run,
};
