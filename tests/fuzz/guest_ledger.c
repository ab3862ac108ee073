/* SPDX-License-Identifier: MIT */
/* A ledger of any bytes: refused, or what was read is the same when it is read again. */
#include "provision/ledger.h"

#include <stdint.h>
#include <string.h>

#include "folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void count(const char *step, enum ledger_state s, void *arg)
{
	size_t *steps = arg;

	if (!*step && s == LEDGER_NEVER)
		abort();
	++*steps;
}

static struct err *open_and_count(const char *path, size_t *ret_steps)
{
	struct ledger *l = NULL;

	*ret_steps = 0;
	TRY(ledger_open(path, &l));
	ledger_each(l, count, ret_steps);
	struct err *e = ledger_begin(l, "step");
	if (!e && ledger_state(l, "step") == LEDGER_NEVER)
		abort();
	ledger_close(l);
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	AUTO_FREE char *inside = folder_begin(), *path = mem_printf("%s/ledger", inside);
	size_t first, second;

	if (file_write(path, bytes, len, 0600))
		abort();
	struct err *e = open_and_count(path, &first);
	if (!e && (open_and_count(path, &second) || second < first || second > first + 1))
		abort();
	err_free(e);
	folder_end();
	return 0;
}
