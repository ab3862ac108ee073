#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Node packages by the manager that each app names or has a lock of, and what a recipe keeps of what an image would do without. Built for
# real from this machine's indexes; nothing is started. It takes minutes, so MKBENCH_MANAGERS=1 asks for it.
bats_require_minimum_version 1.5.0

setup_file() {
	export MKBENCH=${MKBENCH:-build/mkbench} WORK=$BATS_FILE_TMPDIR LACKS=
	[[ -n ${MKBENCH_MANAGERS:-} ]] || { LACKS="six apps by five package managers: MKBENCH_MANAGERS=1"; return 0; }
	command -v npm >/dev/null && command -v jq >/dev/null || { LACKS="npm or jq is not installed"; return 0; }
	TARBALL=$(npm view escape-html@1.0.3 dist.tarball 2>/dev/null) && [[ -n $TARBALL ]] || { LACKS="no package index can be reached"; return 0; }
	INTEGRITY=$(npm view escape-html@1.0.3 dist.integrity)
	export TARBALL INTEGRITY
	mkdir -p "$WORK/recipe/bench"
	cp -r tests/apps/atelier "$WORK/recipe/bench"
	app by_yarn '' yarn.lock "$(yarn_lock)"
	app by_berry '' yarn.lock "$(berry_lock by_berry)"
	app by_pnpm '' pnpm-lock.yaml "$(pnpm_lock 9.0)"
	app by_old_pnpm '' pnpm-lock.yaml "$(old_pnpm_lock)"
	app by_name '"packageManager": "pnpm@9.15.9",' pnpm-lock.yaml "$(pnpm_lock 9.0)"
	printf '%s\n' 'name: managers' 'base: { suite: bookworm }' 'tests: true' 'source_maps: true' 'keep_node_modules: [escape-html]' apps: \
		'  - { name: atelier, path: ./bench/atelier }' >"$WORK/recipe/managers.yml"
	for name in by_yarn by_berry by_pnpm by_old_pnpm by_name; do
		printf '  - { name: %s, path: ./bench/%s }\n' "$name" "$name" >>"$WORK/recipe/managers.yml"
	done
	printf '%s\n' 'sites: [{ name: one.localhost }]' 'outputs: [docker]' >>"$WORK/recipe/managers.yml"
	build >"$WORK/build.log" 2>&1 || { tail -20 "$WORK/build.log" >&2; return 1; }
	mkdir "$WORK/image"
	tar -xf "$WORK/out/managers-latest.tar" -C "$WORK/image"
	jq -r '.[0].Layers[]' "$WORK/image/manifest.json" | while read -r layer; do tar -tf "$WORK/image/$layer"; done >"$WORK/list"
}

setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

build() { timeout 3000 "$@" "$MKBENCH" build --progress=plain -o "$WORK/out" "$WORK/recipe/managers.yml"; }

# app NAME FIELD LOCK TEXT: an app whose page needs a package of the registry
app() {
	local folder=$WORK/recipe/bench/$1
	mkdir -p "$folder/$1/public"
	printf '__version__ = "1.0"\n' >"$folder/$1/__init__.py"
	printf 'app_name = "%s"\n' "$1" >"$folder/$1/hooks.py"
	printf '{\n  "name": "%s",\n  "private": true,\n  %s\n  "dependencies": {\n    "escape-html": "^1.0.3"\n  }\n}\n' "$1" "$2" >"$folder/package.json"
	printf 'document.title = require("escape-html")("<");\n' >"$folder/$1/public/$1.bundle.js"
	printf '%s\n' "$4" >"$folder/$3"
}

yarn_lock() {
	printf '# yarn lockfile v1\n\n\nescape-html@^1.0.3:\n  version "1.0.3"\n  resolved "%s"\n  integrity %s\n' "$TARBALL" "$INTEGRITY"
}

berry_lock() {
	cat <<-END
		__metadata:
		  version: 8
		  cacheKey: 10c0

		"$1@workspace:.":
		  version: 0.0.0-use.local
		  resolution: "$1@workspace:."
		  dependencies:
		    escape-html: "npm:^1.0.3"
		  languageName: unknown
		  linkType: soft

		"escape-html@npm:^1.0.3":
		  version: 1.0.3
		  resolution: "escape-html@npm:1.0.3"
		  checksum: 10c0/524c739d776b36c3d29fa08a22e03e8824e3b2fd57500e5e44ecf3cc4707c34c60f9ca0781c0e33d191f2991161504c295e98f68c78fe7baa6e57081ec6ac0a3
		  languageName: node
		  linkType: hard
	END
}

