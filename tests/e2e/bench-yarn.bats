#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What framework bench unpacks for yarn 1, beside what yarn itself does with the same packages.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# tarball FILE MADE-BY...: an npm package of the files below package/, in the mirror; says its line of a yarn.lock.
tarball() {
	tar --owner=0 --group=0 "${@:2}" -czf "mirror/$1" package
	echo "  resolved \"https://x.example/$(basename "${1%-[0-9]*}")/-/$1#$(sha1sum <"mirror/$1" | cut -d" " -f1)\""
	echo "  integrity sha512-$(openssl dgst -sha512 -binary "mirror/$1" | base64 -w0)"
}

# lay: what of yarn.lock is in yarn's cache before yarn begins
lay() {
	PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c \
		'import os, yarn_files
yarn_files.lay("mirror", "cache", open("yarn.lock").read())
print(*sorted("-".join(name.split("-")[1:-2]) for name in os.listdir("cache/v6")) if os.path.isdir("cache/v6") else "")'
}

@test "yarn 1: what is unpacked for it is what it unpacks, and it takes that" {
	mkdir -p mirror package/lib "package/a b" scoped/package
	printf '{"name": "one", "version": "1.0.0", "bin": {"one": "./lib/run.js"}, "dependencies": {"@of/two": "^2.0.0"}}' >package/package.json
	printf '#!/usr/bin/env node\n' >package/lib/run.js
	echo é >"package/a b/é"
	echo long >"package/lib/$(printf '%0150d' 1)"
	chmod 600 package/lib/run.js
	chmod 777 "package/a b/é"
	{ printf '# yarn lockfile v1\n\n\none@^1.0.0:\n  version "1.0.0"\n'; tarball one-1.0.0.tgz; printf '  dependencies:\n    "@of/two" "^2.0.0"\n\n'; } >lock
	rm -r package
	mkdir package
	printf '{"name": "@of/two", "version": "2.0.0", "bin": "two.js"}' >package/package.json
	echo 1 >package/two.js
	{ printf '"@of/two@^2.0.0":\n  version "2.0.0"\n'; tarball two-2.0.0.tgz; } | sed 's|x.example/two|x.example/@of/two|' >>lock
	mv mirror/two-2.0.0.tgz mirror/@of-two-2.0.0.tgz
	npm install --silent --no-audit --no-fund --prefix manager yarn@1.22.22
	printf 'yarn-offline-mirror "%s"\n' "$PWD/mirror" >.yarnrc
	for way in own laid; do
		mkdir $way
		printf '{"private": true, "dependencies": {"one": "^1.0.0"}}' >$way/package.json
		cp lock $way/yarn.lock
		cp .yarnrc $way
	done
	cp lock yarn.lock
	install() { (cd $1 && HOME=$PWD node ../manager/node_modules/yarn/bin/yarn.js install --offline --frozen-lockfile --ignore-scripts --cache-folder "$2"); }
	install own "$PWD/cache-own"
	[[ $(lay) == "@of-two-2.0.0 one-1.0.0" ]]
	# Should yarn unpack it again, this would be gone.
	touch "$(echo cache/v6/npm-one-1.0.0-*/node_modules/one)/ours"
	install laid "$PWD/cache"
	rm laid/node_modules/one/ours
	diff -r own/node_modules laid/node_modules
	diff <(cd own && find node_modules -printf '%y %m %p %l\n' | sort) <(cd laid && find node_modules -printf '%y %m %p %l\n' | sort)
	[[ -x laid/node_modules/one/lib/run.js ]]
}

@test "yarn 1: what is missing, damaged, unusual or called otherwise is left to yarn" {
	mkdir -p mirror package
	entry() { printf '\n%s:\n  version "%s"\n%s\n' "$1" "$2" "$3" >>yarn.lock; }
	printf '{"name": "good"}' >package/package.json
	line=$(tarball good-1.0.0.tgz)
	entry good@1 1.0.0 "$line"
	entry gone@1 1.0.0 "${line//good/gone}"
	cp mirror/good-1.0.0.tgz mirror/other-1.0.0.tgz
	entry other@1 1.0.0 "$(sed 's/good/other/g; s/sha512-..../sha512-AAAA/' <<<"$line")"
	entry unsure@1 1.0.0 "$(sed '/integrity/d; s/good/unsure/g' <<<"$line")"
	cp mirror/good-1.0.0.tgz mirror/unsure-1.0.0.tgz
	entry '"short@npm:good@1"' 1.0.0 "$line"
	entry 'git@git+https://x.example/git' 1.0.0 '  resolved "git+https://x.example/git#0123456789012345678901234567890123456789"'
	head -c 60 mirror/good-1.0.0.tgz >half
	tarball torn-1.0.0.tgz >/dev/null
	cp half mirror/torn-1.0.0.tgz
	entry torn@1 1.0.0 "$(printf '  resolved "https://x.example/torn/-/torn-1.0.0.tgz#%s"\n  integrity sha512-%s' \
		"$(sha1sum <half | cut -d" " -f1)" "$(openssl dgst -sha512 -binary half | base64 -w0)")"
	ln -s /etc/passwd package/link
	entry linked@1 1.0.0 "$(tarball linked-1.0.0.tgz)"
	rm package/link
	entry out@1 1.0.0 "$(tarball out-1.0.0.tgz -P --transform 's|package/package.json|package/../../out|')"
	printf '{"directories": {"bin": "."}}' >package/package.json
	entry folder@1 1.0.0 "$(tarball folder-1.0.0.tgz)"
	printf '["no table"]' >package/package.json
	entry list@1 1.0.0 "$(tarball list-1.0.0.tgz)"
	printf '{"bin": {"a": "../../../../../../half", "b": 7}}' >package/package.json
	entry wrong@1 1.0.0 "$(tarball wrong-1.0.0.tgz)"
	printf '{"bin": "../../../../../../half"}' >package/package.json
	entry far@1 1.0.0 "$(tarball far-1.0.0.tgz)"
	chmod 600 half
	run -0 lay
	[[ $output == "far-1.0.0 good-1.0.0" ]] || { echo "$output"; cat yarn.lock; return 1; }
	[[ $(stat -c %a half) = 600 && ! -e out && ! -e cache/v6/out && -z $(find cache -name out) ]]
	rm -r cache
	: >yarn.lock
	[[ -z $(lay) ]]
	printf '__metadata:\n  version: 8\n' >yarn.lock
	[[ -z $(lay) ]]
}
