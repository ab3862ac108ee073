/* SPDX-License-Identifier: MIT */
/* What a person reads of the commands, made of their tables: pages, the manual, completions for shells. */
#pragma once
#include <stdio.h>

#include "base/text.h"
#include "cmd/cmd.h"

/* The general page. */
void help_usage(struct text *out);
/* The page of one command, no line wider than 80 columns. */
void help_page(const struct cmd *c, struct text *out);
/* mkbench(1), in man(7)'s words. version: "0.1.0". */
void help_manual(const char *version, struct text *out);
/* text as paragraphs: wrapped at 80 columns, each line after the first begins with that many spaces.
 * column: where the first begins. */
void help_wrap(struct text *out, const char *text, size_t column, size_t indent);
