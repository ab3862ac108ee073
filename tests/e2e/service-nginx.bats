#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers
load service-helpers
load nginx

@test "the configuration passes nginx's own check, with and without the file of sites" {
	run -0 nginx -t -c "$DIR/image/etc/nginx/nginx.conf"
	lacks 'warn|emerg'
	mv "$DIR/run/mkbench/nginx-sites.conf" "$DIR/sites"
	run -0 nginx -t -c "$DIR/image/etc/nginx/nginx.conf"
	mv "$DIR/sites" "$DIR/run/mkbench/nginx-sites.conf"
}

@test "the host names the site, and a client's own X-Frappe-Site-Name does not" {
	ask /page -H 'X-Frappe-Site-Name: two.localhost'
	status 200
	has '"X-Frappe-Site-Name": "one.localhost"'
	lacks 'two.localhost'
	for host in ONE.localhost one.localhost:8080 one.localhost. www.example.org; do
		ask /page
		has '"X-Frappe-Site-Name": "one.localhost"'
	done
}

@test "a name that nobody has is a 404 that the bench never sees" {
	for host in other.localhost 127.0.0.1 '[::1]' localhost; do
		ask /page
		status 404
		lacks '"server"'
		has 'Aucun site de ce nom'
		has 'No site of this name'
		has '^Content-Type: text/html'
		lacks 'one\.localhost|https?:|src=|<script'
	done
	for method in HEAD POST PUT DELETE OPTIONS; do
		host=other.localhost ask /page -X "$method" $([ $method = HEAD ] && echo -I)
		status 404
		lacks '"server"'
	done
	host=one.localhost
	for path in /_mkbench/unknown.html /assets/app/none.js; do # that page is for a name, not for a path
		ask "$path"
		lacks 'No site of this name'
	done
	run -0 curl -sS -i -0 -H 'Host:' "http://127.0.0.1:$port/page"
	has '^HTTP/1.1 404'
	run -0 python3 -c 'import socket, sys
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
peer.sendall(b"GET /page HTTP/1.1\r\nHost: one.localhost\r\nHost: two.localhost\r\n\r\n")
print(peer.recv(4096).decode())' "$port"
	has '^HTTP/1.1 400'
}

@test "a site that is being prepared answers 503, whatever is asked" {
	host=soon.localhost ask /
	status 503
	has '^Retry-After: 10'
	has 'Un instant'
	host=soon.localhost ask /api/method/login -d usr=a
	status 503
	host=soon.localhost ask /socket.io/
	status 503
	host=soon.localhost ask /files/a.txt
	status 503
}

@test "the progress of the preparation is told to each site's own visitors, and not kept by a cache" {
	for host in soon.localhost soon.example.org; do
		ask /_mkbench/progress.json
		status 200
		has '"state": "running"'
		has '^Cache-Control: no-cache'
	done
	host=one.localhost ask /_mkbench/progress.json
	has '"state": "done"'
	for host in other.localhost late.localhost ../../progress; do
		ask /_mkbench/progress.json -H 'X-Frappe-Site-Name: soon.localhost'
		lacks '"state"'
	done
	host=one.localhost
	ask /_mkbench/wait.html
	status 404
}

@test "what the bench says of itself passes: its 503 keeps its own Retry-After" {
	ask /maintenance
	status 503
	has '"server": "web"'
	(( $(grep -ci '^Retry-After:' <<< "$output") == 1 ))
	has '^Retry-After: 77'
}

@test "a bench that is away is a 502 page that comes back by itself, and assets stay" {
	sed "s#unix:$web#127.0.0.1:1#" "$DIR/image/etc/nginx/nginx.conf" > "$DIR/image/etc/nginx/down.conf"
	local down
	down=$(free_port)
	sed -i -e "s/127.0.0.1:$port/127.0.0.1:$down/" -e "s/127.0.0.1:$inner/127.0.0.1:$(free_port)/" \
		-e 's#/run/nginx.pid#/run/down.pid#' "$DIR/image/etc/nginx/down.conf"
	nginx -c "$DIR/image/etc/nginx/down.conf" -g 'daemon off;' 3>&- &
	local pid=$!
	until_true 300 curl -s -m 30 "http://127.0.0.1:$down"
	port=$down ask /page -d form=1
	status 502
	has '^Retry-After: 10'
	has 'X-Content-Type-Options: nosniff'
	has 'Un instant'
	port=$down ask /assets/app/plain.js
	status 200
	kill $pid
	wait $pid
}

