#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# mkbench init of a list of apps, of a repository, or of a bench that is there.
bats_require_minimum_version 1.5.0
load helpers
load init-helpers

@test "--apps-json: apps by their repositories, in their order" {
	cat >apps.json <<-'END'
		[
		  { "url": "https://git.example.org/org/Two-Words.git", "branch": "version-15" },
		  { "branch": "15", "url": "ssh://git@git.example.org/org/other" }
		]
	END
	app local local
	init 0 init --apps-json apps.json shop
	said=$output
	accepted shop.yml
	[ "$(grep -c '  - name: .*[^t]$' shop.yml)" -ge 2 ]
	grep -A2 'name: two_words' shop.yml | grep -q 'git: https://git.example.org/org/Two-Words.git'
	grep -A2 'name: other' shop.yml | grep -q 'ref: "15"'
	run ! grep -q local/ shop.yml
	[ "$(grep -c 'it is named after its address' <<<"$said")" = 2 ]
	[[ $said != *"such lists leave"* ]] # nobody could look
}

# repository NAME FOLDER: a folder of tests/apps as https://git.example.org/NAME.
repository() {
	cp -r "$BATS_TEST_DIRNAME/../apps/$2" "$BATS_TEST_TMPDIR/repositories/$1"
	git -C "$BATS_TEST_TMPDIR/repositories/$1" init -q -b main
	git -C "$BATS_TEST_TMPDIR/repositories/$1" add .
	git -C "$BATS_TEST_TMPDIR/repositories/$1" -c user.name=t -c user.email=t@example.org commit -qm first
}

@test "--apps-json: apps are named after the packages in them, and the framework is first wherever the list has it" {
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store
	repository the-shop shop
	repository workshop atelier
	app_url=https://git.example.org
	printf '\xef\xbb\xbf[ // ours\n{"url": "%s/the-shop", "branch": "main"},\n{"url": "%s/workshop", "branch": "main"},\n]' $app_url $app_url >apps.json
	init 0 init --apps-json apps.json whole
	[ "$(sed -n 's/^  - name: \([a-z]*\)$/\1/p' whole.yml | xargs)" = "atelier shop" ]
	[[ $output == *"a comment is not JSON: it is ignored"*"framework  bench"*"next: mkbench build whole.yml"* ]]
	"$MKBENCH" check whole.yml
	# As Windows' editors and shells write it.
	tail -c +4 apps.json | iconv -f UTF-8 -t UTF-16 >wide.json
	init 0 init --apps-json wide.json wide
	cmp <(sed -n '/^apps/,/^sites/p' whole.yml) <(sed -n '/^apps/,/^sites/p' wide.yml)
	printf '[\0\0\0{\0\0\0' >wide.json
	init 3 init --apps-json wide.json none
	[[ $output == *"the list of apps wide.json: it is not a text: save it as UTF-8"* ]]
	# Left out of the list, as it mostly is.
	printf '[{"url": "%s/the-shop", "branch": "main"}]' $app_url >apps.json
	init 0 init --apps-json apps.json lone
	[ "${lines[-1]}" = "note: such lists leave the framework itself out: add it as the first app, or give --framework URL@REF" ]
	init 0 init --apps-json apps.json --framework $app_url/workshop@main given
	cmp <(sed -n '/^apps/,/^sites/p' whole.yml) <(sed -n '/^apps/,/^sites/p' given.yml)
	init 2 init --apps-json apps.json --framework $app_url/workshop other
	asked "--apps-json apps.json" nonsense $app_url/workshop@main asked "" "" "" ""
	[ "$status" = 0 ]
	[ "$(sed -n 's/^  - name: \([a-z]*\)$/\1/p' asked.yml | xargs)" = "atelier shop" ]
	# Without a branch, or none of it: the repository's own.
	printf '[{"url": "%s/the-shop/"}, {"branch": null, "url": "%s/workshop"}]' $app_url $app_url >apps.json
	init 0 init --apps-json apps.json default
	[[ $output == *"app the_shop: no branch is named: main is its repository's default"* ]]
	[ "$(sed -n 's/^  - name: \([a-z]*\)$/\1/p' default.yml | xargs)" = "atelier shop" ]
	[ "$(grep -c '^    ref: main ' default.yml)" = 2 ]
	printf '[{"url": "%s/the-shop", "branch": "none"}]' $app_url >apps.json
	init 4 init --apps-json apps.json none
	[[ $output == "mkbench: app the_shop: $app_url/the-shop has no branch and no tag 'none'"* && ! -e none.yml ]]
	printf '[{"url": "%s/none"}]' $app_url >apps.json
	init 4 init --apps-json apps.json none
	[[ $output == "mkbench: no branch of the app none is named: git ls-remote: "* && ! -e none.yml ]]
	printf '{"atelier": {"is_repo": true}}' >apps.json
	init 3 init --apps-json apps.json none
	[[ $output == *"a list of apps is needed"*"--from FOLDER"* ]]
}

