#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A bench of our own apps on a Python that no archive of the recipe has: this machine's own, made into a build that runs from anywhere. Chromium
# makes its PDF files, in the fonts that the recipe names.
bats_require_minimum_version 1.5.0
load ../until

port=29413

setup_file() {
	export MKBENCH=${MKBENCH:-build/mkbench} NAME=runtime-$$ WORK=$BATS_FILE_TMPDIR LACKS=
	for tool in curl pip pdftotext pdffonts; do
		command -v "$tool" >/dev/null || { LACKS="$tool is not installed"; return 0; }
	done
	pip download -q --no-deps --dest "$WORK/probe" wheel >/dev/null 2>&1 || { LACKS="no package index can be reached"; return 0; }
	VERSION=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])') || { LACKS="no Python of Debian is installed"; return 0; }
	export VERSION
	make_python "$WORK/recipe/python"
	# in an image of its own release, whose libraries it is linked with
	sed "s/^  suite: .*/  suite: $(. /etc/os-release && echo "$VERSION_CODENAME")/" recipes/bench.yml >"$WORK/recipe/bench.yml"
	cp -r tests/apps "$WORK/recipe/bench"
	tar -czf "$WORK/recipe/python.tar.gz" -C "$WORK/recipe" python
	printf 'runtime:\n  python: "%s"\n  archives: [{ name: python, path: ./python.tar.gz, sha256: %s }]\n' "$VERSION" \
		"$(sha256sum "$WORK/recipe/python.tar.gz" | cut -d' ' -f1)" >>"$WORK/recipe/bench.yml"
	printf '%s\n' 'pdf: chromium' 'fonts: [liberation]' >>"$WORK/recipe/bench.yml"
	"$MKBENCH" build --progress=plain -o "$WORK/out" "$WORK/recipe/bench.yml" >"$WORK/build.log" 2>&1 || { tail -20 "$WORK/build.log" >&2; return 1; }
	"$MKBENCH" run --engine own --name "$NAME" --port "$port" --detach --progress plain "$WORK/out/bench-1.0.tar" >"$WORK/run.log" 2>&1 ||
		{ tail -20 "$WORK/run.log" >&2; return 1; }
}

# make_python FOLDER: Python finds what is its own from where its program lies.
make_python() {
	mkdir -p "$1/bin" "$1/lib" "$1/include"
	cp "$(readlink -f /usr/bin/python3)" "$1/bin/python$VERSION"
	ln -s "python$VERSION" "$1/bin/python3"
	cp -rL "/usr/lib/python$VERSION" "$1/lib/"
	[[ ! -d /usr/include/python$VERSION ]] || cp -rL "/usr/include/python$VERSION" "$1/include/"
}

setup() {
	[[ -z $LACKS ]] || skip "$LACKS"
}

teardown_file() {
	[[ -n $LACKS ]] || "$MKBENCH" run --clean "$NAME" || true
}

inside() { "$MKBENCH" run --exec "$NAME" "$@"; }

@test "the apps' environment and every process of theirs run on it, and what is Debian's on Debian's" {
	[[ $(inside readlink -f /home/frappe/frappe-bench/env/bin/python) == /opt/python/bin/python$VERSION ]]
	inside ps -u frappe -o args= | grep -E 'python|gunicorn' >"$WORK/programs"
	own='^/home/frappe/frappe-bench/env/bin/(python|gunicorn) ' # copies of the imported application have the name of what they are
	[[ $(grep -cE "$own" "$WORK/programs") -ge 4 ]]
	run -1 grep -vE "$own" "$WORK/programs"
	inside ps -C supervisord -o args= | grep '^/usr/bin/python3 '
}

@test "it carries its bytecode, and not what only compiles for it" {
	inside sh -c "ls /opt/python/lib/python$VERSION/__pycache__/os.*.pyc"
	run -0 inside sh -c 'ls -d /opt/python/include /opt/python/lib/python3*/test 2>/dev/null; true'
	[[ -z $output ]]
}

@test "all is well with the bench" {
	inside benchctl verify
}

@test "chromium makes a file of a page, with the fonts that the recipe names" {
	pdf() { curl -sS --fail-with-body --max-time 120 -H "Host: $1" -o "$WORK/page.pdf" "http://127.0.0.1:$port/api/method/pdf"; }
	for host in one.localhost two.localhost:$port; do # a port that nothing inside listens at
		pdf "$host"
		pdftotext "$WORK/page.pdf" - | tee "$WORK/text" | grep -q 'Desk in its style' || { cat "$WORK/text"; return 1; } # the style is an asset
		pdffonts "$WORK/page.pdf" | grep -i liberation
	done
	inside sh -c 'getent hosts one.localhost | grep ^127.0.0.1'
}
