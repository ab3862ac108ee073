#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `runtime`: which Python and Node the apps run on. The image is made of a few programs of this machine, and the builds that a recipe
# brings are shell scripts; tests/boot/runtime.bats has a real Python.
bats_require_minimum_version 1.5.0
load helpers
load packages

setup_file() {
	lacks_ids && return 0
	begin_packages
	packaged nodejs 20.19.2+dfsg-1
	packaged python3 3.13.5-1 'Depends: python3.13'
	packaged python3.13 3.13.5-2
	offer_packages base-files base-passwd tools nodejs python3 python3.13
}

setup() {
	[[ -z ${LACKS:-} ]] || skip "$LACKS"
	MKBENCH=$(readlink -f "$MKBENCH")
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/store MKBENCH_SHARE=$BATS_TEST_TMPDIR/share
	mkdir -p "$MKBENCH_SHARE"/{services/{frameworks,one},rootfs} "$BATS_TEST_TMPDIR"/work/a
	cat >"$MKBENCH_SHARE/services/one/service.yml" <<-'END'
		packages: { base: [base-files], runtime: [nodejs, python3] }
		users: [{ name: frappe, id: 1000, home: /home/frappe }]
	END
	echo '# none' >"$MKBENCH_SHARE/rootfs/manifest"
	echo '{}' >"$MKBENCH_SHARE/services/audit.yml"
	cd "$BATS_TEST_TMPDIR/work"
	cat >own.yml <<-'END'
		title: our own
		services: [one]
		runtimes: [python, node]
		probe_path: /
		admin_user: a
		memory_per_worker: 1M
		prune: ["/opt/node/include"]
		prepare_steps:
		  - name: who is here
		    directory: "{{bench}}/apps"
		    argv: [bash, -euc, "for p in {{runtime.python}} {{runtime.node}}; do echo $p; ! test -x $p || $p; done >../who"]
	END
	touch a/wish
	write_recipe
}

teardown() {
	[[ -z ${LACKS:-} ]] || return 0
	"$MKBENCH" clean --all
}

