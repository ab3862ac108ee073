#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
load helpers
load service-helpers

setup_file() {
	need nginx curl python3
	export DIR=$BATS_FILE_TMPDIR web live port inner
	web=$BATS_FILE_TMPDIR/web.sock live=$(free_port) port=$(free_port) inner=$(free_port)
	golden production "$DIR"
	on_ports "$DIR" "$port" "$inner"
	cat > "$DIR/run/mkbench/nginx-sites.conf" <<-'END'
		default "";
		one.localhost "one.localhost";
		www.example.org "one.localhost";
		two.localhost "two.localhost";
		soon.localhost "-soon.localhost";
		soon.example.org "-soon.localhost";
		late.localhost "-late.localhost";
	END
	local one=$DIR/data/sites/one.localhost assets=$DIR/image/home/frappe/frappe-bench/assets
	mkdir -p "$one"/{public,private}/files "$assets/app"
	echo public > "$one/public/files/a.txt"
	echo '<svg/>' | tee "$one/public/files/a.svg" "$one/public/files/b.HTML" > /dev/null
	echo secret > "$one/private/files/s.txt"
	echo '{}' > "$one/site_config.json"
	echo 1 | tee "$assets/app/plain.js" "$assets/app/desk.bundle.ABCDEF12.js" > /dev/null
	mkdir "$DIR/run/mkbench/progress"
	echo '{"state": "running", "steps": []}' > "$DIR/run/mkbench/progress/soon.localhost.json"
	echo '{"state": "done", "steps": []}' > "$DIR/run/mkbench/progress/one.localhost.json"
	echo '{"state": "secret"}' > "$DIR/run/mkbench/progress.json"
	python3 tests/e2e/service-echo.py "$web" "$live" 3>&- &
	echo $! > "$DIR/echo.pid"
	nginx -c "$DIR/image/etc/nginx/nginx.conf" -g 'daemon off;' > "$DIR/nginx.log" 2>&1 3>&- &
	echo $! > "$DIR/nginx.pid"
	until_true 300 curl -s -m 30 "http://127.0.0.1:$port"
	until_true 300 curl -s -m 30 --unix-socket "$web" http://web
}

on_ports() { # DIR PORT INNER: the configuration there, on ports that nobody has
	sed -i -e "s/ 8080 default_server/ 127.0.0.1:$2 default_server/" -e "s/127.0.0.1:8000/127.0.0.1:$3/" -e "s#server unix:[^ ]*#server unix:$web#" \
		-e "s/127.0.0.1:9000/127.0.0.1:$live/" \
		-e "s/^user .*/user $(id -un) $(id -gn);/" "$1/image/etc/nginx/nginx.conf"
}

# The nginx of one test, if there was one.
teardown() {
	if [[ -n ${second-} ]] && kill "$second"; then wait "$second" || true; fi
}

