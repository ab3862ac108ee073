#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `pdf: wkhtmltopdf`: a bench of our own apps makes a file of its own page, and the file's text is read. The program asks for http://SITE:PORT/,
# as the browser did: from inside the site's name must lead to the bench at a port that only the engine publishes. Chromium and fonts: runtime.bats.
bats_require_minimum_version 1.5.0
load ../until

port=29416

setup() {
	export MKBENCH=${MKBENCH:-build/mkbench} WORK=$BATS_TEST_TMPDIR SITE=one.localhost NAME=pdf-$$-$BATS_TEST_NUMBER
	for tool in curl pip pdftotext; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
	pip download -q --no-deps --dest "$WORK/probe" wheel >/dev/null 2>&1 || skip "no package index can be reached"
	cp -r tests/apps "$WORK/bench"
}

teardown() { "$MKBENCH" run --clean "$NAME" >"$WORK/clean.log" 2>&1 || cat "$WORK/clean.log" >&2; }

ask() { curl -sS --fail-with-body --max-time 120 -H "Host: $SITE" "${@:2}" "http://127.0.0.1:$port$1"; }

# boot LINE...: a bench of our framework alone, with lines of its own in the recipe.
boot() {
	printf '%s\n' 'name: pdf' 'base: { suite: bookworm }' 'apps: [{ name: atelier, path: ./bench/atelier }]' \
		'sites: [{ name: one.localhost, hosts: [www.pdf.test] }]' 'outputs: [docker]' "$@" >"$WORK/pdf.yml"
	timeout 1800 "$MKBENCH" build --progress=plain -o "$WORK" "$WORK/pdf.yml" >"$WORK/build.log" 2>&1 || { tail -20 "$WORK/build.log" >&2; return 1; }
	"$MKBENCH" run --engine own --name "$NAME" --port "$port" --detach --progress plain "$WORK/pdf-latest.tar" >"$WORK/run.log" 2>&1 ||
		{ tail -20 "$WORK/run.log" >&2; return 1; }
}

@test "pdf: wkhtmltopdf makes a file of a page" {
	boot 'pdf: wkhtmltopdf'
	for host in "$SITE" "$SITE:$port" www.pdf.test:8443; do
		SITE=$host ask /api/method/pdf -o "$WORK/page.pdf"
		pdftotext "$WORK/page.pdf" - >"$WORK/text"
		grep -q 'Desk in its style' "$WORK/text" || { cat "$WORK/text"; return 1; } # the style is an asset
		grep -q "Letter of $SITE" "$WORK/text"                                     # what its header would be, without its numbers
		run ! grep page "$WORK/text"
		pdfimages -list "$WORK/page.pdf" | grep -E ' 40 +40 ' # its picture, not what stands for a missing one
	done
	"$MKBENCH" run --exec "$NAME" benchctl verify | tee "$WORK/verify" | grep -E "^ok +pdf +$SITE .*with a style, a picture of http://$SITE:"
	"$MKBENCH" run --exec "$NAME" mv /usr/local/bin/wkhtmltopdf /root/ # it is what lets the program find the site there
	run -1 "$MKBENCH" run --exec "$NAME" benchctl verify
	grep -E "^FAIL pdf +$SITE .*(picture|wkhtmltopdf)" <<<"$output"
}
