# SPDX-License-Identifier: MIT
# What the services rendered, put under a folder of the test, so that the real programs can
# run it as whoever runs the test, on ports that nobody has.

need() {
	for program; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
}

# golden NAME DIR: the rendered files; absolute paths in them are moved under DIR.
golden() {
	"$GOLDEN" tree "$1" "$2/image"
	mkdir -p "$2"/run/{mkbench,mysqld,redis} "$2"/data/{logs,service-logs,sites,nginx,mariadb,redis-queue,redis-cache} "$2/lib"
	find "$2/image" -type f ! -name bench.json -exec sed -i \
		-e "s#/home/frappe/frappe-bench#$2/image/home/frappe/frappe-bench#g" \
		-e "s#\([ =:\"/]\)/\(run\|data\)/#\1$2/\2/#g; s#=/run/#=$2/run/#g; s#=/data/#=$2/data/#g" \
		-e "s#/etc/nginx/untrusted#$2/image/etc/nginx/untrusted#g" \
		-e "s#/usr/share/mkbench#$2/image/usr/share/mkbench#g" \
		-e "s#/etc/supervisor/#$2/image/etc/supervisor/#g" {} +
}

# A TCP port that is free now.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

GOLDEN=${GOLDEN:-$(dirname "$(readlink -f "$MKBENCH")")/t/golden}