# write_recipe [LINE...]: the lines are those below 'runtime'
write_recipe() {
	cat >notes.yml <<-END
		name: notes
		version: "1"
		base:
		  suite: trixie
		  mirrors: ["file://$BATS_FILE_TMPDIR/made/debian"]
		  key: $BATS_FILE_TMPDIR/made/key.gpg
		framework: ./own.yml
		apps: [{ name: a, path: ./a }]
		sites: [{ name: notes.localhost }]
		outputs: [docker]
	END
	[[ $# == 0 ]] || printf '%s\n' runtime: "${@/#/  }" >>notes.yml
}

# node_build VERSION, python_build VERSION: a folder such as a maker's archive has it
node_build() {
	mkdir -p node-linux/{bin,include/node,lib/node_modules/npm/bin}
	printf '#!/bin/sh\necho a node of a build\n' >node-linux/bin/node
	chmod +x node-linux/bin/node
	echo tool >node-linux/lib/node_modules/npm/bin/npm-cli.js
	ln -sf ../lib/node_modules/npm/bin/npm-cli.js node-linux/bin/npm
	printf '#define NODE_MAJOR_VERSION %s\n#define NODE_MINOR_VERSION %s\n#define NODE_PATCH_VERSION %s\n' ${1//./ } >node-linux/include/node/node_version.h
}

python_build() {
	mkdir -p python/{bin,include/python3.10,lib/python3.10}
	printf '#!/bin/sh\necho a python of a build\n' >python/bin/python3.10
	chmod +x python/bin/python3.10
	ln -sf python3.10 python/bin/python3
	touch python/lib/python3.10/os.py
	printf '#define PY_VERSION   "%s"\n' "$1" >python/include/python3.10/patchlevel.h
}

packed() { tar -czf "$1.tar.gz" "$1" && sha256sum "$1.tar.gz" | cut -d' ' -f1; }

# What the image that was built last has at a path.
built() {
	rm -rf image
	mkdir image
	tar -xf out/notes-1.tar -C image
	jq -r '.[0].Layers[]' image/manifest.json | while read -r layer; do tar -xOf "image/$layer" "$1" 2>/dev/null || true; done
}

names() { jq -r '.[0].Layers[]' image/manifest.json | while read -r layer; do tar -tf "image/$layer"; done; }

who=home/frappe/frappe-bench/who

@test "without a word of it the suite's own are taken, and with their version, too" {
	mkbench 0 build -o out notes.yml
	[[ $(built "$who") == $'/usr/bin/python3\n/usr/bin/node' ]]
	write_recipe 'python: "3.13"' 'node: "20"'
	mkbench 0 lock notes.yml
	mkbench 0 build -o out notes.yml
	[[ $(built "$who") == $'/usr/bin/python3.13\n/usr/bin/node' ]]
	[[ $output != *interpreters* ]]
}

@test "builds of them have a layer of their own, are tried, and the lock says which" {
	node_build 24.2.1
	python_build 3.10.13
	write_recipe 'python: "3.10"' 'node: "24"' 'archives:' "  - { name: node, path: node-linux.tar.gz, sha256: $(packed node-linux) }" \
		'  - { name: python, path: ./python }'
	mkbench 0 build -o out notes.yml
	[[ $(built "$who") == $'/opt/python/bin/python3\na python of a build\n/opt/node/bin/node\na node of a build' ]]
	names >list
	grep -x usr/local/bin/node list
	grep -x usr/local/bin/python3.10 list
	grep -x opt/node/lib/node_modules/npm/bin/npm-cli.js list # no source, of which such folders are left out
	run -1 grep 'include/node/' list # pruned
	run -1 grep -E 'name: nodejs,' notes.lock # Debian's would never run
	[[ $(grep -c '^interpreters ' <<<"$output") == 0 ]]
	grep -E '^  - \{name: node, version: "24.2.1", from: "node-linux.tar.gz", sha256: "[0-9a-f]{64}", tree: "sha256:[0-9a-f]{64}"\}$' notes.lock
	grep -E '^  - \{name: python, version: "3.10.13", from: "./python", tree: "sha256:[0-9a-f]{64}"\}$' notes.lock
	mkbench 0 plan notes.yml
	[[ $output == *"  runtime   node                     24.2.1 of node-linux.tar.gz"* ]]
	(cd / && "$MKBENCH" sbom --format cyclonedx "$OLDPWD/notes.yml" 2>/dev/null) >sbom.json # of its lock
	jq -e --arg sum "$(sha256sum <node-linux.tar.gz | cut -d' ' -f1)" '.components[] | select(.name == "node") | .version == "24.2.1" and .hashes[0].content == $sum' sbom.json
	jq -e '.components[] | select(.name == "python") | .version == "3.10.13" and (.purl | contains("checksum=sha256:"))' sbom.json
	mkbench 0 sbom --format cyclonedx -o image.json out/notes-1.tar # says the same of them
	same() { jq -S '[.components[] | select(.name == "node" or .name == "python") | {name, version, purl, hashes}] | sort_by(.name)' "$1"; }
	[[ $(same image.json | jq length) = 2 ]]
	diff <(same sbom.json) <(same image.json)
	mkbench 0 inspect --json out/notes-1.tar
	jq -e '[.packages[] | select(.kind == "interpreter") | [.name, .version, .path, .size_bytes > 0]] | sort ==
		[["node", "24.2.1", "/opt/node", true], ["python", "3.10.13", "/opt/python", true]]' <<<"$output"
	cp out/notes-1.tar first.tar
	mkbench 0 clean --built
	mkbench 0 build -o out notes.yml
	cmp first.tar out/notes-1.tar
	mkbench 0 build -o out notes.yml
	echo more >python/lib/python3.10/os.py # a folder is pinned as well
	mkbench 4 build -o out notes.yml
	[[ $output == *"the build of python: python differs from the lock (sha256:"*"): run 'mkbench lock' to accept it" ]]
}

@test "lock says which interpreter moved" {
	node_build 24.2.1
	write_recipe 'node: "24"' 'archives: [{ name: node, path: ./node-linux }]'
	mkbench 0 lock notes.yml
	node_build 24.3.0
	mkbench 0 lock notes.yml
	[[ $output == *"runtime"*"node"*"24.2.1"*"24.3.0"* ]]
}

@test "an app's line of source leaves the interpreters' layer as it is" {
	python_build 3.10.13
	write_recipe 'python: "3.10"' 'archives: [{ name: python, path: ./python }]'
	mkbench 0 build -o out notes.yml
	echo other >a/wish
	mkbench 0 build --progress=plain -o out notes.yml
	[[ $output == *"interpreters: cached"* ]]
}

@test "a version that nothing has is refused before any download, with what would serve" {
	write_recipe 'python: "3.10"'
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.yml:12:11: no archive of the recipe has Python 3.10 (trixie has 3.13.5): write the 'suite' that has it, an apt archive"\
" with its package 'python3.10' in base.archives, or in runtime.archives a build that runs from anywhere, by URL and SHA-256"* ]]
	write_recipe 'node: "24"'
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.yml:12:9: no archive of the recipe has Node 24 (trixie has 20.19.2)"*"'nodejs'"* ]]
	write_recipe 'python: "3.13.9"' # the minor version is there, and not that patch
	mkbench 3 build -o out notes.yml
	[[ $output == *"no archive of the recipe has Python 3.13.9 (trixie has 3.13.5)"* ]]
	write_recipe 'python: "3.13"'
	echo 'pdf: wkhtmltopdf' >>notes.yml
	mkdir "$MKBENCH_SHARE/services/wkhtmltopdf"
	echo 'packages: { runtime: [wkhtmltopdf] }' >"$MKBENCH_SHARE/services/wkhtmltopdf/service.yml"
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.yml:"*":6: no archive of the recipe has wkhtmltopdf (trixie has none, bookworm does): write 'chromium'"* ]]
	[[ ! -e out && ! -e notes.lock ]]
}

@test "a build that is another, lacks its program, does not run here or has other bytes: each is said in one line" {
	python_build 3.11.4
	write_recipe 'python: "3.10"' 'archives: [{ name: python, path: ./python }]'
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.yml:12:11: the build of Python in runtime.archives is 3.11.4, and 'python' says 3.10: write that, or another build" ]]
	python_build 3.10.4
	printf '#!/bin/sh\necho >&2 libnone.so.1: cannot open shared object file; exit 127\n' >python/bin/python3.10
	mkbench 5 build -o out notes.yml
	[[ $output == *"try the Python of runtime.archives"*"libnone.so.1: cannot open shared object file"* ]]
	rm python/bin/python3 notes.lock
	mkbench 3 build -o out notes.yml
	[[ $output == *"the build of Python in runtime.archives has no bin/python3"* ]]
	write_recipe 'python: "3.10"' "archives: [{ name: python, path: ./python.tar.gz, sha256: $(printf '%064d' 0) }]"
	packed python >/dev/null
	mkbench 4 build -o out notes.yml
	[[ $output == *"the build of python: ./python.tar.gz has another content than the recipe says: its SHA-256 is $(sha256sum python.tar.gz | cut -d' ' -f1) and not 000"* ]]
	rm python.tar.gz
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.yml:13:36: cannot open ./python.tar.gz: No such file or directory"* ]]
	packed python >/dev/null
	write_recipe 'python: "3.10"' 'archives: [{ name: python, path: ./python.tar.gz }]'
	mkbench 3 check notes.yml
	[[ $output == *"./python.tar.gz is an archive: add its 'sha256', which sha256sum prints"* ]]
	write_recipe 'python: "3.10"' "archives: [{ name: python, path: ./python, sha256: $(printf '%064d' 0) }]"
	mkbench 3 check notes.yml
	[[ $output == *"./python is a folder, so 'sha256' has no effect: remove it"* ]]
}

@test "what an app wants is held against the version that the recipe brings" {
	python_build 3.10.13
	write_recipe 'python: "3.10"' 'archives: [{ name: python, path: ./python }]'
	printf '[project]\nname = "a"\nrequires-python = ">=3.10,<3.11"\n' >a/pyproject.toml
	mkbench 0 build -o out notes.yml
	printf '[project]\nname = "a"\nrequires-python = ">=3.14"\n' >a/pyproject.toml
	rm notes.lock
	mkbench 3 build -o out notes.yml
	[[ $output == *"notes.yml:8:8: the app 'a' wants Python >=3.14, and the image would have 3.10.13, that 'runtime' names: write 'runtime: { python: \"3.14\" }',"* ]]
	[[ ! -e notes.lock ]]
}

@test "what an app wants is read where it says it, in each of the forms that there are" {
	python_build 3.10.13
	write_recipe 'python: "3.10"' 'archives: [{ name: python, path: ./python }]'
	# refused FILE TEXT: the app wants Python >=3.14
	refused() {
		rm -f a/pyproject.toml a/setup.* a/package.json
		printf %b "$2" >"a/$1"
		mkbench 3 lock notes.yml
		[[ $output == *"the app 'a' wants Python >=3.14, and the image would have 3.10.13"* && ! -e notes.lock ]]
	}
	refused pyproject.toml '\xef\xbb\xbf[project]\r\n  requires-python=">=3.14"\r\n'
	refused pyproject.toml "[project]\nrequires-python = '>=3.14'"
	refused setup.cfg '[options]\npython_requires = >=3.14\r\n'
	refused setup.py 'setup(name="a", python_requires=">=3.14")\n'
	refused setup.py "setup(\n    python_requires = '>=3.14',\n)\n"
	for text in '# python_requires=">=3.14"' 'my_python_requires=">=3.14"' 'python_requires=WANTED' 'python_requires==">=3.14"' 'python_requires'; do
		echo "$text" >a/setup.py
		mkbench 0 lock notes.yml
		rm notes.lock
	done
	echo 'python_requires=">=3.14"' >a/setup.py
	printf '[project]\nrequires-python = ">=3.10"\n' >a/pyproject.toml
	mkbench 0 lock notes.yml # the newer file counts
}

@test "check: what 'runtime' says must make sense, and the framework must take it" {
	write_recipe 'python: 3' 'node: latest' 'archives: [{ name: ruby, path: ./a }]'
	mkbench 3 check notes.yml
	[[ $output == *"notes.yml:12:11: "*"a version of Python"* && $output == *"notes.yml:13:9: "*"a version of Node"* && $output == *ruby* ]]
	write_recipe 'archives: [{ name: python, path: ./a }]'
	mkbench 3 check notes.yml
	[[ $output == *"which Python this is must be written, too: add 'python' with its version to 'runtime'"* ]]
	write_recipe 'node: "24"' 'archives: [{ name: node, archive: "https://example.org/node.tar.gz" }, { name: node }]'
	mkbench 3 check notes.yml
	[[ $output == *"'archive' needs a 'sha256'"* && $output == *"comes from one of 'archive' and 'path'"* && $output == *"a build of node is given twice"* ]]
	write_recipe 'python: "3.13"'
	sed -i '/^runtimes/d' own.yml
	mkbench 3 check notes.yml
	[[ $output == *"notes.yml:12:11: framework own runs on the suite's own Python alone: remove this, or name another suite"* ]]
}
