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

@test "Python packages: where a source package cannot be built, a compiler and headers that are not there are named" {
	mkdir -p bin headers
	cat >run.py <<-'END'
		import ast, glob, os, shutil, subprocess, sys, types
		with open(sys.argv[1]) as file:
		    found = [one for one in ast.parse(file.read()).body if getattr(one, "name", "") in ("no_compiler", "build_wheel")]
		exec(compile(ast.Module(found, []), sys.argv[1], "exec"))
		PYTHON, made = sys.argv[2], types.SimpleNamespace(returncode=1, stdout=os.environ["HEADERS"] + "\n")
		subprocess = types.SimpleNamespace(run=lambda *words, **keys: made, PIPE=None)
		unpack, fail = lambda *words: "folder", lambda *lines: sys.exit("\n".join(lines))
		build_wheel(lambda *words: made, "python", os.getpid(), types.SimpleNamespace(of=lambda: "a==1"), "a-1.tar.gz")
	END
	python=$(python3 -c 'import sys; print(sys.executable)')
	fails() { HEADERS=$PWD/headers PATH=$PWD/bin "$python" run.py "$BATS_TEST_DIRNAME/../../services/frameworks/bench/source_packages.py" "$1"; }
	run -1 fails /usr/bin/python3
	[[ ${lines[-2]} == *"'base: build_packages'" && ${lines[-1]} == "for code in C there is no build-essential and no python3-dev" ]]
	run -1 fails /opt/python/bin/python3
	[[ ${lines[-1]} == "for code in C there is no build-essential" ]]
	touch headers/Python.h
	run -1 fails /usr/bin/python3.10
	[[ ${lines[-1]} == "for code in C there is no build-essential" ]]
	printf '#!/bin/sh\n' >bin/cc
	chmod +x bin/cc
	run -1 fails /usr/bin/python3
	[[ ${lines[-1]} == *"'base: build_packages'" ]]
	rm headers/Python.h
	run -1 fails /usr/bin/python3.10
	[[ ${lines[-1]} == "for code in C there is no python3.10-dev" ]]
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

@test "bench: a commit's files are the same bytes each time, are asked what they need, and are what they are asked for as" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	git init -qb main repo
	mkdir -p repo/sub
	echo outer >repo/file
	echo inner >repo/sub/file
	git -C repo add .
	git -C repo -c user.name=a -c user.email=a@example.org commit -qm one
	address=git+file://$PWD/repo@$(git -C repo rev-parse HEAD)
	# own LINE ANSWERS: the pin of what the line asks for, the file in it, and what else is asked for.
	own() {
		LINE=$1 ANSWERS=$2 PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench /usr/bin/python3 -B -c \
			'import json, os, package_index
package_index.GIT_SETTINGS["GIT_ALLOW_PROTOCOL"] = "file"
import source_packages
sources = source_packages.Sources(None, None, "cache", ".", None, ())
sources.answers = json.loads(os.environ["ANSWERS"])
sources.says = lambda of, folder: asked.append((of, open(f"{folder}/file").read().strip())) or sources.answers.get(of)
asked = []
pins = source_packages.own_sources(sources, [os.environ["LINE"], "six", "y @ https://x.example/y-1-py3-none-any.whl", "z @ https://x.example/z ; python_version < \"3\""])
print(asked[0][1], *(pins or {"": None}).values(), *sources.known(), pins and os.path.exists(pins["a-b"].get("cache")), sep="\n")'
	}
	said() { printf '{"a-b==1": {"requires": []}, "c==2": {"requires": []}, "a-b @ %s": {"requires": [], "name": "%s", "version": "3.0"}}' "$@"; }
	run --separate-stderr -0 own "A_b @ $address" '{}'
	[[ ${lines[*]: -3} == "outer None None" ]]
	run --separate-stderr -0 own "A_b[x] @ $address" "$(said "$address" A.b)"
	first=${lines[2]}
	[[ $first =~ ^"a-b==3.0 --hash=sha256:"[0-9a-f]{64}" # a_b-3.0.tar.gz of $address"$ && "${lines[*]:3}" == "c==2 a-b==3.0 True" ]]
	rm -rf cache
	sleep 1
	run --separate-stderr -0 own "a.b @ $address#egg=a.b" "$(said "$address" a-b)"
	[[ ${lines[2]} == "$first" ]]
	run --separate-stderr -0 own "a-b @ $address#subdirectory=sub&egg=a" "$(said "$address#subdirectory=sub" a-b)"
	[[ ${lines[1]} == inner && ${lines[2]} == *" of $address#subdirectory=sub" ]]
	run --separate-stderr -1 own "a-b @ $address" "$(said "$address" other)"
	[[ $stderr == *"a-b @ $address: what is there calls itself 'other' of version '3.0': ask for it by that name" ]]
	run --separate-stderr -1 own "a-b @ ${address%@*}@0123456789012345678901234567890123456789" '{}'
	[[ $stderr == *"a-b: cannot get git+file://"*": see above" ]]
	run --separate-stderr -1 own "z @ https://x.example/z.exe" '{}'
	[[ $stderr == *"z: https://x.example/z.exe is no .whl, no .tar.gz and no .zip" ]]
}

