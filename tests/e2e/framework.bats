#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A framework file of one's own, beside the recipe or elsewhere: planned from a signed mirror made here.
bats_require_minimum_version 1.5.0
load helpers

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

@test "its packages are in the plan and the lock, which a change of them outdates" {
	mkbench 0 check notes.yml
	mkbench 0 plan notes.yml
	[[ $output == *"layer     runtime                  1 package, "* ]]
	[[ $output == *"sources: 1 app ("* ]]
	[[ $output == *"  framework own"$'\n'"  no lock   chosen now: 'mkbench lock' or a build writes notes.lock" ]]
	[ ! -e notes.lock ]
	mkbench 0 lock notes.yml
	[ "${lines[-1]}" = "notes.lock: 2 packages; 1 app is built from a folder as it stands" ]
	[ "$(grep -c '^wrote notes.lock$' <<<"$output")" = 1 ]
	grep -q mk-vi notes.lock
	cp notes.lock locked
	mkbench 0 plan notes.yml
	[[ $output != *"no lock"* ]]
	cmp notes.lock locked
	mkbench 0 plan --why mk-vi notes.yml
	framework mk-shell >own.yml
	mkbench 3 plan notes.yml
	[[ $output == *"notes.lock is out of date"* ]]
	mkbench 0 lock notes.yml
	run ! grep -q mk-vi notes.lock
	grep -q mk-shell notes.lock
}

@test "lock says what moved since the lock before, and moves one thing when asked" {
	framework mk-tool >own.yml
	mkbench 2 lock --update mk-tool notes.yml
	[[ $output == *"there is no notes.lock yet"* ]]
	mkbench 0 lock notes.yml
	cp notes.lock good
	sed -i 's/\(name: mk-tool, version: \)"[^"]*"/\1"0.9"/; s/\(name: mk-shell, version: \)"[^"]*"/\1"1:5.0"/' notes.lock
	mkbench 2 lock --update mk-nobody notes.yml
	[[ $output == *"notes.lock has no app and no package 'mk-nobody'"* ]]
	mkbench 0 lock --update mk-tool notes.yml
	[[ $output == *"  package   mk-tool 0.9 -> 1.0-1+deb13u1 (security)"* && $output != *"mk-shell "*"->"* ]]
	mkbench 0 lock notes.yml
	[[ $output == *"  package   mk-shell 1:5.0 -> 1:5.2-1"* && $output != *"mk-tool "*"->"* ]]
	cmp notes.lock good
	mkbench 0 lock notes.yml
	[[ $output == *"nothing has moved since the lock before"* ]]
	# an app in git, and another that stays where it is
	for app in notes other; do
		git init -qb main $app-git
		echo one >$app-git/file
		git -C $app-git add .
		git -C $app-git -c user.name=a -c user.email=a@example.org commit -qm one
	done
	sed -i '/^apps:/,/^sites:/{/^sites:/!d}' notes.yml
	printf 'apps: [{ name: notes, git: ./notes-git, ref: main }, { name: other, git: ./other-git, ref: main }]\n' >>notes.yml
	mkbench 0 lock notes.yml
	for app in notes other; do
		git -C $app-git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m two
	done
	mkbench 0 lock --update notes notes.yml
	[[ $output == *"  app       notes "*" -> $(git -C notes-git rev-parse HEAD)"* && $output != *"other "*"->"* ]]
	# a locked commit's files are the store's, and git is asked again where those are torn
	mv other-git away
	mkbench 0 lock --update notes notes.yml
	find "$MKBENCH_STORE/trees" -name file -exec cp /dev/null {} \;
	mkbench 4 lock --update notes notes.yml
	[[ $output == *"there is no repository"*"other-git"* ]]
	mv away other-git
	mkbench 0 lock --update notes notes.yml
	mkbench 0 plan notes.yml
}

# repository NAME [PYPROJECT]: one in git, with a commit on main and one on its branch next.
repository() {
	local git="git -C $1-git -c user.name=a -c user.email=a@example.org"
	git init -qb main "$1-git"
	echo one >"$1-git/file"
	$git add .
	$git commit -qm one
	$git checkout -qb next
	echo two >"$1-git/file"
	[[ -z ${2:-} ]] || printf '[deploy.dependencies.apt]\npackages = ["%s"]\n' "$2" >"$1-git/pyproject.toml"
	$git add .
	$git commit -qm two
	$git checkout -q main
}

