#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The demo with a requirements.txt: its Python packages come from an index made here, are pinned in the lock, and the bench runs
# with them.
bats_require_minimum_version 1.5.0
load lacks
load docker

setup_file() {
	needs docker_lacks || return 0
	export BOOT=$BATS_FILE_TMPDIR NET=mkbench-venv-$$ IMAGE=venv:1.0 MKBENCH=${MKBENCH:-build/mkbench}
	export MKBENCH_STORE=$BOOT/store # what it forgets, other files' tests may want
	cp -r recipes/demo "$BOOT"
	sed 's/^name: demo/name: venv/; s/^framework: .*/framework: auto/; s/^outputs: .*/outputs: [docker]/' recipes/demo.yml >"$BOOT/venv.yml"
	echo 'mkbench-greeting>=1' >"$BOOT/demo/requirements.txt"
	echo 'import mkbench_greeting' >>"$BOOT/demo/demo/__init__.py"
	wheel mkbench_greeting 1.0 'from mkbench_words import HELLO' mkbench-words
	wheel mkbench_words 2.0 'HELLO = "hello"'
	serve_index
	build >"$BOOT/build.log" 2>&1 || { tail -20 "$BOOT/build.log" >&2; return 1; }
	docker_up
	docker load -i "$BOOT/out/venv-1.0.tar" >/dev/null
	boot venv
	ready venv
}

teardown_file() {
	[[ -z $LACKS ]] || return 0
	kill "$(<"$BOOT/index.pid")" 2>/dev/null || true
	docker_down
}

# wheel NAME VERSION CODE [NEEDS]: a package of one module, in the index.
wheel() {
	mkdir -p "$BOOT/index/${1//_/-}"
	python3 - "$BOOT/index/${1//_/-}" "$@" <<-'END'
		import sys, zipfile
		folder, name, version, code = sys.argv[1:5]
		info = f"{name}-{version}.dist-info"
		files = {
		    f"{name}.py": code + "\n",
		    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" +
		        "".join(f"Requires-Dist: {need}\n" for need in sys.argv[5:]),
		    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		}
		files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
		with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
		    for path, text in files.items():
		        wheel.writestr(path, text)
	END
}

# An index is a web server's list of folders; the host's pip.conf says where.
serve_index() {
	(cd "$BOOT/index" && exec python3 -u -m http.server --bind 127.0.0.1 0) >"$BOOT/index.log" 2>&1 3>&- &
	echo $! >"$BOOT/index.pid"
	by=$! until_true 300 grep -q 'port' "$BOOT/index.log"
	export PIP_CONFIG_FILE=$BOOT/pip.conf
	unset PIP_INDEX_URL PIP_EXTRA_INDEX_URL
	printf '[global]\nindex-url = http://127.0.0.1:%s/\n' "$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$BOOT/index.log")" >"$PIP_CONFIG_FILE"
}

build() { timeout 900 "$@" "$MKBENCH" build --progress=plain -o "$BOOT/out" "$BOOT/venv.yml"; }

# All is made again: the Python environment rests on the lock alone, which stays.
touch_dependencies() { "$MKBENCH" clean --built; }

forget_wheels() { rm -f "$MKBENCH_STORE"/caches/python-*/files/mkbench_*; }

@test "its processes run with what requirements.txt led to, and with Debian's modules" {
	docker exec venv benchctl status
	ask one.localhost /api/method/ping
	[[ $(docker exec venv /home/frappe/frappe-bench/env/bin/python -c 'import mkbench_greeting as g, rq; print(g.HELLO, g.__file__, rq.__file__)') == \
		"hello /home/frappe/frappe-bench/env/lib/python3."*"/site-packages/mkbench_greeting.py /usr/lib/python3/dist-packages/rq/__init__.py" ]]
}

@test "the lock names each with its digest" {
	for name in mkbench_greeting mkbench_words; do
		file=$(echo "$BOOT/index/${name//_/-}/$name"-*.whl)
		grep "\"$name==[12].0 --hash=sha256:$(sha256sum <"$file" | cut -d' ' -f1)\"" "$BOOT/venv.lock"
	done
}

