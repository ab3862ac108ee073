#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Gunicorn with our settings, services/web/web.py. $GUNICORN: another one than the machine's, with its PYTHONPATH.
bats_require_minimum_version 1.5.0
load helpers

settings=$BATS_TEST_DIRNAME/../../services/web/web.py

setup() {
	command -v "${GUNICORN:=gunicorn}" >/dev/null || skip "needs gunicorn"
	cd "$BATS_TEST_TMPDIR"
	sed "s|/run/mkbench/stores|$PWD/stores|" "$settings" >web.py
	cat >app.py <<-'END'
		import atexit, os, threading, time
		def note(what):
		    with open("notes", "a") as file:
		        file.write(f"{what} {os.getpid()}\n")
		class Shared:
		    def __del__(self, write=os.write):
		        write(2, b"freed\n")
		shared = Shared()
		atexit.register(note, "ended")
		note("imported")
		def application(environ, start_response):
		    if environ["PATH_INFO"] == "/thread":
		        threading.Thread(target=lambda: (time.sleep(1), note("thread"))).start()
		    if environ["PATH_INFO"] == "/die":
		        os._exit(9)
		    start_response("200 OK", [("Content-Type", "text/plain")])
		    return [b"here"]
	END
}

teardown() {
	[[ ! -e pid ]] || kill -KILL "$(<pid)" 2>/dev/null || true
	[[ ! -e web.log ]] || cat web.log notes
}

start_web() {
	PYTHONPATH=$PWD:${PYTHONPATH:-} $GUNICORN --config web.py --bind "unix:$PWD/web.sock" --worker-class gthread --threads 2 --preload app:application \
		>web.log 2>&1 3>&- &
	echo $! >pid
}

ask() { [[ $(curl -sS --max-time 20 --unix-socket web.sock "http://web$1") = here ]]; }
noted() { grep -q "^$1" notes; }
count() { grep -c "^$1" notes || true; }

@test "it imports before the stores are there, listens then, and ends by itself: after the application's own ends and threads, without freeing it" {
	start_web
	by=$(<pid) until_true 300 noted imported
	[[ ! -e web.sock ]]
	touch stores
	by=$(<pid) until_true 300 ask /
	ask /thread
	kill -TERM "$(<pid)"
	wait "$(<pid)"
	[[ $(count imported) = 1 && $(count ended) = 2 && $(count thread) = 1 ]] # the master's end and the worker's
	run -1 grep -E "freed|Traceback|a stop may take" web.log
}

@test "a worker that ends otherwise is said, and another one comes" {
	touch stores
	start_web
	by=$(<pid) until_true 300 ask /
	run ! ask /die
	by=$(<pid) until_true 300 ask /
	kill -TERM "$(<pid)"
	wait "$(<pid)"
}

@test "a Gunicorn that is not made as those that were tried starts and ends all the same" {
	/usr/bin/python3 - <<-'END'
		import importlib.util, os, selectors, types
		spec = importlib.util.spec_from_file_location("web", "web.py")
		web = importlib.util.module_from_spec(spec)
		spec.loader.exec_module(web)
		said = []
		log = types.SimpleNamespace(warning=lambda *words: said.append(words))
		class Odd(selectors.DefaultSelector):
		    def get_map(self):
		        raise RuntimeError("closed")
		class Moved(selectors.DefaultSelector):
		    register = None
		pipe = os.pipe()
		for worker in ({}, {"poller": None, "PIPE": pipe}, {"poller": 7, "PIPE": pipe}, {"poller": selectors.DefaultSelector(), "PIPE": None},
		               {"poller": object(), "PIPE": object()}):
		    web.post_worker_init(types.SimpleNamespace(log=log, **worker))
		assert not said
		for worker in ({"poller": Odd(), "PIPE": pipe}, {"poller": Moved(), "PIPE": pipe}, {"poller": selectors.DefaultSelector(), "PIPE": 5}):
		    web.post_worker_init(types.SimpleNamespace(log=log, **worker))
		assert len(said) == 3, said
		class Wakes:
		    poller, PIPE = selectors.DefaultSelector(), pipe
		    def handle_exit(self, sig, frame):
		        pass
		web.post_worker_init(Wakes())
		assert not Wakes.poller.get_map()
		web.worker_exit(None, None)  # not while anything ends: Python ends as ever
		web.on_exit(None)
		web.leave()
		print("here")
	END
}
