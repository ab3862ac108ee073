#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What framework bench does with source packages of Python: asks them what they need, unpacks and builds them.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	cd "$BATS_TEST_TMPDIR"
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

@test "bench: source packages are built beside one another: each one's words stand together, and those of one that fails are the last" {
	[[ $(echo /usr/share/python-wheels/pip-*.whl) != *'*'* ]] || skip "needs python3-pip-whl"
	mkdir out
	# build NAME...: the wheels of these. Each waits until the other has begun; the first is done last.
	build() {
		PYTHONPATH=$BATS_TEST_DIRNAME/../../services/frameworks/bench timeout 60 /usr/bin/python3 -B -c \
			'import os, source_packages, sys, threading, types
source_packages.unpack = lambda path, folder, what: path
source_packages.at_once = lambda: 2
source_packages.no_compiler = lambda: []
source_packages.glob = types.SimpleNamespace(glob=lambda pattern: [pattern.replace("*", "made")])
both, second = threading.Barrier(2), threading.Event()
def uv(*words, **keys):
    both.wait()
    name = words[-1]
    second.wait() if name == "a" else second.set()
    return types.SimpleNamespace(returncode=int(name == "bad" or name == "a" and "bad-a" in sys.argv), stdout=f"{name} 1\n{name} 2\n")
rows = [(i, types.SimpleNamespace(of=lambda name=name: name), name) for i, name in enumerate(sys.argv[1:3])]
print(*source_packages.build_wheels(uv, "python", rows))' "$@"
	}
	run -0 build a b
	[[ $output == $'a 1\na 2\nb 1\nb 2\n/tmp/wheels/0/made.whl /tmp/wheels/1/made.whl' ]]
	run -1 build a bad
	[[ $output == $'a 1\na 2\nbad 1\nbad 2\nbad cannot be built'* ]]
	run -1 build a b bad-a
	[[ $output == $'a 1\na 2\na cannot be built'* ]]
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
