/* SPDX-License-Identifier: MIT */
#include "cmd/push_report.h"

#include "base/mem.h"

json_t *push_report(const struct push *p, const struct push_result *result)
{
	const struct manifest_document *root = &p->set->documents.items[p->set->root];
	char hex[DIGEST_HEX];

	return json_pack("{s:o, s:o, s:s, s:{s:I, s:I, s:I}, s:I, s:I, s:b}", "reference",
			 json_sprintf("%s/%s:%s", p->where->host, p->where->name, p->where->tag), "digest",
			 json_sprintf("sha256:%s", digest_hex(&root->digest, hex)), "media_type", root->type,
			 "blobs", "sent", (json_int_t)result->sent, "mounted", (json_int_t)result->mounted,
			 "present", (json_int_t)result->present, "sent_bytes", (json_int_t)result->sent_bytes,
			 "attached", (json_int_t)result->attached, "unchanged", (int)result->unchanged);
}

char *push_report_line(const json_t *report)
{
	return mem_printf("%s@%s%s", json_string_value(json_object_get(report, "reference")),
			  json_string_value(json_object_get(report, "digest")),
			  json_is_true(json_object_get(report, "unchanged")) ? " unchanged" : "");
}