# apps ROW...: the recipe's
apps() {
	sed -i '/^apps:/d' notes.yml
	local IFS=,
	echo "apps: [$*]" >>notes.yml
}

commit() { git -C "$1-git" rev-parse "$2"; }

@test "an app of which the recipe names another ref moves alone, with the packages that it declares then; others are named" {
	repository notes mk-lib
	repository other
	apps '{ name: notes, git: ./notes-git, ref: main }' '{ name: other, git: ./other-git, ref: main }' '{ name: mine, path: ./app }'
	mkbench 0 lock notes.yml
	grep -qF '  - {name: notes, git: "./notes-git", ref: main, commit: ' notes.lock
	cp notes.lock before
	# what has moved elsewhere since stays where it is
	sed -i 's/\(name: mk-vi, version: \)"[^"]*"/\1"0.9"/' notes.lock
	git -C other-git reset -q --hard next
	apps '{ name: notes, git: ./notes-git, ref: next }' '{ name: other, git: ./other-git, ref: main }' '{ name: mine, path: ./app }'
	mkbench 3 plan notes.yml
	[ "$output" = "mkbench: notes.lock is out of date: app 'notes' has another ref: run 'mkbench lock --update notes notes.yml', which leaves all else as it is, or 'mkbench lock notes.yml' to resolve again" ]
	mkbench 0 lock --update notes notes.yml
	[[ $output == *"  package   mk-lib 2.0-3, new"* && $output == *"  app       notes $(commit notes main) -> $(commit notes next)"* ]]
	[[ $output != *other* && $output != *"mk-vi "* ]]
	grep -qF 'version: "0.9"' notes.lock
	mkbench 0 plan notes.yml
	# a second one is named, and stays, until it is asked for
	cp notes.lock locked
	apps '{ name: notes, git: ./notes-git, ref: main }' "{ name: other, git: '$PWD/other-git', ref: main }" '{ name: mine, path: ./app }'
	mkbench 3 lock --update notes notes.yml
	[[ $output == *"app 'notes' has another ref, app 'other' has another address: run 'mkbench lock --update notes --update other notes.yml'"* ]]
	mkbench 3 lock --update mk-lib notes.yml
	cmp notes.lock locked
	mkbench 0 lock --update notes --update other notes.yml
	[[ $output == *"notes $(commit notes next) -> "* && $output == *"other "*" -> $(commit other next)"* ]]
	mkbench 0 plan notes.yml
	# a lock of before says nothing of its apps
	sed '/^order:/d; s/, git: "[^"]*", ref: main//' notes.lock >older
	cp older notes.lock
	mkbench 0 plan notes.yml
	mkbench 0 lock --update other notes.yml
	grep -q '^order: \["notes", "other", "mine"\]$' notes.lock
	cp older notes.lock
	apps '{ name: notes, git: ./notes-git, ref: next }' "{ name: other, git: '$PWD/other-git', ref: main }" '{ name: mine, path: ./app }'
	mkbench 3 lock --update notes notes.yml
	[[ $output == *"notes.lock is out of date (the suite, archives, packages, framework or apps changed)"* ]]
	cmp notes.lock older
}

