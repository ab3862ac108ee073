/* SPDX-License-Identifier: MIT */
#include "cmd/help.h"

#include <string.h>

#include "base/mem.h"
#include "cmd/option.h"

#define WIDTH 80
#define COMMAND_COLUMN 20
#define OPTION_COLUMN 22
#define ACT_COLUMN 35

static const char statuses[] = "exit status: 0 done, 2 usage, 3 recipe, 4 fetch or push, 5 build, or a check "
			       "has failed, 6 system, 130 after Ctrl-C before it was done";

void help_wrap(struct text *out, const char *text, size_t column, size_t indent)
{
	bool first = true;

	while (*text) {
		if (*text == '\n') {
			text_put(out, "\n");
			text++;
			column = 0;
			first = true;
			continue;
		}
		size_t len = strcspn(text, " \n");
		if (!first && column + 1 + len > WIDTH) {
			text_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			text_put(out, " ");
			column++;
		}
		text_add(out, text, len);
		column += len;
		text += len;
		text += *text == ' ';
		first = false;
	}
	text_put(out, "\n");
}

/* Prints a short head, then the help in its own column. */
static void put_row(struct text *out, const char *head, const char *help, size_t column)
{
	size_t len = strlen(head);

	if (len + 1 > column) {
		text_printf(out, "%s\n%*s", head, (int)column, "");
		help_wrap(out, help, column, column);
	} else {
		text_printf(out, "%-*s", (int)column, head);
		help_wrap(out, help, column, column);
	}
}

void help_usage(struct text *out)
{
	text_put(out, "usage: mkbench COMMAND [ARGUMENTS]\n\n");
	for (const struct cmd *const *c = cmd_all; *c; c++) {
		AUTO_FREE char *head = mem_printf("  %s", (*c)->name);
		put_row(out, head, (*c)->summary, COMMAND_COLUMN);
	}
	text_put(out, "\n'mkbench help COMMAND' shows the arguments and options of one.\n"
		      "'mkbench --version' says which mkbench this is.\n\n");
	help_wrap(out, statuses, 0, 0);
}

/* "-o, --output FOLDER" */
static char *head_of(const struct option_row *row)
{
	char short_form[] = "-x, ";

	short_form[1] = (char)row->id;
	return mem_printf("%s--%s%s%s", row->id && row->id < OPTION_PROGRESS ? short_form : "", row->name,
			  row->value ? " " : "", row->value ? row->value : "");
}

static void put_options(const struct cmd *c, struct text *out)
{
	for (const struct option_row *row = c->options; row->name; row++) {
		AUTO_FREE char *head = head_of(row), *indented = mem_printf("  %s", head);
		put_row(out, indented, row->help, OPTION_COLUMN);
	}
}

void help_page(const struct cmd *c, struct text *out)
{
	text_printf(out, "usage: mkbench %s%s%s%s\n", c->name, c->options ? " [OPTIONS]" : "",
		    c->operand ? " " : "", c->operand ? c->operand : "");
	for (const struct option_row *row = c->acts; row && row->name; row++) {
		AUTO_FREE char *head = head_of(row),
			       *form = mem_printf("       mkbench %s %s", c->name, head);
		put_row(out, form, row->help, ACT_COLUMN);
	}
	text_put(out, "\n");
	help_wrap(out, c->text, 0, 0);
	if (c->options) {
		text_put(out, "\n");
		put_options(c, out);
	}
}

/* Escapes text for man(7): hyphens that are typed, backslashes, and lines that begin with a full stop or a
 * quote. */
static void put_roff(struct text *out, const char *text)
{
	for (bool begins = true; *text; begins = *text++ == '\n') {
		if (begins && (*text == '.' || *text == '\''))
			text_put(out, "\\&");
		if (text[0] == '\n' && text[1] == '\n') {
			text_put(out, "\n.PP\n");
			text++;
		} else if (*text == '-' || *text == '\\') {
			text_put(out, *text == '-' ? "\\-" : "\\e");
		} else {
			text_add(out, text, 1);
		}
	}
}

static void put_roff_rows(struct text *out, const struct option_row *row)
{
	for (; row && row->name; row++) {
		AUTO_FREE char *head = head_of(row);
		text_put(out, ".TP\n.B ");
		put_roff(out, head);
		text_put(out, "\n");
		put_roff(out, row->help);
		text_put(out, "\n");
	}
}

void help_manual(const char *version, struct text *out)
{
	text_printf(out,
		    ".TH MKBENCH 1 \"\" \"mkbench %s\" \"User Commands\"\n.SH NAME\nmkbench \\- a whole "
		    "Frappe-like bench in one image\n"
		    ".SH SYNOPSIS\n.B mkbench\n.I COMMAND\n.RI [ ARGUMENTS ]\n"
		    ".SH DESCRIPTION\nBuilds container images and bootable disks from a recipe in YAML: "
		    "applications, sites, database, queues, web servers. Starts them, and checks them.\n.SH "
		    "COMMANDS\n",
		    version);
	for (const struct cmd *const *c = cmd_all; *c; c++) {
		text_printf(out, ".SS \"mkbench %s%s%s%s\"\n", (*c)->name, (*c)->options ? " [OPTIONS]" : "",
			    (*c)->operand ? " " : "", (*c)->operand ? (*c)->operand : "");
		put_roff(out, (*c)->text);
		text_put(out, "\n");
		put_roff_rows(out, (*c)->acts);
		put_roff_rows(out, (*c)->options);
	}
	text_put(out, ".SH EXIT STATUS\n");
	put_roff(out, statuses + strlen("exit status: "));
	text_put(out, "\n.SH ENVIRONMENT\n.TP\n.B MKBENCH_STORE\nwhere what was downloaded and built is "
		      "kept; ~/.cache/mkbench unless set\n"
		      ".TP\n.B MKBENCH_SHARE\nthe folder that holds services/ and rootfs/\n");
}
