#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What framework bench does to choose, get and build Python packages.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "Python packages: what uv notes of its cache, with the time, is in no environment" {
	info=env/lib/python3.11/site-packages/one-1.0.dist-info
	mkdir -p "$info" "${info/one/two}"
	printf 'one/__init__.py,,\r\none-1.0.dist-info/uv_cache.json,sha256=AAAA,94\r\none-1.0.dist-info/RECORD,,\r\n' >"$info/RECORD"
	echo '{"timestamp": 1}' >"$info/uv_cache.json"
	# The whole of python.py wants the image's pip.
	python3 - "$BATS_TEST_DIRNAME/../../services/frameworks/bench/python.py" <<-'END'
		import ast, contextlib, glob, os, sys
		with open(sys.argv[1]) as file:
		    found = [one for one in ast.parse(file.read()).body if getattr(one, "name", "") == "forget_cache_notes"]
		exec(compile(ast.Module(found, []), sys.argv[1], "exec"))
		forget_cache_notes("env")
	END
	printf 'one/__init__.py,,\r\none-1.0.dist-info/RECORD,,\r\n' | cmp - "$info/RECORD"
	[[ $(ls "$info") == RECORD ]]
}

@test "bench: what an app asks for names packages, and neither an index nor another way to take them" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	mkdir -p apps/one
	asks() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench /usr/bin/python3 -B -c \
			'import python
class Sources:
    def says(self, *what):
        said.append(what)
        return {"python": None, "requires": ["attrs", "x @ git+https://git.example/x@main ; extra == \"dev\""]}