@test "an app that is new, gone, a folder now or another archive moves alone when it is named; a folder or another suite does not" {
	repository notes
	repository other
	mkdir tar
	for n in 1 2; do
		echo "$n" >tar/file
		tar -czf "$n.tgz" tar
	done
	serve=$(readlink -f "$BATS_TEST_DIRNAME/../mirror/serve") ready=$BATS_TEST_TMPDIR/ready
	mkdir "$ready"
	"$serve" . "$ready" 3>&- &
	server=$!
	by=$server until_true 300 test -e "$ready/port"
	archive() { echo "{ name: packed, archive: 'http://127.0.0.1:$(<"$ready/port")/$1.tgz', sha256: $(sha256sum "$1.tgz" | cut -d' ' -f1) }"; }
	apps '{ name: notes, git: ./notes-git, ref: main }' '{ name: mine, path: ./app }'
	mkbench 0 lock notes.yml
	mkbench 2 lock --update mine notes.yml
	[[ $output == *"(an app's folder is taken as it stands)"* ]]
	apps '{ name: notes, git: ./notes-git, ref: main }' '{ name: other, git: ./other-git, ref: next }' "$(archive 1)" '{ name: mine, path: ./app }' '{ name: more, path: ./app }'
	mkbench 3 plan notes.yml
	[[ $output == *"app 'other' is new, app 'packed' is new, app 'more' is new: run 'mkbench lock --update other --update packed --update more notes.yml'"* ]]
	mkbench 0 lock --update other --update packed --update more notes.yml
	[[ $output == *"  app       other $(commit other next), new"* && $output == *"  app       packed sha256:"*", new"* && $output != *notes\ * ]]
	apps '{ name: notes, git: ./notes-git, ref: main }' '{ name: other, git: ./other-git, ref: next }' "$(archive 2)" '{ name: mine, path: ./app }' '{ name: more, path: ./app }'
	mkbench 3 plan notes.yml
	[[ $output == *"app 'packed' is another archive: run "* ]]
	mkbench 0 lock --update packed notes.yml
	[[ $output == *"  app       packed sha256:"*" -> sha256:"* ]]
	apps '{ name: notes, git: ./notes-git, ref: main }' '{ name: other, path: ./app }' '{ name: mine, path: ./app }'
	mkbench 3 lock --update other notes.yml
	[[ $output == *"app 'other' is a folder now, app 'packed' is gone, app 'more' is gone: run"* ]]
	mkbench 0 lock --update other --update packed --update more notes.yml
	[[ $output == *"  app       other $(commit other next), gone"* && $output == *"  app       packed sha256:"*", gone"* ]]
	mkbench 0 plan notes.yml
	# an archive whose address alone is another is the same one, and another order or suite is no change of one app
	apps '{ name: notes, git: ./notes-git, ref: next }' '{ name: mine, path: ./app }' '{ name: other, path: ./app }'
	mkbench 3 lock --update notes notes.yml
	[[ $output == *"is out of date (the suite, archives, packages, framework or apps changed)"* ]]
	kill "$server"
}

@test "what the recipe asks for is in the image, also what building the apps needs" {
	# mk-tool needs mk-lib and an editor; the framework builds with both, and the recipe wants one, or what needs it.
	framework mk-shell | sed 's/runtime: \[mk-shell\]/&, build: [mk-tool, mk-vi]/' >own.yml
	mkbench 0 plan notes.yml
	[[ $output == *"layer     build"*"3 packages"*", not in the image"* ]]
	mkbench 0 plan --why mk-lib notes.yml
	[[ ${lines[-1]} == "mk-lib "*" <- mk-tool <- asked for by a service or the framework, not in the image" ]]
	sed -i 's/^  suite: trixie/&\n  packages: [mk-vi]/' notes.yml
	mkbench 0 plan notes.yml
	[[ $output == *"layer     runtime"*"2 packages"* && $output == *"layer     build"*"2 packages"* ]]
	mkbench 0 plan --why mk-vi notes.yml
	[[ ${lines[-1]} == "mk-vi "*" <- asked for by the recipe" ]]
	sed -i 's/packages: \[mk-vi\]/packages: [mk-tool]/' notes.yml
	mkbench 0 lock notes.yml
	run ! grep -q 'layer: build' notes.lock
	mkbench 0 plan --why mk-lib notes.yml
	[[ ${lines[-1]} == "mk-lib "*" <- mk-tool <- asked for by the recipe" ]]
	mkbench 0 plan --why mk-base notes.yml
	[[ ${lines[-1]} == "mk-base "*" <- part of every image" ]]
}

@test "a lock from before a disk was wanted says so" {
	mkdir "$MKBENCH_SHARE/services/disk"
	echo 'packages: { disk: [mk-shell] }' >"$MKBENCH_SHARE/services/disk/service.yml"
	mkbench 0 lock notes.yml
	echo 'outputs: [raw]' >>notes.yml
	echo 'disk: { kernel: mk-shell }' >>notes.yml
	mkbench 3 plan notes.yml
	[ "$output" = "mkbench: notes.lock was made without the packages of a disk, which 'outputs' wants now: run 'mkbench lock notes.yml' to resolve again" ]
	mkbench 0 lock notes.yml
	mkbench 0 plan notes.yml
	sed -i '/^outputs/d' notes.yml
	mkbench 3 plan notes.yml
	[[ $output == *$'\n'"mkbench: notes.lock was made with the packages of a disk, which 'outputs' no longer wants: "* ]]
}

