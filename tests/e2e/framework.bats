#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A framework file of one's own, beside the recipe or elsewhere: planned from a signed mirror made here.
bats_require_minimum_version 1.5.0
load helpers
load framework

@test "its packages are in the plan and the lock, which a change of them outdates" {
	mkbench 0 check notes.yml
	mkbench 0 plan notes.yml
	[[ $output == *"layer     runtime                  1 package, "* ]]
	[[ $output == *"sources: 1 app ("* ]]
	[[ $output == *"  framework own"$'\n'"  no lock   chosen now: 'mkbench lock' or a build writes notes.lock" ]]
	[ ! -e notes.lock ]
	mkbench 0 lock notes.yml
	[ "${lines[-1]}" = "notes.lock: 2 packages; 1 app from a folder, not locked" ]
	[ "$(grep -c '^wrote notes.lock$' <<<"$output")" = 1 ]
	grep -q mk-vi notes.lock
	cp notes.lock locked
	mkbench 0 plan notes.yml
	[[ $output != *"no lock"* ]]
	cmp notes.lock locked
	mkbench 0 plan --why mk-vi notes.yml
	framework mk-shell >own.yml
	mkbench 3 plan notes.yml
	[[ $output == *"notes.lock is out of date"* ]]
	mkbench 0 lock notes.yml
	run ! grep -q mk-vi notes.lock
	grep -q mk-shell notes.lock
}

@test "what the recipe asks for is in the image, also what building the apps needs" {
	# mk-tool needs mk-lib and an editor; the framework builds with both, and the recipe wants one, or what needs it.
	framework mk-shell | sed 's/runtime: \[mk-shell\]/&, build: [mk-tool, mk-vi]/' >own.yml
	mkbench 0 plan notes.yml
	[[ $output == *"layer     build"*"3 packages"*", not in the image"* ]]
	mkbench 0 plan --why mk-lib notes.yml
	[[ ${lines[-1]} == "mk-lib "*" <- mk-tool <- asked for by a service or the framework, not in the image" ]]
	sed -i 's/^  suite: trixie/&\n  packages: [mk-vi]/' notes.yml
	mkbench 0 plan notes.yml
	[[ $output == *"layer     runtime"*"2 packages"* && $output == *"layer     build"*"2 packages"* ]]
	mkbench 0 plan --why mk-vi notes.yml
	[[ ${lines[-1]} == "mk-vi "*" <- asked for by the recipe" ]]
	sed -i 's/packages: \[mk-vi\]/packages: [mk-tool]/' notes.yml
	mkbench 0 lock notes.yml
	run ! grep -q 'layer: build' notes.lock
	mkbench 0 plan --why mk-lib notes.yml
	[[ ${lines[-1]} == "mk-lib "*" <- mk-tool <- asked for by the recipe" ]]
	mkbench 0 plan --why mk-base notes.yml
	[[ ${lines[-1]} == "mk-base "*" <- part of every image" ]]
}

@test "a folder that outputs cannot be written to is refused before anything else is done" {
	local folder
	touch file
	for folder in file file/below /proc/below ''; do
		mkbench 6 build -o "$folder" notes.yml
		[[ $output == "mkbench: cannot write outputs to '$folder': "* ]]
	done
	[ ! -e notes.lock ]
}

@test "it is found from the recipe's folder, and where it is from /" {
	cd /
	mkbench 0 plan "$BATS_TEST_TMPDIR/work/notes.yml"
	mkdir "$BATS_TEST_TMPDIR/else"
	mv "$BATS_TEST_TMPDIR"/work/own.* "$BATS_TEST_TMPDIR/else"
	mkbench 3 plan "$BATS_TEST_TMPDIR/work/notes.yml"
	[[ $output == *"notes.yml:6:12: cannot read the framework $BATS_TEST_TMPDIR/work/./own.yml: No such file or directory"$'\n'* ]]
	sed -i "s|^framework: .*|framework: $BATS_TEST_TMPDIR/else/own.yml|" "$BATS_TEST_TMPDIR/work/notes.yml"
	mkbench 0 plan "$BATS_TEST_TMPDIR/work/notes.yml"
}

@test "it may be like one of the tool's own, whose templates stay where they are" {
	printf 'like: known\ntitle: ours\npackages: { runtime: [mk-vi] }\n' >own.yml
	mkbench 0 plan notes.yml
	echo '{{nobody}}' >>"$MKBENCH_SHARE/services/frameworks/known.txt"
	printf 'like: other\ntitle: ours\n' >own.yml
	mkbench 3 plan notes.yml
	[[ $output == "mkbench: ./own.yml:1:7: there is no framework 'other' in services/frameworks" ]]
}

# refused WORDS: what check and plan say of own.yml, or of the recipe for it.
refused() {
	local command said="mkbench: $1"
	[[ $1 == ./own.yml:* ]] || said=$1$'\n'"mkbench: notes.yml: 1 problem"
	for command in check plan; do
		mkbench 3 $command notes.yml
		[[ $output == "$said" ]]
	done
	[ ! -e notes.lock ]
}

