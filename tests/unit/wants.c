/* SPDX-License-Identifier: MIT */
#include "recipe/wants.h"

#include "t.h"

struct row {
	const char *asked, *have;
	bool met;
};

int main(void)
{
	static const struct row python[] = {
		{ ">=3.10", "3.11.2", true },
		{ ">=3.14", "3.13.5", false },
		{ ">=3.10,<3.13", "3.13.5", false },
		{ ">=3.10, <3.14", "3.13.5", true },
		{ "~=3.11", "3.13.0", true },
		{ "~=3.11.1", "3.12.0", false },
		{ "==3.12.*", "3.12.4", true },
		{ "==3.12.*", "3.11.4", false },
		{ "!=3.11.*", "3.11.2", false },
		{ ">3.10", "3.11.2", true },
		{ ">3.11", "3.11.2", false },
		{ "<=3.11", "3.11.2", true },
		{ "", "3.11.2", true },
		{ "sometimes", "3.11.2", true },
	};
	static const struct row node[] = {
		{ ">=18", "18.20.4", true },	   { ">=24", "20.19.2", false },
		{ "^18 || ^20", "20.19.2", true }, { "^18 || ^20", "22.1.0", false },
		{ "18.x", "18.1.0", true },	   { "18.x", "20.1.0", false },
		{ ">=14 <20", "20.1.0", false },   { ">=14 <20", "18.1.0", true },
		{ "14 - 18", "18.5.0", true },	   { "14 - 18", "20.5.0", false },
		{ "*", "18.5.0", true },	   { "~18.2", "18.2.9", true },
		{ "~18.2", "18.3.0", false },	   { "lts/*", "18.3.0", true },
		{ ">= 18.0.0", "18.3.0", true },   { "v18", "18.3.0", true },
		{ ">=18.17.0", "18.16.9", false }, { "^0.12", "0.13.0", false },
	};

	for (size_t i = 0; i < sizeof python / sizeof *python; i++) {
		bool met = wants_python(python[i].asked, python[i].have);
		is(met == python[i].met ? "as wanted" : python[i].asked, "as wanted");
	}
	for (size_t i = 0; i < sizeof node / sizeof *node; i++) {
		bool met = wants_node(node[i].asked, node[i].have);
		is(met == node[i].met ? "as wanted" : node[i].asked, "as wanted");
	}
	return t_done();
}