said = []
a = python.declared(".", "one", False, Sources())
print("|".join(a.names), "|".join(a.constraints), a.hashes, said, sep="\n")'
	}
	# refuses LINE TEXT: in one line.
	refuses() {
		echo "$1" >apps/one/requirements.txt
		run -1 asks
		[[ $output == *"the app 'one': "*$2* && ${#lines[@]} == 1 && $output != *hunter2* ]] || { echo "$1: $output"; return 1; }
	}
	cd apps/one
	mkdir -p requirements
	printf '%s\n' 'flask>=2 # words' '--pre' 'x[y]==1; python_version > "3"' '-r requirements/more.txt' '--require-hashes' '-cconstraints.txt' '-e .' \
		$'six==1 \\\r\n  --hash=sha256:ab --hash=sha512:cd' >requirements.txt
	printf '%s\r\n' $'\xef\xbb\xbfclick (>=8)' '--requirement=base.txt' 'tiny @ git+https://git.example.org/o/tiny@0123456789012345678901234567890123456789 ; python_version>"3"' \
		>requirements/more.txt
	echo 'plain @ https://files.example.org/plain-1-py3-none-any.whl' | iconv -t UTF-16 >requirements/base.txt
	echo 'flask<4' >constraints.txt
	touch setup.py
	cd ../..
	run -0 asks
	[ "$output" = 'flask>=2|--pre|x[y]==1; python_version > "3"|click (>=8)|plain @ https://files.example.org/plain-1-py3-none-any.whl|tiny @ git+https://git.example.org/o/tiny@0123456789012345678901234567890123456789 ; python_version>"3"|six==1|attrs
flask<4
{'"'six': [{'ab'}]}
[(\"the app 'one'\", './apps/one')]" ]
	for option in '--no-binary :all:' '--index-url https://index.example/' '-ihttps://index.example/' '--extra-index-url=https://x.example/' \
		'-e git+https://git.example/a.git' '-e ./sub' '--find-links /tmp' '--no-index' '--trusted-host x' $'--no-\\\nbinary :all:'; do
		refuses "$option" "asks with option -*, which is not taken: "
	done
	for name in '-r ../two.txt' '-c /etc/passwd' '-r https://x.example/r.txt' '--requirement=sub/../../x.txt'; do
		refuses "$name" "names *, which is not below the app's folder: write "
	done
	refuses '-r none.txt' 'names none.txt, which is not there, or is called otherwise'
	ln -s ../../out.txt apps/one/link.txt
	echo six >out.txt
	refuses '-r link.txt' "names link.txt, a link out of the app's folder"
	echo '-r requirements.txt' >apps/one/again-requirements.txt
	refuses '-r again-requirements.txt' 'requirements.txt -> again-requirements.txt -> requirements.txt: a requirements file names itself in the end'
	for n in {1..12}; do echo "-r $((n + 1))-requirements.txt" >"apps/one/$n-requirements.txt"; done
	refuses '-r 1-requirements.txt' 'requirements.txt: files that name files, more than 10 deep'
	refuses 'x @ git+https://git.example/x@main' 'x of git by no commit: write x @ git+https://git.example/x@COMMIT, all 40 digits'
	refuses 'x @ https://me:hunter2@git.example/x.whl' 'x at an address with a login: '
	refuses 'x @ https://git.example/x.whl?token=hunter2' 'x at an address with a login: '
	for address in 'git+ssh://git.example/x@main' http://x.example/x.whl file:///tmp/x.whl 'git+file:///x@0123456789012345678901234567890123456789' ./x.whl; do
		refuses "x @ $address" "x at '*:', which is not taken: write x==VERSION, x @ https://"
	done
	refuses 'x @ git+https://git.example/x@0123456789012345678901234567890123456789#subdirectory=../y' "x at an address with '#subdirectory=../y', which is not taken"
	refuses 'x @ https://git.example/x.zip#md5=ab' "x at an address with '#md5=ab', which is not taken"
	for word in https://x.example/x.whl git+https://x.example/x ./x-1.whl x-1.tar.gz; do refuses "$word" 'asks for an address or a file without a name'; done
	refuses 'x y' "asks for 'x y', which is no name with versions"
	refuses 'x==1 --hash=md5:ab' 'requirements.txt:1: --hash is taken as sha256:HEX: name that digest of x'
	refuses 'x==${VERSION}' 'has a variable of the environment'
	printf 'caf\xe9\n' >apps/one/requirements.txt
	run -1 asks
	[[ $output == "the app 'one': requirements.txt is not a text: save it as UTF-8" ]]
	printf '[project]\nname = "one"\ndependencies = ["flask\\n--index-url https://index.example/"]\n' >apps/one/pyproject.toml
	run -1 asks
	[[ $output == *"asks for 'flask\\n--index-url https://index.example/', which is no name with versions" ]]
}

@test "bench: an index that fails for a moment, or ends a file too early, is asked again, and one that says no is not" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench run -0 /usr/bin/python3 -B -c 'import http.server, package_index, threading
package_index.PAUSES_SECONDS = 0, 0
asked = []
class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_response({"/busy": 503, "/no": 403}.get(self.path, 503 if len(asked) == 1 else 200))
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"wh" if len(asked) == 2 else b"whole")
    log_message = lambda *_: None
server = http.server.HTTPServer(("127.0.0.1", 0), Index)
threading.Thread(target=server.serve_forever, daemon=True).start()
for path in "/file", "/busy", "/no":
    try:
        package_index.download(f"http://127.0.0.1:{server.server_port}{path}", "file")
        print(open("file.part").read(), len(asked))
    except OSError as error:
        print(error.code, len(asked))
    asked.clear()'
	[[ $output == *"again file HTTP Error 503: Service Unavailable"*"again file the answer ends 3 bytes too early"$'\n'"whole 3"*$'\n'"503 3"$'\n'"403 1" ]]
}

@test "bench: what is asked stays for the build that asks, whatever another one does with the cache meanwhile" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	mkdir -p one two source/a-1
	echo yes >source/a-1/file
	tar -czf a-1.tar.gz -C source a-1
	PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench run -0 /usr/bin/python3 -B -c 'import json, os, source_packages
source_packages.get_all = lambda *_: []
source_packages.Sources.built_with = lambda *_: []
start = lambda pins: source_packages.Sources(None, "uv==1", "cache", pins, None, ())
own = start("one")
own.says_from("a==1", "source/a-1")
source_packages.choose_build(own, {"b==1": "a-1.tar.gz"})
own.is_asking()
start("two").says_from("c==1", "source/a-1")
start("two").forget()
print(*(open(ask["folder"] + "/file").read().strip() for ask in json.load(open("one/python.asked"))["packages"]))
start("one").forget()
print(*os.listdir("one"), *os.listdir("cache") if os.path.exists("cache") else ())'
	[[ ${lines[*]: -2} = "yes yes python.asked" ]]
}

@test "bench: packages of an index that has no dates are taken without, the others as of the apps' commits" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	# uv says it of the files that it has looked at, and ends at the first package that it cannot have.
	cat >choice.py <<-'END'
		import sys, types, package_choice
		package_choice.lay_interpreter = lambda: None
		package_choice.open = lambda path, *how: open(path.replace("/tmp/", ""), *how)
		files = {"own-a": ["own_a-1.0-py3-none-any.whl", "own_a-0.9.zip"], "b": ["b-2.tar.gz", "odd"]}
		def uv(*words, **_):
		    print(*[word for word in words if "newer" in word or word in ("2023-01-02", "-q")])
		    for name in files:
		        if "--exclude-newer" in words and f"--exclude-newer-package={name}=false" not in words:
		            said = [f"warning: `{file}` is missing an upload date, but user provided: 2023-01-02" for file in files[name]]
		            return types.SimpleNamespace(returncode=1, stderr="\n".join([*said, "error: No solution found"]))
		    if sys.argv[1] == "none":
		        return types.SimpleNamespace(returncode=1, stderr="warning: `b-2.tar.gz` is missing an upload date, but\nerror: you require c\n")
		    open("pylock.toml", "w").write("[[packages]]\nname = 'b'\n")
		    return types.SimpleNamespace(returncode=0, stderr="")
		for before in sys.argv[2:]:
		    print(package_choice.compile_set(uv, ["b"], before if before != "-" else None, "all"), *sorted(package_choice.undated))
	END
	choose() { PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench run "$@"; }
	choose -0 /usr/bin/python3 -B choice.py some 2023-01-02 2023-01-02 -
	diff - <(echo "$output") <<-'END'
		--exclude-newer 2023-01-02
		--exclude-newer 2023-01-02 --exclude-newer-package=own-a=false
		--exclude-newer 2023-01-02 --exclude-newer-package=b=false --exclude-newer-package=own-a=false
		[{'name': 'b'}] b own-a
		--exclude-newer 2023-01-02 --exclude-newer-package=b=false --exclude-newer-package=own-a=false
		[{'name': 'b'}] b own-a
		-q
		[{'name': 'b'}] b own-a
	END
	choose -1 /usr/bin/python3 -B choice.py none 2023-01-02
	[[ ${lines[*]: -2} == "no set of Python packages of before 2023-01-02 suits all; 'resolve: newest' in the recipe takes later ones, too: error: you require c" ]]
}

@test "bench: a file of an app that is nested without end, too large or of another shape is one line" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	mkdir -p apps/one
	reads() { PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench /usr/bin/python3 -B -c "import app_files; print(app_files.$1('apps/one'))"; }
	# refuses FUNCTION FILE SAYS: in one line.
	refuses() {
		run -1 reads "$1"
		[[ $output == "apps/one/$2: "$3 && ${#lines[@]} == 1 ]] || { echo "$output"; return 1; }
	}
	deep=$(printf '%0100000d' 0)
	[[ $(reads package_of) == None && $(reads project_of) == '{}' ]]
	echo "{\"a\": ${deep//0/[}" >apps/one/package.json
	refuses package_of package.json 'it is nested too deeply'
	echo "a = ${deep//0/[}" >apps/one/pyproject.toml
	refuses project_of pyproject.toml 'it is nested too deeply'
	printf 'a = 1\n[' >apps/one/pyproject.toml
	refuses project_of pyproject.toml '*end of document*'
	truncate -s 65M apps/one/pyproject.toml
	refuses project_of pyproject.toml 'it is larger than *'
	while read -r line; do
		printf '%b' "${line%|*}" >apps/one/pyproject.toml
		refuses project_of pyproject.toml "${line##*|}"
	done <<-'END'
		project = 5|project is no table
		[project]\ndependencies = "x"|project.dependencies is no list
		[project]\ndependencies = ["x", 5]|project.dependencies?1? is no text
		[project]\nscripts = { a = 1 }|project.scripts.a is no text
		[build-system]\nrequires = [[]]|build-system.requires?0? is no text
		[tool.bench]\ndev-dependencies = []|tool.bench.dev-dependencies is no table
	END
	while read -r line; do
		echo "${line%|*}" >apps/one/package.json
		refuses package_of package.json "${line##*|}"
	done <<-'END'
		[1]|it is no table
		{"scripts": {"build": 5}}|scripts.build is no text
		{"packageManager": []}|packageManager is no text
		{"dependencies": [1]}|dependencies is no table
	END
	echo '{"dependencies": null, "scripts": {"build": "x"}, "files": 5}' >apps/one/package.json
	[[ $(reads package_of) == "{'scripts': {'build': 'x'}, 'files': 5}" ]]
}
