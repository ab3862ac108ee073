/* SPDX-License-Identifier: MIT */
/* Generates help pages, the manual and shell completions from the commands' tables. */
#pragma once
#include <stdio.h>

#include "base/text.h"
#include "cmd/cmd.h"

/* The general help page. */
void help_usage(struct text *out);
/* The help page of one command, at most 80 columns wide. */
void help_page(const struct cmd *c, struct text *out);
/* mkbench(1) in the markup of man(7). version: "0.1.0". */
void help_manual(const char *version, struct text *out);
/* Appends text as paragraphs, wrapped at 80 columns. Lines after the first are indented by indent; column is
 * where the first begins. */
void help_wrap(struct text *out, const char *text, size_t column, size_t indent);
