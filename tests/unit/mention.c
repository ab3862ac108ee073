/* SPDX-License-Identifier: MIT */
#include "debian/mention.h"

#include "base/mem.h"
#include "t.h"

static struct slice slice(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

int main(void)
{
	struct mention m = { 0 };
	static const char *const order[] = { "a", "libc6", "b", "c", "d+e.f-g", "e" };

	ok(!mention_order(&m, slice("a")));
	mention_name(&m, slice("a"));
	mention_field(&m,
		      slice("libc6 (>= 2:1), b|c,\n d+e.f-g(= 1) , python3:any (>= 3) | a, gcc:amd64, e"));
	mention_field(&m, slice(" , | ("));
	mention_field(&m, (struct slice){ 0 });
	mention_name(&m, slice(""));
	for (size_t i = 0; i < COUNT(order); i++)
		ok(mention_order(&m, slice(order[i])) == i + 1);
	ok(!mention_order(&m, slice("python3")) && !mention_order(&m, slice("gcc")) &&
	   !mention_order(&m, slice("")));
	ok(m.count == COUNT(order));

	size_t wrong = 0;
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 5000; i++) {
			AUTO_FREE char *name = mem_printf("p%u", i);
			mention_name(&m, slice(name));
			wrong += mention_order(&m, slice(name)) != COUNT(order) + 1 + i;
		}
	ok(!wrong);
	mention_done(&m);
	ok(!mention_order(&m, slice("a")));
	return t_done();
}
