#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A bench with real applications, which nobody here may have: MKBENCH_REAL_IMAGE names an image of one (.oci, .tar) that
# `mkbench build` wrote of a recipe of your own. Whatever speaks Frappe's API is held to the checks of a running bench.
bats_require_minimum_version 1.5.0
load ../until

port=29370

setup_file() {
	export MKBENCH=${MKBENCH:-build/mkbench} NAME=real-$$ WORK=$BATS_FILE_TMPDIR LACKS=
	[[ -n ${MKBENCH_REAL_IMAGE:-} ]] || { LACKS="no real bench here: MKBENCH_REAL_IMAGE=FILE.tar make test"; return 0; }
	for tool in curl jq python3; do
		command -v "$tool" >/dev/null || { LACKS="$tool is not installed"; return 0; }
	done
	"$MKBENCH" run --engine own --name "$NAME" --port "$port" --detach --progress plain "$MKBENCH_REAL_IMAGE" >"$WORK/run.log" 2>&1 ||
		{ tail -20 "$WORK/run.log" >&2; return 1; }
	SITE=$(inside benchctl sites | awk 'NR == 1 { print $1 }')
	PASSWORD=$(inside cat "/data/secrets/$SITE/admin_password")
	export SITE PASSWORD
	ask /api/method/login -c "$WORK/cookies" --data-urlencode usr=Administrator --data-urlencode "pwd=$PASSWORD" >/dev/null
	# Frappe writes the token into the desk's page, for what changes anything.
	TOKEN=$(ask /app -L -b "$WORK/cookies" | grep -oE 'csrf_token *= *"[^"]+"' | head -1 | cut -d'"' -f2)
	export TOKEN
}

# Bats 1.8 counts a skip of the whole file as a failure, so each test says it.
setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

teardown_file() {
	[[ -n $LACKS ]] || "$MKBENCH" run --clean "$NAME" || true
}

inside() { "$MKBENCH" run --exec "$NAME" "$@"; }
ask() { curl -sS --fail-with-body --max-time 120 -H "Host: $SITE" "${@:2}" "http://127.0.0.1:$port$1"; }
status_of() { curl -sS --path-as-is --max-time 120 -o /dev/null -w '%{http_code}' -H "Host: $SITE" "${@:2}" "http://127.0.0.1:$port$1"; }
as_admin() { ask "$1" -b "$WORK/cookies" -H "X-Frappe-CSRF-Token: $TOKEN" "${@:2}"; }
shell() { inside bench --site "$SITE" "$@"; }

# upload NAME PRIVATE: a file's URL.
upload() {
	as_admin /api/method/upload_file -F "file=@$WORK/$1" -F "is_private=$2" | jq -r .message.file_url
}

@test "A1, A3: the site answers under its name, and an unknown host reaches no Python" {
	[[ $(ask /api/method/ping) == *pong* ]]
	[[ $(SITE=nobody.invalid status_of /api/method/ping) == 404 ]]
}

@test "A2: the database may go and come back without a restart of the web server" {
	before=$(inside benchctl status | awk '$1 == "web" { print $4 }')
	inside supervisorctl stop database:mariadb
	[[ $(status_of /api/method/frappe.auth.get_logged_user -b "$WORK/cookies") == 5* ]]
	inside supervisorctl start database:mariadb
	until_true 600 ask /api/method/ping
	[[ $(inside benchctl status | awk '$1 == "web" { print $4 }') == "$before" ]]
}

@test "A4: a client's own X-Frappe-Site-Name changes nothing" {
	[[ $(status_of /api/method/ping -H 'X-Frappe-Site-Name: nobody.invalid') == 200 ]]
}

@test "A5: the login page and every asset that it names are there" {
	ask /login >"$WORK/login"
	assets=$(grep -oE '"/assets/[^"?]+\.(js|css)' "$WORK/login" | tr -d '"' | sort -u)
	[[ -n $assets ]]
	for asset in $assets; do
		[[ $(status_of "$asset") == 200 ]] || { echo "$asset"; return 1; }
	done
}

@test "A6: the administrator logs in with the password of the first boot, a wrong one does not" {
	[[ -n $TOKEN && $TOKEN != None ]]
	[[ $(ask /api/method/frappe.auth.get_logged_user -b "$WORK/cookies" | jq -r .message) == Administrator ]]
	[[ $(status_of /api/method/login -d usr=Administrator -d pwd=wrong) == 401 ]]
}

@test "a document is created, read, changed and gone" {
	name=$(as_admin /api/resource/ToDo -H 'Content-Type: application/json' -d '{"description": "écrit par un test"}' | jq -r .data.name)
	as_admin "/api/resource/ToDo/$name" -X PUT -H 'Content-Type: application/json' -d '{"priority": "High"}' | jq -e '.data.priority == "High"'
	[[ $(status_of "/api/resource/ToDo/$name") == 403 ]]
	as_admin "/api/resource/ToDo/$name" -X DELETE
	[[ $(status_of "/api/resource/ToDo/$name" -b "$WORK/cookies") == 404 ]]
}