@test "a folder that outputs cannot be written to is refused before anything else is done" {
	local folder
	touch file
	for folder in file file/below /proc/below ''; do
		mkbench 6 build -o "$folder" notes.yml
		[[ $output == "mkbench: cannot write outputs to '$folder': "* ]]
	done
	[ ! -e notes.lock ]
}

@test "it is found from the recipe's folder, and where it is from /" {
	cd /
	mkbench 0 plan "$BATS_TEST_TMPDIR/work/notes.yml"
	mkdir "$BATS_TEST_TMPDIR/else"
	mv "$BATS_TEST_TMPDIR"/work/own.* "$BATS_TEST_TMPDIR/else"
	mkbench 3 plan "$BATS_TEST_TMPDIR/work/notes.yml"
	[[ $output == *"notes.yml:6:12: cannot read the framework $BATS_TEST_TMPDIR/work/./own.yml: No such file or directory"$'\n'* ]]
	sed -i "s|^framework: .*|framework: $BATS_TEST_TMPDIR/else/own.yml|" "$BATS_TEST_TMPDIR/work/notes.yml"
	mkbench 0 plan "$BATS_TEST_TMPDIR/work/notes.yml"
}

@test "it may be like one of the tool's own, whose templates stay where they are" {
	printf 'like: known\ntitle: ours\npackages: { runtime: [mk-vi] }\n' >own.yml
	mkbench 0 plan notes.yml
	echo '{{nobody}}' >>"$MKBENCH_SHARE/services/frameworks/known.txt"
	printf 'like: other\ntitle: ours\n' >own.yml
	mkbench 3 plan notes.yml
	[[ $output == "mkbench: ./own.yml:1:7: there is no framework 'other' in services/frameworks" ]]
}

# refused WORDS: what check and plan say of own.yml, or of the recipe for it.
refused() {
	local command said="mkbench: $1"
	[[ $1 == ./own.yml:* ]] || said=$1$'\n'"mkbench: notes.yml: 1 problem"
	for command in check plan; do
		mkbench 3 $command notes.yml
		[[ $output == "$said" ]]
	done
	[ ! -e notes.lock ]
}

@test "what is wrong in it is told with its file, line and column" {
	echo 'servics: [one]' >>own.yml
	refused "./own.yml:8:1: unknown key 'servics': did you mean 'services'?"
	printf 'title: [\n' >own.yml
	mkbench 3 plan notes.yml
	[[ $output == "mkbench: ./own.yml:2:1: "* ]]
	framework >own.yml
	sed -i 's/own.txt/gone.txt/' own.yml
	refused "./own.yml:4:21: there is no file ./gone.txt"
	framework >own.yml
	echo 'prune: ["{{nobody}}"]' >>own.yml
	refused "./own.yml:8:9: unknown variable 'nobody'"
	framework >own.yml
	echo 'suites: [sid]' >>own.yml
	mkbench 0 check notes.yml
	[[ $output == "notes.yml:3:10: warning: framework own was tried on sid and not on trixie: verify the image before you rely on it"$'\n'*": ok: "* ]]
	framework >own.yml
	sed -i 's/\[one\]/[two]/' own.yml
	refused "./own.yml:2:12: there is no service 'two'"
}

@test "a path that is none is refused where the recipe says it" {
	local path
	for path in own.yml ./own.txt ./ ~/own.yml ../own.yml; do
		sed -i "s|^framework: .*|framework: \"${path/#$HOME/\~}\"|" notes.yml
		mkbench 3 check notes.yml
		[[ $output == *"notes.yml:6:12: 'framework' "* ]]
	done
	mkdir own
	mv own.yml own/x && mkdir own.yml
	sed -i 's|^framework: .*|framework: ./own.yml|' notes.yml
	refused "notes.yml:6:12: cannot read the framework ./own.yml: Is a directory"
}