@test "bench: what source packages say they need is names with versions, and an address only where an app might name it" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	says() {
		python3 -c 'import json, sys; json.dump({"a==1": {"more": [], "requires": sys.argv[1:], "python": None, "extras": []}}, open("python.answers", "w"))' "$@"
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench /usr/bin/python3 -B -c 'import source_packages; print(source_packages.read_answers("."))'
	}
	run -0 says 'six (>=1,<3) ; python_version > "2"' 'x @ git+https://git.example/x@main ; extra == "dev"' 'x @ https://git.example/x.whl'
	run -1 says '--index-url https://index.example/'
	[[ $output == "a==1 asks with option --index-url, which is not taken: "* ]]
	run -1 says $'six\n--pre'
	[[ $output == "'a==1' says that it needs 'six\n--pre', which is no name with versions" ]]
	run -1 says 'x @ git+https://git.example/x@main'
	[[ $output == "a==1 asks for x of git by no commit: "* ]]
	run -1 says 'x @ file:///etc/passwd'
	[[ $output == "a==1 asks for x at 'file:', which is not taken: "* ]]
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

@test "bench: a source package that uv wanted to run is asked, and one that only a package asks for by an address is refused" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	wanted() {
		echo "/tmp/uv-cache/$1" >refused
		SAID=${2:-} PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench /usr/bin/python3 -B -c 'import os, package_choice
package_choice.REFUSED = "refused"
try:
    package_choice.refused(os.environ["SAID"])
except package_choice.Unknown as unknown:
    print(*unknown.args[:2])'
	}
	[[ $(wanted sdists-v9/pypi/a-b/1.0/xyz/src) == "a-b 1.0" && $(wanted sdists-v9/index/0123/url/1.0/xyz/src) == "url 1.0" ]]
	for kind in url path; do
		run -1 wanted sdists-v9/$kind/0123/xyz/src 'Failed to build `a-b[x] @ https://x.example/a.zip`'
		[[ ${lines[0]} == "the Python package a-b is a source package of an address, "*"by a-b @ https://…, or for a release of it" ]]
	done
	run -1 wanted git-v0/checkouts/0123/456 'Failed to build `a-b @ git+https://x.example/a`'
	[[ ${lines[0]} == "the Python package a-b is a source package of an address, "*"by a-b @ git+https://…@COMMIT, or for a release of it" ]]
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

