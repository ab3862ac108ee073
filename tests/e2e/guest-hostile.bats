#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the bench user could try against root, who reads his files: he may be anybody who has found a hole in an app.
bats_require_minimum_version 1.5.0
load helpers
load room

sql() { in_room mariadb --no-defaults -S /run/mysqld/mysqld.sock -N "$@"; }

@test "a site that names the server's own account or database is refused by health and by verify" {
	start_room
	started
	in_room touch -d '1 hour ago' /run/mkbench/started # verify gives a bench that has just started more time for what fails
	config=$room/data/sites/one.localhost/site_config.json
	db=$(jq -r .db_name "$config")
	for change in '.db_user = "root" | .db_password = "x"' '.db_user = "ROOT"' '.db_name = "mysql"' '.db_user = "root "' '.db_name = "mysql "' \
		'.db_name = "--result-file=/x"' '.db_name = "sys\n"' '.db_user = ""'; do
		jq "$change" "$config" >"$room/new"
		cp "$config" "$room/good"
		cp "$room/new" "$config"
		run -1 in_room "$room/bin/benchctl" verify --json
		[[ $(jq -r '.checks[] | select(.check == "sql" and .of == "one.localhost") | .says' <<<"$output") =~ "which are no site's" ]]
		[[ $(jq -r '.checks[] | select(.check == "sql" and .of == "two.localhost") | .ok' <<<"$output") = true ]]
		run -1 in_room "$room/bin/benchctl" status
		[[ $output =~ "one.localhost"\ +"site_config.json names account" ]]
		cp "$room/good" "$config"
	done
	# the name of a table is only a name
	sql "$db" -e 'CREATE TABLE `a`` LIMIT 0) AS x, (SELECT 1 FROM mysql``.user` (id INT); INSERT INTO `a`` LIMIT 0) AS x, (SELECT 1 FROM mysql``.user` VALUES (1), (2)'
	run -1 in_room "$room/bin/benchctl" verify --json
	[[ $(jq -r '.checks[] | select(.check == "sql" and .of == "one.localhost") | .says' <<<"$output") =~ "2 rows in a" ]]
}

@test "a name with a blank behind it, which the server forgets, is no site's account, and an option for a name writes nothing" {
	start_room
	started
	config=$room/data/sites/one.localhost/site_config.json
	cp "$config" "$room/good"
	echo kept >"$room/data/kept"
	jq --arg path "$room/data/kept" '.db_name = "--result-file=" + $path' "$room/good" >"$config"
	run -6 in_room "$room/bin/benchctl" export one.localhost
	[[ $(<"$room/data/kept") == kept && $output == *"which are no site's" ]]
	for change in '.db_user = "root "' '.db_name = "mysql "' '.db_user = "mariadb.sys "'; do
		jq "$change" "$room/good" >"$config"
		end_room TERM
		mv "$log" "$log.before"
		start_room
		until_room grep -q "which are no site's" "$log"
		[[ -z $(sql -e "SELECT User FROM mysql.db WHERE Db = 'mysql'") ]]
		[[ $(sql -e "SELECT COUNT(*) FROM mysql.global_priv WHERE User IN ('root', 'mariadb.sys')") == 2 ]]
	done
}

@test "a link in place of a configuration shows its user nothing that is root's alone" {
	start_room
	started
	end_room TERM
	echo '{"for_root": "alone", "db_name": "_0"}' >"$room/root.json"
	chmod 640 "$room/root.json"
	ln -sf "$room/root.json" "$room/data/sites/common_site_config.json"
	start_room
	until_room grep -q "config failed.*read as user nobody: .*Permission denied" "$log"
	rm "$room/data/sites/common_site_config.json"
	end_room TERM
	ln -sf "$room/root.json" "$room/data/sites/one.localhost/site_config.json"
	start_room
	until_room grep -q "secrets/one.localhost failed.*read as user nobody: .*Permission denied" "$log"
	run -1 grep -r for_root "$room/data"
	end_room TERM
	rm "$room/data/sites/one.localhost/site_config.json"
	rm -r "$room/data/sites/two.localhost"
	mkdir "$room/for-root"
	mv "$room/root.json" "$room/for-root/site_config.json"
	ln -s "$room/for-root" "$room/data/sites/two.localhost"
	start_room
	until_room grep -q "secrets/two.localhost failed.*read as user nobody: .*Permission denied" "$log"
	[[ $(stat -c %u "$room/for-root/site_config.json") = 0 ]] # and it was not given to him either
}

@test "a volume that is not root's becomes root's before anything is kept there" {
	chown nobody "$room/data"
	chmod 777 "$room/data"
	start_room
	started
	[[ $(stat -c '%U %a' "$room/data") = "root 755" ]]
}
