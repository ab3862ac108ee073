#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers
load service-helpers

setup() {
	export DIR=$BATS_TEST_TMPDIR
}

# What supervisor itself understands: a JSON object of each process.
understood() {
	sed -i -e "s/^user=.*/user=$(id -un)/" -e "s/^chown=.*/chown=$(id -un):$(id -gn)/" -e 's/^minfds=.*/minfds=256/' \
		"$DIR"/image/etc/supervisor/{*.conf,conf.d/*.conf}
	/usr/bin/python3 - "$DIR" <<-'END'
		import json, shlex, sys
		from supervisor.options import ServerOptions
		options = ServerOptions()
		options.realize(["-n", "-c", sys.argv[1] + "/image/etc/supervisor/supervisord.conf"])
		known = {}
		for group in options.process_group_configs:
		    for p in group.process_configs:
		        known[p.name] = {"group": group.name, "argv": shlex.split(p.command), "env": p.environment, "directory": p.directory,
		                         "autostart": p.autostart, "log": p.stdout_logfile, "log_bytes": p.stdout_logfile_maxbytes,
		                         "signal": int(p.stopsignal), "retries": p.startretries}
		json.dump(known, sys.stdout)
	END
}

@test "supervisor understands every process as bench.json lists it, and starts only nginx by itself" {
	need python3 supervisord
	golden production "$DIR"
	cp --remove-destination "$DIR/image/home/frappe/frappe-bench/config/supervisor.conf" "$DIR/image/etc/supervisor/conf.d/bench.conf"
	understood > "$DIR/understood.json"
	python3 - "$DIR" <<-'END'
		import json, sys
		known = json.load(open(sys.argv[1] + "/understood.json"))
		programs = json.load(open(sys.argv[1] + "/image/usr/lib/mkbench/bench.json"))["programs"]
		for program in programs:
		    own = [n for n in known if n == program["name"] or n.rpartition("-")[0] == program["name"] and n[-1].isdigit()]
		    assert own, program
		    for name in own:
		        one = known.pop(name)
		        assert one["group"] == program["group"], one
		        assert one["autostart"] == (program["phase"] == "first"), one
		        assert 0 < one["retries"] < 10 and 0 < one["log_bytes"] <= 10 << 20, one
		        assert one["signal"] == (3 if name == "nginx" else 15), one
		assert not known, known
		last = {}
		for program in programs:
		    order = program["stop_order"]
		    last[order] = max(last.get(order, 0), program["stop_seconds"])
		assert sum(last.values()) < 10, last
		assert max(last) == next(p["stop_order"] for p in programs if p["role"] == "mariadb")
	END
}

@test "supervisor rests, although a number that it watches becomes the pipe to a program that reads nothing" {
	need python3 supervisord
	/usr/bin/python3 -B - "$BATS_TEST_DIRNAME/../../services/supervisor/supervisord" <<-'END'
		import os, runpy, sys
		import supervisor.supervisord
		from supervisor.poller import PollPoller
		def main():
		    poller = PollPoller(None)
		    (reader, watched), (other, written) = os.pipe(), os.pipe()
		    poller.register_readable(watched)
		    poller.register_writable(written)
		    os.close(reader)
		    os.close(other)
		    assert poller.poll(0) == ([], [written])
		    woken = [fd for fd, _ in poller._poller.poll(0)]
		    assert woken == [written], woken
		    print("rests")
		supervisor.supervisord.main = main
		runpy.run_path(sys.argv[1])
	END
}

@test "in development the Procfile has the same commands, and nothing is in front of Werkzeug" {
	need python3 supervisord
	golden development "$DIR"
	understood > "$DIR/understood.json"
	python3 - "$DIR" <<-'END'
		import json, shlex, sys
		known = json.load(open(sys.argv[1] + "/understood.json"))
		lines = open(sys.argv[1] + "/image/home/frappe/frappe-bench/Procfile").read().splitlines()
		for line in lines:
		    name, _, command = line.partition(": ")
		    one = known.pop(name)
		    words = shlex.split(command)
		    assert words[:5] == ["cd", one["directory"], "&&", "exec", "env"], words
		    env = [f"{key}={value}" for key, value in one["env"].items()]
		    assert words[5:] == env + one["argv"], (words, one)
		assert sorted(known) == ["mariadb", "redis-cache", "redis-queue"], known
		web = next(line for line in lines if line.startswith("web: "))
		assert "werkzeug" in web and "0.0.0.0" in web and "8090" in web and "gunicorn" not in web, web
		assert sum(line.startswith("worker-short-") for line in lines) == 2, lines
	END
	[[ ! -e $DIR/image/etc/nginx/nginx.conf && ! -e $DIR/image/home/frappe/frappe-bench/config/supervisor.conf ]]
}

@test "bench start runs the Procfile until one process ends, at once or later, and supervisor's own stand back meanwhile" {
	local i pause
	need setsid
	golden development "$DIR"
	mkdir "$DIR/bin"
	printf '#!/bin/sh\necho "$@" >> "%s/asked"\n' "$DIR" > "$DIR/bin/supervisorctl"
	chmod +x "$DIR/bin/supervisorctl"
	for pause in 1 0; do
		: >"$DIR/asked"
		{
			echo 'one: echo first: here; exec sleep 9876.5'
			echo "two: sleep $pause; echo over"
			for i in {1..60}; do echo "more: exec sleep 9876.5"; done
		} > "$DIR/image/home/frappe/frappe-bench/Procfile"
		PATH=$DIR/bin:$PATH run -0 timeout 600 setsid --wait bash "$DIR/image/usr/lib/mkbench/bench-start"
		echo "$output"
		[[ $output == *"two | over"* && ($pause == 0 || $output == *"one | first: here"*) ]]
		[[ $(< "$DIR/asked") == "stop web:* workers:*"$'\n'"start web:* workers:*" ]]
		run -1 pgrep -f "^sleep 9876.5$"
	done
}

@test "in production root alone may speak to Supervisor, in development the bench's user too" {
	need python3 supervisord setpriv
	[ "$(id -u)" = 0 ] || skip "becomes another user: needs root"
	local folder pid group want
	group=$(id -gn nobody)
	for mode in production development; do
		rm -rf "$DIR/image"
		golden $mode "$DIR"
		folder=$(mktemp -d /tmp/mkbench-socket.XXXXXX)
		chmod 755 "$folder"
		sed -n '/^\[unix_http_server\]/,/^$/p; /^\[rpcinterface/,/^$/p' "$DIR/image/etc/supervisor/supervisord.conf" |
			sed -e "s|^file=.*|file=$folder/socket|" -e "s/^chown=root:frappe/chown=root:$group/" >"$folder/conf"
		printf '[supervisord]\nnodaemon=true\nuser=root\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=%s/pid\n' "$folder" >>"$folder/conf"
		supervisord -n -c "$folder/conf" >/dev/null 2>&1 3>&- &
		pid=$!
		by=$pid until_true 300 test -S "$folder/socket"
		/usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$folder/socket"
		[ $mode = production ] && want=1 || want=0
		run -$want setpriv --reuid=nobody --regid="$group" --clear-groups \
			/usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$folder/socket"
		kill $pid
		wait $pid || true
		rm -r "$folder"
		echo "$mode: $output"
		[[ $mode = development || $output = *PermissionError* ]]
	done
}
