/* SPDX-License-Identifier: MIT */
#include "service/audit_rules.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"

#define FILE_LIMIT (256u << 10)
#define NAME "services/audit.yml"
#define AT(type, member) .offset = offsetof(struct type, member)
/* clang-format off */
#define KIND(type) { "kind", FIELD_TEXT, AT(type, kind), .required = true, .help = "say what it is" }
#define GLOBS(name_, type, member) \
	{ name_, FIELD_LIST, AT(type, member), .required = true, .min = 1, .help = "list them" }
#define ROWS(name_, member, fields_, type) \
	{ name_, FIELD_LIST, AT(audit_rules, member), .fields = fields_, .item_size = sizeof(struct type) }
#define END { .name = NULL }
/* clang-format on */

static const struct field place_fields[] = {
	KIND(audit_place),
	GLOBS("paths", audit_place, paths),
	{ "packed", FIELD_BOOL, AT(audit_place, packed) },
	END,
};

static const struct field token_fields[] = {
	KIND(audit_token),
	GLOBS("begins", audit_token, begins),
	{ "letters", FIELD_TEXT, AT(audit_token, letters), .required = true,
	  .help = "a set such as A-Za-z0-9" },
	{ "least", FIELD_COUNT, AT(audit_token, least), .required = true, .min = 1,
	  .help = "how many follow" },
	{ "most", FIELD_COUNT, AT(audit_token, most) },
	{ "after", FIELD_TEXT, AT(audit_token, after) },
	END,
};

static const struct field value_fields[] = {
	KIND(audit_value),
	GLOBS("files", audit_value, files),
	{ "except", FIELD_LIST, AT(audit_value, except) },
	GLOBS("names", audit_value, names),
	{ "likely", FIELD_BOOL, AT(audit_value, likely) },
	{ "least", FIELD_COUNT, AT(audit_value, least) },
	{ "letters", FIELD_TEXT, AT(audit_value, letters) },
	END,
};

static const struct field rule_fields[] = {
	ROWS("places", places, place_fields, audit_place),
	ROWS("tokens", tokens, token_fields, audit_token),
	ROWS("values", values, value_fields, audit_value),
	{ "published", FIELD_LIST, AT(audit_rules, published) },
	{ "meant", FIELD_LIST, AT(audit_rules, meant) },
	{ "urls", FIELD_LIST, AT(audit_rules, urls) },
	END,
};

struct err *audit_rules_read(struct arena *a, const char *share, struct audit_rules *ret)
{
	AUTO_FREE char *path = mem_printf("%s/" NAME, share), *bytes = NULL;
	struct problems p = { .arena = a };
	const struct node *root;
	size_t len;

	*ret = (struct audit_rules){ 0 };
	TRY(file_read(path, FILE_LIMIT, &bytes, &len));
	const char *kept = arena_dup(a, bytes, len);
	TRY_AS(node_parse(a, kept, len, &root), NAME);
	schema_read(rule_fields, root, ret, &p);
	if (p.count)
		return err_new(ERR_RECIPE, NAME ":%u:%u: %s", p.first->at.line, p.first->at.column,
			       p.first->text);
	ret->digest = digest_of(bytes, len);
	return NULL;
}
