# SPDX-License-Identifier: MIT
# What tests of mkbench init share: a folder of their own, hosts that are folders here, and a terminal.

setup() {
	MKBENCH=$(readlink -f "$MKBENCH")
	unset LC_ALL LC_MESSAGES
	export TZ=Europe/Paris LANG=fr_FR.UTF-8
	# What is asked of these hosts is asked of a folder here.
	mkdir -p "$BATS_TEST_TMPDIR/repositories"
	export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0="url.$BATS_TEST_TMPDIR/repositories/.insteadOf" GIT_CONFIG_VALUE_0=https://git.example.org/
	export GIT_CONFIG_KEY_1="url.$BATS_TEST_TMPDIR/none/.insteadOf" GIT_CONFIG_VALUE_1=ssh://git@git.example.org/
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work"
}

# Runs init without a terminal.
init() {
	mkbench "$@" </dev/null
}

# app FOLDER PACKAGE: an app that has nothing but its package.
app() {
	mkdir -p "$1/$2"
	touch "$1/$2/__init__.py"
}

# accepted RECIPE: by check, but for an app that is not there yet or that no framework recognises.
accepted() {
	"$MKBENCH" check "$1" >"$BATS_TEST_TMPDIR/said" 2>&1 || true
	cat "$BATS_TEST_TMPDIR/said"
	[ -s "$BATS_TEST_TMPDIR/said" ]
	run -1 grep -vE ': ok: |^.+:[0-9]+:[0-9]+: (there is no folder|no framework recognises|warning: framework bench is taken, and) |^mkbench: .*: [1-9][0-9]* problems?$' "$BATS_TEST_TMPDIR/said"
}

nothing_here() {
	[ -z "$(ls -A)" ]
}

# asked KEYS...: init at a terminal that types each word as a line; the last may be "^C" or "^D". Leaves $screen and $status.
asked() {
	status=0
	screen=$(python3 - "$MKBENCH" "$@" <<-'PYTHON'
		import os, pty, select, signal, sys
		arguments = sys.argv[2].split()
		pid, fd = pty.fork()
		if pid == 0:
		    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test in the background inherits that it is ignored
		    os.execv(sys.argv[1], [sys.argv[1], "init", *arguments])
		answers, screen, new = sys.argv[3:], b"", b""
		while True:
		    ready, _, _ = select.select([fd], [], [], 30)
		    try:
		        chunk = os.read(fd, 4096) if ready else b""
		    except OSError:
		        chunk = b""
		    if not chunk:
		        break
		    screen, new = screen + chunk, new + chunk
		    if new.endswith(b"]: ") and answers:
		        word = answers.pop(0)
		        os.write(fd, {"^C": b"\3", "^D": b"\4"}.get(word, word.encode() + b"\n"))
		        new = b""
		os.close(fd)  # who still asks is hung up on
		_, code = os.waitpid(pid, 0)
		sys.stdout.write(screen.decode().replace("\r", ""))
		sys.exit(128 + os.WTERMSIG(code) if os.WIFSIGNALED(code) else os.WEXITSTATUS(code))
	PYTHON
	) || status=$?
	echo "$screen"
}