pnpm_lock() {
	cat <<-END
		lockfileVersion: '$1'

		settings:
		  autoInstallPeers: true
		  excludeLinksFromLockfile: false

		importers:

		  .:
		    dependencies:
		      escape-html:
		        specifier: ^1.0.3
		        version: 1.0.3

		packages:

		  escape-html@1.0.3:
		    resolution: {integrity: $INTEGRITY}

		snapshots:

		  escape-html@1.0.3: {}
	END
}

old_pnpm_lock() {
	cat <<-END
		lockfileVersion: '6.0'

		settings:
		  autoInstallPeers: true
		  excludeLinksFromLockfile: false

		dependencies:
		  escape-html:
		    specifier: ^1.0.3
		    version: 1.0.3

		packages:

		  /escape-html@1.0.3:
		    resolution: {integrity: $INTEGRITY}
		    dev: false
	END
}

@test "each app's packages come by the manager and version that it names, or that its lock is of" {
	grep -E 'manager yarn 1\.[0-9.]+ sha512-[^ ]+ by_yarn"' "$WORK/recipe/managers.lock"
	grep -E 'manager berry [4-9][0-9.]+ sha512-[^ ]+ by_berry"' "$WORK/recipe/managers.lock"
	grep -E 'manager pnpm 8\.[0-9.]+ sha512-[^ ]+ by_old_pnpm"' "$WORK/recipe/managers.lock"
	grep -E 'manager pnpm 9\.15\.9 sha512-[^ ]+ by_name"' "$WORK/recipe/managers.lock"
	grep -E 'manager pnpm [0-9.]+ sha512-[^ ]+ by_pnpm"' "$WORK/recipe/managers.lock"
	for name in by_yarn by_berry by_pnpm by_old_pnpm by_name; do
		grep -E "/$name/public/dist/$name\.bundle\.[A-Z0-9]+\.js\$" "$WORK/list" || return 1
	done
}

@test "source_maps, tests and keep_node_modules bring what an image does without otherwise" {
	for name in by_yarn by_berry by_pnpm by_old_pnpm by_name; do
		grep -E "/$name/public/dist/$name\.bundle\.[A-Z0-9]+\.js\.map\$" "$WORK/list"
		grep -x "home/frappe/frappe-bench/apps/$name/node_modules/escape-html/index.js" "$WORK/list"
	done
	grep -E '/env/lib/python3[.0-9]*/site-packages/faker/__init__.py$' "$WORK/list"
}

@test "what a manager notes for itself and writes anew is not in the image" {
	run ! grep -E '/apps/by_[a-z_]+/(\.yarn|\.pnp|node_modules/\.(yarn-|modules\.yaml|package-lock|pnpm-))' "$WORK/list"
}

@test "built again without network it is the same" {
	"$MKBENCH" clean --built
	run -0 build unshare -n
	[[ $output == *"$(grep '^tree ' "$WORK/build.log")"* ]] || { echo "$output"; return 1; }
}

@test "vendored, all of them build from an empty store without network, the same" {
	"$MKBENCH" lock --vendor "$WORK/vendored" "$WORK/recipe/managers.yml"
	export MKBENCH_STORE=$WORK/empty
	"$MKBENCH" store import "$WORK/vendored"
	run -0 timeout 3000 unshare -n "$MKBENCH" build --progress=plain -o "$WORK/again" "$WORK/recipe/managers.yml"
	"$MKBENCH" clean --all
	cmp "$WORK/out/managers-latest.tar" "$WORK/again/managers-latest.tar"
}

@test "a package to keep that no app has is refused by its name" {
	sed -i 's/\[escape-html\]/[escape-htm]/' "$WORK/recipe/managers.yml"
	run -5 build
	[[ $output == *"no app has the Node package 'escape-htm', which 'keep_node_modules' of the recipe names"* ]]
}
