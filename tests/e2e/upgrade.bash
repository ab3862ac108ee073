# SPDX-License-Identifier: MIT
# Two images of a bench of pretence, the second newer. Loaded after room.
# image 1|2: what the room's next start is an image of. 2 has newer apps, a migration and a probe.
image() {
	[[ -e $room/bench.1.json ]] || cp "$room/bench.json" "$room/bench.1.json"
	cp "$room/bench.1.json" "$room/bench.json"
	[[ $1 = 1 ]] || jq --arg bench "$room/bench" '.version = "2.0" | .build = "fedcba9876543210"
		| .apps[0] = { name: "first", version: "1.1", content: "sha256:f2" }
		| .framework.site_migrate = [ { name: "migrate", argv: [ $bench + "/migrate-site", "{site}", "{db_name}", "{db_user}" ] } ]
		| .framework.site_probe = [ { name: "try", argv: [ "/bin/sh", "-c", "test ! -e \($bench)/useless" ] } ]' \
		"$room/bench.1.json" >"$room/bench.json"
}

tell_all() {
	in_room "$repo/tests/guest/oracle" "$room" >"$room/told"
	sed "s#$room#ROOM#g" "$room/told" | grep -v '/\.mkbench\|^upgrade/'
}

# The lines of a bench that was left alone: before.$1, of an upgraded one after.
undisturbed() {
	[[ ! -e $BATS_FILE_TMPDIR/after ]] || return 0
	image 1
	start_room
	started
	tell_all >"$BATS_FILE_TMPDIR/before"
	end_room TERM
	image 2
	start_room
	started
	tell_all >"$BATS_FILE_TMPDIR/after"
	in_room jq -r '.steps[].step' /run/mkbench/progress.json >"$BATS_FILE_TMPDIR/steps"
	end_room TERM
	run -1 diff -q "$BATS_FILE_TMPDIR/before" "$BATS_FILE_TMPDIR/after"
	rm -rf "$room"
	make_room
}

is_as() {
	tell_all >"$room/now"
	diff "$BATS_FILE_TMPDIR/$1" "$room/now"
}

# A volume of image 1, stopped in order; made once, copied from then on.
volume() {
	image 1
	if [[ ! -e $BATS_FILE_TMPDIR/volume ]]; then
		start_room
		started
		end_room TERM
		cp -a "$room/data" "$BATS_FILE_TMPDIR/volume"
		echo "$room" >"$BATS_FILE_TMPDIR/volume.room"
		return
	fi
	rm -rf "$room/data"
	cp -a "$BATS_FILE_TMPDIR/volume" "$room/data"
	move_room "$(cat "$BATS_FILE_TMPDIR/volume.room")"
}

# The links of a volume that was made in a room of another name: its next start would keep them aside.
move_room() {
	local link
	while read -r link; do
		ln -sfn "$(readlink "$link" | sed "s#^$1#$room#")" "$link"
	done < <(find "$room/data/sites" -maxdepth 1 -type l)
}
