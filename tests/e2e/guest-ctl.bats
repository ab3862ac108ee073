#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# benchctl, beside a bench of pretence that runs.
bats_require_minimum_version 1.5.0
load helpers
load room

@test "the logs of provisioning, of a program and of the framework are found by their names" {
	sed -i "s|^logfile=.*|logfile=$room/data/service-logs/supervisord.log|" "$room/etc/supervisord.conf"
	sed -i '2i echo "words of a step"' "$room/bench/create-site"
	start_room
	started
	mkdir "$room/data/logs"
	echo "words of the framework" >"$room/data/logs/frappe.log"
	run -0 in_room "$room/bin/benchctl" logs
	for name in nginx provision supervisord frappe; do
		grep "^$name " <<<"$output"
	done
	run -0 in_room "$room/bin/benchctl" logs provision -n 1000
	[[ $output =~ "words of a step" ]]
	run -0 in_room "$room/bin/benchctl" logs supervisord
	[[ $output =~ "spawned: 'worker'" ]]
	run -0 in_room "$room/bin/benchctl" logs frappe
	[[ $output = "words of the framework" ]]
	run -2 in_room "$room/bin/benchctl" logs ../.mkbench/ledger
	# What lies there is the bench's own doing.
	echo "root's secret" >"$room/data/secret"
	chmod 600 "$room/data/secret"
	ln -s "$room/data/secret" "$room/data/logs/link.log"
	ln "$room/data/secret" "$room/data/logs/hard.log"
	mkfifo "$room/data/logs/pipe.log"
	printf 'caf\303\251 \033]0;title\007\302\233 \303' >"$room/data/logs/escape.log"
	touch "$room/data/logs/$(printf '\033[2J').log"
	touch "$room/data/logs/a"$'\n'"nginx  the container's log"$'\n'"z.log"
	for name in link hard pipe; do
		run -2 in_room timeout 20 "$room/bin/benchctl" logs $name
		[[ $output != *secret* ]]
	done
	run -0 in_room "$room/bin/benchctl" logs escape
	[[ $output = "café ?]0;title??? " ]] # what begins a character and never ends it is not shown
	run -0 in_room "$room/bin/benchctl" logs
	[[ $output != *$'\033'* && $output == *"?[2J "* && $output != *"link "* ]]
	[[ $output == *"a?nginx  the container's log?z "* ]]
}

@test "a restart that is left by Ctrl-C goes on: nothing stays stopped" {
	start_room
	started
	worker_catches
	# The worker ends at its second TERM, which comes after three seconds.
	in_room env --default-signal=INT "$room/bin/benchctl" restart 3>&- &
	local asked=$!
	by=$asked until_true 300 grep -q "TERM 1" "$room/log/worker.log"
	in_room pkill -o -INT -f 'benchctl restart'
	local status=0 # run's subshell would have no such child
	wait $asked || status=$?
	[[ $status = 130 ]]
	until_room "$room/bin/benchctl" status
	[[ $(grep -c . "$room/log/worker.log") = 2 ]]
	run -2 in_room "$room/bin/benchctl" restart nobody
	run -0 in_room "$room/bin/benchctl" restart web
	[[ $output = "web restarted" ]]
}

@test "a program is restarted alone, though its group has its name; the group by GROUP:*, or by a name that no program has" {
	sed -i -e '/^\[group:socketio\]$/,/^programs=/d' -e 's/^programs=web$/programs=web,socketio/' \
		-e 's/^\[group:worker\]$/[group:crew]/' "$room/etc/supervisord.conf"
	jq '(.programs[] | select(.name == "socketio")).group = "web" | (.programs[] | select(.name == "worker")).group = "crew"' \
		"$room/bench.json" >"$room/new.json"
	mv "$room/new.json" "$room/bench.json"
	start_room
	started
	run -0 in_room "$room/bin/benchctl" restart web
	[[ $output = "web restarted" ]]
	run -0 in_room "$room/bin/benchctl" restart 'web:*'
	[[ $(sort <<<"$output") = $'socketio restarted\nweb restarted' ]]
	run -0 in_room "$room/bin/benchctl" restart web:socketio
	[[ $output = "socketio restarted" ]]
	run -0 in_room "$room/bin/benchctl" restart crew
	[[ $output =~ "worker restarted" ]]
	run -2 in_room "$room/bin/benchctl" restart 'nobody:*'
}
