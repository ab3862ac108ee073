#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a program of the image chooses and downloads by itself: kept in lock and store. The image is made of a few programs of
# this machine, its package manager is a shell script, and the index is a loopback server.
bats_require_minimum_version 1.5.0
load helpers
load packages

setup_file() {
	lacks_ids && return 0
	begin_packages
	packaged more 1.0
	offer_packages base-files base-passwd tools more
}

setup() {
	[[ -z ${LACKS:-} ]] || skip "$LACKS"
	MKBENCH=$(readlink -f "$MKBENCH")
	local serve
	serve=$(readlink -f "$BATS_TEST_DIRNAME/../mirror/serve")
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store MKBENCH_SHARE=$BATS_TEST_TMPDIR/share
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
	mkdir -p "$MKBENCH_SHARE"/{services/{frameworks,one},rootfs} "$BATS_TEST_TMPDIR"/{work/{a,b},index,state}
	cat >"$MKBENCH_SHARE/services/one/service.yml" <<-'END'
		packages: { base: [base-files] }
		users: [{ name: frappe, id: 1000, home: /home/frappe }]
	END
	echo '# none' >"$MKBENCH_SHARE/rootfs/manifest"
	echo '{}' >"$MKBENCH_SHARE/services/audit.yml"
	cd "$BATS_TEST_TMPDIR/work"
	"$serve" ../index ../state 3>&- &
	server=$!
	by=$server until_true 300 test -e ../state/port
	export PIP_INDEX_URL=http://127.0.0.1:$(<../state/port)
	write_recipe
	framework >own.yml
	echo fruit >a/wish
	echo colour >b/wish
	echo apple >../index/fruit
	echo red >../index/colour
	touch a/other
}

teardown() {
	[[ -z ${LACKS:-} ]] || return 0
	kill "$server" 2>/dev/null || true
	"$MKBENCH" clean --all # what belongs to the user's other ids
}

write_recipe() {
	cat >notes.yml <<-END
		name: notes
		version: "1"
		base:
		  suite: trixie
		  mirrors: ["file://$BATS_FILE_TMPDIR/made/debian"]
		  key: $BATS_FILE_TMPDIR/made/key.gpg
		framework: ./own.yml
		apps: [{ name: a, path: ./a }, { name: b, path: ./b }]
		sites: [{ name: notes.localhost }]
		outputs: [docker]
	END
}

# framework [PIN STEPS]: each wish of the apps is answered by the index; what was answered is downloaded into the cache by a later step.
framework() {
	cat <<-'END'
		title: our own
		services: [one]
		probe_path: /
		admin_user: a
		memory_per_worker: 1M
		variables:
		  get: "get() { local gate=${http_proxy#http://}; exec 3<>/dev/tcp/${gate%:*}/${gate#*:}; printf 'GET %s/%s HTTP/1.0\\r\\n\\r\\n' $PIP_INDEX_URL $1 >&3; sed '1,/^.$/d' <&3; };"
	END
	[[ ${1:-some} == none ]] || cat <<-'END'
		pin_steps:
		  - name: choice of words
		    pins: words
		    inputs: [wish]
		    network: true
		    argv: [bash, -euc, "{{framework.get}} touch left; for wish in {{bench}}/apps/*/*; do get $(cat $wish); done >{{pins}}/words"]
	END
	cat <<-'END'
		prepare_steps:
		  - name: words
		    cache: words
		    network: true
		    directory: "{{bench}}/apps"
		    argv: [bash, -euc, "{{framework.get}} test -s {{cache}}/kept || get more >{{cache}}/kept; cat {{cache}}/kept {{pins}}/words >words"]
	END
}

# What the image that was built last has at a path.
built() {
	rm -rf image
	mkdir image
	tar -xf out/notes-1.tar -C image
	jq -r '.[0].Layers[]' image/manifest.json | while read -r layer; do tar -xOf "image/$layer" "$1" 2>/dev/null || true; done
}

requests() { grep -c 'GET' ../state/log || true; }

words=home/frappe/frappe-bench/apps/words

@test "what a step chose is in the lock, one a line, and is not chosen again" {
	echo more >../index/more
	mkbench 0 build -o out notes.yml
	[[ $(sed -n '/^pins:/,$p' notes.lock | grep -v asked) == $'pins:\n  - name: "words"\n    lines:\n      - "apple"\n      - "red"' ]]
	[[ $(built "$words") == $'more\napple\nred' ]]
	[[ -z $(built home/frappe/frappe-bench/left) ]]
	[[ $(requests) == 3 ]]
	cp out/notes-1.tar first.tar
	echo pear >../index/fruit
	mkbench 0 clean --built
	mkbench 0 build -o out notes.yml
	[[ $(requests) == 3 ]]
	cmp first.tar out/notes-1.tar
}

