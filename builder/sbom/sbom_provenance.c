/* SPDX-License-Identifier: MIT */
/* Writes the provenance of an image in in-toto's format: from what and how it was built. */
#include "base/mem.h"
#include "base/mkbench_version.h"
#include "report/report_text.h"
#include "sbom/purl.h"
#include "sbom/sbom.h"

/* externalParameters.recipe is what a person decides, internalParameters.lock what it resolved to */
#define BUILD_TYPE "urn:mkbench:build:1"
#define BUILDER "urn:mkbench:builder"

static json_t *sum(const char *kind, const char *hex)
{
	return json_pack("{s:s}", kind, hex);
}

static json_t *material(const struct sbom_part *p)
{
	char hex[DIGEST_HEX];
	json_t *digest =
		digest_is_zero(&p->sha256) ? json_object() : sum("sha256", digest_hex(&p->sha256, hex));

	if (p->commit)
		json_object_set_new(digest, "gitCommit", json_string(p->commit));
	return json_pack("{s:o, s:o, s:o}", "name", report_text_json(p->name), "uri",
			 report_text_json(p->purl), "digest", digest);
}

static json_t *folder(const struct sbom_subject *f)
{
	char hex[DIGEST_HEX];
	AUTO_FREE char *tree = mem_printf("sha256:%s", digest_hex(&f->digest, hex));
	const struct purl_qualifier q[] = { { "checksum", tree }, { NULL, NULL } };
	AUTO_FREE char *purl = purl_new("generic", NULL, f->name, NULL, q);

	return json_pack("{s:o, s:o, s:o}", "name", report_text_json(f->name), "uri", report_text_json(purl),
			 "digest", sum("sha256", hex));
}

void sbom_provenance(const struct recipe *r, const struct lock *l, const struct sbom_build *b,
		     struct text *out)
{
	AUTO_SBOM struct sbom all = { 0 };
	json_t *materials = json_array(), *subjects = json_array();
	char hex[DIGEST_HEX], lock[DIGEST_HEX];

	sbom_lock_groups(r, l, GROUP_COUNT, &all);
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].commit || !digest_is_zero(&all.items[i].sha256))
			json_array_append_new(materials, material(&all.items[i]));
	for (size_t i = 0; i < b->folder_count; i++)
		json_array_append_new(materials, folder(&b->folders[i]));
	for (size_t i = 0; i < b->subject_count; i++)
		json_array_append_new(subjects,
				      json_pack("{s:o, s:o}", "name", report_text_json(b->subjects[i].name),
						"digest",
						sum("sha256", digest_hex(&b->subjects[i].digest, hex))));
	json_t *definition =
		json_pack("{s:s, s:{s:{s:o, s:o}}, s:{s:{s:o}, s:s}, s:o}", "buildType", BUILD_TYPE,
			  "externalParameters", "recipe", "name", report_text_json(b->recipe_name), "digest",
			  sum("sha256", digest_hex(&b->recipe, hex)), "internalParameters", "lock", "digest",
			  sum("sha256", digest_hex(&b->lock, lock)), "build", b->build_id,
			  "resolvedDependencies", materials);
	json_t *run = json_pack("{s:{s:s, s:{s:s}}, s:{s:s}}", "builder", "id", BUILDER, "version", "mkbench",
				mkbench_version, "metadata", "invocationId", b->build_id);
	report_text_dump(out, json_pack("{s:s, s:o, s:s, s:{s:o, s:o}}", "_type",
					"https://in-toto.io/Statement/v1", "subject", subjects,
					"predicateType", "https://slsa.dev/provenance/v1", "predicate",
					"buildDefinition", definition, "runDetails", run));
}
