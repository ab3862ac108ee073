#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A bench of our own apps that ask for Python 3.14 and Node 24, on Debian's testing, which has them. It moves each day, so only who
# asks for it tries it: MKBENCH_FORKY=1.
bats_require_minimum_version 1.5.0

setup() {
	[[ -n ${MKBENCH_FORKY:-} ]] || skip "MKBENCH_FORKY=1 builds and boots a bench on Debian's testing"
	export MKBENCH=${MKBENCH:-build/mkbench} WORK=$BATS_TEST_TMPDIR
	mkdir "$WORK/recipe"
	cp -r tests/apps "$WORK/recipe/bench"
	sed 's/^  suite: .*/  suite: forky\n  check_valid_until: false/' recipes/bench.yml >"$WORK/recipe/bench.yml"
}

build() { "$MKBENCH" build --progress=plain -o "$WORK/out" "$WORK/recipe/bench.yml"; }

@test "apps that want Python 3.14 and Node 24 are built on forky, and all is well with them; newer ones are refused before packages are fetched" {
	sed -i 's/^requires-python = .*/requires-python = ">=3.14"/' "$WORK/recipe/bench/atelier/pyproject.toml"
	sed -i 's/"node": ">=18"/"node": ">=24"/' "$WORK/recipe/bench/atelier/package.json"
	printf 'runtime: { python: "3.14", node: "24" }\n' >>"$WORK/recipe/bench.yml"
	run -0 build
	[[ $output == *"forky is Debian's testing"* ]]
	grep -E 'name: python3\.14, version: "3\.14\.' "$WORK/recipe/bench.lock"
	grep -E 'name: nodejs, version: "24\.' "$WORK/recipe/bench.lock"
	run -0 "$MKBENCH" verify --engine own --progress plain "$WORK/out/bench-1.0.tar"
	rm "$WORK/recipe/bench.lock"
	sed -i 's/"3.14"/"3.10"/' "$WORK/recipe/bench.yml"
	run -3 build
	[[ $output == *"no archive of the recipe has Python 3.10 (forky has 3.1"* ]]
}
