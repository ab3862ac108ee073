#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a lock keeps, and what of it moves when one thing is named.
bats_require_minimum_version 1.5.0
load helpers
load framework

@test "lock says what moved since the lock before, and moves one thing when asked" {
	framework mk-tool >own.yml
	mkbench 2 lock --update mk-tool notes.yml
	[[ $output == *"there is no notes.lock yet"* ]]
	mkbench 0 lock notes.yml
	cp notes.lock good
	sed -i 's/\(name: mk-tool, version: \)"[^"]*"/\1"0.9"/; s/\(name: mk-shell, version: \)"[^"]*"/\1"1:5.0"/' notes.lock
	mkbench 2 lock --update mk-nobody notes.yml
	[[ $output == *"notes.lock has no app or package 'mk-nobody'"* ]]
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
	[[ $output == *"(an app from a folder is not locked)"* ]]
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

@test "a lock from before a disk was wanted says so" {
	mkdir "$MKBENCH_SHARE/services/disk"
	echo 'packages: { disk: [mk-shell] }' >"$MKBENCH_SHARE/services/disk/service.yml"
	mkbench 0 lock notes.yml
	echo 'outputs: [raw]' >>notes.yml
	echo 'disk: { kernel: mk-shell }' >>notes.yml
	mkbench 3 plan notes.yml
	[ "$output" = "mkbench: notes.lock lacks the packages for a disk, which 'outputs' has now: run 'mkbench lock notes.yml' to resolve again" ]
	mkbench 0 lock notes.yml
	mkbench 0 plan notes.yml
	sed -i '/^outputs/d' notes.yml
	mkbench 3 plan notes.yml
	[[ $output == *$'\n'"mkbench: notes.lock contains packages for a disk, but 'outputs' has no disk any more: "* ]]
}
