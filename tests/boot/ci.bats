#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The workflows that `mkbench init --ci` writes: their own shell steps are run, the demo goes into a registry on loopback.
bats_require_minimum_version 1.5.0
load ../until
load workflow

setup() {
	MKBENCH=$(readlink -f "${MKBENCH:-build/mkbench}")
	recipes=$(readlink -f "$BATS_TEST_DIRNAME/../../recipes")
	mkdir "$BATS_TEST_TMPDIR/work" "$BATS_TEST_TMPDIR/bin"
	ln -s "$MKBENCH" "$BATS_TEST_TMPDIR/bin/mkbench"
	cd "$BATS_TEST_TMPDIR/work"
}

teardown() {
	[[ -z ${registry:-} ]] || kill "$registry"
	[[ -z ${notes:-} ]] || kill "$notes" 2>/dev/null || true
}

# note_server: takes one note, as GitLab and Forgejo do, and writes it into the file note; its port is in notes. The pull request of the
# branch fix/it is 7.
note_server() {
	python3 - "$BATS_TEST_TMPDIR" 3>&- <<-'END' &
		import http.server, sys
		class Notes(http.server.BaseHTTPRequestHandler):
		    def do_GET(self):
		        self.send_response(200 if self.path == "/pulls/main/fix%2Fit" else 404)
		        self.end_headers()
		        self.wfile.write(b'{"id":1,"number":7,"user":{"id":3}}\n')
		    def do_POST(self):
		        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
		        with open(sys.argv[1] + "/note", "w") as out:
		            out.write(f"{self.command} {self.path} {self.headers['PRIVATE-TOKEN'] or self.headers['Authorization']}\n{body}")
		        self.send_response(201)
		        self.end_headers()
		        done.append(self.path)
		server = http.server.HTTPServer(("127.0.0.1", 0), Notes)
		open(sys.argv[1] + "/notes", "w").write(str(server.server_port))
		done = []
		while not done:
		    server.handle_request()
	END
	notes=$!
	by=$notes until_true 300 test -s "$BATS_TEST_TMPDIR/notes"
}

@test "ci: a workflow is written for each, with the same steps, and never over a file" {
	touch demo.yml
	for which in github gitlab forgejo; do
		run -0 "$MKBENCH" init --ci $which demo.yml
		[[ $output == "wrote ."*"note: commit demo.lock with it"* ]]
		run -2 "$MKBENCH" init --ci $which demo.yml
		[[ $output == *"is there already"* ]]
	done
	steps .github/workflows/image.yml >github
	[ "$(grep -c '^set -e' github)" = 6 ]
	bash -n github
	steps .gitlab-ci.yml | diff github -
	steps .forgejo/workflows/image.yml | diff github -
	run ! grep -E '@(recipe|lock)@' github
	grep -q "hashFiles('demo.lock')" .github/workflows/image.yml
	run -2 "$MKBENCH" init --ci github
	run -2 "$MKBENCH" init --ci github absent.yml
	run -2 "$MKBENCH" init --ci github '../a b.yml'
	run -2 "$MKBENCH" init --ci jenkins demo.yml
}

@test "ci: Forgejo shows no summary of a job, so what changed becomes a comment of the branch's pull request" {
	touch demo.yml
	"$MKBENCH" init --ci forgejo demo.yml
	python3 - .forgejo/workflows/image.yml >say <<-'END'
		import sys, yaml
		job = yaml.safe_load(open(sys.argv[1]))["jobs"]["image"]
		assert job["container"]["image"].startswith("node:") # without Node no action runs there
		print(next(step["run"] for step in job["steps"] if step.get("name") == "say what changed"))
	END
	mkdir out last
	touch out/demo-1.0.tar last/demo-0.9.tar
	printf '%s\n' '| "a" | b\c |' $'\tend' >sample
	rm "$BATS_TEST_TMPDIR/bin/mkbench"
	printf '#!/bin/sh\ncat %s/sample\n' "$PWD" >"$BATS_TEST_TMPDIR/bin/mkbench" && chmod +x "$BATS_TEST_TMPDIR/bin/mkbench"
	note_server
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH PULLS_API=http://127.0.0.1:$(<"$BATS_TEST_TMPDIR/notes") PUSH_BRANCH=main
	BRANCH=fix/it run -0 bash -e say # no token, nobody is asked
	[ ! -e "$BATS_TEST_TMPDIR/note" ]
	POST_TOKEN=t0ken BRANCH=lone run -0 bash -e say # no pull request
	[ ! -e "$BATS_TEST_TMPDIR/note" ]
	POST_TOKEN=t0ken BRANCH=fix/it run -0 bash -e say
	[[ $output != *t0ken* ]]
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/note")" = "POST /issues/7/comments token t0ken" ]
	[ "$(tail -n +2 "$BATS_TEST_TMPDIR/note" | jq -r .body)" = "$(<diff.md)" ]
}

