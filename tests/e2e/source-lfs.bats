#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What Git LFS keeps of an app's source: fetched from where the repository says, or named.
bats_require_minimum_version 1.5.0
load helpers
load source

@test "what Git LFS keeps is fetched; or named, where that cannot be" {
	command -v git-lfs >/dev/null || skip "git-lfs is not installed"
	cd app
	head -c 100000 /dev/urandom >logo.png
	git lfs install --local >/dev/null
	git lfs track '*.png' >/dev/null
	cd ..
	commit app picture
	want=$(sha256sum <app/logo.png | cut -d' ' -f1)
	get 0 ./app main
	[[ $output == *"logo.png 100000"* ]]
	[ -e "store/blobs/sha256/${want:0:2}/${want:2}" ]
	get 0 ./app main 'lfs: false'
	[[ $output == *"Git LFS keeps logo.png elsewhere: built with the pointers"*"logo.png 1"?? ]] || [[ $output == *"logo.png 131"* ]]
	rm -rf app/.git/lfs
	get 0 ./app main # from the store
	[[ $output == *"logo.png 100000"* ]]
	store=$here/fresh get 4 ./app main
	[[ $output == *"app demo: logo.png (Git LFS keeps it elsewhere; lfs: false takes the pointer as it is): git lfs: "* ]]
	mkdir bin
	for program in git timeout cat env; do ln -s "$(command -v $program)" "bin/$program"; done
	PATH=$here/bin store=$here/fresh get 4 ./app main
	[[ $output == *"Git LFS keeps logo.png elsewhere: install the package git-lfs"* ]]
	mkdir plain
	git -C app cat-file -p HEAD:logo.png >plain/logo.png
	cat >"$here/r.yml" <<-END
		name: small
		base: {suite: bookworm}
		apps: [{name: demo, path: ./plain}]
		sites: [{name: a.example}]
	END
	run -5 "$programs/source" "$here/store" "$here/r.yml"
	[[ $output == *"Git LFS keeps logo.png elsewhere, and these are its pointers alone"* ]]
}

# Git LFS' server: POST .../objects/batch says where each object is, one that is not in FOLDER is not there; GET /OID brings it.
lfs='import http.server, json, os, sys
class Lfs(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args): pass
    def give(self, what, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(what)))
        self.end_headers()
        self.wfile.write(what)
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["objects"]
        here = "http://127.0.0.1:%d/" % self.server.server_address[1]
        for o in asked:
            if self.path == "/team/objects/batch" and os.path.exists(sys.argv[1] + "/" + o["oid"]):
                o["actions"] = {"download": {"href": here + o["oid"]}}
            else:
                o["error"] = {"code": 404, "message": "Object does not exist"}
        self.give(json.dumps({"transfer": "basic", "objects": asked}).encode(), "application/vnd.git-lfs+json")
    def do_GET(self):
        self.give(open(sys.argv[1] + self.path, "rb").read(), "application/octet-stream")
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lfs)
open(sys.argv[2], "w").write(str(s.server_address[1]))
s.serve_forever()'

@test "Git LFS: the server that .lfsconfig names, in a submodule too; none that is a folder of this machine" {
	command -v git-lfs >/dev/null || skip "git-lfs is not installed"
	mkdir objects
	serve python3 -c "$lfs" "$here/objects"
	local kept=$port picture
	picture=$(printf picture | sha256sum | cut -d' ' -f1)
	printf picture >"objects/$picture"
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 7\n' "$picture" >app/logo.png
	git config -f app/.lfsconfig lfs.url "http://127.0.0.1:$kept/team"
	commit app picture
	git init -qb main outer
	git -C outer -c protocol.file.allow=always submodule --quiet add ../app in
	git config -f outer/.gitmodules submodule.in.url ../app.git
	commit outer outer
	publish() {
		for name in app outer; do
			rm -rf "$name.git"
			git clone -q --bare "$name" "$name.git"
			git -C "$name.git" update-server-info
		done
	}
	publish
	serve python3 -c "$files" "$here"
	get 0 "http://127.0.0.1:$port/app.git" main
	[[ $output == *"logo.png 7"* ]]
	store=$here/second get 0 "http://127.0.0.1:$port/outer.git" main
	[[ $output == *"in/logo.png 7"* ]]
	rm "objects/$picture"
	store=$here/third get 4 "http://127.0.0.1:$port/app.git" main
	[[ $output == *"logo.png (Git LFS keeps it elsewhere;"*"git lfs: "*"Object does not exist"* ]]
	git config -f app/.lfsconfig lfs.url "file://$here/objects"
	commit app evil
	publish
	store=$here/fourth get 4 "http://127.0.0.1:$port/app.git" main
	[[ $output == *"logo.png (Git LFS"*".lfsconfig: its URL 'file://$here/objects' cannot be used: a server may not name"* ]]
}
