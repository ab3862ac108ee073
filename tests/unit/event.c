/* SPDX-License-Identifier: MIT */
#include "contract/event.h"

#include "base/mem.h"
#include "t.h"

#define AT "2026-11-29T10:00:00Z "

static void both_ways(void)
{
	AUTO_FREE char *stopped =
		event_text(&(struct event){ .name = EVENT_STOPPED, .ms = 1250, .killed = true });
	AUTO_FREE char *reason =
		event_text(&(struct event){ .name = EVENT_CANNOT_START, .why = "a \"disk\":\nis | gone" });
	AUTO_FREE char *log = mem_printf("words\n" AT "init: %s\n" AT "initrd: %s\n", stopped, reason);
	AUTO_EVENT struct event e, why, refused;

	is(stopped, "{\"event\":\"stopped\",\"ms\":1250,\"killed\":true}");
	ok(event_find(log, EVENT_STOPPED, &e) && e.ms == 1250 && e.killed);
	ok(event_find(log, EVENT_CANNOT_START, &why));
	is(why.why, "a \"disk\":\nis | gone");
	ok(!event_find(log, EVENT_REFUSED, &refused));
	AUTO_FREE char *older =
		event_text(&(struct event){ .name = EVENT_REFUSED, .why = "older than the data" });
	AUTO_FREE char *console = mem_printf("[ 22.3] mkbench[294]: " AT "init: %s\n", older);
	ok(event_find(console, EVENT_REFUSED, &refused));
	is(refused.why, "older than the data");
}

static bool found(const char *log)
{
	AUTO_EVENT struct event e;

	return event_find(log, EVENT_STOPPED, &e) && e.ms == 7;
}

#define GOOD "init: {\"event\":\"stopped\",\"ms\":7,\"killed\":false}"

static void what_counts(void)
{
	ok(found(AT GOOD));
	ok(found("[  12.3] init[1]: " AT GOOD " \r\n")); /* a disk's console */
	/* the last one */
	ok(found(AT "init: {\"event\":\"stopped\",\"ms\":9,\"killed\":false}\n" AT GOOD "\nmore"));
	ok(found(AT GOOD "\n" AT "init: {\"event\":\"stopped\",\"ms\":true}")); /* one that is whole */
	ok(!found("web | " AT GOOD));						/* a program's */
	ok(!found("web | " GOOD) && !found(GOOD) &&
	   !found(AT "provision: {\"event\":\"stopped\",\"ms\":7,\"killed\":false}"));
	ok(!found(AT "init: {\"event\":\"stopped\",\"ms\":7,\"kil") &&
	   !found(AT "init: {\"event\":\"other\",\"ms\":7,\"killed\":false}"));
	ok(!found("") && !found("\n\n\r\n") && !found(AT "init: stopped in 7 s"));
}

int main(void)
{
	both_ways();
	what_counts();
	return t_done();
}
