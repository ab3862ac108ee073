#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Settings that the image's own programs refuse are refused when the image is built, at the recipe's line.
bats_require_minimum_version 1.5.0

setup_file() {
	MKBENCH=$(readlink -f "${MKBENCH:-build/mkbench}")
	export MKBENCH LAB=$BATS_FILE_TMPDIR MKBENCH_STORE=$BATS_FILE_TMPDIR/store
	cp -r recipes/demo recipes/demo.yml "$LAB"
	sed -i '/^mariadb:/,$d' "$LAB/demo.yml"
	mv "$LAB/demo.yml" "$LAB/head.yml"
	cd "$LAB"
	cp head.yml demo.yml
	timeout 900 "$MKBENCH" build --progress=plain -o out demo.yml >build.log 2>&1 || { cat build.log >&2; return 1; }
}

setup() {
	cd "$LAB"
	above=$(wc -l <head.yml)
}

# build_with STATUS TEXT: the demo, and below it that.
build_with() {
	{ cat head.yml; printf '%b\n' "$2"; } >demo.yml
	run -"$1" timeout 600 "$MKBENCH" build --progress=quiet -o out demo.yml
	echo "$2: $output"
}

refused() { # TEXT LINE:COLUMN WORDS
	build_with 3 "$1"
	[[ $output = "mkbench: demo.yml:$((above + ${2%%:*})):${2#*:}: "*"$3"* ]]
	[[ $output != *http* ]]
}

@test "the programs were asked, and are not asked again for the same" {
	grep -q '^configuration: tried' build.log
	cp head.yml demo.yml
	echo "nginx: { trusted_proxies: [10.0.0.0/8] }" >>demo.yml
	run -0 timeout 600 "$MKBENCH" build --progress=plain -o out demo.yml
	[[ $output = *$'\nconfiguration: tried'* ]]
	cp head.yml demo.yml
	touch demo/demo/__init__.py demo/new
	run -0 timeout 600 "$MKBENCH" build --progress=plain -o out demo.yml
	echo "$output"
	[[ $output = *$'\napps: '* && $output != *$'\nconfiguration: '* ]]
	# A line of an app moves neither our programs nor what is below them.
	local layer
	for layer in base services runtime configure programs dependencies; do
		[ "$(grep "^$layer .*sha256:" <<<"$output")" = "$(grep "^$layer .*sha256:" build.log)" ]
	done
	[[ $(grep '^configuration .*sha256:' <<<"$output") = *" kB "*" kB "* ]]
}

@test "a secret in an app is found at its line, and what is meant is allowed by its digest" {
	printf 'A=1\nDB_PASSWORD=hunter\n' >demo/.env
	echo x >demo/debug.log
	build_with 5 ''
	[[ $output = *"/apps/demo/.env:2: a secret of an environment file (sha256: "* && $output = *"/apps/demo/debug.log: a log (sha256: "* ]]
	[[ $output != *hunter* ]]
	rm demo/debug.log
	build_with 0 "audit: { allow: [{ path: /home/frappe/frappe-bench/apps/demo/.env, sha256: $(sha256sum <demo/.env | cut -d' ' -f1) }] }"
	build_with 5 ''
	rm demo/.env
}

@test "MariaDB: names and values that it refuses" {
	refused 'mariadb: { settings: { inodb_log_file_size: 48M } }' 1:24 "did you mean 'innodb_log_file_size'"
	refused 'mariadb:\n  settings:\n    sort_buffer_size: lots' 3:5 "'sort_buffer_size' keeps MariaDB from starting: "
	refused 'mariadb: { settings: { innodb-flush-method: maybe } }' 1:24 "innodb-flush-method"
	refused 'mariadb: { collation: utf8mb4_bogus_ci }' 1:12 "Unknown collation"
	refused 'mariadb: { settings: { ssl_ca: /nowhere } }' 1:1 "something in 'mariadb' keeps MariaDB from starting"
}

@test "what they take is built" {
	build_with 0 'mariadb: { settings: { max-allowed-packet: 64M, log_bin: bin, loose-bogus: 1 } }'
}
