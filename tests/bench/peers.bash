# SPDX-License-Identifier: MIT
# The peers of tests/bench/run: how each is made ready, without being measured, and a function for each of its rows. $work is the
# folder of the run, $packages what the image has, $suite its release. A peer that cannot be had says why in ${lacks[NAME]}.
# shellcheck shell=bash
# shellcheck disable=SC2154 # what run has set
declare -A lacks

dpkg_option=--dpkgopt=force-unsafe-io # nobody wants each file of an image synced

# mmdebstrap

mmdebstrap_up() {
	command -v mmdebstrap >/dev/null || lacks[mmdebstrap]="mmdebstrap is not installed"
	tar_of_packages=(mmdebstrap --quiet --mode=root --variant=essential "$dpkg_option" --include="$packages" "$suite" "$work/peer.tar")
}

row_cold-mmdebstrap() {
	rm -f "$work/peer.tar"
	measure cold-mmdebstrap "${tar_of_packages[@]}"
}

# Its manual's way to keep archives of packages.
row_cached-mmdebstrap() {
	local keep=(--skip=download/empty --skip=essential/unlink --setup-hook="mkdir -p '$work/debs' \"\$1\"/var/cache/apt/archives"
		--setup-hook="sync-in '$work/debs' /var/cache/apt/archives")
	[[ -d $work/debs ]] || prepare "${tar_of_packages[@]}" "${keep[@]}" --customize-hook="sync-out /var/cache/apt/archives '$work/debs'"
	rm -f "$work/peer.tar"
	measure cached-mmdebstrap "${tar_of_packages[@]}" "${keep[@]}"
}

# Docker: an engine of the run's own, without a bridge or a rule of the firewall. Only Debian's client of the same version has BuildKit
# without a plugin.

docker_up() {
	local tool
	for tool in dockerd docker mmdebstrap; do
		command -v $tool >/dev/null || { lacks[docker]="$tool is not installed" && return; }
	done
	export DOCKER_HOST=unix://$work/docker.sock
	dockerd -H "$DOCKER_HOST" --data-root "$work/docker" --exec-root "$work/docker-exec" --pidfile "$work/docker.pid" \
		--bridge=none --iptables=false >"$work/dockerd.log" 2>&1 &
	docker_pid=$!
	docker=$(dirname "$(command -v dockerd)")/../bin/docker
	[[ -x $docker ]] || docker=docker
	until "$docker" version >/dev/null 2>&1; do
		kill -0 "$docker_pid" 2>/dev/null || { lacks[docker]="dockerd ends: $(tail -1 "$work/dockerd.log" | cut -c1-200)" && return; }
		sleep 0.2
	done
	docker_build=("$docker" build --network=host --tag bench "$work/context")
	docker_context
	docker_base
}

# The packages that dpkg cannot do without are in the base, as in those that people take; it is not measured.
docker_base() {
	prepare mmdebstrap --quiet --mode=root --variant=apt $dpkg_option "$suite" "$work/base.tar"
	prepare "$docker" import "$work/base.tar" bench-base
	rm "$work/base.tar"
	printf 'FROM bench-base\nRUN --mount=type=cache,target=/probe true\n' >"$work/probe"
	export DOCKER_BUILDKIT=1
	if "$docker" build --network=host -f "$work/probe" "$work/context" >/dev/null 2>&1; then
		fact "docker $("$docker" version --format '{{.Server.Version}}'), BuildKit"
	else
		export DOCKER_BUILDKIT=0
		lacks[cached-docker]="the classic builder has no cache of packages, and this docker has no BuildKit"
		lacks[cached-docker-save]=${lacks[cached-docker]}
		sed -i 's/ --mount=[^ ]*//g' "$work/context/Dockerfile"
		fact "docker $("$docker" version --format '{{.Server.Version}}'), the classic builder"
	fi
}

docker_context() {
	mkdir "$work/context"
	cp -r "$work/demo" "$work/context/demo"
	cat >"$work/context/Dockerfile" <<-END
		FROM bench-base
		RUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt/lists apt-get update && \
		    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages//,/ }
		COPY demo /srv/demo
	END
}

docker_down() {
	[[ -z ${docker_pid:-} ]] || { kill "$docker_pid" && wait "$docker_pid"; } 2>/dev/null || true
}

# save ROW: what the save of the image that the last row has built takes, added to that.
save() {
	rm -f "$work/docker.tar"
	measure --all --after "$1" "$docker" save --output "$work/docker.tar" bench
}
docker_built() { "$docker" image inspect bench >/dev/null 2>&1 || prepare "${docker_build[@]}"; }

