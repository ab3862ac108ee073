# SPDX-License-Identifier: MIT
"""sbom-check.py FILE VALIDATORS: whether a bill of materials is what its format wants, by the format's own schema (CycloneDX) or the
checks of the format's own makers (SPDX), which VALIDATORS has; and whether each name in it stands for something."""
import json, sys, warnings

path, validators = sys.argv[1:]
sys.path.insert(0, validators)
warnings.simplefilter("ignore")
document = json.load(open(path))


def cyclonedx():
    import jsonschema
    from importlib.resources import files
    folder = files("cyclonedx.schema") / "_res"
    read = lambda name: json.loads((folder / name).read_text())
    schema = read("bom-1.5.SNAPSHOT.schema.json")
    base = schema["$id"].rsplit("/", 1)[0] + "/"
    parts = {base + name: read(name) for name in ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json")}
    resolver = jsonschema.RefResolver(schema["$id"], schema, {**parts, **{part["$id"]: part for part in parts.values()}})
    for error in jsonschema.Draft7Validator(schema, resolver=resolver).iter_errors(document):
        yield f"{list(error.path)}: {error.message[:200]}"
    refs = [component["bom-ref"] for component in document["components"]] + [document["metadata"]["component"]["bom-ref"]]
    if len(set(refs)) != len(refs):
        yield "a bom-ref is there twice"
    for row in document["dependencies"]:
        for ref in [row["ref"], *row.get("dependsOn", [])]:
            if ref not in refs:
                yield f"{ref} stands for nothing"


def spdx():
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    for message in validate_full_spdx_document(parse_file(path)):
        yield f"{message.validation_message} {message.context.spdx_id if message.context else ''}"


problems = list(cyclonedx() if document.get("bomFormat") else spdx())
print("\n".join(problems))
sys.exit(1 if problems else 0)
