# SPDX-License-Identifier: MIT
# A file of boot tests that has no means here. Bats 1.8 counts a skip of the whole file as a failure, so each test says it.
# shellcheck shell=bash
load ../until

# needs FUNCTION: its output is what is lacking. First in setup_file: `needs FUNCTION || return 0`.
needs() {
	LACKS=$("$@")
	export LACKS
	[[ -z $LACKS ]]
}

# In CI everything must be there; only what somebody has to ask for is left out.
setup() {
	[[ -n $LACKS ]] || return 0
	[[ -z ${MKBENCH_NO_SKIP:-} ]] || { echo "not allowed to skip: $LACKS" >&2; return 1; }
	skip "$LACKS"
}