@test "one repository, by whatever address it has, is a recipe; one that is no framework lacks that" {
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store GIT_CONFIG_COUNT=3 GIT_CONFIG_VALUE_2=git@git.example.org:
	export GIT_CONFIG_KEY_2=url.$BATS_TEST_TMPDIR/repositories/.insteadOf
	repository the-shop shop
	repository workshop atelier
	git clone -q --bare "$BATS_TEST_TMPDIR/repositories/workshop" bare.git
	local word url=https://git.example.org
	for word in $url/workshop git@git.example.org:workshop@main "file://$BATS_TEST_TMPDIR/repositories/workshop@main" ./bare.git; do
		init 0 init "$word"
		[[ $output == *"wrote "*.yml*"framework  bench "*"next: mkbench build "* ]]
		accepted ./*.yml
		[[ $(<"$BATS_TEST_TMPDIR/said") == *".yml: ok: 1 app, 1 site, 2 outputs" && $(wc -l <"$BATS_TEST_TMPDIR/said") == 1 ]] # it was looked at
		grep -A2 'name: atelier' ./*.yml | grep 'ref: main'
		[[ $(ls ./*.yml) == ./@(workshop|bare).yml ]]
		rm ./*.yml
	done
	init 0 init $url/the-shop@main
	[[ ${lines[-1]} == "note: that app is no framework: "*"--framework URL@REF" ]]
	rm the-shop.yml
	init 0 init $url/the-shop --framework $url/workshop@main
	[ "$(sed -n 's/^  - name: \([a-z]*\)$/\1/p' the-shop.yml | xargs)" = "atelier shop" ]
	rm -r the-shop.yml bare.git
	# Apps of this machine, and a framework that is elsewhere.
	cp -r "$BATS_TEST_DIRNAME/../apps/shop" shop
	init 0 init --framework $url/workshop@main mine
	[ "$(sed -n 's/^  - name: \([a-z]*\)$/\1/p' mine.yml | xargs)" = "atelier shop" ]
}

@test "a word that is no recipe's name says how it is given instead" {
	mkdir -p bench/sites
	touch bench/sites/apps.txt apps.json shop.tar.gz
	init 2 init https://me:hunter2@git.example.org/shop
	[[ $output == "mkbench: init: 'repository' holds a user or a token: "* && $output != *hunter2* ]]
	for word in shop.tar.gz https://git.example.org/shop-1.zip; do
		init 2 init "$word"
		[[ $output == "mkbench: init: an archive goes into a recipe as an app's 'archive:' (URL) and 'sha256:'; "* ]]
	done
	init 2 init bench
	[[ $output == "mkbench: init: bench is a bench: mkbench init --from bench NAME "* ]]
	init 2 init apps.json
	[[ $output == *"--apps-json apps.json" ]]
	[ "$(find . -name '*.yml')" = "" ]
}

@test "--apps-json: what is wrong is told by line and column, all of it, and leaves nothing" {
	printf '[\n {"url": "https://me:hunter2@h.org/o/a", "branch": "m"},\n {"branch": "m"}\n]\n' >../bad.json
	init 3 init --apps-json ../bad.json shop
	[ "${lines[0]}" = "../bad.json:2:10: 'url' holds a user or a token: a recipe never holds a secret; ~/.netrc, git's credential helper or an ssh agent do" ]
	[ "${lines[1]}" = "../bad.json:3:2: this app has no 'url': write where its repository is" ]
	[ "${lines[2]}" = "mkbench: ../bad.json: 2 problems" ]
	[[ $output != *hunter2* ]]
	local bad
	for bad in '' '[' '{}' '[]' '[1]' '[{"url": 1}]' '[{"url": "https://u:hunter2@h/o/a' '{"frappe": {"branch": "m"}}' '[{"url": "file:a", "branch": "m"}]' \
		'[{"url": "https://h.org/a\u0001b", "branch": "m"}]' $'\xff' '// a comment' '[{"url": "https://h.org/o/a", "branch": "m"}] more'; do
		printf %s "$bad" >../bad.json
		init 3 init --apps-json=../bad.json shop
		[[ $output == *"../bad.json:1:"*": "*"mkbench: ../bad.json: "* ]]
		[[ $output != *hunter2* ]]
	done
	init 3 init --apps-json ../none.json shop
	[[ $output == "mkbench: cannot read the list of apps ../none.json: No such file or directory" ]]
	init 3 init --apps-json .. shop
	truncate -s 2M ../large.json
	init 3 init --apps-json ../large.json shop
	nothing_here
}

@test "--from: a bench becomes a recipe, without anything secret" {
	repository workshop atelier
	repository the-shop shop
	bench=$BATS_TEST_TMPDIR/old
	mkdir -p "$bench"/{apps,sites/{one.example.org,two.example.org,Odd_Name}}
	git clone -q "$BATS_TEST_TMPDIR/repositories/workshop" "$bench/apps/atelier"
	git clone -q "$BATS_TEST_TMPDIR/repositories/the-shop" "$bench/apps/shop"
	git -C "$bench/apps/atelier" remote set-url origin https://git.example.org/workshop
	git -C "$bench/apps/shop" remote set-url origin https://me:hunter2@git.example.org/the-shop
	cp -r "$BATS_TEST_DIRNAME/../apps/stock" "$bench/apps/stock"
	echo changed >>"$bench/apps/shop/README"
	printf 'atelier\nshop\nstock\n' >"$bench/sites/apps.txt"
	echo '{"db_name": "x", "db_password": "hunter2", "domains": ["www.example.org", {"domain": "shop.example.org"}]}' >"$bench/sites/one.example.org/site_config.json"
	printf '%s\n' 'web: bench serve --port 8000' 'worker: bench worker' 'worker_reports: bench worker --queue reports' \
		'worker_mail: A=1 bench worker --queue=mail,bulk,short 1>> logs/mail.log' >"$bench/Procfile"
	git -C "$bench/apps/shop" -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m unpushed
	echo '{"db_name": "y", "encryption_key": "hunter2", "host_name": "https://shop.example.org:8443/x", "domains": ["two.org"]}' | tee "$bench/sites/two.example.org/site_config.json" >"$bench/sites/Odd_Name/site_config.json"
	echo '{"background_workers": 3, "default_site": "two.example.org", "webserver_port": 8002, "socketio_port": 9002, "root_password": "hunter2",
	       "workers": {"reports": {"timeout": 900}}}' >"$bench/sites/common_site_config.json"
	init 0 init --from "$bench" mine
	said=$output
	run ! grep -r hunter2 mine.yml
	"$MKBENCH" check mine.yml
	grep -A2 'name: atelier' mine.yml | grep -F "ref: $(git -C "$bench/apps/atelier" rev-parse HEAD)"
	grep -A1 'name: shop' mine.yml | grep -F 'git: https://git.example.org/the-shop'
	grep -A1 'name: stock' mine.yml | grep -F "path: $(readlink -f "$bench")/apps/stock"
	grep -A4 'name: one.example.org' mine.yml | grep -x '      - shop.example.org'
	grep -A4 'name: two.example.org' mine.yml | grep -x '      - two.org'
	[ "$(grep -c 'shop.example.org' mine.yml)" = 1 ]
	[ "$(grep -A1 -x '  - queues: \[mail, bulk\]' mine.yml | wc -l)" = 2 ]
	grep -A2 'queues: \[reports\]' mine.yml | grep 'timeout: 900'
	grep -x '  unknown_host: two.example.org' mine.yml
	grep -A1 '^web:' mine.yml | grep 8002
	[ "$(grep -c 'count: 3' mine.yml)" = 2 ]
	[[ $said == *"the host shop.example.org of the site two.example.org is left out: one.example.org has it"* ]]
	[[ $said == *"apps/shop has changes that no commit holds"*"apps/shop: its remote may not have its commit"*"apps/stock has no remote with a commit"*"site Odd_Name is left out"* ]]
	init 2 init --from . other
	[[ $output == *"is no bench: sites/apps.txt is missing in it"* ]]
}
# from SAID: a bench in $bench becomes mine.yml, which check accepts, and init says so.
from() {
	rm -f mine.yml
	init 0 init --from "$bench" mine
	[[ $output == *$1* ]]
	run ! grep -r hunter2 mine.yml
	"$MKBENCH" check mine.yml
}

@test "--from: settings that are damaged, odd or in the way are said, and the recipe is accepted" {
	repository workshop atelier
	bench=$BATS_TEST_TMPDIR/old
	mkdir -p "$bench"/{apps,sites/one.example.org/private}
	git clone -q "$BATS_TEST_TMPDIR/repositories/workshop" "$bench/apps/atelier"
	remote() { git -C "$bench/apps/atelier" remote set-url origin "$1"; }
	config() { echo "$2" >"$bench/sites/$1_config.json"; }
	printf '\xef\xbb\xbfatelier\r\natelier\r\n' >"$bench/sites/apps.txt"
	config one.example.org/site '{}'
	# logins, and a folder as git looks for it
	remote https://me:p@hunter2@git.example.org/workshop
	from "what logs in at its remote is left out"
	grep -x '    git: https://git.example.org/workshop' mine.yml
	remote ssh://me:hunter2@git.example.org/workshop
	from "what logs in at its remote is left out"
	grep -x '    git: "ssh://me@git.example.org/workshop"' mine.yml
	remote ssh://git@git.example.org:22/workshop
	from wrote
	grep -x '    git: "ssh://git@git.example.org:22/workshop"' mine.yml
	remote ../../../repositories/workshop
	from wrote
	grep -x "    git: $BATS_TEST_TMPDIR/repositories/workshop" mine.yml
	# hosts
	config one.example.org/site '{"host_name": "https://me:hunter2@deep.example.org:8443/x", "domains": ["WWW.example.org", "*.example.org", {"domain": 3}, 7]}'
	ln -s one.example.org "$bench/sites/other.example.org"
	from "the host '*.example.org' of the site one.example.org is left out: it is no host name"
	[ "$(sed -n 's/^      - //p' mine.yml | xargs)" = "www.example.org deep.example.org other.example.org" ]
	[ "$(grep -c '^  - name: [a-z.]*org$' mine.yml)" = 1 ]
	# the default site, as older tools keep it
	mkdir "$bench/sites/two.example.org"
	config two.example.org/site '{}'
	echo two.example.org >"$bench/sites/currentsite.txt"
	from wrote
	grep -x '  unknown_host: two.example.org' mine.yml
	echo none.example.org >"$bench/sites/currentsite.txt"
	from wrote
	run ! grep unknown_host: mine.yml
	# ports that are taken inside
	local ports
	for ports in 8080,9000 3306,9000 13000,9000 11000,9000 12000,9000 9000,9000 9001,9001 8000,8000; do
		config common_site "{\"webserver_port\": ${ports%,*}, \"socketio_port\": ${ports#*,}, \"redis_cache\": \"redis://:hunter2@127.0.0.1:13000\"}"
		from "webserver_port ${ports%,*} is left out: something else has that port inside an image"
	done
	config common_site '{"webserver_port": 9000}'
	from "webserver_port 9000 is left out"
	config common_site '{"socketio_port": 8000}'
	from "socketio_port 8000 is left out"
	config common_site '{"webserver_port": 9000, "socketio_port": 9001}'
	from wrote
	grep -A1 '^web:' mine.yml | grep -x '  port: 9000'
	printf '%s\n' 'worker_a: bench worker --queue a,short,a 1>>l' '#worker_b: bench worker --queue b' >"$bench/Procfile"
	from wrote
	grep -x '  - queues: \[a\]' mine.yml
	# damaged
	config common_site '{"webserver_port": 9000, hunter2'
	from "sites/common_site_config.json:1:"*": not JSON: it is not read"
	config common_site '["hunter2"]'
	from "sites/common_site_config.json holds no map of settings: it is not read"
	config one.example.org/site '{"db_password": "hunter2'
	from "sites/one.example.org/site_config.json:"*"the site one.example.org is left out: it has no site_config.json that can be read"
	rm "$bench/sites/one.example.org/site_config.json"
	from "the site one.example.org is left out: it has no site_config.json that can be read"
}

@test "--from: names in a bench command no terminal, and begin no line of ours" {
	repository workshop atelier
	bench=$BATS_TEST_TMPDIR/old
	mkdir -p "$bench"/{apps,sites/$'b\nwrote it'}
	git clone -q "$BATS_TEST_TMPDIR/repositories/workshop" "$bench/apps/atelier"
	echo '{}' >"$bench/sites/"$'b\nwrote it'"/site_config.json"
	printf 'atelier\n\033[31mred\033]0;title\007\n\302\233x\n' >"$bench/sites/apps.txt"
	init 0 init mine --from "$bench"
	[[ $output != *[$'\033\007\233']* && $output == *"apps/?[31mred?]0;title? is left out"* && $output == *"the site b?wrote it is left out"* ]]
}