row_cold-docker() {
	"$docker" image rm --force bench >/dev/null 2>&1 || true
	prepare "$docker" builder prune --all --force
	measure --all cold-docker "${docker_build[@]}" --no-cache
}
row_cold-docker-save() { save cold-docker-save; }
row_cached-docker() {
	docker_built
	measure --all cached-docker "${docker_build[@]}" --no-cache
}
row_cached-docker-save() { save cached-docker-save; }
row_app-docker() {
	docker_built
	touched "$work/context/demo"
	measure --all app-docker "${docker_build[@]}"
}
row_app-docker-save() { save app-docker-save; }
row_same-docker() {
	docker_built
	measure --all same-docker "${docker_build[@]}"
}

# mkosi: 25, in a root of Debian 13's, since Debian 12's is 14, which knows no OCI.

mkosi_tools=mkosi,systemd-container,systemd-repart,e2fsprogs,dosfstools,mtools,cpio,zstd,xz-utils,uidmap,debian-archive-keyring,ca-certificates

mkosi_up() {
	local apt=$work/mkosi/conf/mkosi.sandbox/etc/apt
	command -v mmdebstrap >/dev/null || { lacks[mkosi]="mmdebstrap, which makes the root for it, is not installed" && return; }
	mkosi_root=$work/trixie
	if ! mmdebstrap --quiet --mode=root --variant=apt $dpkg_option --include=$mkosi_tools trixie "$mkosi_root" >"$work/log" 2>&1; then
		lacks[mkosi]="mmdebstrap cannot make a root of trixie for it: $(tail -1 "$work/log")"
		return
	fi
	mkdir -p "$mkosi_root/work"
	mount --bind "$mkosi_root" "$mkosi_root" # its own sandbox wants a root that is a mount
	mkdir -p "$work/mkosi/"{conf,tmp,out,extra/srv}
	cp -r "$work/demo" "$work/mkosi/extra/srv/demo"
	mount --bind "$work/mkosi" "$mkosi_root/work"
	mount -t proc proc "$mkosi_root/proc"
	mount --rbind /dev "$mkosi_root/dev"
	mount --rbind /sys "$mkosi_root/sys"
	cp -L /etc/resolv.conf "$mkosi_root/etc/resolv.conf"
	# From where mmdebstrap has it; its own list has debugging symbols and sources, too.
	mkdir -p "$apt/sources.list.d"
	sed "s|^deb |deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] |; s/trixie/$suite/g" "$mkosi_root/etc/apt/sources.list" \
		>"$apt/sources.list"
	touch "$apt/sources.list.d/mkosi.sources"
	mkosi_conf
	mkosi=(env TMPDIR=/work/tmp chroot "$mkosi_root" mkosi --directory /work/conf --force)
	fact "$(chroot "$mkosi_root" mkosi --version) in a root of trixie"
	# What it cannot do here it cannot do in any row.
	"${mkosi[@]}" sandbox true >"$work/log" 2>&1 ||
		lacks[mkosi]="mkosi cannot run: $(grep -v '^ ' "$work/log" | tail -1 | cut -c1-120)"
}

mkosi_conf() {
	cat >"$work/mkosi/conf/mkosi.conf" <<-END
		[Distribution]
		Distribution=debian
		Release=$suite
		[Output]
		OutputDirectory=/work/out
		Output=demo
		[Content]
		Bootable=no
		WithRecommends=no
		Packages=$packages
		ExtraTrees=/work/extra
		[Build]
		BuildSources=
		CacheDirectory=/work/cache
		PackageCacheDirectory=/work/packages
		WorkspaceDirectory=/work/tmp
	END
}

row_cold-mkosi() {
	rm -rf "$work/mkosi/"{cache,packages,out/*}
	mkdir "$work/mkosi/"{cache,packages}
	measure cold-mkosi "${mkosi[@]}" --format oci build
}
row_cached-mkosi() {
	[[ -d $work/mkosi/packages ]] || { mkdir "$work/mkosi/"{cache,packages} && prepare "${mkosi[@]}" --format oci build; }
	measure cached-mkosi "${mkosi[@]}" --format oci build
}
# mkosi_line ROW FORMAT
mkosi_line() {
	mkdir -p "$work/mkosi/"{cache,packages}
	[[ -n $(ls -A "$work/mkosi/cache") ]] || prepare "${mkosi[@]}" --incremental=yes --format "$2" build
	touched "$work/mkosi/extra/srv/demo"
	measure "$1" "${mkosi[@]}" --incremental=yes --format "$2" build
}
row_app-mkosi() { mkosi_line app-mkosi oci; }
row_disk-mkosi() { mkosi_line disk-mkosi disk; }
