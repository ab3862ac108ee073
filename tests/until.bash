# SPDX-License-Identifier: MIT
# Waiting in tests. A bound is a net against waiting for ever and no promise of speed: many times what a slow machine needs.
# shellcheck shell=bash

# [by=PID] until_true SECONDS COMMAND...: tries it until it succeeds; gives up at the bound, or when the process that is to bring it
# about has gone, and says so.
until_true() {
	local end=$((SECONDS + $1)) late="not within $1 seconds" why='' tries=0
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || why=$late
		[[ -z ${by:-} ]] || ! gone "$by" || why="process $by ended before"
		if [[ -n $why ]]; then
			"$@" && return
			echo "$why: $*" >&2
			return 1
		fi
		sleep $((tries++ < 30 ? 0 : 1)).1 # whoever takes long is not asked all the time
	done
}

# gone PID: it has ended, whether or not anybody has asked for its status.
gone() {
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
	[[ ${stat##*) } == [ZX]* ]]
}
