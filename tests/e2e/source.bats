#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Apps' sources from git: by servers and folders, with submodules, and what servers do to us.
bats_require_minimum_version 1.5.0
load helpers
load source

# Wants a login, whatever is asked.
closed='import http.server, sys
class Closed(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args): pass
    def do_GET(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", "Basic realm=x")
        self.end_headers()
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Closed)
open(sys.argv[1], "w").write(str(s.server_address[1]))
s.serve_forever()'

# Takes connections; says nothing, or SAYS and then one byte each half second.
silent='import socket, sys, threading, time
s = socket.create_server(("127.0.0.1", 0))
def talk(c):
    try:
        if sys.argv[1]:
            c.recv(9999)
            while True:
                c.sendall(sys.argv[1].encode())
                time.sleep(0.5)
        time.sleep(600)
    except OSError:
        pass
open(sys.argv[2], "w").write(str(s.getsockname()[1]))
while True:
    threading.Thread(target=talk, args=(s.accept()[0],), daemon=True).start()'

@test "a folder, a bare repository and a file URL are repositories, too, with their commits" {
	git clone -q --bare app bare.git
	head=$(git -C app rev-parse HEAD)
	for url in ./app ./bare.git "../${here##*/}/app" "$here/app" "$here/bare.git" "file://$here/bare.git"; do
		get 0 "$url" main
		[[ $output == *"app demo $head"*"file 4"* ]]
	done
	echo two >app/file # not committed: not taken
	get 0 ./app main
	[[ $output == *"file 4"* ]]
	get 4 ./none main
	[[ $output == *"there is no repository $here/./none"* ]]
	mkdir empty
	get 4 ./empty main
	[[ $output == *"'$here/empty' does not appear to be a git repository"* ]]
	get 3 file://app main
	if [ "$(id -u)" = 0 ]; then # somebody else's, as under sudo
		chown -R 12345 bare.git
		store=$here/other get 0 ./bare.git main
	fi
}

@test "branches and tags: with slashes, of one name, and one that is misspelt" {
	git -C app tag release/v1.0
	git -C app branch same
	git -C app tag -am same same
	git -C app branch version-15
	get 0 ./app release/v1.0
	get 0 ./app same
	get 0 ./app refs/heads/same
	get 4 ./app verison-15
	[[ $output == *"has no branch and no tag 'verison-15': did you mean 'version-15'?"* ]]
	one=$(git -C app rev-parse HEAD)
	git -C app update-ref refs/pull/1/head HEAD
	echo two >app/file
	commit app two
	git -C app branch -f same
	get 4 ./app same
	[[ $output == *"'same' means two things in $here/app: write refs/heads/same or refs/tags/same"* ]]
	get 0 ./app refs/tags/same
	[[ $output == *"app demo $one"* ]]
	get 0 ./app heads/same
	[[ $output == *"app demo $(git -C app rev-parse HEAD)"* ]]
	get 0 ./app pull/1/head
	[[ $output == *"app demo $one"* ]]
	get 0 ./app "$one"
	[[ $output == *"app demo $one"* ]]
}

@test "names of any bytes, names that differ by case, and links" {
	printf x >"app/$(printf 'caf\xe9.txt')"
	printf y >"app/$(printf 'new\nline')"
	echo a >app/Readme
	echo bb >app/README
	ln -s Readme app/link
	commit app names
	get 0 ./app main
	[[ $output == *$'caf\xe9.txt 1'*"README 3"*"Readme 2"* || $output == *"README 3"*"Readme 2"*$'caf\xe9.txt 1'* ]]
	ln -s /etc/passwd app/out
	commit app out
	get 5 ./app main
	[[ $output == *"points outside its app, to /etc/passwd"* ]]
}

@test "submodules are taken, with theirs, and their commits are said; or left out" {
	git init -qb main lib
	git init -qb main deep
	echo deep >deep/inner
	commit deep deep
	git -C lib -c protocol.file.allow=always submodule --quiet add ../deep sub/deep
	echo lib >lib/outer
	commit lib lib
	git -C app -c protocol.file.allow=always submodule --quiet add ../lib "vendor/my lib"
	commit app modules
	inner=$(git -C deep rev-parse HEAD) outer=$(git -C lib rev-parse HEAD)
	get 0 ./app main
	[[ $output == *"module vendor/my%20lib/sub/deep $inner"*"module vendor/my%20lib $outer"* ]]
	[[ $output == *"vendor/my lib/outer 4"* && $output == *"vendor/my lib/sub/deep/inner 5"* ]]
	get 0 ./app main 'submodules: false'
	[[ $output == *"its submodule vendor/my lib is left out"* && $output != *"outer 4"* ]]
	# what the module's repository no longer has
	git -C lib commit -q --amend -m other
	git -C lib reflog expire --expire=now --all
	git -C lib gc -q --prune=now
	store=$here/fresh get 4 ./app main
	[[ $output == *"submodule vendor/my lib: $here/lib has no commit $outer"* ]]
	# a repository in itself, and one that nobody names
	git -C app rm -q --cached "vendor/my lib"
	rm -rf "app/vendor" app/.gitmodules
	git init -qb main app/stray
	echo stray >app/stray/file
	commit app/stray stray
	commit app stray 2>/dev/null
	get 0 ./app main
	[[ $output == *"stray is a repository of its own that .gitmodules does not name"* && $output != *"stray/file"* ]]
}

