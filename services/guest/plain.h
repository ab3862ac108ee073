/* Words of others made fit to be shown: JSON knows UTF-8 alone, and a terminal obeys what nobody sees. Each byte of anything
 * else becomes a question mark. */
#pragma once
#include <jansson.h>

void plain_text(char *text);          /* in place; lines and tabs stay */
json_t *plain_json(const char *text); /* as one line */
