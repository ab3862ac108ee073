/* SPDX-License-Identifier: MIT */
#include "recipe/output.h"

#include <string.h>

#define ROW(id, word, ...) [OUTPUT_##id] = { __VA_ARGS__ },
const struct output_row output_rows[OUTPUT_COUNT] = { OUTPUT_ROWS(ROW) };
#undef ROW

#define WORD(id, word, ...) [OUTPUT_##id] = word,
const char *const output_words[OUTPUT_COUNT + 1] = { OUTPUT_ROWS(WORD) NULL };
#undef WORD

const struct output_row *output_of_file(const char *path)
{
	for (size_t i = 0; i < OUTPUT_COUNT; i++)
		if (text_ends(path, output_rows[i].suffix))
			return &output_rows[i];
	return NULL;
}

void output_list_disks(const char *and_or, struct text *ret)
{
	size_t left = 0;

	for (size_t i = 0; i < OUTPUT_COUNT; i++)
		left += output_rows[i].is_disk;
	for (size_t i = 0; i < OUTPUT_COUNT; i++)
		if (output_rows[i].is_disk) {
			left--;
			text_printf(ret, "%s%s", output_words[i], left > 1 ? ", " : "");
			if (left == 1)
				text_printf(ret, " %s ", and_or);
		}
}