@test "an app that is not what the framework knows is refused, named or not: by the file that it lacks" {
	printf 'evidence: { "{{app.first}}/run.py": "def run", marker: "" }\n' >>"$MKBENCH_SHARE/services/frameworks/known.yml"
	sed -i 's|^framework: .*|framework: known|' notes.yml
	mkbench 3 check notes.yml
	[ "$output" = "notes.yml:7:29: 'notes' is no app for framework known: notes/run.py with 'def run' is missing in it
notes.yml:7:29: 'notes' is no app for framework known: marker is missing in it
mkbench: notes.yml: 2 problems" ]
	touch app/marker
	refused "notes.yml:7:29: 'notes' is no app for framework known: notes/run.py with 'def run' is missing in it"
	printf 'like: known\ntitle: ours\n' >own.yml
	sed -i 's|^framework: .*|framework: ./own.yml|' notes.yml
	refused "notes.yml:7:29: 'notes' is no app for framework own: notes/run.py with 'def run' is missing in it"
	printf 'like: known\ntitle: ours\nevidence: {}\n' >own.yml
	mkbench 0 check notes.yml
	sed -i 's|^framework: .*|framework: auto|' notes.yml
	refused "notes.yml:7:8: no framework recognises the first app: name one as 'framework', or a file of your own"
	echo 'def run(): 0' >app/notes/run.py
	mkbench 0 check notes.yml
	mkbench 0 plan notes.yml
	[[ $output == *"  framework known, told by the first app"* ]]
}

@test "an option that the framework does not know is refused" {
	sed -i 's|^apps: .*|apps: [{ name: notes, path: ./app, options: { colour: blue, size: 2 } }]|' notes.yml
	mkbench 3 check notes.yml
	[ "$output" = "notes.yml:7:47: framework own knows no option 'colour': it has none
notes.yml:7:61: framework own knows no option 'size': it has none
mkbench: notes.yml: 2 problems" ]
	echo 'options: { shape: round, size: "1" }' >>own.yml
	refused "notes.yml:7:47: framework own knows no option 'colour': it knows shape, size"
}

# needing FILE-LINE...: an app of three that says what it needs, with a framework that knows where.
needing() {
	framework >own.yml
	echo 'app_needs: { file: "{{app}}/hooks.py", variable: required_apps }' >>own.yml
	sed -i 's|^apps: .*|apps: [{ name: notes, path: ./app }, { name: late, path: ./late }, { name: early, path: ./early }]|' notes.yml
	mkdir -p late/late early/early
	touch late/late/__init__.py early/early/__init__.py
	printf '%s\n' "$@" >late/late/hooks.py
	rm -f notes.lock
}

@test "apps that need others: a recipe that lacks one is refused by its line, before anything is written" {
	needing 'app = 1' 'required_apps = ["org/early", "notes"]'
	mkbench 0 plan notes.yml
	needing 'required_apps = ["org/early", "org/absent"]'
	mkbench 3 plan notes.yml
	[[ $output == *"mkbench: notes.yml:7:38: the app 'late' needs 'absent', which is not here: add it to 'apps'" ]]
	[ ! -e notes.lock ]
	needing '' 'required_apps = open("/etc/passwd").read().split()'
	mkbench 3 lock notes.yml
	[[ $output == *"mkbench: late: late/hooks.py:2:17: 'required_apps' is read, not run: "* ]]
	[ ! -e notes.lock ]
	rm late/late/hooks.py
	mkbench 0 plan notes.yml
	sed -i '$d' own.yml
	echo 'app_needs: { variable: required_apps }' >>own.yml
	mkbench 3 plan notes.yml
	[[ $output == "mkbench: ./own.yml:8:24: 'app_needs' has a 'file' and"* ]]
}

@test "bytecode: what is no Python has none, each file is compiled once, and what a crash has torn again" {
	compile() { python3 -B "$BATS_TEST_DIRNAME/../../services/frameworks/bytecode.py" cache "$PWD/tool"; }
	sums() { find tool -name '*.pyc' | sort | xargs sha256sum; }
	mkdir -p tool/inner
	echo 'ONE = "one"' >tool/one.py
	echo 'def two(): return 2' >tool/inner/two.py
	echo '{% name %}' >tool/inner/template.py
	run -0 compile
	[[ $output == "no bytecode of $PWD/tool/inner/template.py: SyntaxError"* && ${#lines[@]} == 1 ]]
	sums >first
	[[ $(wc -l <first) == 2 && $(find cache -type f | wc -l) == 2 ]]
	for kept in cache/*/*; do
		printf torn | dd of="$kept" bs=1 seek=40 conv=notrunc status=none
	done
	find tool -name '*.pyc' -delete
	compile
	sums | diff first -
	python3 -c 'import hashlib, sys; open(sys.argv[1], "wb").write(hashlib.sha256(b"kept").digest() + b"kept")' "$kept"
	find tool -name '*.pyc' -delete
	compile
	[[ $(find tool -name '*.pyc' -exec grep -lx kept {} + | wc -l) == 1 ]]
	echo 'ONE = "other"' >tool/one.py
	compile
	[[ $(find cache -type f | wc -l) == 3 ]]
}

@test "package managers: the newest that runs on the image's Node, and none that its own script would have to install" {
	mkdir bin
	cat >rows <<-'END'
		[{"version": "12.1.0", "engines.node": ">=18", "dist.integrity": "a", "optionalDependencies": {"@pnpm/exe.linux-x64": "12.1.0"}},
		 {"version": "11.2.0", "engines.node": ">=22.13", "dist.integrity": "b"},
		 {"version": "10.3.0", "engines.node": ">=12 <14 || 14.2 - 14.9 || >14.10.0", "dist.integrity": "c"},
		 {"version": "10.4.0-rc.1", "dist.integrity": "d"}, {"version": "9.9.0", "engines.node": ">=18", "dist.integrity": "e"}]
	END
	printf '#!/bin/sh\ncat %s/rows\n' "$PWD" >bin/npm
	printf '#!/bin/sh\necho "$NODE"\n' >bin/node
	chmod +x bin/npm bin/node
	newest() {
		NODE=$1 PATH=$PWD/bin:$PATH PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c \
			'import node, sys; print(node.newest_manager("cache", "pnpm", sys.argv[1] or None)["version"])' "${2:-}"
	}
	[[ $(newest v18.20.4) == 10.3.0 && $(newest v22.14.0) == 11.2.0 && $(newest v14.9.3) == 10.3.0 ]]
	run -1 newest v14.10.0
	[[ $output == "no pnpm runs on Node 14.10.0: name another as 'packageManager'"* ]]
	echo '[{"version": "12.1.0", "dist.integrity": "a", "optionalDependencies": {"@pnpm/exe.linux-x64": "12.1.0"}}]' >rows
	run -1 newest v22.14.0 12.1.0
	[[ $output == "pnpm 12.1.0 is a program for one kind of machine"* ]]
}

@test "package managers: which one an app means, and none that would choose anew at each build" {
	# means FIELD FILES...: the manager and version of an app with such a packageManager and such locks.
	means() {
		rm -rf one
		mkdir one
		for file in "${@:2}"; do echo '# yarn lockfile v1' >"one/$file"; done
		MEANS=$1 PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c \
			'import node, os; print(*node.manager_of("one", {"packageManager": os.environ["MEANS"]}))'
	}
	[[ $(means yarn@1.22.22 yarn.lock) == "yarn 1.22.22" && $(means yarn@4.9.1+sha512.ab yarn.lock) == "berry 4.9.1" ]]
	[[ $(means pnpm@9.15.9 pnpm-lock.yaml) == "pnpm 9.15.9" && $(means npm@10.1.0 npm-shrinkwrap.json) == "npm 10.1.0" ]]
	[[ $(means "" yarn.lock) == "yarn 1" && $(means "" pnpm-lock.yaml) == "pnpm None" && $(means "") == "None None" ]]
	[[ $(means yarn@1.22.22) == "None None" && $(means pnpm@9.15.9) == "None None" && $(means npm@10.1.0) == "None None" ]]
	[[ $(means yarn@4.9.1 package-lock.json) == "npm None" ]]
}

@test "package managers: a lock that a newer yarn has written anew is taken again, and never one of other packages" {
	lock() { printf '__metadata:\n  version: %s\n\n"a@npm:1":\n  resolution: "a@npm:%s"\n  checksum: %s\n' "$@"; }
	takes() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c 'import node; node.take_berry_lock("kept", "one")'
		head -2 one/yarn.lock | tail -1
	}
	mkdir one
	lock 8 1.0 aa >one/yarn.lock
	[[ $(takes) == "  version: 8" ]]
	for other in "10 1.1 aa" "10 1.0 bb"; do
		lock $other >kept
		[[ $(takes) == "  version: 8" ]]
	done
	lock 10 1.0 aa >kept
	[[ $(takes) == "  version: 10" ]]
}

@test "package managers: when one app moves, what the others had stays where it suits" {
	kept() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c \
			'import node, sys; print(node.kept_manager("lock a {}\nmanager yarn 1.22.1 sha512-x a b\n", *sys.argv[1:3], sys.argv[3:]))' "$@"
	}
	[[ $(kept yarn 1 b c) == "manager yarn 1.22.1 sha512-x b c" && $(kept yarn "" a) == "manager yarn 1.22.1 sha512-x a" ]]
	[[ $(kept yarn 1.22.1 a) == "manager yarn 1.22.1 sha512-x a" && $(kept yarn 1.22.19 a) == None && $(kept yarn 1.2 a) == None ]]
	[[ $(kept yarn 1 c) == None && $(kept pnpm "" a) == None ]]
}

@test "Python packages: what uv notes of its cache, with the time, is in no environment" {
	info=env/lib/python3.11/site-packages/one-1.0.dist-info
	mkdir -p "$info" "${info/one/two}"
	printf 'one/__init__.py,,\r\none-1.0.dist-info/uv_cache.json,sha256=AAAA,94\r\none-1.0.dist-info/RECORD,,\r\n' >"$info/RECORD"
	echo '{"timestamp": 1}' >"$info/uv_cache.json"
	# The whole of python.py wants the image's pip.
	python3 - "$BATS_TEST_DIRNAME/../../services/frameworks/bench/python.py" <<-'END'
		import ast, contextlib, glob, os, sys
		with open(sys.argv[1]) as file:
		    found = [one for one in ast.parse(file.read()).body if getattr(one, "name", "") == "forget_cache_notes"]
		exec(compile(ast.Module(found, []), sys.argv[1], "exec"))
		forget_cache_notes("env")
	END
	printf 'one/__init__.py,,\r\none-1.0.dist-info/RECORD,,\r\n' | cmp - "$info/RECORD"
	[[ $(ls "$info") == RECORD ]]
}

@test "bench: what an app asks for names packages, and neither an index nor another way to take them" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	mkdir -p apps/one
	asks() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench /usr/bin/python3 -B -c \
			'import python; print(python.declared("apps/..", "one", False))'
	}
	printf '%s\n' 'flask>=2 # words' '--pre' 'x[y]==1; python_version > "3"' >apps/one/requirements.txt
	run -0 asks
	for option in '--no-binary :all:' '--index-url https://index.example/' '-ihttps://index.example/' '--extra-index-url=https://x.example/' '-c other.txt' \
		'-r other.txt' '-e git+https://git.example/a.git' '--find-links /tmp' '--no-index' '--trusted-host x' $'--no-\\\nbinary :all:'; do
		echo "$option" >apps/one/requirements.txt
		run -1 asks
		[[ $output == "the app 'one' asks with option -"*", which is not taken: "* ]]
	done
	printf '[project]\nname = "one"\ndependencies = ["flask\\n--index-url https://index.example/"]\n' >apps/one/pyproject.toml
	run -1 asks
	[[ $output == *"asks for 'flask\\n--index-url https://index.example/', which is no name with versions" ]]
}

@test "bench: package managers are told to run nothing of an app or a package" {
	manager() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c 'import node, sys
node.get_manager = lambda *_: ["sh", "-c", "echo \"$YARN_IGNORE_PATH $YARN_ENABLE_SCRIPTS $*\" >>said; exit 1", "manager"]
node.run_manager(sys.argv[1], "cache", ".", {}, False)' "$1" || true
	}
	for kind in yarn berry pnpm; do manager $kind; done
	[[ $(grep -c -e '^1 .*--ignore-scripts' -e '^1 false ' said) = $(wc -l <said) ]]
	[[ $(grep -c -e '--config.node-linker' said) = $(grep -c -e '--ignore-pnpmfile' said) ]]
}