@test "a step that chooses knows the time of the newest commit, with a day's grace, unless the recipe wants the newest" {
	local git="git -C b -c user.name=a -c user.email=a@example.org" when=2023-07-31T13:44:35+0200
	git init -qb main b
	$git add .
	GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=$when $git commit -qm $'one\n\ncommitter x <y> 1893456000 +0000'
	sed -i 's|path: ./b|git: ./b, ref: main|' notes.yml
	sed -i 's|    argv: .*wish in.*|    argv: [bash, -euc, "echo as of ${MKBENCH_RESOLVE_DATE:-today} >{{pins}}/words"]|' own.yml
	mkbench 0 lock notes.yml
	grep -q '"as of 2023-08-01T11:44:35Z"' notes.lock
	mkbench 0 lock notes.yml # whose files are in the store
	grep -q '"as of 2023-08-01T11:44:35Z"' notes.lock
	# Stores of earlier versions have no time of a commit, and say 0.
	for note in "$MKBENCH_STORE"/refs/committed/*; do
		echo -n 0 >"$note"
	done
	mkbench 0 lock notes.yml
	grep -q '"as of 2023-08-01T11:44:35Z"' notes.lock
	sed -i 's|^version: .*|&\nresolve: newest|' notes.yml
	mkbench 0 lock notes.yml
	grep -q '"as of today"' notes.lock
}

@test "what a step asks is answered in a room of its own without a network, as often as it asks" {
	sed -i 's|    argv: .*wish in.*|    argv: [bash, -euc, "{{framework.get}} test -e {{pins}}/words.two \&\& get fruit >{{pins}}/words \|\| { echo x >>{{pins}}/words.one; cp {{pins}}/words.one {{pins}}/words.asked; }"]|' own.yml
	mkbench 5 build -o out notes.yml
	[[ $output == *"choice of words: it left questions in /run/mkbench/pins/words.asked, but the step has no 'answers'"* ]]
	sed -i "s|    inputs: .wish.|&\n    answers: [bash, -euc, 'if env \| grep -qi _proxy \|\| test -e left \|\| (: </dev/tcp/127.0.0.1/${PIP_INDEX_URL##*:}) 2>/dev/null; then exit 3; fi; touch left; cat {{pins}}/words.asked; test \$(wc -l <{{pins}}/words.asked) = 1 \|\| touch {{pins}}/words.two']|" own.yml
	mkbench 0 build -o out notes.yml
	[[ $(sed -n '/^pins:/,$p' notes.lock | grep -v asked) == $'pins:\n  - name: "words"\n    lines:\n      - "apple"' ]]
	mkbench 0 lock notes.yml
	sed -i 's|touch {{pins}}/words.two|true|' own.yml
	mkbench 5 lock notes.yml
	[[ $output == *"choice of words: it still has questions in /run/mkbench/pins/words.asked after 200 answers"* ]]
}

@test "lock --vendor: its folder builds the same in an empty store, without index, mirror, repository and network" {
	local alone=()
	[[ $(id -u) != 0 ]] || alone=(unshare -n)
	echo more >../index/more
	git init -q -b main ../repo
	cp b/wish ../repo
	git -C ../repo add wish
	git -C ../repo -c user.name=a -c user.email=a@example.invalid commit -qm one
	sed -i "s|name: b, path: ./b|name: b, git: \"file://$(realpath ../repo)\", ref: main|" notes.yml
	mkbench 2 lock --vendor a notes.yml
	[[ $output == *"a holds other things, such as "* && ! -e notes.lock ]]
	mkbench 0 lock --vendor all notes.yml
	mkbench 0 lock --vendor all notes.yml # it is replaced
	[[ $output == *"all: "*"'mkbench store import' takes it in" ]]
	[[ $(ls all | xargs) == "blobs caches git" ]]
	mkbench 0 build -o out notes.yml
	kill "$server"
	rm -rf ../repo
	sed -i 's,made/debian,made/gone,' notes.yml
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/other
	mkbench 0 store import all
	run -0 "${alone[@]}" "$MKBENCH" build --progress=plain -o again notes.yml
	cmp out/notes-1.tar again/notes-1.tar
	"$MKBENCH" clean --all
	blob=$(find all/blobs -type f | head -n 1)
	chmod u+w "$blob"
	echo other >"$blob"
	mkbench 4 store import all
}

@test "lock --update of one app: the step finds what it chose before, and lock without it does not" {
	local git
	for app in a b; do
		git="git -C $app -c user.name=a -c user.email=a@example.org"
		git init -qb main $app
		$git add .
		$git commit -qm one
	done
	sed -i 's|path: ./\([ab]\)|git: ./\1, ref: main|g' notes.yml
	sed -i 's|touch left; for wish|touch left; test ! -e {{pins}}/words.before \|\| exec cp {{pins}}/words.before {{pins}}/words; for wish|' own.yml
	mkbench 0 lock notes.yml
	echo sweet >>b/wish
	git -C b -c user.name=a -c user.email=a@example.org commit -qam two
	echo pear >../index/fruit
	echo cake >../index/sweet
	mkbench 0 lock --update b notes.yml
	[[ $output == *"  app       b "* && $output != *apple* && $output != *"  app       a "* ]]
	grep -q '"apple"' notes.lock
	mkbench 0 lock notes.yml
	[[ $output == *pear* ]]
	run ! grep -q '"apple"' notes.lock
}

@test "sbom: a Python package of an address or a commit says which" {
	local sum
	sum=$(printf 'a%.0s' {1..64})
	echo "plain==1.0 --hash=sha256:$sum # plain.whl" >../index/fruit
	printf '%s\n' "tiny==1.2 --hash=sha256:$sum # tiny.tar.gz of git+https://git.example.org/tiny@0123" \
		"near==3 --hash=sha256:$sum # near.whl of https://files.example.org/near.whl" >../index/colour
	sed -i 's|pins: words|pins: python|; s|{{pins}}/words|{{pins}}/python|g' own.yml
	mkbench 0 lock notes.yml
	mkbench 0 sbom notes.yml
	[[ $output == *'pkg:pypi/plain@1.0"'* && $output == *'pkg:pypi/tiny@1.2?vcs_url=git%2Bhttps:%2F%2Fgit.example.org%2Ftiny%400123"'* ]]
	[[ $output == *'pkg:pypi/near@3?download_url=https:%2F%2Ffiles.example.org%2Fnear.whl"'* ]]
}

@test "without the index a build from the lock is the same, byte for byte" {
	echo more >../index/more
	mkbench 0 build -o out notes.yml
	cp out/notes-1.tar first.tar
	kill "$server"
	mkbench 0 clean --built
	mkbench 0 build -o out notes.yml
	cmp first.tar out/notes-1.tar
}

@test "lock chooses anew, and another choice is another image" {
	echo more >../index/more
	mkbench 0 build -o out notes.yml
	echo pear >../index/fruit
	mkbench 0 lock notes.yml
	[ "$(grep -c '^wrote notes.lock$' <<<"$output")" = 1 ]
	grep -q pear notes.lock
	mkbench 0 build -o out notes.yml
	[[ $(built "$words") == $'more\npear\nred' ]]
}

@test "a file that the choice rests on has changed: an error with its place in the lock" {
	mkbench 0 lock notes.yml
	echo pear >../index/pears
	echo more >a/other
	mkbench 0 build -o out notes.yml # not one of its inputs
	echo pears >a/wish
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.lock:"*":5: pins 'words' are out of date, because the apps' files changed: run 'mkbench lock notes.yml'" ]]
	mkbench 0 lock notes.yml
	grep -q pear notes.lock
}

@test "a lock that a build wrote which then failed follows recipe and apps, until a build ends well or a person locks" {
	echo pear >../index/pears
	framework | sed 's/cat {{cache}}.kept .*words"/exit 3"/' >own.yml
	mkbench 5 build -o out notes.yml
	grep -q apple notes.lock
	local locked
	locked=$(sha256sum notes.lock)
	mkbench 5 build -o out notes.yml # nothing has changed
	[ "$(sha256sum notes.lock)" = "$locked" ]
	echo pears >a/wish
	mkbench 5 build -o out notes.yml
	grep -q pear notes.lock
	sed -i '/suite: trixie/a\  packages: [tools]' notes.yml
	mkbench 0 clean --built
	mkbench 5 build -o out notes.yml
	[[ $output == *"notes.lock is from a build that did not end well, and the recipe has changed since: it is not used"* ]]
	run -1 grep -q 'name: more,' notes.lock
	printf '[deploy.dependencies.apt]\npackages = ["more"]\n' >b/pyproject.toml
	mkbench 5 build -o out notes.yml
	[[ $output != *"did not end well"* ]]
	grep -q 'name: more,' notes.lock
	framework >own.yml
	mkbench 0 build -o out notes.yml
	echo fruit >a/wish
	mkbench 3 build -o out notes.yml
	rm notes.lock
	framework | sed 's/cat {{cache}}.kept .*words"/exit 3"/' >own.yml
	mkbench 5 build -o out notes.yml
	cp notes.lock theirs
	echo "# theirs" >>theirs
	mv theirs notes.lock # as a pull does
	echo pear >a/wish
	mkbench 3 build -o out notes.yml
	[[ $output == *"pins 'words' are out of date"* ]]
	echo fruit >a/wish
	mkbench 0 lock notes.yml
	echo pears >a/wish
	mkbench 3 build -o out notes.yml
	[[ $output == *"pins 'words' are out of date"* ]]
}

@test "pins that nobody asks for, and malformed ones: one clear error each" {
	mkbench 0 lock notes.yml
	framework none >own.yml
	sed -i 's/ {{pins}}.words//' own.yml
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.lock:"*":5: the framework no longer uses pins 'words': run 'mkbench lock notes.yml'" ]]
	framework >own.yml
	sed -i 's/^    lines:$/    line:/' notes.lock
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.lock:"*":5: unknown key 'line': did you mean 'lines'?"* ]]
	mkbench 0 lock notes.yml
	mkbench 0 build -o out notes.yml
}

@test "a step that leaves no file, a link or bytes that no lock can hold is refused, and the lock stays without" {
	for trick in ':' 'ln -s /etc/passwd {{pins}}/words' 'mkdir {{pins}}/words' 'printf \\\\001 >{{pins}}/words' 'exit 3'; do
		framework | sed "s|^    argv: \[bash, -euc, \"{{framework.get}} touch.*|    argv: [bash, -euc, '$trick']|" >own.yml
		mkbench 5 build -o out notes.yml
		[[ $output == *"choice of words"* ]]
		run -1 grep -q pins notes.lock
	done
}

# on_mirror: the recipe's packages come from a mirror of this test's own, in ../index.
on_mirror() {
	cp -r "$BATS_FILE_TMPDIR/made/debian" "$BATS_FILE_TMPDIR/made/debian-security" ../index/
	sed -i "s#file://[^\"]*#$PIP_INDEX_URL/debian#" notes.yml
	echo more >../index/more
}

@test "a locked version that has left the mirror: what to do, where the store has it not; where it has, it is used" {
	on_mirror
	mkbench 0 build -o out notes.yml
	cp out/notes-1.tar first.tar
	mv ../index/debian/pool/tools.deb ../index/tools.deb
	mkbench 0 clean --built
	mkbench 0 build -o out notes.yml
	cmp first.tar out/notes-1.tar
	mkbench 0 clean --all
	mkbench 4 build -o out notes.yml
	[[ ${lines[-1]} == *"cannot fetch tools "*"/debian/pool/tools.deb: 404 not found: the mirrors have another version by now: "*"'mkbench lock notes.yml'"*"base.mirrors"* ]]
	mv ../index/tools.deb ../index/debian/pool/tools.deb
	mkbench 0 build -o out notes.yml
	cmp first.tar out/notes-1.tar
}

# layers: the digests of the image that was built last, a line a layer.
layers() { tar -xOf out/notes-1.tar manifest.json | jq -r '.[0].Layers[]'; }

@test "archives that have moved on move no layer whose files are the same, and a store that has seen them builds what an empty one builds" {
	on_mirror
	mkbench 0 build -o out notes.yml
	layers >before
	sed -i 's/^epoch: .*/epoch: 1790000000/' notes.lock
	mkbench 0 build -o out notes.yml
	layers >after
	[ "$(wc -l <before)" = "$(wc -l <after)" ]
	[ "$(comm -12 <(sort before) <(sort after) | wc -l)" -ge 2 ] # packages and apps; what dpkg has written is as new as the archives
	cp out/notes-1.tar first.tar
	mkbench 0 clean --all
	mkbench 0 build -o out notes.yml
	cmp first.tar out/notes-1.tar
}
