/* SPDX-License-Identifier: MIT */
/* Writes a bill of materials as SPDX 2.3, by its JSON schema. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/mkbench_version.h"
#include "report/report_text.h"
#include "sbom/license.h"
#include "sbom/sbom_write.h"

#define ID "SPDXRef-"
#define IMAGE "SPDXRef-image"

static json_t *id_of(const struct sbom *s, size_t part)
{
	char name[SBOM_WORD];

	return json_sprintf(ID "%s", sbom_write_name(s, part, name));
}

static json_t *checksums(const struct digest *d)
{
	char hex[DIGEST_HEX];

	return json_pack("[{s:s, s:s}]", "algorithm", "SHA256", "checksumValue", digest_hex(d, hex));
}

static json_t *package(const char *name, const char *version, const char *purl, const char *license,
		       json_t *id)
{
	json_t *j = json_pack("{s:o, s:o, s:s, s:b, s:s, s:o, s:s}", "SPDXID", id, "name",
			      report_text_json(name), "downloadLocation", "NOASSERTION", "filesAnalyzed", 0,
			      "licenseConcluded", "NOASSERTION", "licenseDeclared",
			      report_text_json(license ? license : "NOASSERTION"), "copyrightText",
			      "NOASSERTION");

	if (version)
		json_object_set_new(j, "versionInfo", report_text_json(version));
	if (purl)
		json_object_set_new(j, "externalRefs",
				    json_pack("[{s:s, s:s, s:o}]", "referenceCategory", "PACKAGE-MANAGER",
					      "referenceType", "purl", "referenceLocator",
					      report_text_json(purl)));
	return j;
}

static void put_source(const struct sbom_part *p, json_t *j)
{
	AUTO_TEXT struct text t = { 0 };

	if (p->source)
		text_printf(&t, "built from the source package %s", p->source);
	if (p->commit)
		text_printf(&t, "%scommit %s", t.len ? "; " : "", p->commit);
	if (p->path)
		text_printf(&t, "%sacquired from %s", t.len ? "; " : "", p->path);
	if (t.len)
		json_object_set_new(j, "sourceInfo", report_text_json(t.bytes));
}

static json_t *part_json(const struct sbom *s, size_t at)
{
	static const char *const purposes[SBOM_KIND_COUNT] = {
		[SBOM_SYSTEM] = "OPERATING_SYSTEM",
		[SBOM_APP] = "APPLICATION",
		[SBOM_PROGRAM] = "APPLICATION",
		[SBOM_LIBRARY] = "LIBRARY",
	};
	const struct sbom_part *p = &s->items[at];
	json_t *j = package(p->name, p->version, p->purl, p->license, id_of(s, at));

	put_source(p, j);
	if (purposes[p->kind])
		json_object_set_new(j, "primaryPackagePurpose", json_string(purposes[p->kind]));
	if (!digest_is_zero(&p->sha256) && p->kind != SBOM_APP)
		json_object_set_new(j, "checksums", checksums(&p->sha256));
	return j;
}

static json_t *image_json(const struct sbom *s)
{
	AUTO_FREE char *purl = sbom_write_purl(s);
	json_t *j = package(s->name, s->version, purl, NULL, json_string(IMAGE));

	json_object_set_new(j, "primaryPackagePurpose", json_string("CONTAINER"));
	if (s->built)
		json_object_set_new(j, "checksums", checksums(&s->digest));
	return j;
}

static void relate(json_t *list, json_t *from, const char *how, json_t *to)
{
	json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "spdxElementId", from, "relationshipType",
					      how, "relatedSpdxElement", to));
}

struct depending {
	const struct sbom *sbom;
	json_t *list;
	size_t part;
};

static void take_depends(void *arg, size_t other)
{
	struct depending *d = arg;

	relate(d->list, id_of(d->sbom, d->part), "DEPENDS_ON", id_of(d->sbom, other));
}

static json_t *relationships(const struct sbom *s)
{
	json_t *list = json_array();

	relate(list, json_string(ID "DOCUMENT"), "DESCRIBES", json_string(IMAGE));
	for (size_t i = 0; i < s->count; i++) {
		const struct sbom_part *p = &s->items[i];
		if (p->kind == SBOM_LIBRARY)
			relate(list, id_of(s, p->within), "STATIC_LINK", id_of(s, i));
		else
			relate(list, p->within == SBOM_NOBODY ? json_string(IMAGE) : id_of(s, p->within),
			       "CONTAINS", id_of(s, i));
		sbom_write_depends(s, i, take_depends, &(struct depending){ s, list, i });
	}
	return list;
}

/* Lists every reference once; its text is in the image, at the path of the package's licence. */
static json_t *references(const struct sbom *s)
{
	json_t *list = json_array(), *seen = json_object();
	size_t len;

	for (size_t i = 0; i < s->count; i++)
		for (const char *at = s->items[i].license, *ref; at && (ref = license_next_ref(&at, &len));) {
			AUTO_FREE char *id = mem_ndup(ref, len);
			const char *where = s->items[i].license_path;
			AUTO_FREE char *text = where ? mem_printf("The text is in the image: %s", where) :
						       mem_dup("The text is with the package");
			if (json_object_get(seen, id))
				continue;
			json_object_set_new(seen, id, json_true());
			json_array_append_new(list,
					      json_pack("{s:o, s:o, s:o}", "licenseId", report_text_json(id),
							"name", report_text_json(id + strlen(LICENSE_REF)),
							"extractedText", report_text_json(text)));
		}
	json_decref(seen);
	return list;
}

json_t *sbom_spdx(const struct sbom *s)
{
	json_t *packages = json_pack("[o]", image_json(s)), *refs = references(s);
	char uuid[SBOM_WORD], time[SBOM_WORD];
	AUTO_FREE char *title = s->version ? mem_printf("%s:%s", s->name, s->version) : mem_dup(s->name);

	for (size_t i = 0; i < s->count; i++)
		json_array_append_new(packages, part_json(s, i));
	json_t *j =
		json_pack("{s:s, s:s, s:s, s:o, s:o, s:{s:s, s:[o]}, s:o, s:o}", "spdxVersion", "SPDX-2.3",
			  "dataLicense", "CC0-1.0", "SPDXID", ID "DOCUMENT", "name", report_text_json(title),
			  "documentNamespace", json_sprintf("urn:uuid:%s", sbom_write_uuid(s, "spdx", uuid)),
			  "creationInfo", "created", sbom_write_time(s, time), "creators",
			  json_sprintf("Tool: mkbench-%s", mkbench_version), "packages", packages,
			  "relationships", relationships(s));
	if (s->remark)
		json_object_set_new(j, "comment", report_text_json(s->remark));
	if (json_array_size(refs))
		json_object_set(j, "hasExtractedLicensingInfos", refs);
	json_decref(refs);
	return j;
}
