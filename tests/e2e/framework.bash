# SPDX-License-Identifier: MIT
# A framework of one's own and one of the tool's, a service, and a recipe over a signed mirror made here.

setup_file() {
	"$BATS_TEST_DIRNAME/../mirror/make-mirror" "$BATS_FILE_TMPDIR/made"
}

setup() {
	MKBENCH=$(readlink -f "$MKBENCH")
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store MKBENCH_SHARE=$BATS_TEST_TMPDIR/share
	mkdir -p "$MKBENCH_SHARE"/{services/{frameworks,one},rootfs} "$BATS_TEST_TMPDIR/work/app/notes"
	echo 'packages: { base: [mk-base] }' >"$MKBENCH_SHARE/services/one/service.yml"
	echo '# none' >"$MKBENCH_SHARE/rootfs/manifest"
	echo '{}' >"$MKBENCH_SHARE/services/audit.yml"
	cat >"$MKBENCH_SHARE/services/frameworks/known.yml" <<-'END'
		title: one of the tool's own
		services: [one]
		templates: [{ from: known.txt, to: /usr/lib/known }]
		probe_path: /
		admin_user: a
		memory_per_worker: 1M
	END
	echo '{{name}}' >"$MKBENCH_SHARE/services/frameworks/known.txt"
	cd "$BATS_TEST_TMPDIR/work"
	cat >notes.yml <<-END
		name: notes
		base:
		  suite: trixie
		  mirrors: ["file://$BATS_FILE_TMPDIR/made/debian"]
		  key: $BATS_FILE_TMPDIR/made/key.gpg
		framework: ./own.yml
		apps: [{ name: notes, path: ./app }]
		sites: [{ name: notes.localhost }]
	END
	framework >own.yml
	echo 'text of {{name}}' >own.txt
}

# framework [PACKAGE]: a whole framework file.
framework() {
	cat <<-END
		title: our own
		services: [one]
		packages: { runtime: [${1:-mk-vi}] }
		templates: [{ from: own.txt, to: /usr/lib/own }]
		probe_path: /
		admin_user: a
		memory_per_worker: 1M
	END
}
