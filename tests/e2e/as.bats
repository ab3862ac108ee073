#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What root starts for the bench's user from a shell: nobody types into root's terminal, and nobody reads from it.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	[ "$(id -u)" = 0 ] || skip "becomes another user: needs root"
	guest=$(dirname "$(readlink -f "$MKBENCH")")/guest/guest
	folder=$(mktemp -d /tmp/mkbench-as.XXXXXX) # that the other user may enter
	chmod 755 "$folder"
	cd "$folder"
	ln -s "$guest" as
	cat >type <<-'END'
		#!/usr/bin/python3
		# Types a command into each terminal that it can find, as far as the kernel lets it.
		import fcntl, os, termios
		fds = [0, 1, 2]
		try: fds.append(os.open("/dev/tty", os.O_RDWR))
		except OSError: pass
		for fd in fds:
		    for c in b"evil\n":
		        try: fcntl.ioctl(fd, termios.TIOCSTI, bytes([c]))
		        except OSError: pass
		print("typed as", os.getuid(), "session of its own:", os.getsid(0) == os.getpid())
	END
	chmod 755 type
}

teardown() { [ -z "${folder:-}" ] || rm -r "$folder"; }

# Nothing, until there is a file `over`: an end of script's input before is one to the terminal, and script waits for it.
until_over() {
	exec 3>&-
	for _ in {1..6000}; do
		[ ! -e over ] || break
		sleep 0.1
	done
}

# after COMMAND: what root's shell is given to read once the command is over.
after() {
	rm -f over
	script -qec "bash -c '$1; read -t 1 -n 4 line; echo got:\$line.; touch over'" said < <(until_over) >/dev/null
	tr -d '\r' <said
}

@test "nobody types into root's terminal, whichever of its streams are on it" {
	if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ]; then
		after "setpriv --reuid=65534 --regid=65534 --clear-groups ./type" | grep got:evil # so the test can fail
	fi
	for streams in "" "</dev/null" ">out" "2>err" "</dev/null >out" "</dev/null 2>err"; do
		after "./as nobody ./type $streams" >shown
		cat shown out 2>/dev/null | grep "typed as 65534 session of its own: True"
		grep -x "got:\." shown
		rm -f out err
	done
}

@test "root's passwords and what loads code for root do not go along" {
	export MKBENCH_BACKUP_PASSWORD=hidden MKBENCH_ADMIN_PASSWORD_FILE=/x BASH_ENV=/x PYTHONPATH=/x NODE_OPTIONS=x KEPT=yes
	run -0 ./as nobody env
	[[ $output == *KEPT=yes* ]]
	run -1 grep -E '^(MKBENCH_|BASH_ENV|PYTHONPATH|NODE_OPTIONS)' <<<"$output"
}

@test "a program has a terminal when root has one, its own status, groups and words" {
	run -7 script -qec "./as nobody sh -c 'tty; id -u; exit 7'; s=\$?; touch over; exit \$s" said < <(until_over)
	grep -q '/dev/pts/' said
	run -0 ./as nobody sh -c 'tty; cat; id -un' <<<"words"
	[ "$output" = $'not a tty\nwords\nnobody' ]
	run -143 ./as nobody sh -c 'kill -TERM $$'
	run -127 ./as nobody ./no-such-program
	run -2 ./as no-such-user true
	run -2 ./as nobody
	user=$(awk -F: '$4 != "" { split($4, u, ","); print u[1]; exit }' /etc/group)
	[ -z "$user" ] || [ "$(./as "$user" id -G | tr ' ' '\n' | sort -n)" = "$(id -G "$user" | tr ' ' '\n' | sort -n)" ]
}
