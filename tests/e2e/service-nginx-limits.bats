#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many visitors, large bodies, and addresses that it listens on.
bats_require_minimum_version 1.5.0
load helpers
load service-helpers
load nginx

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
		import re, socket, sys
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
		# sixty at once, and again where they are so slow that none is too many
		stays, answers = get.replace(b"Connection: close\r\n", b""), []
		while "429" not in answers and len(answers) < 3000:
		    answers += re.findall(r"HTTP/1\.1 (\d+) ", open_one("127.0.0.3", stays * 59 + get).makefile().read())
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