@test "a submodule may not name a folder of this machine, an option or a program" {
	git init -qb main secret
	echo word >secret/word
	commit secret secret
	git clone -q --bare app served.git
	serve python3 -c "$files" "$here"
	for url in "$here/secret" "file://$here/secret" "ext::cat" --upload-pack=touch; do
		rm -rf evil
		git clone -q app evil
		printf '[submodule "x"]\n\tpath = x\n\turl = %s\n' "$url" >evil/.gitmodules
		git -C evil update-index --add --cacheinfo "160000,$(git -C secret rev-parse HEAD),x"
		git -C evil add .gitmodules
		git -C evil commit -qm evil
		rm -rf served.git
		git clone -q --bare evil served.git
		git -C served.git update-server-info
		get 4 "http://127.0.0.1:$port/served.git" main
		[[ $output == *"submodule x: its URL '$url' cannot be used"* ]]
	done
}

@test "a server of plain files: a branch, a tag, a commit, and again without it" {
	git -C app tag v1
	head=$(git -C app rev-parse HEAD)
	git clone -q --bare app served.git
	git -C served.git update-server-info
	serve python3 -c "$files" "$here"
	for ref in main v1 "$head"; do
		rm -rf store
		get 0 "http://127.0.0.1:$port/served.git" "$ref"
		[[ $output == *"app demo $head"*"file 4"* ]]
		[ -z "$(find store/git -path '*/objects/??' -type d)" ] # packs alone
	done
	kill "${servers[0]}"
	servers=()
	get 0 "http://127.0.0.1:$port/served.git" "$head"
}

@test "what ssh says is the cause, and nothing asks at the terminal" {
	cat >ssh <<-'END'
		#!/bin/sh
		(exec </dev/tty) 2>/dev/null && echo "there is a terminal" >&2
		printf '%s\r\n' "Warning: Permanently added 'h' to the list of known hosts." "${WHY:-git@h: Permission denied (publickey).}" >&2
		exit 255
	END
	chmod +x ssh
	export GIT_SSH=$here/ssh GIT_SSH_VARIANT=ssh
	get 4 git@h.example:team/app.git main
	[[ $output == *"app demo: git ls-remote: git@h: Permission denied (publickey)." ]]
	WHY='Host key verification failed.' get 4 ssh://git@h.example/team/app main
	[[ $output == *"app demo: git ls-remote: Host key verification failed." ]]
	WHY=$'Host key for h.example has changed and you have requested strict checking.\nHost key verification failed.' \
		get 4 ssh://git@h.example/team/app main
	[[ $output == *"git ls-remote: Host key verification failed. (Host key for h.example has changed and "*")" ]]
	WHY=$'Permissions 0644 for \'k\' are too open.\nLoad key "k": bad permissions\ngit@h: Permission denied (publickey).' \
		get 4 git@h.example:team/app.git main
	[[ $output == *"git ls-remote: git@h: Permission denied (publickey). (Load key \"k\": bad permissions)" ]]
	GIT_SSH=$here/none get 4 git@h.example:team/app.git main
	[[ $output == *"app demo: git ls-remote: cannot "*"$here/none"* ]] # run, or exec
	unset GIT_SSH
	mkdir few
	for program in git timeout cat env; do ln -s "$(command -v $program)" "few/$program"; done
	PATH=$here/few get 4 git@h.example:team/app.git main
	[[ $output == *"git ls-remote: ssh is not installed: apt-get install openssh-client" ]]
	get 4 git://127.0.0.1:1/x.git main
	[[ $output == *"errno=Connection refused"* ]]
	get 4 http://127.0.0.1:1/x.git main
	[[ $output == *"Failed to connect"* || $output == *"Couldn't connect"* ]]
	serve python3 -c "$closed"
	get 4 "http://127.0.0.1:$port/team/app.git" main
	[[ $output == *"could not read Username for 'http://127.0.0.1:$port'"*": it needs a login, or the repository does not exist: put a login into ~/.netrc"* ]]
	https_proxy=http://127.0.0.1:1 get 4 https://h.example/x.git main
	[[ $output == *"port 1 "*" (the proxy that \$https_proxy names)" ]]
}

