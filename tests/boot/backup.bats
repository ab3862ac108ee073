#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo with backups: made by the schedule and by hand, a site that comes back, and the whole of it on an empty volume of another container.
bats_require_minimum_version 1.5.0
load lacks

lacks() {
	[[ $(id -u) == 0 ]] || { echo "a container of our own needs root"; return; }
	command -v curl >/dev/null || echo "curl is not installed"
}

setup_file() {
	needs lacks || return 0
	export WORK=$BATS_FILE_TMPDIR NAME=backup-$$ MKBENCH=${MKBENCH:-build/mkbench}
	cp -r recipes/demo recipes/demo.yml "$WORK"
	sed -i 's/^outputs:.*/outputs: [docker]/' "$WORK/demo.yml"
	echo 'backup: { to: /data/backups, schedule: hourly, keep: { hourly: 24, daily: 7 } }' >>"$WORK/demo.yml"
	timeout 1800 "$MKBENCH" build --progress=plain -o "$WORK" "$WORK/demo.yml" >"$WORK/build.log" 2>&1 || { tail -20 "$WORK/build.log" >&2; return 1; }
}

teardown_file() {
	local name
	for name in one two; do "$MKBENCH" run --clean "$NAME-$name" >/dev/null 2>&1 || true; done
}

# up NAME PORT [OPTION...]: a container on the volume $WORK/NAME.
up() {
	"$MKBENCH" run --engine own --name "$NAME-$1" --port "$2" --data "$WORK/$1" --detach --progress plain "${@:3}" "$WORK/demo-1.0.tar" \
		>"$WORK/run.log" 2>&1 3>&- || { tail -20 "$WORK/run.log"; return 1; }
}

within() { "$MKBENCH" run --exec "$NAME-$1" "${@:2}"; }
ask() { curl -sS --fail-with-body --max-time 60 -H "Host: $SITE" -b "$WORK/cookies.$SITE" -c "$WORK/cookies.$SITE" "${@:2}" "http://127.0.0.1:$PORT$1"; }
log_in() { ask /api/method/login --data-urlencode usr=Administrator --data-urlencode "pwd=$(within "$1" cat "/data/secrets/$SITE/admin_password")"; }

@test "documents and private files of a booted image: kept by the schedule, damaged, back; and on an empty volume, whole" {
	PORT=18491
	up one $PORT
	kept() { within "$1" benchctl status --json | jq -e .backup.id; }
	until_true 600 kept one
	for SITE in one.localhost two.localhost; do
		log_in one
		ask /api/notes -d "text=of $SITE"
		echo "secret of $SITE" >"$WORK/letter.txt"
		ask /api/files -F "file=@$WORK/letter.txt"
	done
	run -0 within one benchctl backup
	id=$(sed -n 's/^backup \([0-9a-f]*\) is made.*/\1/p' <<<"$output")
	SITE=one.localhost
	ask "/api/notes/1" -X DELETE
	within one rm /data/sites/one.localhost/private/files/letter.txt
	within one benchctl restore "$id"
	[[ $(ask /api/notes) = *"of one.localhost"* ]]
	[[ $(ask /private/files/letter.txt) = "secret of one.localhost" ]]
	within one benchctl verify
	password=$(within one cat /data/secrets/backup_password)
	key=$(within one cat /data/secrets/one.localhost/encryption_key)
	"$MKBENCH" run --stop "$NAME-one"

	mkdir "$WORK/two"
	cp -a "$WORK/one/backups" "$WORK/two/backups"
	PORT=18492
	up two $PORT --restore latest --env MKBENCH_BACKUP_PASSWORD="$password"
	for SITE in one.localhost two.localhost; do
		log_in two
		[[ $(ask /api/notes) = *"of $SITE"* ]]
		[[ $(ask /private/files/letter.txt) = "secret of $SITE" ]]
	done
	[[ $(within two cat /data/secrets/one.localhost/encryption_key) = "$key" ]]
	within two benchctl verify
	until_true 600 kept two
}