@test "ci: the steps build the demo, check it, sign it and push it; a second run takes the store of the first" {
	cp -r "$recipes/demo" "$recipes/demo.yml" .
	[[ ! -e $recipes/demo.lock ]] || cp "$recipes/demo.lock" .
	echo 'release: { documents: [spdx, cyclonedx, provenance], sums: true }' >>demo.yml
	"$MKBENCH" init --ci gitlab demo.yml
	steps .gitlab-ci.yml >steps
	port=$((20000 + RANDOM % 10000))
	printf 'version: 0.1\nlog: {level: warn}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:%s"}\n' "$BATS_TEST_TMPDIR/data" $port >registry.yml
	docker-registry serve registry.yml >registry.log 2>&1 3>&- &
	registry=$!
	by=$registry until_true 300 curl -s -o /dev/null "http://127.0.0.1:$port/v2/"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH MKBENCH_STORE=${CI_TEST_STORE:-$BATS_TEST_TMPDIR/store}
	export REGISTRY_IMAGE=127.0.0.1:$port/team/demo REGISTRY_USER=ann REGISTRY_PASSWORD=s3cret-word SIGN_PASSWORD=pass-word SIGN_KEY
	"$MKBENCH" sign --generate "$BATS_TEST_TMPDIR/key" --password-file - <<<pass-word
	SIGN_KEY=$(<"$BATS_TEST_TMPDIR/key")
	run -0 timeout 1500 bash steps
	echo "$output"
	[[ $output != *s3cret-word* && $output != *pass-word* ]]
	[ ! -e sign.key ]
	[ ! -e sign.password ]
	[ "$(<diff.md)" = "The first image." ]
	minisign -V -p "$BATS_TEST_TMPDIR/key.pub" -m out/demo-1.0.tar
	skopeo inspect --tls-verify=false --raw "docker://$REGISTRY_IMAGE:$(skopeo inspect --tls-verify=false "docker://$REGISTRY_IMAGE:1.0" | jq -r '.Digest | sub(":"; "-")').sig" |
		jq -e '.layers | length == 1'
	[ "$(jq -r .manifests[0].digest out/demo-1.0.oci/index.json)" = "$(skopeo inspect --tls-verify=false "docker://$REGISTRY_IMAGE:1.0" | jq -r .Digest)" ]
	jq -e . verify.json >/dev/null
	# The bill names what dpkg's list of the image has, in both formats, and is attached to what was pushed with the provenance.
	mkdir "$BATS_TEST_TMPDIR/image"
	tar -xf out/demo-1.0.tar -C "$BATS_TEST_TMPDIR/image"
	jq -r '.[0].Layers[]' "$BATS_TEST_TMPDIR/image/manifest.json" | while read -r layer; do
		tar -xOf "$BATS_TEST_TMPDIR/image/$layer" var/lib/dpkg/status 2>/dev/null >"$BATS_TEST_TMPDIR/layer" || continue
		cp "$BATS_TEST_TMPDIR/layer" "$BATS_TEST_TMPDIR/status"
	done
	sed -n 's/^Package: //p' "$BATS_TEST_TMPDIR/status" | sort >installed
	[ "$(wc -l <installed)" -gt 100 ]
	diff installed <(jq -r '.packages[] | select(.SPDXID | startswith("SPDXRef-debian-")).name' sbom.spdx.json | sort)
	diff installed <(jq -r '.components[] | select(.["bom-ref"] | startswith("debian-")).name' out/demo-1.0.cdx.json | sort)
	[[ ! -e $recipes/../build/validators/complete ]] ||
		for bill in sbom.spdx.json out/demo-1.0.cdx.json; do python3 "$recipes/../tests/e2e/sbom-check.py" $bill "$recipes/../build/validators"; done
	jq -e --arg lock "$(sha256sum <demo.lock | cut -d' ' -f1)" '.predicate.buildDefinition.internalParameters.lock.digest.sha256 == $lock' out/demo-1.0.provenance.json
	[ "$(skopeo inspect --tls-verify=false --raw "docker://$REGISTRY_IMAGE:$(jq -r '.manifests[0].digest | sub(":"; "-")' out/demo-1.0.oci/index.json)" |
		jq -c '[.manifests[].artifactType]')" = '["application/spdx+json","application/vnd.cyclonedx+json","application/vnd.in-toto+json"]' ]
	(cd out && sha256sum --check --strict --quiet demo-1.0.SHA256SUMS)
	"$MKBENCH" verify-signature --key "$BATS_TEST_TMPDIR/key.pub" out/demo-1.0.SHA256SUMS out/demo-1.0.tar
	"$MKBENCH" inspect out/demo-1.0.tar | grep -E 'packages: [0-9]+ of Debian'
	# The next job has an empty store, and what the caches have kept; another one is of a merge request.
	mv out first
	export MKBENCH_STORE=$BATS_TEST_TMPDIR/next
	note_server
	export POST_TOKEN=t0ken-for-notes CI_OPEN_MERGE_REQUESTS='team/demo!7' CI_PROJECT_ID=5 CI_API_V4_URL=http://127.0.0.1:$(<"$BATS_TEST_TMPDIR/notes")/api/v4
	BRANCH=fix PUSH_BRANCH=main run -0 timeout 1500 bash steps
	[[ $output == *"files are in the store $MKBENCH_STORE"*"not pushed: fix is not main" && $output != *t0ken* ]]
	cmp first/demo-1.0.tar out/demo-1.0.tar
	grep -qx 'POST /api/v4/projects/5/merge_requests/7/notes t0ken-for-notes' "$BATS_TEST_TMPDIR/note"
	grep -qF "$(tail -n 1 diff.md)" "$BATS_TEST_TMPDIR/note"
	[[ $(<diff.md) == *"same packages"* ]]
	# Without a docker archive it is the layout; what is the same is pushed once.
	sed -i 's/^outputs: .*/outputs: [oci]/' demo.yml
	rm -r out
	unset CI_OPEN_MERGE_REQUESTS
	grep -v 'mkbench verify' steps >quick
	BRANCH=main PUSH_BRANCH=main run -0 timeout 1500 bash quick
	[[ $output == *" unchanged" ]]
	[ -d last/demo-1.0.oci ]
	[ ! -e last/demo-1.0.tar ]
}