@test "a document becomes a PDF file, at the port that the browser asked" {
	inside sh -c 'command -v wkhtmltopdf || command -v chromium' >/dev/null || skip "the image has no program that makes PDF files"
	name=$(as_admin /api/resource/ToDo -X POST --data-urlencode 'data={"description": "to be printed"}' | jq -r .data.name)
	for host in "$SITE" "$SITE:$port"; do
		SITE=$host ask "/api/method/frappe.utils.print_format.download_pdf?doctype=ToDo&name=$name" -b "$WORK/cookies" -o "$WORK/page.pdf"
		pdftotext "$WORK/page.pdf" - | tee "$WORK/text" | grep 'to be printed'
		grep "$name" "$WORK/text" # which its header says
	done
	as_admin "/api/resource/ToDo/$name" -X DELETE
}

@test "A7: a private file is its owner's, through the application alone" {
	echo secret >"$WORK/private.txt"
	url=$(upload private.txt 1)
	[[ $url == /private/files/* ]]
	[[ $(ask "$url" -b "$WORK/cookies") == secret ]]
	[[ $(status_of "$url") == 403 ]]
	[[ $(status_of "/protected$url") == 404 ]]
}

@test "A8: a drawing that anybody may have is downloaded, not run" {
	echo '<svg xmlns="http://www.w3.org/2000/svg"/>' >"$WORK/drawing.svg"
	headers=$(ask "$(upload drawing.svg 0)" -D - -o /dev/null | tr -d '\r')
	grep -qi '^content-disposition: attachment' <<<"$headers"
	grep -qi '^x-content-type-options: nosniff' <<<"$headers"
}

@test "A9: no configuration is served" {
	for path in /common_site_config.json "/$SITE/site_config.json" /site_config.json /assets/../common_site_config.json \
		/files/../../site_config.json /apps.txt; do
		# Some remember a page of theirs that says "not found", and answer 200 with it.
		[[ $(status_of "$path") == 40[04] ]] || ! ask "$path" | grep -E '"db_|^frappe$' || { echo "$path"; return 1; }
	done
}

@test "A10: plain HTTP promises no TLS" {
	headers=$(ask /login -D - -o /dev/null)
	run ! grep -i '^strict-transport-security' <<<"$headers"
	run ! grep -i '^set-cookie:.*secure' <<<"$headers"
}

@test "A13: a job runs on every queue" {
	for queue in short default long; do
		inside setpriv --reuid frappe --regid frappe --init-groups env -C /data/sites /home/frappe/frappe-bench/env/bin/python - \
			"$SITE" "$queue" <<-'END'
			import sys, time
			import frappe
			frappe.init(site=sys.argv[1])
			frappe.connect()
			job = frappe.enqueue("frappe.ping", queue=sys.argv[2])
			end = time.time() + 90
			while job.get_status() not in ("finished", "failed") and time.time() < end:
			    time.sleep(0.2)
			sys.exit(0 if job.get_status() == "finished" else f"{sys.argv[2]}: {job.get_status()}")
		END
	done
}

@test "A15: what is too large is refused" {
	head -c 60M /dev/zero >"$WORK/large"
	[[ $(status_of /api/method/upload_file -b "$WORK/cookies" -H "X-Frappe-CSRF-Token: $TOKEN" -F "file=@$WORK/large") == 413 ]]
}

@test "A16: without its web server the bench says that it will be back" {
	inside supervisorctl stop web
	run -22 ask /login -D "$WORK/headers"
	grep -qE '^HTTP/1.1 50[23]' "$WORK/headers"
	grep -qi '^retry-after' "$WORK/headers"
	inside supervisorctl start web
	until_true 600 ask /api/method/ping
}

@test "A17: maintenance mode closes everything but assets" {
	shell set-maintenance-mode on
	closed=$(status_of /api/method/ping) # a page may say it with 200
	shell set-maintenance-mode off
	[[ $closed == 503 ]]
	[[ $(status_of /login) == 200 ]]
}

@test "A18: a backup holds what was written" {
	name=$(as_admin /api/resource/ToDo -H 'Content-Type: application/json' -d '{"description": "kept"}' | jq -r .data.name)
	shell backup
	file=$(inside sh -c "ls -t /data/sites/$SITE/private/backups/*-database.sql.gz | head -1")
	[[ -n $file ]]
	inside zcat "$file" | grep -q "'$name'"
}

@test "A24: time zone, scheduler and its tick are as the recipe says" {
	inside cat /usr/lib/mkbench/bench.json | jq -r --arg site "$SITE" '.sites[] | select(.name == $site) | .time_zone' >"$WORK/zone"
	as_admin '/api/resource/System%20Settings/System%20Settings' | jq -e --rawfile zone "$WORK/zone" \
		'.data.time_zone == ($zone | rtrimstr("\n")) and .data.enable_scheduler == 1'
	[[ $(shell scheduler status) == *enabled* ]]
}

@test "the command bench knows its apps without git or network" {
	shell list-apps | grep -q frappe
	shell doctor | grep -qE 'Workers online: [1-9]'
	shell clear-cache
}