teardown_file() {
	local pid
	for pid in $(cat "$BATS_FILE_TMPDIR"/*.pid); do
		if kill "$pid"; then until_true 300 gone "$pid"; fi
	done
}

# [host=NAME] ask PATH [CURL OPTIONS]: as a browser that looks at one.localhost, or at another host.
ask() {
	local path=$1
	shift
	run -0 curl -sS --max-time 20 --path-as-is -i -H "Host: ${host-one.localhost}" "$@" "http://127.0.0.1:$port$path"
	echo "$output"
}

status() { [[ ${lines[0]} == "HTTP/1.1 $1"* ]]; }
has() { grep -qiE "$1" <<< "$output"; }
lacks() { ! grep -qiE "$1" <<< "$output"; }

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

@test "live connections: the page's own host, whatever the ports, and no other" {
	for pair in "one.localhost http://one.localhost" "one.localhost:8080 http://one.localhost:8080" \
		"one.localhost https://one.localhost" "one.localhost https://one.localhost:8443" "ONE.localhost http://one.localhost"; do
		host=${pair% *} ask '/socket.io/?EIO=4' -H "Origin: ${pair#* }"
		status 200
		has '"server": "socketio"'
		has '"X-Frappe-Site-Name": "one.localhost"'
		has '"Host": "127.0.0.1"'
		has "\"Origin\": \"http://127.0.0.1:$inner/one.localhost\""
	done
	ask '/socket.io/?EIO=4'
	status 200
	for origin in http://evil.example http://one.localhost.evil.example http://xone.localhost null \
		http://evil.example/one.localhost 'http://one.localhost@evil.example'; do
		ask '/socket.io/?EIO=4' -H "Origin: $origin"
		status 403
	done
	ask /socket.io/ -H 'Connection: Upgrade' -H 'Upgrade: websocket'
	has '"Upgrade": "websocket"'
	has '"Connection": "upgrade"'
}

@test "socketio's question about a browser finds the site by that Origin" {
	run -0 curl -sS --max-time 20 "http://127.0.0.1:$inner/two.localhost/api/method/frappe.realtime.get_user_info?sid=x%20y"
	has '"path": "/api/method/frappe.realtime.get_user_info\?sid=x%20y"'
	has '"X-Frappe-Site-Name": "two.localhost"'
	has '"Host": "two.localhost"'
	# whatever else the bench's programs ask there goes on as it is
	run -0 curl -sS --max-time 20 -H 'Host: two.localhost' "http://127.0.0.1:$inner/login"
	has '"path": "/login"'
	has '"Host": "two.localhost"'
}

@test "nobody is believed who says that he came by HTTPS or from elsewhere, without a trusted proxy in the recipe" {
	ask /page -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-For: 203.0.113.9'
	lacks 'Strict-Transport-Security'
	has '"X-Forwarded-Proto": "http"'
	has '"X-Forwarded-For": "127.0.0.1"'
}

@test "trusted proxies are believed, strangers are not, and HSTS is for HTTPS only" {
	local proxied=$BATS_TEST_TMPDIR/proxied port inner other
	other=$(free_port) inner=$(free_port)
	mkdir "$proxied"
	{ cat tests/golden/production.yml; echo 'nginx: { trusted_proxies: [127.0.0.2, 127.0.1.0/24] }'; } > "$proxied/recipe.yml"
	"$GOLDEN" tree "$proxied/recipe.yml" "$proxied/image"
	"$GOLDEN" tree production "$proxied/plain"
	run -1 diff "$proxied/plain/etc/nginx/nginx.conf" "$proxied/image/etc/nginx/nginx.conf"
	[[ $(grep '^[<>]' <<< "$output" | tr -d '\t') == "> set_real_ip_from 127.0.0.2;
> set_real_ip_from 127.0.1.0/24;
> real_ip_header X-Forwarded-For;
> real_ip_recursive on;
> 127.0.0.2 1;
> 127.0.1.0/24 1;" ]]
	rm -r "$proxied/image"
	golden "$proxied/recipe.yml" "$proxied"
	on_ports "$proxied" "$other" "$inner"
	sed -i "s/127.0.0.1:$other/$other/" "$proxied/image/etc/nginx/nginx.conf"
	cp "$DIR/run/mkbench/nginx-sites.conf" "$proxied/run/mkbench/"
	nginx -c "$proxied/image/etc/nginx/nginx.conf" -g 'daemon off;' 3>&- &
	local pid=$!
	port=$other
	until_true 300 curl -s -m 30 "http://127.0.0.1:$port"
	# the last hop before the trusted ones is the visitor, whatever he has written before it
	for proxy in 127.0.0.2 127.0.1.77; do
		ask /page --interface $proxy -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-For: 192.0.2.1, 203.0.113.9, 127.0.1.8'
		has '^Strict-Transport-Security'
		has '"X-Forwarded-Proto": "https"'
		has '"X-Forwarded-For": "203.0.113.9"'
		ask /page --interface $proxy -H 'X-Forwarded-Proto: http' -H 'X-Forwarded-For: 203.0.113.9'
		lacks 'Strict-Transport-Security'
		has '"X-Forwarded-Proto": "http"'
	done
	for stranger in 127.0.0.1 127.0.2.1; do
		ask /page --interface $stranger -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-For: 127.0.0.2'
		lacks 'Strict-Transport-Security'
		has '"X-Forwarded-Proto": "http"'
		has "\"X-Forwarded-For\": \"$stranger\""
	done
	kill $pid
	wait $pid
}

# proxied: a second nginx whose trusted proxies are 127.0.0.2 and 127.0.1.0/24, on $port.
proxied() {
	local dir=$BATS_TEST_TMPDIR/proxied
	port=$(free_port)
	mkdir "$dir"
	{ cat tests/golden/production.yml; echo 'nginx: { trusted_proxies: [127.0.0.2, 127.0.1.0/24] }'; } > "$dir/recipe.yml"
	golden "$dir/recipe.yml" "$dir"
	on_ports "$dir" "$port" "$(free_port)"
	sed -i "s/127.0.0.1:$port/$port/" "$dir/image/etc/nginx/nginx.conf"
	cp "$DIR/run/mkbench/nginx-sites.conf" "$dir/run/mkbench/"
	nginx -c "$dir/image/etc/nginx/nginx.conf" -g 'daemon off;' >"$dir/log" 2>&1 3>&- &
	second=$!
	until_true 300 curl -s -m 30 "http://127.0.0.1:$port"
}

# What the bench was told: the names of all headers, on one line.
told() { sed -n 's/^{/{/p' <<< "$output" | jq -r '.headers | keys[] | ascii_downcase' | sort | tr '\n' ' '; }

@test "what a proxy may say of a visitor reaches the bench from nobody: each header, by trusted and by strangers, at every door" {
	need jq
	local port names name from value writing args
	# those that a program is known to believe, and of each family one that nobody has heard of
	names='Forwarded X-Forwarded X-Forwarded-By X-Forwarded-Client-Cert X-Forwarded-Host X-Forwarded-Port X-Forwarded-Prefix X-Forwarded-Server
		X-Forwarded-Ssl X-Forwarded-Protocol X-Forwarded-Scheme X-Forwarded-User X-Forwarded-Anything-Else X-Forward-For X-Forward-Proto
		X-Original-URL X-Original-Forwarded-For X-Original-Anything X-Originating-IP X-Rewrite-URL X-Real-IP X-Real-Anything X-Client-IP
		X-Client-Cert X-Cluster-Client-IP X-Remote-Addr X-Remote-User X-Remote-Anything X-Script-Name X-Host X-Http-Host-Override X-Scheme
		X-Url-Scheme X-Ssl-Client-Verify X-Arr-Ssl X-Envoy-External-Address X-Appengine-User-Ip X-Azure-ClientIP X-ProxyUser-Ip X-Accel-Redirect
		X-Accel-Mapping X-Sendfile-Type X-Auth-Request-User X-Auth-Request-Anything X-Authenticated-User X-Authentik-Username X-Webauth-User
		X-Amzn-Oidc-Identity X-Ms-Client-Principal-Name X-Goog-Authenticated-User-Email True-Client-IP Client-IP CF-Connecting-IP CF-Anything
		Fastly-Client-IP Fly-Client-IP Front-End-Https Remote-User Remote-Groups Remote-Anything Ssl-Client-Cert Ssl-Client-Anything Proxy
		Proxy-Authorization Proxy-Connection Wl-Proxy-Client-IP X-Vercel-Forwarded-For X-Nf-Client-Connection-Ip Do-Connecting-Ip Oidc-Claim-Sub
		X-Replaced-Path X-Request-Uri X-Server-Name X-Source-Ip Https'
	proxied
	for value in https evil.example 443 '203.0.113.9, 127.0.0.2' 'for=1.2.3.4;host=evil.example;proto=https'; do
		for writing in plain upper underscores; do
			args=(-H 'X-Mine: kept' -H 'X-Auth-Token: kept' -H 'X-Goog-Channel-Id: kept' -H "X-Frappe-Site-Name: $value" -H 'X-Forwarded-For: 203.0.113.9')
			for name in $names; do
				case $writing in upper) name=${name^^} ;; underscores) name=${name//-/_} ;; esac
				args+=(-H "$name: $value")
			done
			for from in 127.0.0.2 127.0.0.1; do
				output=$(curl -sS --max-time 20 --interface $from -H 'Host: one.localhost' "${args[@]}" "http://127.0.0.1:$port/page")
				[[ $(told) == "accept connection host user-agent x-auth-token x-forwarded-for x-forwarded-proto x-frappe-site-name x-goog-channel-id x-mine x-use-x-accel-redirect " ]]
				has '"X-Frappe-Site-Name": "one.localhost"'
				output=$(curl -sS --max-time 20 --interface $from -H 'Host: one.localhost' "${args[@]}" "http://127.0.0.1:$port/socket.io/")
				[[ $(told) == "accept host origin user-agent x-auth-token x-forwarded-for x-forwarded-proto x-frappe-site-name x-goog-channel-id x-mine " ]]
			done
		done
	done
}

@test "by HTTPS: what the first of trusted proxies says, in any writing, and what a stranger says never" {
	local port said
	proxied
	for said in https HTTPS 'https,http' 'https, http, http' ' https ' wss 'https ,http'; do
		ask /page --interface 127.0.0.2 -H "X-Forwarded-Proto: $said"
		has '"X-Forwarded-Proto": "https"'
		has '^Strict-Transport-Security'
		ask /page --interface 127.0.0.1 -H "X-Forwarded-Proto: $said"
		has '"X-Forwarded-Proto": "http"'
	done
	for said in http 'http,https' 'http, https' ws httpsx 'xhttps' 'ftp' ',https' 'on' 'https;http'; do
		ask /page --interface 127.0.0.2 -H "X-Forwarded-Proto: $said"
		has '"X-Forwarded-Proto": "http"'
		lacks 'Strict-Transport-Security'
	done
}

@test "the bench knows the port that the browser asked, and never another name than the site's" {
	for pair in 'one.localhost one.localhost' 'one.localhost:8443 one.localhost:8443' 'ONE.localhost:80 one.localhost:80' \
		'www.example.org:8080 www.example.org:8080'; do
		host=${pair% *} ask /page
		has "\"Host\": \"${pair#* }\""
	done
	# a name in the request line wins, and the port of a port's writing alone counts
	run -0 python3 -c 'import socket, sys
for host in "evil.example:1", "evil.example:99999999", "evil.example:8x":
    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
    peer.sendall(f"GET http://one.localhost/page HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    print(peer.makefile().read())' "$port"
	lacks '"Host": "evil'
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
	for path in /api/resource/File/a.html /api/method/x/ /backups/a.html /private/files/index.html; do
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

# limited CONNECTIONS REQUESTS: a second nginx with those limits, at $port.
limited() {
	local dir=$BATS_TEST_TMPDIR/limited
	port=$(free_port)
	mkdir "$dir"
	{ cat tests/golden/production.yml; echo "nginx: { connections_per_address: $1, requests_per_second: $2 }"; } > "$dir/recipe.yml"
	golden "$dir/recipe.yml" "$dir"
	on_ports "$dir" "$port" "$(free_port)"
	echo 'worker_connections 4096;' > "$dir/run/mkbench/nginx-events.conf"
	sed -i "s/client_header_timeout 10/client_header_timeout 2/; s/127.0.0.1:$port/$port/" "$dir/image/etc/nginx/nginx.conf"
	cp "$DIR/run/mkbench/nginx-sites.conf" "$dir/run/mkbench/"
	nginx -c "$dir/image/etc/nginx/nginx.conf" -g 'daemon off;' >"$dir/log" 2>&1 3>&- &
	second=$!
	until_true 300 curl -s -m 30 "http://127.0.0.1:$port"
}

@test "2,300 visitors who say half a request and no more leave room for others, and are sent away" {
	local port
	limited 2000 2000
	run -0 python3 - "$port" <<-'END'
		import resource, socket, sys, time, urllib.request
		port, most = int(sys.argv[1]), 2300
		resource.setrlimit(resource.RLIMIT_NOFILE, (most + 200,) * 2)
		def half():
		    peer = socket.create_connection(("127.0.0.1", port), 60)
		    peer.sendall(b"GET / HTTP/1.1\r\nHost: one.localhost\r\nX-A: ")
		    return peer
		peers = [half() for _ in range(most)]
		for path in "/_mkbench/health", "/page":
		    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": "one.localhost"})
		    try:
		        print(path, urllib.request.urlopen(request, timeout=60).status)
		    except urllib.error.HTTPError as e:
		        print(path, e.code)
		# a reset, or the end, and never an answer that waits
		for peer in peers:
		    peer.settimeout(120)
		    try:
		        peer.recv(1000)
		    except ConnectionResetError:
		        pass
		print("all have been sent away")
	END
	[[ $output == "/_mkbench/health 503"$'\n'"/page 200"$'\n'"all have been sent away" ]]
}

@test "one address has no more connections and requests than the recipe gives it, and others none the fewer" {
	local port
	limited 10 10
	run -0 python3 - "$port" <<-'END'
		import socket, sys
		def open_one(source, head):
		    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60, (source, 0))
		    peer.sendall(head)
		    return peer
		post = b"POST /upload HTTP/1.1\r\nHost: one.localhost\r\nContent-Length: 100\r\n\r\n"
		get = b"GET /page HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\n\r\n"
		slow = [open_one("127.0.0.1", post) for _ in range(20)]
		refused = 0
		for peer in slow:
		    peer.settimeout(2)
		    try:
		        refused += b" 429 " in peer.recv(1000)
		    except OSError:
		        pass
		print("of 20 slow uploads refused:", refused)
		print("of another address:", open_one("127.0.0.2", get).makefile().readline().split()[1])
		for peer in slow:
		    peer.close()
		answers = [open_one("127.0.0.3", get).makefile().readline().split()[1] for _ in range(60)]
		print("of 60 at once:", "429" in answers, answers.count("200") >= 11)
	END
	echo "$output"
	[[ $output == "of 20 slow uploads refused: 10"$'\n'"of another address: 200"$'\n'"of 60 at once: True True" ]]
}

@test "it listens on IPv6 when the file of the start says so" {
	local six=$DIR/image/etc/nginx/six.conf
	[[ -e /proc/net/if_inet6 ]] || skip "no IPv6 here"
	sed -e "s/127.0.0.1:$inner/127.0.0.1:$(free_port)/" -e "s/listen 127.0.0.1:$port/listen 127.0.0.1:$(free_port)/" \
		-e 's#/run/nginx.pid#/run/six.pid#' "$DIR/image/etc/nginx/nginx.conf" > "$six"
	echo "listen [::]:$port default_server;" > "$DIR/run/mkbench/nginx-listen.conf"
	nginx -c "$six" -g 'daemon off;' 3>&- &
	local pid=$!
	until_true 300 curl -s -m 30 "http://[::1]:$port"
	run -0 curl -s -H "Host: one.localhost" "http://[::1]:$port/page"
	has '"X-Frappe-Site-Name": "one.localhost"'
	kill $pid
	wait $pid
	rm "$DIR/run/mkbench/nginx-listen.conf"
}

@test "a body above the recipe's limit is refused before the bench sees it" {
	ask /upload -H 'Content-Length: 52428801' -H 'Expect: 100-continue' -X POST --data-binary x
	has '^HTTP/1.1 413'
}