@test "what is wrong in it is told with its file, line and column" {
	echo 'servics: [one]' >>own.yml
	refused "./own.yml:8:1: unknown key 'servics': did you mean 'services'?"
	printf 'title: [\n' >own.yml
	mkbench 3 plan notes.yml
	[[ $output == "mkbench: ./own.yml:2:1: "* ]]
	framework >own.yml
	sed -i 's/own.txt/gone.txt/' own.yml
	refused "./own.yml:4:21: there is no file ./gone.txt"
	framework >own.yml
	echo 'prune: ["{{nobody}}"]' >>own.yml
	refused "./own.yml:8:9: unknown variable 'nobody'"
	framework >own.yml
	echo 'suites: [sid]' >>own.yml
	mkbench 0 check notes.yml
	[[ $output == "notes.yml:3:10: warning: framework own was tried on sid and not on trixie: verify the image before you rely on it"$'\n'*": ok: "* ]]
	framework >own.yml
	sed -i 's/\[one\]/[two]/' own.yml
	refused "./own.yml:2:12: there is no service 'two'"
}

@test "a path that is none is refused where the recipe says it" {
	local path
	for path in own.yml ./own.txt ./ ~/own.yml ../own.yml; do
		sed -i "s|^framework: .*|framework: \"${path/#$HOME/\~}\"|" notes.yml
		mkbench 3 check notes.yml
		[[ $output == *"notes.yml:6:12: 'framework' "* ]]
	done
	mkdir own
	mv own.yml own/x && mkdir own.yml
	sed -i 's|^framework: .*|framework: ./own.yml|' notes.yml
	refused "notes.yml:6:12: cannot read the framework ./own.yml: Is a directory"
}

@test "an app that is not what the framework knows is refused, named or not: by the file that it lacks" {
	printf 'evidence: { "{{app.first}}/run.py": "def run", marker: "" }\n' >>"$MKBENCH_SHARE/services/frameworks/known.yml"
	sed -i 's|^framework: .*|framework: known|' notes.yml
	mkbench 3 check notes.yml
	[ "$output" = "notes.yml:7:29: 'notes' is no app for framework known: notes/run.py with 'def run' is missing in it
notes.yml:7:29: 'notes' is no app for framework known: marker is missing in it
mkbench: notes.yml: 2 problems" ]
	touch app/marker
	refused "notes.yml:7:29: 'notes' is no app for framework known: notes/run.py with 'def run' is missing in it"
	printf 'like: known\ntitle: ours\n' >own.yml
	sed -i 's|^framework: .*|framework: ./own.yml|' notes.yml
	refused "notes.yml:7:29: 'notes' is no app for framework own: notes/run.py with 'def run' is missing in it"
	printf 'like: known\ntitle: ours\nevidence: {}\n' >own.yml
	mkbench 0 check notes.yml
	sed -i 's|^framework: .*|framework: auto|' notes.yml
	refused "notes.yml:7:8: no framework recognises the first app: name one as 'framework', or a file of your own"
	echo 'def run(): 0' >app/notes/run.py
	mkbench 0 check notes.yml
	mkbench 0 plan notes.yml
	[[ $output == *"  framework known, from the first app"* ]]
}

@test "an option that the framework does not know is refused" {
	sed -i 's|^apps: .*|apps: [{ name: notes, path: ./app, options: { colour: blue, size: 2 } }]|' notes.yml
	mkbench 3 check notes.yml
	[ "$output" = "notes.yml:7:47: framework own knows no option 'colour': it has none
notes.yml:7:61: framework own knows no option 'size': it has none
mkbench: notes.yml: 2 problems" ]
	echo 'options: { shape: round, size: "1" }' >>own.yml
	refused "notes.yml:7:47: framework own knows no option 'colour': it knows shape, size"
}

# needing FILE-LINE...: an app of three that says what it needs, with a framework that knows where.
needing() {
	framework >own.yml
	echo 'app_needs: { file: "{{app}}/hooks.py", variable: required_apps }' >>own.yml
	sed -i 's|^apps: .*|apps: [{ name: notes, path: ./app }, { name: late, path: ./late }, { name: early, path: ./early }]|' notes.yml
	mkdir -p late/late early/early
	touch late/late/__init__.py early/early/__init__.py
	printf '%s\n' "$@" >late/late/hooks.py
	rm -f notes.lock
}

@test "apps that need others: a recipe that lacks one is refused by its line, before anything is written" {
	needing 'app = 1' 'required_apps = ["org/early", "notes"]'
	mkbench 0 plan notes.yml
	needing 'required_apps = ["org/early", "org/absent"]'
	mkbench 3 plan notes.yml
	[[ $output == *"mkbench: notes.yml:7:38: the app 'late' needs 'absent', which is not here: add it to 'apps'" ]]
	[ ! -e notes.lock ]
	needing '' 'required_apps = open("/etc/passwd").read().split()'
	mkbench 3 lock notes.yml
	[[ $output == *"mkbench: late: late/hooks.py:2:17: 'required_apps' is read, not run: "* ]]
	[ ! -e notes.lock ]
	rm late/late/hooks.py
	mkbench 0 plan notes.yml
	sed -i '$d' own.yml
	echo 'app_needs: { variable: required_apps }' >>own.yml
	mkbench 3 plan notes.yml
	[[ $output == "mkbench: ./own.yml:8:24: 'app_needs' has a 'file' and"* ]]
}
