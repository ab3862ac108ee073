#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs of framework bench for its steps, each by itself.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "bytecode: what is no Python has none, each file is compiled once, and what a crash has torn again" {
	compile() { python3 -B "$BATS_TEST_DIRNAME/../../services/frameworks/bytecode.py" cache "$PWD/tool"; }
	sums() { find tool -name '*.pyc' | sort | xargs sha256sum; }
	mkdir -p tool/inner
	echo 'ONE = "one"' >tool/one.py
	echo 'def two(): return 2' >tool/inner/two.py
	echo '{% name %}' >tool/inner/template.py
	run -0 compile
	[[ $output == "no bytecode of $PWD/tool/inner/template.py: SyntaxError"* && ${#lines[@]} == 1 ]]
	sums >first
	[[ $(wc -l <first) == 2 && $(find cache -type f | wc -l) == 2 ]]
	for kept in cache/*/*; do
		printf torn | dd of="$kept" bs=1 seek=40 conv=notrunc status=none
	done
	find tool -name '*.pyc' -delete
	compile
	sums | diff first -
	python3 -c 'import hashlib, sys; open(sys.argv[1], "wb").write(hashlib.sha256(b"kept").digest() + b"kept")' "$kept"
	find tool -name '*.pyc' -delete
	compile
	[[ $(find tool -name '*.pyc' -exec grep -lx kept {} + | wc -l) == 1 ]]
	echo 'ONE = "other"' >tool/one.py
	compile
	[[ $(find cache -type f | wc -l) == 3 ]]
}

@test "bytecode: it does not depend on names that the process knew before, nor on what else refers to its parts" {
	# what marshal is given: the order of each set, and whether something beside the code refers to a number
	cat >look.py <<-'END'
		import importlib.machinery, sys, types
		import bytecode
		known = [sys.intern(name) for name in sys.argv[1:]]
		source = "def f(x): return x + 1234.5\n" + "".join(
		    "def g(x): return x in {%s}\n" % ", ".join(f"'{kind}_{n}'" for n in range(60)) for kind in "abcd")
		source = source.encode()
		def dumps(code):
		    numbers = [part for part in bytecode.parts_of(code) if isinstance(part, float)]
		    print([list(part) for part in bytecode.parts_of(code) if isinstance(part, frozenset)])
		    print("referred to:", sys.getrefcount(numbers[0]) - alone)
		    return b""
		plain = importlib.machinery.SourceFileLoader("plain", "f.py").source_to_code(b"def f(x): return x + 1234.5", "f.py")
		alone = sys.getrefcount([part for part in bytecode.parts_of(plain) if isinstance(part, float)][0]) + 1
		bytecode.marshal = types.SimpleNamespace(dumps=dumps)
		bytecode.bytecode_of("f.py", source)
	END
	look() { PYTHONHASHSEED=0 PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks python3 -B look.py "$@"; }
	look >alone
	cat alone
	grep "'d_59'.*'a_59'\|'a_59'.*'d_59'" alone
	grep -x 'referred to: [1-9]' alone
	look {a..d}_{0..59} | diff alone -
	look {b..c}_{5..25} | diff alone -
}

@test "package managers: the newest that runs on the image's Node, and none that its own script would have to install" {
	mkdir bin
	cat >rows <<-'END'
		[{"version": "12.1.0", "engines.node": ">=18", "dist.integrity": "a", "optionalDependencies": {"@pnpm/exe.linux-x64": "12.1.0"}},
		 {"version": "11.2.0", "engines.node": ">=22.13", "dist.integrity": "b"},
		 {"version": "10.3.0", "engines.node": ">=12 <14 || 14.2 - 14.9 || >14.10.0", "dist.integrity": "c"},
		 {"version": "10.4.0-rc.1", "dist.integrity": "d"}, {"version": "9.9.0", "engines.node": ">=18", "dist.integrity": "e"}]
	END
	printf '#!/bin/sh\ncat %s/rows\n' "$PWD" >bin/npm
	printf '#!/bin/sh\necho "$NODE"\n' >bin/node
	chmod +x bin/npm bin/node
	newest() {
		NODE=$1 PATH=$PWD/bin:$PATH PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c \
			'import node, sys; print(node.newest_manager("cache", "pnpm", sys.argv[1] or None)["version"])' "${2:-}"
	}
	[[ $(newest v18.20.4) == 10.3.0 && $(newest v22.14.0) == 11.2.0 && $(newest v14.9.3) == 10.3.0 ]]
	run -1 newest v14.10.0
	[[ $output == "no pnpm runs on Node 14.10.0: name another as 'packageManager'"* ]]
	echo '[{"version": "12.1.0", "dist.integrity": "a", "optionalDependencies": {"@pnpm/exe.linux-x64": "12.1.0"}}]' >rows
	run -1 newest v22.14.0 12.1.0
	[[ $output == "pnpm 12.1.0 is a program for one kind of machine"* ]]
}

@test "package managers: which one an app means, and none that would choose anew at each build" {
	# means FIELD FILES...: the manager and version of an app with such a packageManager and such locks.
	means() {
		rm -rf one
		mkdir one
		for file in "${@:2}"; do echo '# yarn lockfile v1' >"one/$file"; done
		MEANS=$1 PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c \
			'import node, os; print(*node.manager_of("one", {"packageManager": os.environ["MEANS"]}))'
	}
	[[ $(means yarn@1.22.22 yarn.lock) == "yarn 1.22.22" && $(means yarn@4.9.1+sha512.ab yarn.lock) == "berry 4.9.1" ]]
	[[ $(means pnpm@9.15.9 pnpm-lock.yaml) == "pnpm 9.15.9" && $(means npm@10.1.0 npm-shrinkwrap.json) == "npm 10.1.0" ]]
	[[ $(means "" yarn.lock) == "yarn 1" && $(means "" pnpm-lock.yaml) == "pnpm None" && $(means "") == "None None" ]]
	[[ $(means yarn@1.22.22) == "None None" && $(means pnpm@9.15.9) == "None None" && $(means npm@10.1.0) == "None None" ]]
	[[ $(means yarn@4.9.1 package-lock.json) == "npm None" ]]
}

@test "package managers: a lock that a newer yarn has written anew is taken again, and never one of other packages" {
	lock() { printf '__metadata:\n  version: %s\n\n"a@npm:1":\n  resolution: "a@npm:%s"\n  checksum: %s\n' "$@"; }
	takes() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c 'import node; node.take_berry_lock("kept", "one")'
		head -2 one/yarn.lock | tail -1
	}
	mkdir one
	lock 8 1.0 aa >one/yarn.lock
	[[ $(takes) == "  version: 8" ]]
	for other in "10 1.1 aa" "10 1.0 bb"; do
		lock $other >kept
		[[ $(takes) == "  version: 8" ]]
	done
	lock 10 1.0 aa >kept
	[[ $(takes) == "  version: 10" ]]
}

@test "package managers: when one app moves, what the others had stays where it suits" {
	kept() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c \
			'import node, sys; print(node.kept_manager("lock a {}\nmanager yarn 1.22.1 sha512-x a b\n", *sys.argv[1:3], sys.argv[3:]))' "$@"
	}
	[[ $(kept yarn 1 b c) == "manager yarn 1.22.1 sha512-x b c" && $(kept yarn "" a) == "manager yarn 1.22.1 sha512-x a" ]]
	[[ $(kept yarn 1.22.1 a) == "manager yarn 1.22.1 sha512-x a" && $(kept yarn 1.22.19 a) == None && $(kept yarn 1.2 a) == None ]]
	[[ $(kept yarn 1 c) == None && $(kept pnpm "" a) == None ]]
}

@test "package managers: where one fails, packages with an address of their own are named, and what replaces them" {
	mkdir -p bin own
	printf '#!/bin/sh\necho refused >&2\nexit 1\n' >bin/npm
	chmod +x bin/npm
	fails() {
		echo "$1" >own/package.json
		PATH=$PWD/bin:$PATH PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c "import node; $2"
	}
	addresses='{"dependencies": {"plain": "^1", "hosted": "github:team/hosted", "alias": "npm:@team/x@1", "near": "file:../near"},
		"devDependencies": {"@team/built": "git+ssh://git@code.example/built.git#main"}}'
	for step in 'node.run_manager("npm", "cache", "own", {}, False)' 'node.npm("install", cwd="own")'; do
		run -1 fails "$addresses" "$step"
		[[ ${lines[-2]} == *": see above" && ${lines[-1]} == "@team/built, hosted: "*"'overrides'"* ]]
		run -1 fails '{"dependencies": {"plain": "^1", "near": "../near", "alias": "npm:@team/x@1"}}' "$step"
		[[ ${lines[-1]} == *": see above" ]]
	done
}

@test "package managers: the packages stay of a run, what an app has of its own as it was, and no note or setting of theirs" {
	mkdir -p apps/{plain,own/.yarn/releases}
	echo '{"dependencies": {"x": "1"}}' | tee apps/plain/package.json >apps/own/package.json
	echo 'ours: 1' | tee apps/plain/yarn.lock apps/own/yarn.lock >apps/own/.yarnrc.yml
	touch apps/own/.yarn/releases/yarn.cjs
	ln -s plain apps/own/link
	cp -r apps before
	cat >run.py <<-'END'
		import os, node
		def run(kind, cache, folder, managers, changed):
		    for name in ("node_modules/x/index.js", "node_modules/.modules.yaml", "node_modules/.yarn-state.yml", ".yarn/install-state.gz",
		                 ".yarn/build-state.yml" if folder.endswith("plain") else ".yarn/install-state.gz", ".yarnrc.yml", "yarn.lock",
		                 "package-lock.json", ".pnp.cjs", ".pnp.loader.mjs"):
		        os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
		        with open(f"{folder}/{name}", "a") as out:
		            out.write(f"{os.getpid()}\n")
		node.run_manager, node.pinned = run, lambda pins, app: ({}, {"plain": "{}"})
		for app in ("plain", "own"):
		    node.install("cache", "pins", ".", app)
	END
	PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B run.py
	[[ -f apps/plain/node_modules/x/index.js && -f apps/own/node_modules/x/index.js && -L apps/own/link ]]
	rm -r apps/*/node_modules/x
	rmdir apps/*/node_modules
	diff -r --no-dereference before apps
}

@test "what stays of node_modules: of packages whose stylesheets a running bench compiles, those, and what they import" {
	local app modules=one/node_modules
	finish() { python3 -B "$BATS_TEST_DIRNAME/../../services/frameworks/bench/finish.py" . "" one two; }
	package() { mkdir -p "apps/$modules/$1" && echo "{$2}" >"apps/$modules/$1/package.json" && touch "apps/$modules/$1/index.js"; }
	mkdir -p apps/{one/one,two/two/public} assets apps/$modules/{ink/{css,js,both/deep},@a/tint,base}
	for app in one two; do
		echo '{}' >"apps/$app/package.json"
	done
	for name in ink @a/tint base sass tree unused js-only; do
		package $name "$([[ $name != sass ]] || echo '"dependencies": {"tree": "1"}')"
	done
	touch apps/$modules/ink/{js/ink.js,both/ink.svg,both/deep/{a.less,a.js}} apps/$modules/base/_base.scss
	echo '@use "~@a/tint/tint" with ($a: 1);' >apps/$modules/ink/css/ink.scss
	echo "@import url(https://h/x.css), 'base/base', 'x/node_modules/../..';" >apps/$modules/@a/tint/tint.css
	echo 'require("sass"); require("fs");' >apps/one/theme.js
	printf '%s\n' '@import "own",' '  "~ink/css/ink"; // js-only' 'a { content: "unused" }' >apps/two/two/public/x.scss
	left() { grep -vE '^(apps/two|assets)' .left-out | sort | xargs; }
	finish
	[[ $(left) == "$(printf "apps/$modules/%s " @a base ink js-only sass tree unused | sed 's/ $//')" ]]
	echo 'run("theme.js")' >apps/one/one/x.py
	finish
	left
	diff <(left | tr ' ' '\n') <(printf "apps/$modules/%s\n" @a/tint/index.js base/index.js ink/both/deep/a.js ink/both/ink.svg ink/index.js ink/js \
		js-only unused)
}

@test "assets: a stylesheet in Sass is compiled once for all that is made of it, and as its compiler does by itself" {
	command -v node >/dev/null || skip "needs node"
	mkdir -p node_modules/sass
	cat >node_modules/sass/index.js <<-'END'
		// A compiler that counts, and asks its importer as the real ones do: with a callback where it does not wait for one.
		let times = 0;
		const css = (options, file) => Buffer.from(`${file} ${options.importer ? options.importer("a", "b").file : ""} ${++times}`);
		exports.renderSync = (options) => {
			if (options.file === "bad") throw new Error("never seen");
			return { css: css(options, options.file), stats: { includedFiles: [options.file] } };
		};
		exports.render = (options, answer) => {
			if (options.file === "bad") return setImmediate(answer, new Error("line 3"));
			if (!options.importer) return setImmediate(answer, null, { css: Buffer.from("by callback") });
			options.importer("a", "b", (found) => answer(null, { css: Buffer.from(`later ${found.file}`) }));
		};
		exports.compile = (file, options) => ({ css: `${file} ${options.style} ${++times}` });
		Object.freeze(exports);
	END
	cat >bundler.js <<-'END'
		const render = (options) => new Promise((good, bad) =>
			require("sass").render(options, (error, made) => (error ? bad(error) : good(made.css.toString()))));
		const one = () => ({ file: "one" }), two = () => ({ file: "two" });
		(async () => {
			console.log(await render({ file: "a.scss", includePaths: ["x"], importer: one }));
			console.log(await render({ file: "a.scss", includePaths: ["x"], importer: one }));
			console.log(await render({ file: "a.scss", includePaths: ["x"], importer: two }));
			console.log(await render({ file: "a.scss", includePaths: ["y"], importer: two }));
			console.log(await render({ file: "a.scss", importer: (name, from, answer) => answer({ file: "three" }) }));
			console.log(await render({ data: "a {}" }));
			console.log(await render({ file: "bad" }).catch((error) => `refused: ${error.message}`));
			for (const style of ["compressed", "expanded", "compressed"]) console.log(require("sass").compile("b.scss", { style }).css);
			console.log(Object.keys(require("sass")).join());
		})();
	END
	node --require="$BATS_TEST_DIRNAME/../../services/frameworks/bench/assets.js" bundler.js >made
	diff - made <<-'END'
		a.scss one 1
		a.scss one 1
		a.scss two 2
		a.scss two 3
		later three
		by callback
		refused: line 3
		b.scss compressed 4
		b.scss expanded 5
		b.scss compressed 4
		renderSync,render,compile
	END
}

@test "bench: package managers are told to run nothing of an app or a package" {
	manager() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B -c 'import node, sys
node.get_manager = lambda *_: ["sh", "-c", "echo \"$YARN_IGNORE_PATH $YARN_ENABLE_SCRIPTS $*\" >>said; exit 1", "manager"]
node.run_manager(sys.argv[1], "cache", ".", {}, False)' "$1" || true
	}
	for kind in yarn berry pnpm; do manager $kind; done
	[[ $(grep -c -e '^1 .*--ignore-scripts' -e '^1 false ' said) = $(wc -l <said) ]]
	[[ $(grep -c -e '--config.node-linker' said) = $(grep -c -e '--ignore-pnpmfile' said) ]]
}

@test "source packages: what a compiler makes of one is the same in whatever folder uv unpacks it" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	mkdir first second
	echo 'int one(void) { return OURS; }' | tee first/one.c >second/one.c
	cat >uv <<-'END'
		#!/bin/sh
		for folder in first second; do
			(cd $folder && cc -g -O2 $CFLAGS -c one.c && mv one.o one.c.o && c++ -x c++ -g -O2 $CXXFLAGS -c one.c)
		done
	END
	python3 -c 'import zipfile; zipfile.ZipFile("uv.whl", "w").write("uv", "uv-1.data/scripts/uv")'
	CFLAGS=-DOURS=1 CXXFLAGS=-DOURS=2 PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench python3 -B - <<-'END'
		import package_choice
		class Pin:
		    def get(self, cache):
		        return "uv.whl"
		assert package_choice.start_uv("cache", Pin())().returncode == 0
	END
	cmp first/one.c.o second/one.c.o
	cmp first/one.o second/one.o
}

@test "commands: what an image does otherwise is named, and the framework's name may come first" {
	mkdir -p bench/env/bin
	printf '#!/bin/sh\necho "$*"\n' >bench/env/bin/python
	chmod +x bench/env/bin/python
	bench() { python3 -B "$BATS_TEST_DIRNAME/../../services/frameworks/bench/command.py" "$PWD/bench" atelier "$@"; }
	run -1 bench restart --web
	[[ $output == "bench restart: benchctl restart does that" ]]
	run -1 bench set-nginx-port one.localhost 80
	[[ $output == "bench set-nginx-port: the recipe's nginx.port does that" ]]
	run -1 bench atelier --site one.localhost build
	[[ $output == "bench build: an image is not changed, it is replaced: build the next one by mkbench" ]]
	[[ $(bench atelier migrate) == "-m atelier.utils.bench_helper atelier migrate" ]]
}

@test "commands: without a site they mean the default one, unless a person has chosen, and a framework of before the key is told" {
	mkdir -p bench/env/bin one.localhost two.localhost
	printf '#!/bin/sh\necho "${FRAPPE_SITE-none}: $*"\n' >bench/env/bin/python
	chmod +x bench/env/bin/python
	bench() { python3 -B "$BATS_TEST_DIRNAME/../../services/frameworks/bench/command.py" "$PWD/bench" atelier "$@"; }
	[[ $(bench migrate) == none:*" atelier migrate" ]]
	echo '{"default_site": "three.localhost"}' >common_site_config.json
	[[ $(bench migrate) == none:* ]]
	echo '{"default_site": "one.localhost"}' >common_site_config.json
	[[ $(bench migrate) == one.localhost:*" atelier migrate" ]]
	[[ $(bench --site two.localhost migrate) == none:*" --site two.localhost migrate" && $(bench --site=all migrate) == none:* ]]
	[[ $(FRAPPE_SITE=two.localhost bench migrate) == two.localhost:* ]]
	echo two.localhost >currentsite.txt
	[[ $(bench migrate) == none:* ]]
}
