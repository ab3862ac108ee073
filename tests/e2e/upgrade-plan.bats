#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# mkbench upgrade --plan: what one image does to the data of another, known by the two images.
bats_require_minimum_version 1.5.0
load helpers

# image NAME FILTER: a bench with two apps and two sites, changed by jq's FILTER.
image() {
	rm -rf "$1"
	jq -n --arg version "$1" '{
		bench: { format: 1, name: "shopping", version: $version, build: ("b" * 64), bench: { path: "/bench", user: "frappe" }, data: "/data",
			framework: { name: "bench" }, mariadb: { version: "10.11.14" },
			apps: [ { name: "base", version: "2.1.0", commit: ("1" * 40) }, { name: "shop", version: "1.9", content: "sha256:aaaa" } ],
			sites: [ { name: "one.localhost", apps: ["base", "shop"] }, { name: "two.localhost", apps: ["base"] } ] },
		debs: { "redis-server": "5:7.0.15-1", nodejs: "18.20.4+dfsg-1", python3: "3.11.2-1+b1" },
		files: { "bench/apps/base/x": "", "bench/apps/shop/x": "",
			"bench/apps/base/base/patches.txt": "[pre_model_sync]\n# a remark\nbase.patches.one\n\nexecute:base.reload()  #2024-01-01\n",
			"bench/apps/shop/shop/patches/__init__.py": "", "bench/apps/shop/shop/patches/p0001_shelf.py": "" } } | '"$2" |
		python3 "$BATS_TEST_DIRNAME/bench-image.py" "$1"
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	export MKBENCH_STORE=$BATS_FILE_TMPDIR/store
	image 1.0 .
}

@test "apps with versions and sources, the patches that are new, servers and sites are said" {
	image 2.0 '.bench.apps[0] += { version: "2.2.0", commit: ("2" * 40) } | .bench.apps += [{ name: "stock", content: "sha256:cccc" }]
		| .bench.apps[1] += { version: "1.10", content: "sha256:bbbb" } | .bench.sites[1].apps += ["stock"] | .bench.sites += [{ name: "three.localhost", apps: ["base"] }]
		| .bench.mariadb.version = "11.8.6" | .debs.python3 = "3.13.5-1"
		| .files["bench/apps/base/base/patches.txt"] += "[post_model_sync]\nbase.patches.two\nbase.patches.one\nexecute:base.reload()  #2026-01-01\r\n"
		| .files["bench/apps/shop/shop/patches/p0002_more.py"] = "" | .files["bench/apps/shop/shop/patches/old/p0003.py"] = ""'
	mkbench 0 upgrade --plan 1.0 2.0
	[[ $output == "shopping 1.0 -> shopping 2.0: an upgrade;"* ]]
	for line in "base 2.1.0 -> 2.2.0 (1111111 -> 2222222)" "shop 1.9 -> 1.10 (aaaa -> bbbb)" "stock (cccc), new" "base base.patches.two" \
		"execute:base.reload() #2026-01-01" "shop p0002_more" "MariaDB 10.11.14 -> 11.8.6: every table is checked and upgraded.*" \
		"Redis 7.0.15, unchanged" "Python 3.11.2 -> 3.13.5" "two.localhost is kept, and gets stock" "three.localhost is made"; do
		tr -s ' ' <<<"$output" | grep -qx " ${line}" || { echo "missing: $line"; false; }
	done
	[[ $output != *refused* ]]
	mkbench 0 upgrade --plan --json 1.0 2.0
	jq -e '.migrates and .refused == [] and .old.version == "1.0" and ([.apps[] | [.name, .change]] == [["base", "changed"], ["shop", "changed"], ["stock", "new"]])
		and .apps[0].patches == ["base.patches.two", "execute:base.reload()  #2026-01-01"] and .apps[1].patches == ["p0002_more"]
		and .apps[0].new == { version: "2.2.0", commit: ("2" * 40), content: null } and .sites[1].new_apps == ["stock"]
		and .servers[0] == { name: "MariaDB", old: "10.11.14", new: "11.8.6", other_series: true }' <<<"$output"
}

@test "two images of the same apps are no upgrade" {
	image 2.0 '.bench.apps[0].version = "2.1.1" | .bench.mariadb.version = "10.11.15" | .debs.python3 = "3.11.3-1"'
	mkbench 0 upgrade --plan 1.0 2.0
	[[ $output == "shopping 1.0 -> shopping 2.0: a start like any other, nothing is migrated"* ]]
}

@test "what the newer image would refuse has a reason and exit status 5" {
	image 2.0 '.bench.apps = [{ name: "base", version: "2.0.9", commit: ("3" * 40) }] | .bench.sites = [{ name: "one.localhost", apps: ["base"] }]
		| .bench.mariadb.version = "10.6.1" | .debs["redis-server"] = "5:6.0.1-1"'
	mkbench 5 upgrade --plan 1.0 2.0
	[[ $output == *"2.0 would refuse the data of 1.0"* ]]
	for why in "the new image has base 2.0.9, which is older than the data's base 2.1.0" "site one.localhost has the app 'shop', which the new image has not" \
		"MariaDB 10.6.1 may not read what MariaDB 10.11.14 has written" "Redis 6.0.1 may not read" "two.localhost        is kept, and not served"; do
		[[ $output == *"$why"* ]] || { echo "missing: $why"; false; }
	done
	mkbench 5 upgrade --plan --json 1.0 2.0
}

@test "names and patches of an image command no terminal" {
	image 2.0 '.bench.apps[0].commit = ("2" * 40) | .files["bench/apps/base/base/patches.txt"] += "base.\u001b[2Jx\n" | .bench.sites[0].name = "a\u001b[2Jb"
		| .bench.version = "2\u001b]0;x"'
	for form in "" --json; do
		mkbench 0 upgrade --plan $form 1.0 2.0
		[[ $output != *$'\e'* && $output != *u001b* && $output == *"base."* ]]
	done
}

@test "an image that is none of ours, and a word too few, are refused" {
	image other '.bench = null'
	mkbench 2 upgrade --plan 1.0 other
	[[ $output == *"other is no image of mkbench"* ]]
	mkbench 2 upgrade --plan 1.0
	mkbench 2 upgrade 1.0 1.0
	[[ $output == *"needs --plan: to upgrade, start 1.0 on the volume of 1.0"* ]]
}
