#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo with `prebake: true`, built and booted beside the same without: an instance of each is equal to the other but for what must differ.
bats_require_minimum_version 1.5.0
load ../until

port=29417

setup_file() {
	export MKBENCH=${MKBENCH:-build/mkbench} WORK=$BATS_FILE_TMPDIR RUN=prebake-$$ WORD=prebakeCanary
	for way in true false; do
		mkdir "$WORK/$way"
		cp -r recipes/demo recipes/demo.yml "$WORK/$way"
		sed -i "s/^sites:/prebake: $way\n&/" "$WORK/$way/demo.yml"
		build "$way" >"$WORK/$way.log" 2>&1 || { tail -20 "$WORK/$way.log" >&2; return 1; }
		"$MKBENCH" run --engine own --name "$RUN-$way" --port $((port + ${#way})) --detach --progress plain "$WORK/$way/out/demo-1.0.tar" \
			>"$WORK/$way.run" 2>&1 || { tail -20 "$WORK/$way.run" >&2; return 1; }
	done
}

teardown_file() {
	for way in true false; do "$MKBENCH" run --clean "$RUN-$way" || true; done
}

build() { timeout 1800 "$MKBENCH" build --progress=plain -o "$WORK/$1/out" "$WORK/$1/demo.yml"; }
inside() { "$MKBENCH" run --exec "$RUN-$1" "${@:2}"; }

# The uppermost layer, as a tar.
sites_layer() {
	tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r '.[0].Layers[-1]')" >"$WORK/packed"
	if [[ $(file -b --mime-type "$WORK/packed") = application/gzip ]]; then gzip -dc "$WORK/packed"; else cat "$WORK/packed"; fi
}

# Schemas, rows without passwords and times, accounts, files with owners and modes.
oracle() {
	inside "$1" bash -euc '
		sql() { mariadb -N -e "$1"; }
		for db in $(sql "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE \"\\_%\" ORDER BY 1"); do
			for table in $(sql "SELECT table_name FROM information_schema.tables WHERE table_schema = \"$db\" ORDER BY 1"); do
				sql "SHOW CREATE TABLE $db.\`$table\`"
				columns=$(sql "SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns
					WHERE table_schema = \"$db\" AND table_name = \"$table\" AND data_type <> \"datetime\" AND column_name <> \"password\"")
				[ "$table" = counter ] || sql "SELECT $columns FROM $db.\`$table\` ORDER BY 1"
			done
		done
		sql "SELECT user, host, plugin FROM mysql.user ORDER BY 1, 2"
		cd /data
		find . -path "./mariadb/*" -prune -o -path ./.mkbench -prune -o -path ./service-logs -prune -o -path ./nginx -prune -o -path "*/logs/*" -prune \
			-o -path "*/locks/*" -prune -o -path "./redis-*/*" -prune -o -printf "%y %m %u:%g %p -> %l\n" | sort
		for site in sites/*/site_config.json; do sed "s/\"\(db_password\|encryption_key\)\": \"[^\"]*\"/\"\1\": 0/" "$site"; done'
}

@test "an instance of prebaked sites equals one whose sites its first start has made, and so does a site that is added" {
	for way in true false; do inside $way benchctl add-site more.localhost; done
	oracle true >"$WORK/one"
	oracle false >"$WORK/other"
	[[ $(wc -l <"$WORK/one") -gt 40 ]]
	diff "$WORK/one" "$WORK/other"
	inside true benchctl verify
}

@test "the first start copied, renewed and made nothing" {
	inside true benchctl status --startup >"$WORK/startup"
	grep -E '^ *[0-9]+ +[0-9]+  unpack: ' "$WORK/startup"
	grep -E '^ *[0-9]+ +[0-9]+  renew: ' "$WORK/startup"
	run ! inside true grep -q '"step":"create' /data/.mkbench/ledger
	run ! inside true grep -E -- '--- (create|install)' /data/service-logs/provision.log
	inside false grep -E -- '--- create' /data/service-logs/provision.log
}

@test "no byte of a password or key of the build is in the image, nor on the volume" {
	sites_layer "$WORK/true/out/demo-1.0.tar" >"$WORK/layer"
	tar -tf "$WORK/layer" | grep -q usr/lib/mkbench/sites/mariadb/ibdata1
	run ! grep -qaF "$WORD" "$WORK/layer"
	run ! inside true grep -rqaF "$WORD" /data /run /usr/lib/mkbench/sites
	run -0 inside true grep -caF "$WORD" /usr/lib/mkbench/init # the search finds what is there: the program knows the word
}

@test "no user, password or session is in the image's tables" {
	inside true bash -euc '
		mkdir /tmp/look && cp -r /usr/lib/mkbench/sites/mariadb /tmp/look/data && chown -R mysql /tmp/look
		mariadbd --no-defaults --user=mysql --datadir=/tmp/look/data --socket=/tmp/look/sock --pid-file=/tmp/look/pid --skip-networking >/tmp/look/log 2>&1 &
		until mariadb -S /tmp/look/sock -e "SELECT 1" >/dev/null 2>&1; do
			kill -0 $! || { cat /tmp/look/log; exit 1; }
			sleep 0.2
		done
		mariadb -S /tmp/look/sock -N -e "SELECT user FROM mysql.user WHERE user NOT IN (\"root\", \"mysql\", \"mariadb.sys\", \"PUBLIC\", \"\");
			SELECT name FROM _032d4c17a2178aa3.user; SELECT id FROM _032d4c17a2178aa3.session"
		kill $! && wait $! || true; rm -r /tmp/look' >"$WORK/found"
	[[ ! -s $WORK/found ]] || { cat "$WORK/found"; false; }
}

@test "who builds again from the same store gets the same bytes, and bakes nothing" {
	cp "$WORK/true/out/demo-1.0.tar" "$WORK/before.tar"
	"$MKBENCH" build --progress=plain -o "$WORK/again" "$WORK/true/demo.yml" >"$WORK/again.log" 2>&1
	cmp "$WORK/before.tar" "$WORK/again/demo-1.0.tar"
}

@test "a changed stylesheet and a new version bake nothing; a line of what makes the sites does; the lock names the layer" {
	digest() { "$MKBENCH" build --progress=json -o "$WORK/again" "$WORK/true/demo.yml" 2>"$WORK/again.log" | jq -r '.layers[] | select(.layer == "sites").digest'; }
	named() { sed -n 's/^sites: "\([0-9a-f]*\)".*/sha256:\1/p' "$WORK/true/demo.lock"; }
	before=$(digest)
	[[ $before = sha256:* && $before = "$(named)" ]]
	echo 'body { color: green }' >>"$WORK/true/demo/demo/public/demo.css"
	sed -i 's/^version: .*/version: "1.1"/' "$WORK/true/demo.yml"
	[[ $(digest) = "$before" ]]
	# nor in a store that has no more than the layer, as one has that imported it
	id=$(sites_layer "$WORK/true/out/demo-1.0.tar" | tar -xO usr/lib/mkbench/sites/list.json | jq -r .id)
	removed=
	for list in $(grep -lF "$id" "${MKBENCH_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/mkbench}"/trees/*/root/usr/lib/mkbench/sites/list.json); do
		[[ -L ${list%/sites/list.json}/prebake ]] || continue # a whole image, unpacked to run
		rm -r "${list%/root/*}"
		removed+=.
	done
	[[ $removed = . ]]
	echo 'body { color: blue }' >>"$WORK/true/demo/demo/public/demo.css"
	[[ $(digest) = "$before" ]]
	echo '# a line' >>"$WORK/true/demo/demo/store.py"
	after=$(digest)
	[[ $after = sha256:* && $after != "$before" && $after = "$(named)" ]]
	# a lock of another machine stays, and what differs is said
	sed -i 's/^sites: "..../sites: "0000/' "$WORK/true/demo.lock"
	[[ $(digest) = "$after" && $(named) = sha256:0000* ]]
	grep "this store lacks the sites' layer of" "$WORK/again.log"
	# as it does when the file is there without its record
	other=$("$MKBENCH" build --progress=json -o "$WORK/again" "$WORK/true/demo.yml" 2>/dev/null | jq -r '.layers[0].digest | ltrimstr("sha256:")')
	sed -i "s/^sites: \".*\"/sites: \"$other\"/" "$WORK/true/demo.lock"
	[[ $(digest) = "$after" && $(named) = "sha256:$other" ]]
	grep "this store lacks the sites' layer of" "$WORK/again.log"
	# until something moves in it: then no store has a layer for it
	commit() { git -C "$WORK/true/demo" add . && git -C "$WORK/true/demo" -c user.name=a -c user.email=a@example.org commit -qm "$1"; }
	git init -qb main "$WORK/true/demo"
	commit one
	sed -i 's|path: ./demo|git: ./demo\n    ref: main|' "$WORK/true/demo.yml"
	"$MKBENCH" lock --update demo --progress=quiet "$WORK/true/demo.yml"
	[[ -z $(named) ]]
	after=$(digest)
	[[ $after = sha256:* && $after = "$(named)" ]]
	# and one that is here stays
	echo 'body { color: black }' >>"$WORK/true/demo/demo/public/demo.css"
	commit two
	"$MKBENCH" lock --update demo --progress=quiet "$WORK/true/demo.yml" | grep -- '->'
	[[ $(named) = "$after" && $(digest) = "$after" ]]
}

@test "a framework that does not say how a site is renewed is refused, with the recipe's line" {
	mkdir "$WORK/own"
	cp -r recipes/demo "$WORK/own"
	printf 'like: wsgi\ntitle: without\nsite_renew: []\n' >"$WORK/own/mine.yml"
	sed 's/^framework:.*/framework: .\/mine.yml/; s/^sites:/prebake: true\n&/' recipes/demo.yml >"$WORK/own/demo.yml"
	run -3 "$MKBENCH" check "$WORK/own/demo.yml"
	[[ $output == *demo.yml:*": framework mine does not say how a prebaked site gets secrets of its own"* ]]
}