@test "assets: a year for a name with its hash, minutes for another, and no way out" {
	ask /assets/app/desk.bundle.ABCDEF12.js
	status 200
	has '^Cache-Control: max-age=31536000'
	has '^X-Content-Type-Options: nosniff'
	ask /assets/app/plain.js
	has '^Cache-Control: max-age=300'
	for path in /assets/missing.js /assets/../apps.txt /assets/%2e%2e/apps.txt /assets../apps.txt /assets; do
		ask $path
		lacks '^demo'
	done
}

@test "public files are served by nginx; what could run in a browser is saved instead" {
	ask /files/a.txt
	status 200
	has '^public'
	lacks 'Content-Disposition'
	for file in a.svg b.HTML; do
		ask /files/$file
		status 200
		has '^Content-Disposition: attachment'
		has '^X-Content-Type-Options: nosniff'
	done
	ask /files/missing.txt
	has '"server": "web"'
	host=two.localhost ask /files/a.txt
	has '"X-Frappe-Site-Name": "two.localhost"'
}

@test "private files are kept by no browser, unless the bench says how long; others as before" {
	ask /private/files/s.txt
	has '^Cache-Control: private, no-store'
	cp "$DIR"/data/sites/one.localhost/private/files/{s,said}.txt
	ask /private/files/said.txt
	has '^Cache-Control: private, max-age=60'
	lacks 'no-store'
	ask /files/a.txt
	lacks 'no-store'
	ask /api/method/x
	lacks 'no-store'
}

@test "private files come by the bench's leave only" {
	ask /private/files/s.txt
	status 200
	has '^secret'
	for path in /protected/private/files/s.txt /site_config.json /one.localhost/site_config.json /../site_config.json \
		/files/../../site_config.json /common_site_config.json /leak; do
		ask $path
		lacks '^secret'
		lacks '^[{][}]'
	done
	host=two.localhost ask /private/files/s.txt
	status 404
}

@test "a framework with pages: /page.html leads to /page, and files, backups and documents of such a name are themselves" {
	local dir=$BATS_TEST_TMPDIR/pages port
	port=$(free_port)
	mkdir "$dir"
	printf 'like: wsgi\nevidence: {}\nvariables: { frappe_pages: "yes", wsgi: "x:y" }\n' > "$dir/pages.yml"
	sed "s#^framework: wsgi#framework: ./pages.yml#; s#./demo#$PWD/recipes/demo#" tests/golden/production.yml > "$dir/recipe.yml"
	golden "$dir/recipe.yml" "$dir"
	on_ports "$dir" "$port" "$(free_port)"
	cp "$DIR/run/mkbench/nginx-sites.conf" "$dir/run/mkbench/"
	mkdir -p "$dir/data/sites/one.localhost/private/files" "$dir/data/sites/one.localhost/public/files"
	echo mine | tee "$dir/data/sites/one.localhost/private/files/a.html" > "$dir/data/sites/one.localhost/public/files/a.html"
	nginx -c "$dir/image/etc/nginx/nginx.conf" -g 'daemon off;' >"$dir/log" 2>&1 3>&- &
	second=$!
	until_true 300 curl -s -m 30 "http://127.0.0.1:$port"
	for pair in '/about.html /about' '/about/ /about' '/docs/index.html /docs' '/privately.html /privately'; do
		ask ${pair% *}
		status 301
		has "^Location: ${pair#* }.?$"
	done
	for path in /private/files/a.html /files/a.html; do
		ask $path
		status 200
		has '^mine'
	done
	# A browser takes a backslash for a slash: two of them begin the name of somebody else's host.
	for path in /api/resource/File/a.html /api/method/x/ /backups/a.html /private/files/index.html \
		/%5Cexample.org/ /%5Cexample.org/index.html /%5Cexample.org.html /%5C%5Cexample.org/; do
		ask $path
		lacks '^Location'
	done
}

@test "a load balancer asks for health by address: ready or not, and no site is named" {
	for host in 127.0.0.1 '[::1]' other.localhost one.localhost soon.localhost; do
		ask /_mkbench/health
		status 503
		has '^not ready'
		lacks 'localhost'
		touch "$DIR/run/mkbench/ready"
		ask /_mkbench/health
		status 200
		has '^ready'
		lacks 'localhost'
		has '^Cache-Control: no-store'
		rm "$DIR/run/mkbench/ready"
	done
	host=127.0.0.1
	for path in /_mkbench/health/ /_mkbench/healthy /_mkbench; do
		ask $path
		status 404
	done
}