@test "a repository without anything in it, one of SHA-256, and a tag of what is no commit" {
	git init -qb main nothing
	get 4 ./nothing main
	[[ $output == *"app demo: $here/nothing lists no branch and no tag: it is empty, or what answers there is no repository"* ]]
	git init -qb main --object-format=sha256 other
	echo one >other/file
	commit other one
	get 4 ./other main
	[[ $output == *"app demo: git fetch: the repository has SHA-256 objects, which are not taken: give one of SHA-1"* ]]
	git -C app update-ref refs/heads/hollow "$(git -C app commit-tree -m hollow "$(git -C app mktree </dev/null)")"
	get 5 ./app hollow
	[[ $output == *"app demo: commit $(git -C app rev-parse hollow) of $here/app has no files" ]]
	git -C app tag tree 'HEAD^{tree}'
	git -C app tag blob HEAD:file
	for tag in tree blob; do
		get 4 ./app $tag
		[[ $output == *"app demo: '$tag' in $here/app is no commit, but a tag of something else" ]]
	done
	git -C app tag -am one one
	git -C app tag -am two two one 2>/dev/null
	get 0 ./app two
	[[ $output == *"app demo $(git -C app rev-parse HEAD)"* ]]
}

@test "a server that says nothing, or goes on for ever, is given up; Ctrl-C ends git, too" {
	export MKBENCH_STALL_SECONDS=1
	serve python3 -c "$silent" ''
	get 4 "git://127.0.0.1:$port/x" main
	[[ $output == *"git ls-remote: the server has sent nothing for too long"* ]]
	get 4 "http://127.0.0.1:$port/x" main
	[[ $output == *"git ls-remote: "* ]]
	quiet=$port
	serve python3 -c "$silent" "$(printf '0039%040d refs/heads/x' 7)"
	get 4 "git://127.0.0.1:$port/x" main
	[[ $output == *"git ls-remote: "*"the server "* ]]
	unset MKBENCH_STALL_SECONDS
	mkdir demo
	cat >"$here/framework.yml" <<-END
		title: like the demo
		like: wsgi
		evidence: {}
	END
	cat >"$here/r.yml" <<-END
		name: small
		framework: ./framework.yml
		base: {suite: bookworm}
		apps: [{name: demo, git: "git://127.0.0.1:$quiet/x", ref: main}]
		sites: [{name: a.example}]
	END
	begun=$here/begun
	"$programs/source" "$here/store" "$here/r.yml" 2>/dev/null 3>&- &
	mine=$!
	by=$mine until_true 300 pgrep -f "ls-remote.*127.0.0.1:$quiet/x" >/dev/null
	kill -9 $mine
	until_true 300 no_git
}
no_git() { ! pgrep -f "ls-remote.*127.0.0.1:$quiet/x" >/dev/null; }

@test "settings of the person who builds change nothing of the files" {
	printf 'a\nb\n' >app/lines
	echo 'lines text' >app/.gitattributes
	commit app lines
	printf '[core]\n\tautocrlf = true\n\thooksPath = %s\n[filter "lfs"]\n\tsmudge = false\n\trequired = true\n' "$here/hooks" >config
	mkdir hooks
	printf '#!/bin/sh\ntouch %s/ran\n' "$here" >hooks/post-checkout
	chmod +x hooks/post-checkout
	export GIT_CONFIG_GLOBAL=$here/config
	get 0 ./app main
	[[ $output == *"lines 4"* ]]
	[ ! -e ran ]
}

@test "a small repository that would be a large folder is refused before it is one" {
	git init -qb main bomb
	blob=$(head -c 100 /dev/zero | git -C bomb hash-object -w --stdin)
	tree=$(for i in $(seq 10); do printf '100644 blob %s\tf%s\n' "$blob" "$i"; done | git -C bomb mktree)
	for _ in $(seq 8); do tree=$(for i in $(seq 10); do printf '040000 tree %s\td%s\n' "$tree" "$i"; done | git -C bomb mktree); done
	git -C bomb update-ref refs/heads/main "$(git -C bomb commit-tree -m bomb "$tree")"
	get 4 ./bomb main
	[[ $output == *"holds more than 4 GB, 1000000 files or 256 MB of names"* ]]
	blob=$(head -c 60000000 /dev/zero | git -C bomb hash-object -w --stdin)
	tree=$(for i in $(seq 80); do printf '100644 blob %s\tf%s\n' "$blob" "$i"; done | git -C bomb mktree)
	git -C bomb update-ref refs/heads/main "$(git -C bomb commit-tree -m bomb "$tree")"
	get 4 ./bomb main
	[[ $output == *"holds more than 4 GB"* ]]
}
