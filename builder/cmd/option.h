/* The options of the commands that take a recipe, read in one place. */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/progress.h"

enum option_bit { OPTION_PROGRESS = 1, OPTION_WHY = 2, OPTION_OUTPUT = 4, OPTION_CLEAN = 8 };

struct option_set {
	const char *recipe;      /* the one word that is no option; none with OPTION_CLEAN */
	enum progress_style style;
	const char *why;         /* --why PACKAGE */
	const char *folder;      /* -o DIR, --output=DIR; "." */
	bool all, built;         /* --all, --built */
};

#define PROGRESS_HELP \
	"  --progress STYLE    auto (a bar at a terminal, else plain), bar, plain, json\n" \
	"                      (an event a line) or quiet, on standard error\n"

/* ERR_USAGE names the option that is not known or lacks its value. */
struct err *option_read(int argc, char **argv, unsigned bits, struct option_set *ret) MUST_CHECK;
/* The word after --progress. */
struct err *option_style(const char *word, enum progress_style *ret) MUST_CHECK;
