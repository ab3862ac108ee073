/* SPDX-License-Identifier: MIT */
/* Writes a bill of materials as CycloneDX 1.5, by its JSON schema. */
#include <string.h>

#include "base/mem.h"
#include "base/mkbench_version.h"
#include "report/report_text.h"
#include "sbom/sbom_write.h"

static json_t *ref_of(const struct sbom *s, size_t part)
{
	char name[SBOM_WORD];

	return json_string(sbom_write_name(s, part, name));
}

static void put_property(json_t *list, const char *name, const char *value)
{
	if (value)
		json_array_append_new(
			list, json_pack("{s:s, s:o}", "name", name, "value", report_text_json(value)));
}

static json_t *hashes(const struct digest *d)
{
	char hex[DIGEST_HEX];

	return json_pack("[{s:s, s:s}]", "alg", "SHA-256", "content", digest_hex(d, hex));
}

static void put_properties(const struct sbom *s, const struct sbom_part *p, json_t *j)
{
	json_t *list = json_array();
	char name[SBOM_WORD];

	put_property(list, "mkbench:source", p->source);
	put_property(list, "mkbench:path", p->path);
	put_property(list, "mkbench:licence", p->license_path);
	put_property(list, "mkbench:commit", p->commit);
	if (p->within != SBOM_NOBODY)
		put_property(list, p->kind == SBOM_LIBRARY ? "mkbench:linked-into" : "mkbench:part-of",
			     sbom_write_name(s, p->within, name));
	if (json_array_size(list))
		json_object_set(j, "properties", list);
	json_decref(list);
}

static json_t *component(const struct sbom *s, size_t at)
{
	static const char *const types[SBOM_KIND_COUNT] = {
		"operating-system", "library", "library", "library", "application", "application", "library",
	};
	const struct sbom_part *p = &s->items[at];
	json_t *j = json_pack("{s:s, s:o, s:o}", "type", types[p->kind], "bom-ref", ref_of(s, at), "name",
			      report_text_json(p->name));

	if (p->version)
		json_object_set_new(j, "version", report_text_json(p->version));
	if (!digest_is_zero(&p->sha256) && p->kind != SBOM_APP)
		json_object_set_new(j, "hashes", hashes(&p->sha256));
	if (p->license)
		json_object_set_new(j, "licenses",
				    json_pack("[{s:o}]", "expression", report_text_json(p->license)));
	if (p->purl)
		json_object_set_new(j, "purl", report_text_json(p->purl));
	put_properties(s, p, j);
	return j;
}

struct depending {
	const struct sbom *sbom;
	json_t *list;
};

/* The schema requires unique items. */
static void take_depends(void *arg, size_t other)
{
	struct depending *d = arg;
	json_t *ref = ref_of(d->sbom, other);

	for (size_t i = 0; i < json_array_size(d->list); i++)
		if (json_equal(json_array_get(d->list, i), ref)) {
			json_decref(ref);
			return;
		}
	json_array_append_new(d->list, ref);
}

static void put_dependency(json_t *list, json_t *ref, json_t *on)
{
	json_t *row = json_pack("{s:o}", "ref", ref);

	if (json_array_size(on))
		json_object_set(row, "dependsOn", on);
	json_decref(on);
	json_array_append_new(list, row);
}

static json_t *dependencies(const struct sbom *s)
{
	json_t *list = json_array(), *all = json_array();

	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].within == SBOM_NOBODY)
			json_array_append_new(all, ref_of(s, i));
	put_dependency(list, json_string("image"), all);
	for (size_t i = 0; i < s->count; i++) {
		json_t *on = json_array();
		sbom_write_depends(s, i, take_depends, &(struct depending){ s, on });
		for (size_t n = 0; s->items[i].kind == SBOM_PROGRAM && n < s->count; n++)
			if (s->items[n].within == i)
				json_array_append_new(on, ref_of(s, n));
		put_dependency(list, ref_of(s, i), on);
	}
	return list;
}

static json_t *metadata(const struct sbom *s)
{
	AUTO_FREE char *purl = sbom_write_purl(s);
	json_t *image = json_pack("{s:s, s:s, s:o, s:s}", "type", "container", "bom-ref", "image", "name",
				  report_text_json(s->name), "purl", purl);
	json_t *j =
		json_pack("{s:[{s:s}], s:{s:[{s:s, s:s, s:s}]}, s:o}", "lifecycles", "phase",
			  s->built ? "post-build" : "pre-build", "tools", "components", "type", "application",
			  "name", "mkbench", "version", mkbench_version, "component", image);
	char time[SBOM_WORD];

	if (s->created)
		json_object_set_new(j, "timestamp", json_string(sbom_write_time(s, time)));
	if (s->version)
		json_object_set_new(image, "version", report_text_json(s->version));
	if (s->built)
		json_object_set_new(image, "hashes", hashes(&s->digest));
	if (s->remark)
		json_object_set_new(j, "properties",
				    json_pack("[{s:s, s:o}]", "name", "mkbench:remark", "value",
					      report_text_json(s->remark)));
	return j;
}

json_t *sbom_cyclonedx(const struct sbom *s)
{
	json_t *list = json_array();
	char uuid[SBOM_WORD];

	for (size_t i = 0; i < s->count; i++)
		json_array_append_new(list, component(s, i));
	return json_pack("{s:s, s:s, s:o, s:i, s:o, s:o, s:o}", "bomFormat", "CycloneDX", "specVersion",
			 "1.5", "serialNumber",
			 json_sprintf("urn:uuid:%s", sbom_write_uuid(s, "cyclonedx", uuid)), "version", 1,
			 "metadata", metadata(s), "components", list, "dependencies", dependencies(s));
}
