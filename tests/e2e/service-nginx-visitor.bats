#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who a visitor is and what of his words reaches the bench: proxies, trusted and not, HTTPS, origins, ports.
bats_require_minimum_version 1.5.0
load helpers
load service-helpers
load nginx

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
	for word in websocket WebSocket; do
		ask /socket.io/ -H 'Connection: Upgrade' -H "Upgrade: $word"
		has '"Upgrade": "websocket"'
		has '"Connection": "upgrade"'
	done
	for word in h2c TLS/1.0 'websocket, h2c' 'h2c, websocket'; do
		ask /socket.io/ -H 'Connection: Upgrade, HTTP2-Settings' -H "Upgrade: $word" -H 'HTTP2-Settings: AAMAAABkAAQAAP__'
		status 200
		lacks '"Upgrade"'
		lacks '"Connection": "upgrade'
	done
}

@test "a request within another one never reaches the bench, however its end is written" {
	run -0 python3 - "$port" <<-'END'
		import socket, sys
		within = "GET /within HTTP/1.1\r\nHost: one.localhost\r\n\r\n"
		size, chunked = f"Content-Length: {len(within) + 5}", "Transfer-Encoding: chunked"
		heads = [[size, chunked], [chunked, size], ["Content-Length: 0", size], [size, "Content-Length: 0"], [size, "Content-Length: +0"],
		         [f"{size}, 0"], ["Content-Length: 0x5"], ["Content-Length : 5"], ["Content-Length: 5\r\n 5"], ["Transfer-Encoding: identity, chunked"],
		         ["Transfer-Encoding: xchunked"], ["Transfer-Encoding : chunked"], ["Transfer-Encoding:\x0bchunked"], [chunked, "Transfer-Encoding: x"],
		         ["X: y\r\n Transfer-Encoding: chunked", size], ["Transfer-Encoding: chunked\r\nTransfer-encoding: identity", size],
		         ["Content_Length: 0", size], ["Content-Length\x00: 0", size], ["Transfer-Encoding: \"chunked\"", size]]
		for head in heads:
		    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
		    text = "POST /page HTTP/1.1\r\nHost: one.localhost\r\nConnection: close\r\n" + "\r\n".join(head) + "\r\n\r\n0\r\n\r\n" + within
		    peer.sendall(text.encode("latin-1"))
		    peer.settimeout(20)
		    answer = b""
		    try:
		        while chunk := peer.recv(65536):
		            answer += chunk
		    except ConnectionResetError:
		        pass
		    print(head, answer.count(b"HTTP/1.1 "), answer.split(b" ")[1].decode() if answer else "reset", b"/within" in answer)
	END
	echo "$output"
	[[ $(grep -c ' False$' <<< "$output") == 19 && $(grep -cE ' [01] (200|400|501|reset) False$' <<< "$output") == 19 ]]
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
		X-Replaced-Path X-Request-Uri X-Server-Name X-Source-Ip Https Client-Cert Client-Cert-Chain X-Auth-User X-Auth-Username X-Auth-Email
		X-Auth-Groups X-Vouch-User X-Vouch-Idp-Claims-Email X-Consumer-Username X-Credential-Identifier X-Userinfo X-Ms-Token-Aad-Id-Token
		X-Orig-Client-Ip X-Cdn-Src-Ip X-Sucuri-Clientip Shib-Identity-Provider Mellon-Name Iv-User Ali-Cdn-Real-Ip Cdn-Src-Ip Incap-Client-IP'
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
