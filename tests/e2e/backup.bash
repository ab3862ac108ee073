# SPDX-License-Identifier: MIT
# A room whose backups go into a repository of Debian's own restic.

setup() {
	need_room
	command -v restic >/dev/null || skip "needs restic"
	make_room
	jq --arg to "$room/repository" '.backup = { to: $to }' "$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
}

restic_here() { RESTIC_PASSWORD_FILE=$room/data/secrets/backup_password restic -q --no-cache -r "$room/repository" "$@"; }
database() { jq -r .db_name "$room/data/sites/one.localhost/site_config.json"; }
sql() { in_room mariadb --no-defaults --user=root --socket=/run/mysqld/mysqld.sock --batch --skip-column-names "$(database)" -e "$1"; }
schemas() { in_room mariadb --no-defaults --user=root --socket=/run/mysqld/mysqld.sock --skip-column-names -e 'SHOW DATABASES'; }
