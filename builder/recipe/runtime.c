/* SPDX-License-Identifier: MIT */
#include "recipe/runtime.h"

#include <string.h>

#include "base/mem.h"

const char *const runtime_names[RUNTIME_COUNT] = { "python", "node" };
const char *const runtime_titles[RUNTIME_COUNT] = { "Python", "Node" };

const char *runtime_version(const struct recipe *r, int kind)
{
	return kind == RUNTIME_PYTHON ? r->runtime.python : r->runtime.node;
}

int runtime_archive(const struct recipe *r, int kind)
{
	const struct app *all = r->runtime.archives.items;

	for (size_t i = 0; i < r->runtime.archives.count; i++)
		if (all[i].name && !strcmp(all[i].name, runtime_names[kind]))
			return (int)i;
	return -1;
}

char *runtime_package(const struct recipe *r, int kind)
{
	const char *version = runtime_version(r, kind);

	if (kind == RUNTIME_NODE)
		return mem_dup("nodejs");
	if (!version)
		return mem_dup("python3");
	const char *minor = strchr(version, '.') + 1;
	return mem_printf("python%.*s", (int)(minor + strspn(minor, "0123456789") - version), version);
}

char *runtime_program(const struct recipe *r, int kind)
{
	AUTO_FREE char *package = runtime_package(r, kind);

	if (runtime_archive(r, kind) >= 0)
		return mem_dup(kind == RUNTIME_PYTHON ? "/opt/python/bin/python3" : "/opt/node/bin/node");
	return kind == RUNTIME_PYTHON ? mem_printf("/usr/bin/%s", package) : mem_dup("/usr/bin/node");
}

static void check_archive(const struct recipe *r, size_t i, const struct node *root, struct problems *p)
{
	const struct app *all = r->runtime.archives.items, *a = &all[i];
	const struct node *n = node_find(root, "runtime/archives/%zu", i);

	if (!n || n->kind != NODE_MAP || !a->name)
		return;
	if (!node_get(n, "archive") == !node_get(n, "path"))
		problem_add(p, a->at,
			    "this build of %s comes from one of 'archive' and 'path': write one of them",
			    a->name);
	if (node_get(n, "archive") && !node_get(n, "sha256"))
		problem_add(p, a->at, "'archive' needs a 'sha256': sha256sum prints it");
	for (size_t k = 0; k < i; k++)
		if (all[k].name && !strcmp(all[k].name, a->name))
			problem_add(p, a->at, "a build of %s is given twice: a bench has one", a->name);
	for (int kind = 0; kind < RUNTIME_COUNT; kind++)
		if (!strcmp(a->name, runtime_names[kind]) && !node_find(root, "runtime/%s", a->name))
			problem_add(p, a->at,
				    "which %s this is must be written, too: add '%s' with its version to "
				    "'runtime'",
				    runtime_titles[kind], a->name);
}

void runtime_check(const struct recipe *r, struct problems *p, const struct node *root)
{
	for (size_t i = 0; i < r->runtime.archives.count; i++)
		check_archive(r, i, root, p);
}