@test "bench: a source package's files stay in their folder, are files, and are no more than an app may have" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	unpacked() {
		rm -rf outside into
		mkdir outside
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench /usr/bin/python3 -B -c \
			'import source_files, source_packages, sys; print(source_packages.unpack(sys.argv[1], "into/it", "a==1"))' "$1"
	}
	# pack KIND=NAME=TEXT...: a source package a.tar.gz of those members.
	pack() {
		python3 - "$@" <<-'END'
			import io, sys, tarfile
			kinds = {"file": tarfile.REGTYPE, "link": tarfile.SYMTYPE, "same": tarfile.LNKTYPE, "pipe": tarfile.FIFOTYPE}
			with tarfile.open("a.tar.gz", "w:gz") as out:
			    for kind, name, text in (word.split("=", 2) for word in sys.argv[1:]):
			        member = tarfile.TarInfo(name)
			        member.type, member.mode, member.linkname = kinds[kind], 0o6755, text
			        member.size = len(text) if kind == "file" else 0
			        out.addfile(member, io.BytesIO(text.encode()))
		END
	}
	pack file=a-1/setup.py=x link=a-1/l=setup.py same=a-1/second=a-1/setup.py pipe=a-1/pyproject.toml= link=a-1/away="$PWD/outside" link=a-1/b/up=../../..
	[[ $(unpacked a.tar.gz) == into/it/a-1 ]]
	[[ $(cd into/it/a-1 && find . -mindepth 1 -printf '%P %M %l\n' | sort | xargs) == \
		"b drwxr-xr-x l lrwxrwxrwx setup.py second -rwxr-xr-x setup.py -rwxr-xr-x" ]]
	for words in "file=a-1/../../../outside/x=y" "file=$PWD/outside/x=y" "same=a-1/x=../../../etc/passwd" "link=../outside/x=y"; do
		pack file=a-1/f=x "$words"
		run -1 unpacked a.tar.gz
		[[ $output == "a==1: its source package is not unpacked: '"*"' leads out of it" ]]
		[[ -z $(ls outside) ]]
	done
	pack link=a-1/l="$PWD/outside" file=a-1/l/x=y
	unpacked a.tar.gz
	[[ -z $(ls outside) && -f into/it/a-1/l/x ]]
	# gigabytes, by a file, by what the format keeps in memory, by many names
	python3 - <<-'END'
		import gzip, tarfile, zipfile
		with gzip.open("large.tar.gz", "wb", 1) as out:
		    member = tarfile.TarInfo("a-1/f")
		    member.size = 5 << 30
		    out.write(member.tobuf())
		with gzip.open("head.tar.gz", "wb", 1) as out:
		    member = tarfile.TarInfo("a-1/f")
		    member.size, member.type = 3 << 30, tarfile.XHDTYPE
		    out.write(member.tobuf())
		    for _ in range(2048):
		        out.write(bytes(1 << 20))
		with tarfile.open("many.tar.gz", "w:gz", compresslevel=1) as out:
		    for n in range(200002):
		        out.addfile(tarfile.TarInfo("a-1"))
		with zipfile.ZipFile("large.zip", "w") as out:
		    out.writestr("a-1/f", "x")
		text = open("large.zip", "rb").read()
		at = text.rindex(b"PK\1\2")
		open("large.zip", "wb").write(text[:at + 24] + (0xfffffff0).to_bytes(4, "little") + text[at + 28:])
	END
	run -1 unpacked large.tar.gz
	[[ $output == "a==1: its source package is not unpacked: it unpacks to more than 4294967296 bytes" ]]
	run -1 unpacked head.tar.gz
	[[ $output == "a==1: its source package is not unpacked: it wants more than 1073741824 bytes of memory" ]]
	run -1 unpacked many.tar.gz
	[[ $output == "a==1: its source package is not unpacked: it holds more than 200000 files" ]]
	head -c 40 a.tar.gz >torn.tar.gz
	for file in torn.tar.gz large.zip; do
		run -1 unpacked $file
		[[ $output == "a==1: its source package is not unpacked: it is damaged: "* && ${#lines[@]} == 1 ]]
	done
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

@test "bench: a source package is built of files with the times that its archive has" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	python3 - <<-'END'
		import io, tarfile, zipfile
		files = {"made.c": 1666967700, "made.pyx": 1611199000, "old": 0, "new": 1 << 40}
		with tarfile.open("a-1.tar.gz", "w:gz") as out:
		    for name, seconds in files.items():
		        member = tarfile.TarInfo(f"a-1/{name}")
		        member.mtime = seconds
		        out.addfile(member, io.BytesIO())
		    link = tarfile.TarInfo("a-1/same")
		    link.type, link.linkname = tarfile.LNKTYPE, "a-1/made.c"
		    out.addfile(link)
		with zipfile.ZipFile("a-1.zip", "w") as out:
		    for name, year in ("made.c", 2022), ("made.pyx", 2021):
		        out.writestr(zipfile.ZipInfo(f"a-1/{name}", (year, 1, 2, 3, 4, 6)), "")
	END
	# built FILE: the times of what uv is given, as the name of the wheel that it makes.
	built() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench TZ=America/Denver /usr/bin/python3 -B -c \
			'import os, source_packages, subprocess, sys, types
def uv(*words):
    times = [int(os.stat(f"{words[-1]}/{name}").st_mtime) for name in sorted(os.listdir(words[-1]))]
    out = words[words.index("--out-dir") + 1]
    os.makedirs(out)
    open(f"{out}/{times}.whl", "w").close()
    return types.SimpleNamespace(returncode=0)
number = os.getpid()
try:
    print(source_packages.build_wheel(uv, "python", number, types.SimpleNamespace(of=lambda: "a==1"), sys.argv[1]).rpartition("/")[2])
finally:
    subprocess.run(["rm", "-rf", f"/tmp/sources/{number}", f"/tmp/wheels/{number}"])' "$1"
	}
	[[ $(built a-1.tar.gz) == "[1666967700, 1611199000, 4294967295, 315532800, 1666967700].whl" ]]
	[[ $(built a-1.zip) == "[1641092646, 1609556646].whl" ]]
}

@test "bench: whatever a source package leaves where its answer should be, or prints, it has failed to answer" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	mkdir package
	# answers CODE: what is known of a package whose backend does that, with "out" where its answer goes.
	answers() {
		printf 'import os, __main__\nout = __main__.ask["out"]\ndef get_requires_for_build_wheel(_):\n    %s\n    os._exit(0)\n' "$1" >package/backend.py
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench timeout 120 /usr/bin/python3 -B -c \
			'import os, resource, source_packages, subprocess, types
resource.setrlimit(resource.RLIMIT_DATA, (1 << 28, 1 << 28))
number = os.getpid()
try:
    print(source_packages.ask_one(lambda *_: types.SimpleNamespace(returncode=0), "cache", number, {
        "of": "a==1", "folder": "package", "backend": "backend", "path": ["."], "needs": [], "whole": True, "wheels": []}))
finally:
    subprocess.run(["rm", "-rf", *(f"/tmp/answers/{number}{end}" for end in ("", ".source", ".json", ".json.said"))])'
	}
	for code in 'os.symlink("/dev/zero", out)' 'os.mkfifo(out)' 'os.mkdir(out)' 'open(out, "w").write("[" * 200000)' 'open(out, "wb").write(b"\\xff")' \
		'open(out, "w").truncate(3 << 30)'; do
		run -0 answers "print(\"words\", flush=True); $code"
		[[ $output == "{'failed': 'words'}" ]] || { echo "$code: $output"; return 1; }
	done
	run -0 answers 'any(print(end="x" * 1000000) for _ in range(300)); print("\\nwords", flush=True)'
	[[ $output == "{'failed': "*"words'}" && ${#output} -lt 70000 ]]
	run -0 answers 'print("words", flush=True); open(out, "w").write("{\"more\": []}")'
	[[ $output == "{'more': []}" ]]
}
