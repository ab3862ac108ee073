#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The page that a visitor has until his site is ready.
bats_require_minimum_version 1.5.0
load helpers

setup() { command -v node >/dev/null || skip "needs node"; }

page() { run -0 node "$BATS_TEST_DIRNAME/../app/page.js" rootfs/usr/share/mkbench/wait.html "$1" "$2" && echo "$output"; }

@test "a preparation that failed is not called one moment, in French and in English" {
	failed='{"state": "failed", "steps": [{"step": "format", "state": "done", "seconds": 1.25}, {"step": "create", "state": "failed"}]}'
	page fr-CA "$failed"
	[ "$output" = "Ce site n’a pas pu être préparé
Ce site n’a pas pu être préparé
Une étape a échoué et sera réessayée. L’administrateur en trouvera la cause dans le journal.
done: Volume de données 1.3 s
failed: Création du site" ]
	page de "$failed"
	[ "${lines[0]}" = "This site could not be prepared" ]
	[ "${lines[4]}" = "failed: The site is made" ]
	page en "${failed//failed/running}" # tried again
	[ "${lines[0]}" = "One moment, please" ]
	[ "${lines[1]}" = "One moment, please" ]
}

@test "every step of provisioning has a name for people, and an unknown one is shown as it is" {
	count=0
	for step in $(grep -ohE '\{ "[a-z-]+",\s+[A-Za-z_]+' services/guest/start/provision*.c services/guest/backup/backup_instance.c | grep -oE '"[a-z-]+"'); do
		for language in fr en; do
			page $language "{\"state\": \"running\", \"steps\": [{\"step\": $step, \"state\": \"running\"}]}"
			[ "${lines[3]}" != "running: ${step//\"/}" ]
		done
		count=$((count + 1))
	done
	[ "$count" -ge 32 ]
	page fr '{"state": "running", "steps": [{"step": "unheard-of", "state": "pending"}]}'
	[ "${lines[3]}" = "pending: unheard-of" ]
}
