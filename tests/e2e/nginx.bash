# SPDX-License-Identifier: MIT
# The nginx of the production bench on ports that nobody has, over a bench that repeats what it is told (service-echo.py).

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
