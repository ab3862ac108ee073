#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What README says of a fresh machine, on one: `make demo` and `make test` in a bare Debian 12 and a bare Debian 13, with nothing but
# what apt brings. It takes an hour or more, so MKBENCH_FRESH=1 asks for it; MKBENCH_FRESH=demo for the demo alone, ci for a workflow. What came to the
# machine is written to build/fresh: packages, users, groups, a line each.
bats_require_minimum_version 1.5.0
load lacks
load workflow
load ../until

lacks() {
	[[ -n ${MKBENCH_FRESH:-} ]] || { echo "two machines from nothing: MKBENCH_FRESH=1 make test"; return; }
	[[ $(id -u) == 0 ]] || { echo "a root of another Debian needs root"; return; }
	command -v mmdebstrap >/dev/null || echo "mmdebstrap is not installed: .ci/setup bench"
}

setup_file() {
	needs lacks || return 0
	repo=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export repo report=$repo/build/fresh bare=$BATS_TEST_DIRNAME/bare-root
	mkdir -p "$report"
}

# Only what somebody has to ask for: never a failure where skips are.
setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

teardown() {
	[[ -z ${registry:-} ]] || kill "$registry" 2>/dev/null || true
	[[ -z ${root:-} ]] || rm -rf --one-file-system "$root"
}

# not_for WORD: what MKBENCH_FRESH asks for is another part.
not_for() {
	[[ $MKBENCH_FRESH != "$1" ]] || skip "MKBENCH_FRESH=$1 asks for another part"
}

# changes SUITE WHAT: what came since the machine was made.
changes() {
	"$bare" state "$root" | sort >"$report/$1.$2"
	comm -13 "$report/$1.before" "$report/$1.$2" >"$report/$1.$2-brought"
	[[ -s $report/$1.$2-brought ]]
}

# a_fresh_machine SUITE
a_fresh_machine() {
	root=$BATS_TEST_TMPDIR/root
	"$bare" make "$1" "$root"
	"$bare" state "$root" | sort >"$report/$1.before"
	git clone --quiet --no-local "$repo" "$root/root/mkbench"
	inside "$1" set-up 'apt-get update && apt-get install -y --no-install-recommends make git'
	inside "$1" demo 'make demo && build/mkbench run --clean demo'
	changes "$1" demo
	[[ $MKBENCH_FRESH != demo ]] || return 0
	inside "$1" test 'make test'
	changes "$1" test
}

# installed SUITE: the package alone, on a machine of its own; gone without a trace when it is purged.
installed() {
	root=$BATS_TEST_TMPDIR/$1
	"$bare" make "$1" "$root"
	cp "$report"/mkbench_*.deb "$root/root"
	mkdir "$root/root/mkbench"
	inside "$1" package 'apt-get update && apt-get install -y --no-install-recommends ../mkbench_*.deb && cp -r /usr/share/mkbench/recipes . &&
		mkbench build recipes/demo.yml -o out && apt-get purge -y mkbench && test ! -e /usr/share/mkbench && test ! -e /usr/bin/mkbench'
	[[ -s $root/root/mkbench/out/demo-1.0.tar ]]
}

# inside SUITE NAME COMMAND: in the clone; its words are in the report.
inside() {
	"$bare" enter "$root" bash -c "cd /root/mkbench && $3" >"$report/$1.$2.log" 2>&1 </dev/null ||
		{ tail -40 "$report/$1.$2.log"; return 1; }
}

@test "Debian 12 from nothing: README's commands" {
	not_for ci
	a_fresh_machine bookworm
}

@test "Debian 13 from nothing: README's commands" {
	not_for ci
	a_fresh_machine trixie
}

@test "the package that a bare Debian 12 makes installs on another and on a Debian 13, and builds the demo" {
	not_for ci
	root=$BATS_TEST_TMPDIR/root
	"$bare" make bookworm "$root"
	git clone --quiet --no-local "$repo" "$root/root/mkbench"
	inside bookworm deb 'apt-get update && apt-get install -y --no-install-recommends make git && make deb'
	rm -f "$report"/mkbench_*.deb
	cp "$root"/root/mkbench/out/mkbench_*.deb "$report"
	rm -rf --one-file-system "$root"
	installed bookworm
	rm -rf --one-file-system "$root"
	installed trixie
}

# The machine that the workflow of GitLab names is debian:bookworm, and so is this one; a registry is all that the test adds.
@test "the workflow of init --ci from its first step: a bare Debian 12 gets mkbench, builds, verifies, signs and pushes the demo" {
	not_for demo
	root=$BATS_TEST_TMPDIR/root
	"$bare" make bookworm "$root"
	git clone --quiet --no-local "$repo" "$root/srv/mkbench"
	project=$root/root/mkbench # where inside goes
	mkdir "$project"
	cp -r "$repo"/recipes/demo{,.yml} "$project"
	echo 'release: { documents: [spdx, cyclonedx, provenance], sums: true }' >>"$project/demo.yml"
	(cd "$project" && "$repo/build/mkbench" init --ci gitlab demo.yml)
	steps "$project/.gitlab-ci.yml" >"$project/steps"
	port=$((20000 + RANDOM % 10000))
	printf 'version: 0.1\nlog: {level: warn}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:%s"}\n' "$BATS_TEST_TMPDIR/data" $port \
		>"$BATS_TEST_TMPDIR/registry.yml"
	docker-registry serve "$BATS_TEST_TMPDIR/registry.yml" >/dev/null 2>&1 3>&- &
	registry=$!
	by=$registry until_true 300 curl -s -o /dev/null "http://127.0.0.1:$port/v2/"
	"$repo/build/mkbench" sign --generate "$BATS_TEST_TMPDIR/key" --password-file - <<<pass-word
	cat - "$BATS_TEST_TMPDIR/key" >"$project/variables" <<-END
		export MKBENCH_GIT=file:///srv/mkbench MKBENCH_STORE=/tmp/mkbench-store BRANCH=main PUSH_BRANCH=main CI=true
		export REGISTRY_IMAGE=127.0.0.1:$port/team/demo REGISTRY_USER=ann REGISTRY_PASSWORD=word SIGN_PASSWORD=pass-word
		IFS= read -rd '' SIGN_KEY <<'KEY'
	END
	printf 'KEY\nexport SIGN_KEY\n' >>"$project/variables"
	inside bookworm ci '. ./variables && bash steps'
	minisign -V -p "$BATS_TEST_TMPDIR/key.pub" -m "$project/out/demo-1.0.tar"
	minisign -V -p "$BATS_TEST_TMPDIR/key.pub" -m "$project/out/demo-1.0.SHA256SUMS"
	(cd "$project/out" && sha256sum --check --strict --quiet demo-1.0.SHA256SUMS)
	jq -e '.ok' "$project/verify.json"
	[ "$(jq -r .manifests[0].digest "$project/out/demo-1.0.oci/index.json")" = "$(skopeo inspect --tls-verify=false "docker://127.0.0.1:$port/team/demo:1.0" | jq -r .Digest)" ]
}
