#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One Python that has imported what programs want, and is the parent of their memory: services/supervisor's preload.py and adopt.py, under
# the machine's Supervisor.
bats_require_minimum_version 1.5.0
load helpers
load ../until

services=$BATS_TEST_DIRNAME/../../services/supervisor

setup() {
	command -v supervisord >/dev/null || skip "needs supervisord"
	[[ $(id -u) == 0 ]] || skip "needs root, to start programs as another user"
	ROOM=$(mktemp -d /tmp/preload.XXXXXX) # a socket's path must be short, and another user's to reach
	chmod 0755 "$ROOM"
	mkdir -m 0777 "$ROOM/w"
	cd "$ROOM"
	cp "$services"/{preload,adopt}.py "$services/supervisord" .
	cat >heavy.py <<-'END2'
		import atexit, os
		with open("notes", "a") as file:
		    file.write(f"imported {os.getpid()}\n")
	END2
	mkdir package
	cat >package/program.py <<-'END2'
		import heavy, os, sys, time
		if __name__ == "__main__":
		    mask = os.umask(0)
		    score = open("/proc/self/oom_score_adj").read().strip()
		    print("runs", sys.argv, os.getcwd(), oct(mask), os.getpgrp() == os.getpid(), score, os.environ.get("OWN"), flush=True)
		    time.sleep(1000) if len(sys.argv) < 3 else sys.exit(int(sys.argv[2]))
	END2
	ln -s package/program.py .
	cat >conf <<-END2
		[supervisord]
		nodaemon=true
		user=root
		logfile=$ROOM/log
		logfile_maxbytes=0
		pidfile=$ROOM/pid
		[unix_http_server]
		file=$ROOM/ctl
		[rpcinterface:supervisor]
		supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
		[supervisorctl]
		serverurl=unix://$ROOM/ctl
		[program:preload]
		command=/usr/bin/python3 $ROOM/preload.py $ROOM/w/socket heavy package.program
		directory=$ROOM/w
		user=nobody
		environment=PYTHONPATH="$ROOM",PYTHONDONTWRITEBYTECODE="1"
		redirect_stderr=true
		stdout_logfile=$ROOM/preload.log
	END2
	program one "/usr/bin/python3 $ROOM/program.py first"
	program two "/usr/bin/python3 -m package.program second"
}

