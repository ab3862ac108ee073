#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What an image is made of, as scanners want to read it.
bats_require_minimum_version 1.5.0
load helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR"
	for word in old hostile; do
		python3 "$BATS_TEST_DIRNAME/report-image.py" $word $word
	done
	tar -C old -cf old.tar .
	skopeo copy --quiet --insecure-policy oci:old:tiny:1 docker-archive:docker.tar:tiny:1
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
}

# valid FILE: by the format's own rules, which .ci/setup test brings.
valid() {
	local validators=$BATS_TEST_DIRNAME/../../build/validators
	[[ -e $validators/complete ]] || skip "the formats' validators are not here: .ci/setup test brings them"
	run -0 python3 "$BATS_TEST_DIRNAME/sbom-check.py" "$1" "$validators"
}

@test "sbom lists packages with source, licence and purl, apps with commit, and what is linked into our programs" {
	"$MKBENCH" sbom old >spdx.json
	part() {
		jq -e --arg name "$1" ".packages[] | select(.name == \$name) | $2" spdx.json
	}
	part alpha '.externalRefs[0].referenceLocator == "pkg:deb/debian/alpha@1:1.0-1?arch=amd64&distro=debian-12&upstream=alpha-src"'
	part alpha '.licenseDeclared == "(GPL-2.0-or-later OR Artistic-1.0) AND LicenseRef-alpha-src-permissive-odd"'
	part alpha '.sourceInfo | startswith("built from the source package alpha-src 1:1.0-1")'
	part libbeta '.licenseDeclared | startswith("(GPL-2.0-or-later OR")' # its folder is a link to another's
	part six '.licenseDeclared == "MIT" and .externalRefs[0].referenceLocator == "pkg:pypi/six@1.16"'
	part @a/b '.externalRefs[0].referenceLocator == "pkg:npm/%40a/b@3.0.0"'
	part shop '.sourceInfo | contains("'"$(printf 'a%.0s' {1..40})"'")'
	part mkbench-guest '.versionInfo == "9.9"'
	part libgamma-dev '.externalRefs[0].referenceLocator == "pkg:deb/debian/libgamma-dev@1.2-3?arch=amd64&distro=debian-12&upstream=gamma"'
	part libgamma-dev '.licenseDeclared == "LGPL-2.1-or-later AND MIT"'
	part libown.a '.checksums[0].checksumValue == "'"$(printf 'd%.0s' {1..64})"'"'
	jq -e '[.relationships[] | select(.relationshipType == "STATIC_LINK")] | length == 2' spdx.json
	jq -e '[.packages[] | select(.SPDXID == (["SPDXRef-debian-1", "SPDXRef-debian-2"][]))] | length == 2' spdx.json
	jq -e '[.relationships[] | select(.relationshipType == "DEPENDS_ON") | [.spdxElementId, .relatedSpdxElement]] == [["SPDXRef-debian-1", "SPDXRef-debian-2"]]' spdx.json
	jq -e '.creationInfo.created == "2026-01-01T00:00:00Z" and .name == "tiny:1"' spdx.json
	jq -e '.hasExtractedLicensingInfos[0].extractedText | endswith("/usr/share/doc/alpha/copyright")' spdx.json
	run -1 grep -c gone spdx.json
	valid spdx.json
}

@test "sbom as CycloneDX says the same" {
	"$MKBENCH" sbom --format cyclonedx old.tar >cyclonedx.json
	jq -e '[.components[] | select(.type == "operating-system") | .name, .version] == ["debian", "12"]' cyclonedx.json
	diff <(jq -r '.components[].purl // empty' cyclonedx.json) <("$MKBENCH" sbom old | jq -r '.packages[1:][].externalRefs[0].referenceLocator // empty')
	jq -e '.dependencies[] | select(.ref == "program-1") | .dependsOn == ["library-1", "library-2"]' cyclonedx.json
	jq -e '.metadata.lifecycles == [{phase: "post-build"}] and .metadata.timestamp == "2026-01-01T00:00:00Z"' cyclonedx.json
	valid cyclonedx.json
}

@test "sbom of equal images has equal bytes, of a folder, a tar and from the store" {
	"$MKBENCH" sbom old >first
	TZ=Asia/Tokyo LC_ALL=C "$MKBENCH" sbom old >second
	"$MKBENCH" sbom old.tar -o third
	cmp first second
	cmp first third
	"$MKBENCH" sbom docker.tar >docker
	diff <(jq -S '.packages[1:]' first) <(jq -S '.packages[1:]' docker)
	run ! cmp -s first docker # another image id is another document
}

@test "sbom says that it does not know what a program that it has no note of was linked with" {
	"$MKBENCH" sbom hostile >spdx.json
	jq -e '[.packages[] | select(.name == "libgamma-dev" or .name == "libown.a")] == []' spdx.json
	jq -e '.packages[] | select(.name == "mkbench-guest") | has("versionInfo") | not' spdx.json
	jq -e '.comment | contains("are unknown")' spdx.json
	valid spdx.json
	"$MKBENCH" sbom hostile --format cyclonedx >cyclonedx.json
	valid cyclonedx.json
}

@test "sbom of a recipe without a lock says what to do" {
	cd "$BATS_TEST_TMPDIR"
	recipes=$(realpath "$BATS_TEST_DIRNAME/../../recipes")
	sed "s,path: ./demo,path: $recipes/demo," "$recipes/demo.yml" >demo.yml
	mkbench 2 sbom demo.yml
	[[ $output == *"there is no demo.lock yet: 'mkbench lock demo.yml'"* ]]
}

@test "sbom refuses what is no image, a format that there is not, and a file that cannot be written" {
	mkbench 2 sbom /etc/hostname
	mkbench 2 sbom --format json old
	[[ $output == *"--format takes spdx or cyclonedx, not 'json'"* ]]
	mkbench 2 sbom
	mkbench 6 sbom old -o /nowhere/at/all
	[[ $output == *"/nowhere/at/all"* ]]
	# What a person names is written, and no device, pipe or link is replaced by a file.
	mkbench 0 sbom old -o plain.json
	"$MKBENCH" sbom old -o /dev/stdout 2>&1 | cmp - plain.json
	mkfifo pipe
	ln -s target.json link.json
	echo >target.json
	cat pipe >piped.json &
	mkbench 0 sbom old -o pipe
	wait $!
	mkbench 0 sbom old -o link.json
	[[ -p pipe && -L link.json && -L /dev/stdout ]]
	cmp piped.json plain.json
	cmp target.json plain.json
	mkbench 6 sbom old -o /dev/full
	[[ -c /dev/full && $output == *"write /dev/full: No space left on device" ]]
}
