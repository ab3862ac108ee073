#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# mkbench init: a recipe that mkbench check accepts, with and without a terminal; nothing is left behind or written over.
bats_require_minimum_version 1.5.0
load helpers
load init-helpers

@test "without a terminal: guesses are taken and said" {
	init 0 init notes
	[[ $output == *"wrote notes.yml"* && $output == *"Europe/Paris"*TZ* && $output == *"fr "*LANG* ]]
	[[ $output == *"note: there is no folder ./notes: put the app notes there"* ]]
	accepted notes.yml
	grep -q '^  - name: notes.localhost' notes.yml
	grep -q '^    time_zone: Europe/Paris' notes.yml
	grep -q '^    language: fr$' notes.yml
	[ "$(ls -A)" = notes.yml ]
}

@test "guesses: of the time zone and the language, and what says nothing" {
	TZ=:/usr/share/zoneinfo/Asia/Tokyo LANG=pt_BR.UTF-8 init 0 init a
	TZ=Mars/Olympus LC_ALL=C init 0 init b
	LC_ALL=de_AT@euro init 0 init c
	LANG=zh_TW.UTF-8 LC_MESSAGES= init 0 init d
	LANG='x; rm -rf' init 0 init e
	grep -q 'Asia/Tokyo' a.yml
	run ! grep -q Mars b.yml
	for pair in a:pt-BR b:en c:de d:zh-TW e:en; do
		accepted "${pair%:*}.yml"
		grep -q "^    language: ${pair#*:}\$" "${pair%:*}.yml"
	done
}

@test "what is there already is never written over, whatever it is" {
	echo mine >notes.yml
	ln -s nowhere gone.yml
	mkdir full.yml
	init 2 init notes
	[[ $output == "mkbench: init never overwrites: notes.yml is there already"* ]]
	init 2 init gone.yml
	init 2 init full
	[ "$(cat notes.yml)" = mine ]
	[ ! -e nowhere ]
	[ "$(ls -A | wc -l)" = 3 ]
}

@test "two at once: one writes, the other is refused, the recipe is whole" {
	local all=()
	for _ in 1 2 3 4 5 6; do
		"$MKBENCH" init twin </dev/null >/dev/null 2>&1 && echo won >>../won &
		all+=($!)
	done
	for one in "${all[@]}"; do wait "$one" || true; done
	[ "$(wc -l <../won)" = 1 ]
	accepted twin.yml
	[ "$(ls -A)" = twin.yml ]
}

@test "an app's folder: the recipe goes beside it, wherever it is started" {
	app my-notes my_notes
	init 0 init my-notes
	accepted my-notes.yml
	grep -A1 'name: my_notes' my-notes.yml | grep -q 'path: ./my-notes'
	mv my-notes.yml first
	(cd my-notes && init 0 init)
	[[ $(ls -A my-notes) == my_notes ]]
	cmp my-notes.yml first
	rm my-notes.yml
	here=$PWD
	(cd / && init 0 init "$here/my-notes/")
	cmp my-notes.yml first
	init 2 init my-notes/.
	[[ $output == *"init never overwrites: my-notes/./../my-notes.yml"* ]]
}

@test "folders that hold apps: each by what tells it, and nothing else" {
	app b b
	app a a_package
	app a tests
	mkdir c d e .hidden node
	touch c/pyproject.toml d/setup.py e/README.md node/package.json
	app .hidden hidden
	mkdir f && app f/deep deep
	init 0 init bench.yml
	accepted bench.yml
	[ "$(grep -c 'path:' bench.yml)" = 4 ]
	grep -A1 'name: a_package' bench.yml | grep -q 'path: ./a '
	[[ $(grep 'path:' bench.yml | tr -d '\n') == *./a*./b*./c*./d* ]]
}

@test "an app that a framework recognises: which one is said, and what to do next" {
	app notes notes
	echo 'application = 1' >notes/notes/wsgi.py
	init 0 init notes
	[[ $output == *"note: no framework recognises the first app"* && $output != *"next: "* ]]
	rm notes.yml
	echo 'def create_site(): 0' >notes/notes/manage.py
	touch notes/socketio.js
	init 0 init notes
	[[ $output == *$'\n'"  framework  wsgi "*$'\n'"next: mkbench build notes.yml" ]]
	mkbench 0 check notes.yml
}

@test "names and folders of any kind make a recipe that is accepted" {
	mkdir "Été & co" 'on' '1.0' 'a"b' -- '-dash'
	for folder in *; do
		app "./$folder" "pack$((++count))"
		init 0 init "./$folder"
	done
	init 0 init .
	init 0 init 2024-01-01
	init 0 init "x y.yml"
	for recipe in *.yml; do
		accepted "./$recipe"
	done
	init 2 init 'No Name'
	[[ $output == "mkbench: init: 'name' cannot be 'No Name'"* ]]
	init 2 init none/notes.yml
	[ ! -e none ]
}

@test "wrong arguments are a usage error" {
	init 2 init --force
	init 2 init a b
	init 2 init --apps-json
	nothing_here
}

@test "a terminal: a few questions, each with a default" {
	asked notes "" "" "" "" ""
	[ "$status" = 0 ]
	accepted notes.yml
	[ "$(grep -c ']: ' <<<"$screen")" = 5 ]
	[[ $screen == *"Time zone [Europe/Paris]: "*"Language [fr]: "* ]]
	asked "" shop trixie https://h.org/o/shop-app.git version-15 "shop.example.org, www.example.org" Asia/Tokyo ja
	[ "$status" = 0 ]
	accepted shop.yml
	grep -A2 'name: shop_app' shop.yml | grep -q 'ref: version-15'
	grep -q 'suite: trixie' shop.yml
	[ "$(grep -c 'time_zone: Asia/Tokyo' shop.yml)" = 2 ]
}

@test "a terminal: what cannot be written is asked again, and why" {
	asked "" "No Name" notes prod "" https://me:token@h.org/o/a ./notes "UPPER.example.org" "erp example" "a.org, a.org" "a.org" Europe/Pari Europe/Paris french fr
	[ "$status" = 0 ]
	[[ $screen == *"'prod' is neither bookworm nor trixie"*"a recipe never holds a secret"*"upper case"*"'erp example' is no host name: write a comma between sites"*"given twice"*"did you mean 'Europe/Paris'?"*"'language' cannot be 'french'"* ]]
	accepted notes.yml
	run ! grep -q token notes.yml
}

@test "a terminal: Ctrl-C and the end of the answers leave nothing" {
	asked notes "" ^C
	[ "$status" = 130 ]
	nothing_here
	asked "" notes ^D
	[ "$status" = 2 ]
	[[ $screen == *"nothing was written"* ]]
	nothing_here
	touch notes.yml
	asked "" notes "" "" "" "" ""
	[ "$status" = 2 ]
	[ ! -s notes.yml ]
}