teardown() {
	[[ ! -s $ROOM/pid ]] || { kill "$(<"$ROOM/pid")" && by=$(<"$ROOM/pid") until_true 300 test ! -e "$ROOM/pid"; } || true
	cat "$ROOM/log" "$ROOM"/*.log "$ROOM/w/notes" 2>/dev/null || true
	rm -rf "$ROOM"
}

# program NAME COMMAND: one that the preload makes, when it is asked to.
program() {
	cat >>"$ROOM/conf" <<-END
		[program:$1]
		command=$2
		directory=$ROOM/w
		user=nobody
		umask=027
		autostart=false
		autorestart=unexpected
		exitcodes=3
		startsecs=0
		environment=PYTHONPATH="$ROOM",PYTHONDONTWRITEBYTECODE="1",OWN="of $1",MKBENCH_OOM_SCORE="600",MKBENCH_PRELOAD="$ROOM/w/socket"
		redirect_stderr=true
		stdout_logfile=$ROOM/$1.log
	END
}

# pretend PID [BEFORE]: a preload that answers with that, an expression in Python.
pretend() {
	cat >preload.py <<-END
		import socket, sys, threading, time
		${2:-}
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[1])
		s.listen()
		while True:
		    c, _ = s.accept()
		    c.recv(65536)
		    open("asked", "a").write("x")
		    c.sendall(b"%d\n" % $1)
		    c.recv(3)
	END
}

ctl() { supervisorctl -c "$ROOM/conf" "$@"; }
pid_of() { ctl pid "$1"; }
parent_of() { awk '/^PPid/ { print $2 }' "/proc/$1/status"; }
imports() { grep -c imported "$ROOM/w/notes"; }
ran() { [[ $(grep -c ^runs "$ROOM/$1.log") -ge $2 ]]; } # it may have, again and again

begin() {
	/usr/bin/python3 "$ROOM/supervisord" -c "$ROOM/conf" >/dev/null 2>&1 3>&- &
	by=$! until_true 300 test -s "$ROOM/pid" -a -S "$ROOM/ctl"
	until_true 300 test -S "$ROOM/w/socket"
}

@test "programs are Supervisor's own children, and have imported nothing: they are called, live and end as any other" {
	begin
	ctl start one two
	until_true 300 ran one 1
	until_true 300 ran two 1
	[[ $(imports) == 1 ]]
	run -1 grep Warning one.log two.log
	grep -F "runs ['$ROOM/program.py', 'first'] $ROOM/w 0o27 True 600 of one" one.log
	grep -F "runs ['$ROOM/package/program.py', 'second'] $ROOM/w 0o27 True 600 of two" two.log
	for name in one two; do [[ $(parent_of "$(pid_of $name)") == "$(<pid)" ]]; done
	[[ $(tr -d '\0' <"/proc/$(pid_of two)/cmdline") == "/usr/bin/python3-mpackage.programsecond" && $(<"/proc/$(pid_of two)/comm") == python3 ]]
	grep -q "memfd:mkbench-program:one:one" "/proc/$(pid_of one)/maps"
	before=$(pid_of one)
	ctl restart one
	until_true 300 ran one 2
	[[ $(pid_of one) != "$before" && ! -e /proc/$before && $(imports) == 1 ]]
	ctl stop all
	[[ $(ctl status one) == *STOPPED* ]]
}

@test "Supervisor sees how one ends" {
	program three "/usr/bin/python3 $ROOM/program.py third 3"
	program four "/usr/bin/python3 $ROOM/program.py fourth 4"
	begin
	ctl start three four || true
	until_true 300 ran four 2 # unexpected: again
	ctl stop four
	[[ $(ctl status three) == *EXITED* && $(grep -c ^runs three.log) == 1 && $(imports) == 1 ]]
	grep "exited: three (exit status 3; expected)" log
	grep "exited: four (exit status 4; not expected)" log
}

@test "without it, and when it does not make such a program, each starts by itself" {
	program sleeper "/bin/sleep 1000"
	program text "/usr/bin/python3 -c 'import time; time.sleep(1000)'"
	begin
	ctl start sleeper text
	for name in sleeper text; do [[ $(parent_of "$(pid_of $name)") == "$(<pid)" ]]; done
	[[ $(tr '\0' ' ' <"/proc/$(pid_of sleeper)/cmdline") == "/bin/sleep 1000 " ]]
	kill -STOP "$(pid_of preload)"
	kill -KILL "$(pid_of preload)"
	ctl start one
	until_true 300 ran one 1
	until_true 300 eval '[[ $(imports) == 3 ]]' # it, its successor, the program
	ctl restart one
	until_true 300 ran one 2
	[[ $(imports) == 3 ]]
}

@test "a module that starts a thread, or that is not there: nobody depends on it" {
	printf 'import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n' >threads.py
	sed -i "s/ heavy package.program$/ nowhere package.nowhere lacks heavy threads/" conf
	echo "import elsewhere" >lacks.py
	begin
	ctl start one
	until_true 300 ran one 1
	[[ $(imports) == 2 ]]
	grep "not lacks: No module named 'elsewhere'" preload.log
	run ! grep nowhere preload.log # a framework may name what only some versions have
	grep "has started a thread" preload.log
}

@test "it names no process but a new child: another's pid is refused, and it is not asked again" {
	pretend 'int(open("victim").read())'
	pid_of_victim() { ctl pid one >w/victim; }
	begin
	echo 1 >w/victim
	ctl start one
	until_true 300 ran one 1
	grep "1 is not a child of its own: one starts by itself" log
	pid_of_victim
	ctl start two
	until_true 300 ran two 1
	[[ $(pid_of two) != "$(<w/victim)" && $(<w/asked) == x ]]
}

@test "it cannot name a thread, whose number would later be somebody else's" {
	pretend thread.native_id 'thread = threading.Thread(target=time.sleep, args=(1000,), daemon=True); thread.start()'
	begin
	ctl start one
	until_true 300 ran one 1
	[[ $(parent_of "$(pid_of one)") == "$(<pid)" && $(pid_of one) -ne 0 ]]
	grep "is not a child of its own: one starts by itself" log
}

@test "what a module has changed of the environment holds in the program, unless that has a value of its own" {
	cat >>heavy.py <<-'END2'
		os.environ.setdefault("BY_IMPORT", "yes")
		os.environ.setdefault("OWN", "by an import")
		os.environ.pop("TAKEN", None)
	END2
	sed -i 's/DONTWRITEBYTECODE="1"/&,TAKEN="away"/' conf
	cat >package/program.py <<-'END2'
		import heavy, os
		print("runs", os.environ.get("BY_IMPORT"), os.environ.get("OWN"), os.environ.get("TAKEN"), flush=True)
		os._exit(3)
	END2
	sed -i 's/ heavy package.program$/ heavy/' conf
	begin
	ctl start two || true
	until_true 300 ran two 1
	grep -x "runs yes of two None" two.log
	[[ $(imports) == 1 ]]
}

@test "the program is __main__ for its threads and for its end, too" {
	cat >package/program.py <<-'END2'
		import atexit, sys, threading
		def own(): return vars(sys.modules["__main__"]) is globals() and __name__ == "__main__"
		atexit.register(lambda: print("ends", own(), flush=True))
		def go_on():
		    threading.main_thread().join()
		    print("runs", own(), sys.argv, flush=True)
		threading.Thread(target=go_on).start()
		sys.exit(3)
	END2
	sed -i 's/ heavy package.program$/ heavy/' conf
	begin
	ctl start one two || true
	for name in one two; do
		until_true 300 ran $name 1
		until_true 300 grep -x "ends True" $name.log
	done
	grep -xF "runs True ['$ROOM/program.py', 'first']" one.log
	grep -xF "runs True ['$ROOM/package/program.py', 'second']" two.log
}

@test "another Python is another one, though both are one file: it finds other modules" {
	mkdir -p other/bin
	ln -s /usr/bin/python3 other/bin/python
	echo "home = /usr/bin" >other/pyvenv.cfg
	printf 'import sys\nprint("runs", sys.prefix, flush=True)\nimport time; time.sleep(1000)\n' >where.py
	printf '#!%s/other/bin/python\n' "$ROOM" | cat - where.py >where
	chmod 755 where
	program three "$ROOM/other/bin/python $ROOM/where.py"
	program four "$ROOM/where"
	program five "/usr/bin/python3 $ROOM/where.py"
	begin
	ctl start three four five
	for name in three four five; do until_true 300 ran $name 1; done
	grep -x "runs $ROOM/other" three.log
	grep -x "runs $ROOM/other" four.log
	grep -x "runs /usr" five.log
	run -1 grep -c mkbench-program "/proc/$(pid_of three)/maps"
	grep -q mkbench-program "/proc/$(pid_of five)/maps"
}

@test "what it cannot be starts by itself, and the others still share" {
	program three "python3 $ROOM/program.py third" # Supervisor looks along PATH, the preload does not
	program "$(printf 'n%.0s' {1..250})" "/usr/bin/python3 $ROOM/program.py fourth" # no mapping has such a name
	PATH=/usr/bin:/bin begin
	ctl start three "$(printf 'n%.0s' {1..250})" one
	for name in three "$(printf 'n%.0s' {1..250})" one; do until_true 300 ran "$name" 1; done
	[[ $(imports) == 3 ]]
	grep -q mkbench-program:one "/proc/$(pid_of one)/maps"
	run -1 grep "starts by itself" log
}

@test "under a score that only root may lower, programs start: an engine gives it to a whole container" {
	(echo 700 >/proc/self/oom_score_adj && begin)
	ctl start one
	until_true 300 ran one 1
	[[ $(imports) == 1 ]]
}

@test "a module that ends its program ends no other" {
	printf 'import sys\nsys.exit("no")\n' >leaves.py
	sed -i 's/ heavy package.program$/ leaves heavy/' conf
	begin
	ctl start one
	until_true 300 ran one 1
	[[ $(imports) == 1 ]]
	grep "not leaves: no" preload.log
}

# adopt: a Python program, with the process of one that wants a preload at w/socket.
adopt() {
	{
		cat <<-'END2'
			import os, socket, sys, threading, types
			import adopt
			log = types.SimpleNamespace(warn=print)
			pipe = os.pipe()
			options = types.SimpleNamespace(logger=log, umask=0o22, serverurl=None, pidhistory={})
			config = types.SimpleNamespace(name="one", options=options, environment={}, uid=65534, redirect_stderr=True, serverurl=None,
			                               directory="/", umask=None)
			process = types.SimpleNamespace(config=config, group=None, pipes={"child_stdin": pipe[0], "child_stdout": pipe[1]},
			                                get_execv_args=lambda: ("/bin/true", ["/bin/true"]))
			asked = []
			def listens(answer, uid=65534):
			    if os.path.lexists("w/socket"): os.unlink("w/socket")
			    s = socket.socket(socket.AF_UNIX)
			    s.bind("w/socket")
			    os.seteuid(uid) # who listens
			    s.listen()
			    os.seteuid(0)
			    def serve():
			        connection, _ = s.accept()
			        asked.append(connection.recv(65536))
			        if answer: connection.sendall(answer)
			        connection.recv(1)
			    threading.Thread(target=serve, daemon=True).start()
		END2
		cat
	} >adopt_test.py
	timeout 300 /usr/bin/python3 adopt_test.py
}

@test "whoever does not answer takes little of Supervisor's time, however often there is a new one" {
	adopt <<-'END2'
		adopt.PATIENCE, adopt.left, adopt.SHARE = 0.1, 0.35, 0
		for n in range(20):
		    listens(None)
		    assert adopt.child(process, "w/socket") == 0
		assert 0 < len(asked) <= 4, len(asked)
	END2
}

@test "it is not asked again when it names a process that there is not" {
	adopt <<-'END2'
		listens(b"4194304\n")
		assert adopt.child(process, "w/socket") == 0
		assert os.stat("w/socket").st_ino in adopt.mute
	END2
}

@test "a link to another user's socket gets no order, and one that leads nowhere ends nobody" {
	adopt <<-'END2'
		listens(None, uid=0)
		os.rename("w/socket", "roots")
		os.symlink("../roots", "w/socket")
		assert adopt.child(process, "w/socket") == 0
		assert asked in ([], [b""]), asked
		os.unlink("w/socket")
		os.symlink("socket", "w/socket")
		assert adopt.child(process, "w/socket") == 0
	END2
}
