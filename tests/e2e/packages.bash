# SPDX-License-Identifier: MIT
# A mirror with a few packages (tests/layer/make-debs), of which an image is made: for setup_file, in $BATS_FILE_TMPDIR/made.

# lacks_ids: whether an image cannot be made here; the reason is in $LACKS.
lacks_ids() {
	[[ $(id -u) == 0 ]] || grep -q "^$(id -un):" /etc/subuid || export LACKS="no range of ids for $(id -un)"
	[[ -n ${LACKS:-} ]]
}

begin_packages() {
	made=$BATS_FILE_TMPDIR/made
	"$BATS_TEST_DIRNAME/../mirror/make-mirror" "$made"
	mkdir "$made/debs"
	"$BATS_TEST_DIRNAME/../layer/make-debs" "$made/debs"
}

# packaged NAME VERSION [FIELD]: a package that holds nothing
packaged() {
	local work=$BATS_FILE_TMPDIR/package
	rm -rf "$work"
	mkdir -p "$work/DEBIAN"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: Tests <tests@mkbench.invalid>\n%sDescription: for tests\n' "$1" "$2" \
		"${3:+$3$'\n'}" >"$work/DEBIAN/control"
	dpkg-deb --root-owner-group -Zgzip -b "$work" "$BATS_FILE_TMPDIR/made/debs/$1.deb" >/dev/null
}

# offer_packages NAME...: those are in the suite, and nothing else is.
offer_packages() {
	local name file sign=$BATS_TEST_DIRNAME/../mirror/sign
	for name; do
		file=pool/$name.deb
		cp "$made/debs/$name.deb" "$made/debian/$file"
		dpkg-deb -f "$made/debian/$file"
		printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$made/debian/$file")" \
			"$(sha256sum "$made/debian/$file" | cut -d' ' -f1)"
	done >"$made/packages"
	"$sign" "$made" debian trixie "$made/packages"
	"$sign" "$made" debian-security trixie-security /dev/null
}
