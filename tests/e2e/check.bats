#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers

# The recipes that name an architecture, bad/architecture-other.yml and good/full.yml, are for a building machine that is amd64.
setup() {
	[[ $MKBENCH = /* ]] || MKBENCH=$PWD/$MKBENCH
	recipes=$BATS_TEST_DIRNAME/../recipes
	minimal=$recipes/good/minimal.yml
}

# report RECIPE: standard error of a check that must fail with 3, say nothing else and end soon.
report() {
	local status=0
	timeout --kill-after=5 60 "$MKBENCH" check "$1" 2>"$BATS_TEST_TMPDIR/report" >"$BATS_TEST_TMPDIR/output" || status=$?
	[ "$status" = 3 ] && [ ! -s "$BATS_TEST_TMPDIR/output" ] || {
		echo "$1: status $status"
		cat "$BATS_TEST_TMPDIR/output" "$BATS_TEST_TMPDIR/report"
		return 1
	}
}

@test "every bad recipe gets exactly the report beside it, and nothing is written" {
	cp -r "$recipes/bad" "$recipes/good/notes" "$BATS_TEST_TMPDIR"
	mv "$BATS_TEST_TMPDIR/notes" "$BATS_TEST_TMPDIR/bad"
	cd "$BATS_TEST_TMPDIR/bad"
	ls -R . >../before
	local count=0 wrong=0
	for recipe in *.yml; do
		report "$recipe" || wrong=$((wrong + 1))
		diff -u "${recipe%.yml}.expect" ../report || wrong=$((wrong + 1))
		count=$((count + 1))
	done
	ls -R . | diff ../before -
	echo "$count recipes, $wrong wrong"
	[ "$wrong" = 0 ]
	[ "$count" -ge 60 ]
}

@test "no bad recipe is without its report, no report without its recipe" {
	diff <(cd "$recipes/bad" && ls *.yml | sed 's/\.yml$//') <(cd "$recipes/bad" && ls *.expect | sed 's/\.expect$//')
}

@test "no report shows a secret" {
	run -1 grep -rlE 'hunter2|ghp_[0-9]|123456' "$recipes/bad" --include=*.expect
}

@test "good recipes are accepted in one line" {
	for recipe in "$recipes"/good/*.yml; do
		mkbench 0 check "$recipe"
		[[ ${lines[-1]} == "$recipe: ok: "* ]]
		[[ $recipe == */developing.yml || ${#lines[@]} = 1 ]]
	done
}

@test "what is allowed but unwise is a warning" {
	cd "$recipes/good"
	mkbench 0 check developing.yml
	[ "$output" = "developing.yml:10:21: warning: developer_mode in production lets administrators change code: use it while developing
developing.yml:13:13: warning: writes fail once the cache is full: allkeys-lru forgets instead
developing.yml:15:18: warning: waiting jobs are lost at every restart: append_only keeps them
developing.yml: ok: 1 app, 1 site, 2 outputs" ]
	cp -r "$recipes/good/notes" "$BATS_TEST_TMPDIR"
	{ cat "$recipes/good/minimal.yml"; echo 'disk: { size: 8G }'; } >"$BATS_TEST_TMPDIR/minimal.yml"
	mkbench 0 check "$BATS_TEST_TMPDIR/minimal.yml"
	[[ $output == *": warning: 'disk' has no effect without such an output: add raw, qcow2, vmdk or raw.zst to 'outputs'"$'\n'* ]]
}

@test "a recipe that no build could use is refused, all of it at once and before the network" {
	cd "$BATS_TEST_TMPDIR"
	cp -r "$recipes/good/notes" .
	touch file
	cat >notes.yml <<-'END'
		name: notes
		base: { suite: jammy }
		framework: wsgi
		apps:
		  - { name: notes, path: ./notes }
		  - { name: gone, path: missing/app }
		  - { name: flat, path: ./file }
		  - { name: deep, path: file/below }
		sites: [{ name: notes.localhost }]
	END
	local said="notes.yml:2:16: warning: framework wsgi was tried on bookworm or trixie and not on jammy: verify the image before you rely on it
	notes.yml:6:25: there is no folder missing/app: put the app gone there, or write where it is
	notes.yml:7:25: ./file is not a folder: 'path' is the app's folder
	notes.yml:8:25: there is no folder file/below: put the app deep there, or write where it is
	mkbench: notes.yml: 3 problems" command
	for command in check plan lock build; do
		MKBENCH_STORE=$BATS_TEST_TMPDIR/store mkbench 3 $command notes.yml
		[ "$output" = "${said//$'\t'/}" ]
	done
	[ ! -e notes.lock ]
	sed -i '2s/jammy/trixie/; 6,8d; 3s/wsgi/.\/nope.yml/' notes.yml
	mkbench 3 check notes.yml
	[ "${lines[0]}" = "notes.yml:3:12: cannot read the framework ./nope.yml: No such file or directory" ]
	sed -i '3s/:.*/: wsgj/' notes.yml
	mkbench 3 check notes.yml
	[ "${lines[0]}" = "notes.yml:3:12: there is no framework 'wsgj': did you mean 'wsgi'?" ]
	sed -i '3s/:.*/: wsgi/' notes.yml
	mkbench 0 check notes.yml
	rm notes/socketio.js
	mkbench 3 check notes.yml
	[ "${lines[0]}" = "notes.yml:5:26: 'notes' is no app for framework wsgi: socketio.js is missing in it" ]
	touch notes/socketio.js
	sed -i '3d' notes.yml
	mkbench 0 check notes.yml
	rm notes/notes/wsgi.py
	mkbench 3 check notes.yml
	[ "${lines[0]}" = "notes.yml:4:5: no framework recognises the first app: name one as 'framework', or a file of your own" ]
}

@test "a copy of the program alone says what it misses" {
	cd "$BATS_TEST_TMPDIR"
	cp "$MKBENCH" mkbench
	cp "$minimal" notes.yml
	run -2 ./mkbench check notes.yml
	[ "$output" = "mkbench: services/frameworks is missing: it is neither above $PWD nor in ../share/mkbench: leave the program in its tree, or set MKBENCH_SHARE to the folder that holds services" ]
	MKBENCH_SHARE=/nowhere run -2 ./mkbench check notes.yml
	[ "$output" = "mkbench: \$MKBENCH_SHARE, which is /nowhere, holds no services/frameworks" ]
}

@test "the recipes that are shipped are good" {
	for recipe in "$BATS_TEST_DIRNAME"/../../recipes/*.yml; do
		mkbench 0 check "$recipe"
	done
}

@test "what is not a recipe file is refused: missing, folder, FIFO, devices, unreadable, too large" {
	cd "$BATS_TEST_TMPDIR"
	mkbench 3 check missing.yml
	[ "$output" = "mkbench: cannot read the recipe missing.yml: there is no such file" ]
	mkdir folder.yml
	mkbench 3 check folder.yml
	[ "$output" = "mkbench: cannot read the recipe folder.yml: it is a folder: name the file in it" ]
	mkfifo fifo.yml
	mkbench 3 check fifo.yml
	[ "$output" = "mkbench: cannot read the recipe fifo.yml: it is not a regular file" ]
	mkbench 3 check /dev/zero
	[ "$output" = "mkbench: cannot read the recipe /dev/zero: it is not a regular file" ]
	truncate -s 100M large.yml
	mkbench 3 check large.yml
	[ "$output" = "mkbench: cannot read the recipe large.yml: it is larger than a mebibyte: no recipe is" ]
	ln -s loop.yml loop.yml
	mkbench 3 check loop.yml
	mkbench 3 check "$minimal/below"
}

@test "a recipe that may not be read says so" {
	cp "$minimal" "$BATS_TEST_TMPDIR/locked.yml"
	chmod 000 "$BATS_TEST_TMPDIR/locked.yml"
	cp "$MKBENCH" "$BATS_TEST_TMPDIR/tool"
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/tool"
	local as=()
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --clear-groups)
	cd "$BATS_TEST_TMPDIR"
	run -3 "${as[@]}" /proc/self/fd/9 check locked.yml 9<tool
	[ "$output" = "mkbench: cannot read the recipe locked.yml: Permission denied" ]
}

@test "a file of the largest size full of anything is judged within a minute" {
	cd "$BATS_TEST_TMPDIR"
	python3 - <<-'PYTHON'
		size = 1 << 20
		shapes = {
		    "keys": "".join("key%d: 1\n" % i for i in range(70000)),
		    "same-keys": "name: a\n" * 130000,
		    "pairs": "mariadb:\n  settings:\n" + "".join("    a%d: 1\n" % i for i in range(60000)),
		    "hosts": "sites:\n  - name: a.b\n    hosts:\n" + "".join("      - h%d.b\n" % i for i in range(60000)),
		    "sites": "sites:\n" + "".join("  - name: s%d.b\n" % i for i in range(50000)),
		    "packages": "base:\n  packages: [" + "a, " * 300000 + "a]\n",
		    "flow": "a: [" * 200000,
		    "questions": "? " * 500000,
		    "dashes": "- " * 500000,
		    "word": "name: " + "a" * (size - 10),
		    "quoted": 'name: "' + "\\u00e9" * 170000 + '"',
		    "comment": "#" * (size - 10),
		    "newlines": "\n" * (size - 10),
		    "tags": "!a " * 340000,
		    "braces": "{" * (size - 10),
		    "colons": ": " * 500000,
		}
		for name, text in shapes.items():
		    assert len(text) <= size, name
		    open(name + ".yml", "w").write(text)
	PYTHON
	for recipe in *.yml; do
		report "$recipe"
		[ "$(wc -l <report)" -le 202 ]
	done
}

@test "wrong arguments are a usage error" {
	mkbench 2 check
	mkbench 2 check --strict "$minimal"
	mkbench 2 check --strict
	mkbench 2 check "$minimal" "$minimal"
	mkbench 2 schema --yaml
	mkbench 2 schema --json "$minimal"
	mkbench 2 chekc "$minimal"
	[[ $output == *"did you mean 'check'"* ]]
}

@test "a result that cannot be written is not a success" {
	run -6 bash -c '"$1" schema >/dev/full' - "$MKBENCH"
	[[ $output == "mkbench: write standard output: "* ]]
}

@test "the reference in recipes/README.md and the JSON Schema are those of the tool" {
	cd "$BATS_TEST_DIRNAME/../.."
	run -0 tests/lint/reference "$MKBENCH"
	mkbench 0 schema
	[[ $output == *'| `unknown_host` |'* ]]
}

@test "an independent reader finds the JSON Schema sound, the good recipes good and the plain mistakes bad" {
	python3 -c 'import jsonschema, yaml' || skip "no python3-jsonschema, python3-yaml"
	"$MKBENCH" schema --json >"$BATS_TEST_TMPDIR/schema.json"
	python3 - "$BATS_TEST_TMPDIR/schema.json" "$recipes" <<-'PYTHON'
		import glob, json, sys, jsonschema, yaml
		schema = json.load(open(sys.argv[1]))
		validator = jsonschema.Draft202012Validator
		validator.check_schema(schema)
		judge = validator(schema)
		for path in glob.glob(sys.argv[2] + "/good/*.yml") + glob.glob("recipes/*.yml"):
		    problems = [e.message for e in judge.iter_errors(yaml.safe_load(open(path)))]
		    assert not problems, (path, problems)
		caught = []
		for path in sorted(glob.glob(sys.argv[2] + "/bad/*.yml")):
		    try:
		        value = yaml.safe_load(open(path, "rb"))
		    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
		        continue
		    if any(True for _ in judge.iter_errors(value)):
		        caught.append(path.rsplit("/", 1)[1][:-4])
		print(len(caught), "bad recipes caught")
		for name in ("unknown-key", "port-70000", "mode-misspelt", "size-1GB", "version-15.10", "site-upper-case",
		             "suite-missing", "text-where-list", "web-workers-0", "share-word", "setting-list"):
		    assert name in caught, name
	PYTHON
}

@test "a file that the guest writes and nginx does not include is refused: every host would be unknown" {
	cd "$BATS_TEST_TMPDIR"
	mkdir share
	cp -r "$BATS_TEST_DIRNAME"/../../{services,rootfs} share/
	sed -i 's|^  sites_file: .*|  sites_file: /run/mkbench/hosts.conf|' share/services/nginx/service.yml
	MKBENCH_SHARE=$PWD/share run -3 "$MKBENCH" check "$BATS_TEST_DIRNAME/../../recipes/demo.yml"
	[[ $output = *"nginx/service.yml: sites_pattern must match sites_file, a path: the guest writes the file, nginx includes the pattern" ]]
	sed -i 's|^  sites_pattern: .*|  sites_pattern: /run/mkbench/hosts.con[f]|' share/services/nginx/service.yml
	MKBENCH_SHARE=$PWD/share run -0 "$MKBENCH" check "$BATS_TEST_DIRNAME/../../recipes/demo.yml"
}