@test "no layer holds pip, a cache or the host's settings, and byte code is there" {
	mkdir "$BOOT/image"
	tar -xf "$BOOT/out/venv-1.0.tar" -C "$BOOT/image"
	for layer in $(jq -r '.[0].Layers[]' "$BOOT/image/manifest.json"); do tar -tf "$BOOT/image/$layer"; done >"$BOOT/names"
	grep 'env/lib/.*/__pycache__/mkbench_greeting\..*pyc$' "$BOOT/names"
	run -1 grep -E 'bin/pip[0-9.]*$|(site|dist)-packages/pip/|python-wheels|\.whl$|pip\.conf|npmrc|_cacache|^run/mkbench' "$BOOT/names"
	run -1 docker exec venv grep -rlF "$(sed -n 's/index-url = //p' "$PIP_CONFIG_FILE")" /etc /home /usr/lib/mkbench
}

@test "installed again without network they are the same" {
	touch_dependencies
	run -0 build unshare -n
	echo "$output" >"$BOOT/again.log"
	grep '^environment: 3 steps' "$BOOT/again.log" # not cached
	for log in build again; do grep '^environment  ' "$BOOT/$log.log" >"$BOOT/$log.digest"; done
	diff "$BOOT/build.digest" "$BOOT/again.digest" >&2
}

@test "a changed wheel under the same name is refused" {
	forget_wheels
	wheel mkbench_words 2.0 'HELLO = "goodbye"'
	touch_dependencies
	run -5 build
	[[ $output == *"DO NOT MATCH THE HASHES"* ]]
}

@test "lock chooses anew" {
	wheel mkbench_words 2.1 'HELLO = "good morning"'
	"$MKBENCH" lock --progress=plain "$BOOT/venv.yml"
	grep 'mkbench_words==2.1' "$BOOT/venv.lock"
	build
}

# sdist NAME: a source package that tells the index when anything of it runs.
sdist() {
	local folder=$BOOT/$1-1.0
	mkdir -p "$folder" "$BOOT/index/$1"
	printf 'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' "$1" >"$folder/PKG-INFO"
	cat >"$folder/setup.py" <<-END
		import os, urllib.request
		urllib.request.urlopen(os.environ["PIP_INDEX_URL"] + "it-ran")
	END
	tar -C "$BOOT" -czf "$BOOT/index/$1/$1-1.0.tar.gz" "$1-1.0"
}

# asks LINE...: what choosing says, with a requirements.txt of these lines.
asks() {
	rm -rf "$BOOT/other"
	mkdir "$BOOT/other"
	cp -r "$BOOT/demo" "$BOOT/venv.yml" "$BOOT/other"
	printf '%s\n' "$@" >"$BOOT/other/demo/requirements.txt"
	run -5 "$MKBENCH" lock --progress=plain "$BOOT/other/venv.yml"
	echo "$output"
	run -1 grep it-ran "$BOOT/index.log"
	[[ $(<"$BOOT/other/demo/requirements.txt") == "$1"* ]]
}

@test "nothing of a source package runs, whatever a requirements.txt or a wheel says" {
	sdist mkbench-source
	PIP_INDEX_URL=$(sed -n 's/index-url = //p' "$PIP_CONFIG_FILE")
	export PIP_INDEX_URL
	asks "mkbench-source" | grep 'No matching distribution found for mkbench-source'
	asks "--no-binary :all:" mkbench-source | grep 'requirements.txt:1: option --no-binary is not taken'
	asks "mkbench-source @ ${PIP_INDEX_URL}mkbench-source/mkbench-source-1.0.tar.gz" | grep 'requirements.txt:1: .* is no name with versions'
	wheel mkbench_leads 1.0 '' "mkbench-source @ ${PIP_INDEX_URL}mkbench-source/mkbench-source-1.0.tar.gz"
	asks mkbench-leads | grep 'no program may run here: packages come as wheels only'
}

@test "the index wants a login: the gate has it, and no step, cache or layer" {
	sed -i 's|//127|//someone:hidden-word@127|' "$PIP_CONFIG_FILE"
	unset PIP_INDEX_URL
	touch_dependencies
	forget_wheels
	build
	run -1 grep -rlF hidden-word "$BOOT/out" "$MKBENCH_STORE/caches" "$BOOT/venv.lock"
}
