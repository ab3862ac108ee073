# SPDX-License-Identifier: MIT
# A Docker daemon of the test's own in a network namespace of its own: no port, no firewall rule and no
# image of this machine is touched. $BOOT is its folder, $NET its namespace.
# shellcheck shell=bash

docker_lacks() {
	local tool
	[[ $(id -u) == 0 ]] || { echo "dockerd needs root"; return; }
	for tool in dockerd docker curl jq ip; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed"; return; }
	done
}

# inside COMMAND...: where the containers' published ports are.
inside() { nsenter --net="/run/netns/$NET" "$@"; }

docker_up() {
	ip netns add "$NET" && ip -n "$NET" link set lo up
	export DOCKER_HOST=unix://$BOOT/docker.sock
	inside dockerd -H "$DOCKER_HOST" --data-root "$BOOT/docker" --exec-root "$BOOT/exec" --pidfile "$BOOT/docker.pid" \
		>"$BOOT/dockerd.log" 2>&1 3>&- &
	by=$! until_true 300 docker version || { tail -5 "$BOOT/dockerd.log"; return 1; }
}

docker_down() {
	docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1
	local pid
	if pid=$(<"$BOOT/docker.pid") && kill "$pid"; then until_true 300 gone "$pid"; fi
	umount -R -l "$BOOT/docker" 2>/dev/null || true # in a changed root it forgets to, and bats cannot remove it
	ip netns del "$NET"
}

# boot NAME [DOCKER RUN OPTION...]: the image on the volume NAME-data, its port at 127.0.0.1:8080 inside.
boot() {
	local name=$1
	shift
	docker run -d --name "$name" -p 127.0.0.1:8080:8080 -v "$name-data:/data" "$@" "$IMAGE" >/dev/null
}

# ready NAME: waits for every site; on failure shows what the container said.
ready() {
	until_true 900 docker exec "$1" /usr/lib/mkbench/health ready || { docker logs --tail 30 "$1"; return 1; }
}

# ask SITE PATH [CURL OPTION...]: the answer's body; fails on a status of 400 and more.
ask() {
	local site=$1 path=$2
	shift 2
	inside curl -sS --fail-with-body --max-time 30 -H "Host: $site" "$@" "http://127.0.0.1:8080$path"
}

status_of() {
	local site=$1 path=$2
	shift 2
	inside curl -sS --max-time 30 -o /dev/null -w '%{http_code}' -H "Host: $site" "$@" "http://127.0.0.1:8080$path"
}

# log_in NAME SITE: as Administrator, with the password that provision made; the cookie goes to a file.
log_in() {
	local password
	password=$(docker exec "$1" cat "/data/secrets/$2/admin_password")
	ask "$2" /api/method/login -c "$BOOT/cookies.$2" --data-urlencode usr=Administrator --data-urlencode "pwd=$password" >/dev/null
}
