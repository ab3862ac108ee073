#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# tests/bench: what its report makes of given figures, and that each row of its table can be measured.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	bench=$BATS_TEST_DIRNAME/../bench
	cd "$BATS_TEST_TMPDIR" || return
	cat >rows <<-END
		# a comment | of | no | row
		a-peer | one line | peer    | tar <&> more, and yet more, until no fixed width would do for what it says
		a-ours | one line | mkbench | an archive
		a-oci  | one line | mkbench | OCI alone
		b-ours | a bench  | mkbench | cold
		c-ours | never measured | mkbench | nothing
		d-late | one line | late | a peer that is not here
	END
	printf '%s\t%s\t%s\t%s\t%s\n' >figures \
		2026-01-01 a-ours 1 99 999 \
		2026-01-02 a-peer 1 3 10 \
		2026-01-02 a-ours 1 2 100 \
		2026-01-02 a-oci 1 0.5 50 \
		2026-01-02 a-ours 2 4 300 \
		2026-01-02 a-peer 2 6 20 \
		2026-01-02 a-ours 3 2 200
	printf '%s\t%s\t%s\t%s\n' >>figures 2026-01-02 d-late - 'late is not installed'
	printf '%s\t+\t%s\n' >>figures 2026-01-01 'an old fact' 2026-01-02 '150 packages'
}

@test "a table has medians, ratios to mkbench's first row of the group, peaks, and what is not here" {
	run -0 "$bench/report" rows figures out
	echo "$output"
	[ "$output" = "$(<out.txt)" ]
	columns() { grep -F "$1" out.txt | sed "s/.*$2 *//" | tr -s ' '; }
	[ "$(columns 'peer: tar' says)" = '4.50 2.25 20 3.00 to 6.00 2' ]
	[ "$(columns 'mkbench: an archive' archive)" = '2.00 1.00 300 2.00 to 4.00 3' ]
	[ "$(columns 'mkbench: OCI alone' alone)" = '0.50 0.25 50 1' ]
	[ "$(columns 'late:' here:)" = 'late is not installed' ]
	run ! grep -E 'never measured|cold|an old fact|99' out.txt
	[ "$(grep -c '150 packages' out.txt)" = 1 ]
}

@test "figures of two runs are said to be so" {
	printf '%s\t%s\t%s\t%s\t%s\n' >>figures 2026-01-03 b-ours 1 200 900
	"$bench/report" rows figures out
	grep -q 'from 2 runs' out.txt
	grep -qE 'mkbench: cold +200.00 +1.00 +900' out.txt
}

@test "a plot is well-formed SVG, whose bars are as long as the medians" {
	"$bench/report" rows figures out >/dev/null
	run -0 python3 - <<-'END'
		import xml.etree.ElementTree as tree
		root = tree.parse("out.svg").getroot()
		space = "{http://www.w3.org/2000/svg}"
		bars = [float(bar.get("width")) for bar in root.iter(space + "rect") if bar.get("y")]
		words = [text.text for text in root.iter(space + "text")]
		assert len(bars) == 3, bars
		assert abs(bars[0] / bars[1] - 2.25) < 0.01 and abs(bars[1] / bars[2] - 4) < 0.01, bars
		assert "peer: tar <&> more, and yet more, until no fixed width would do for what it says" in words and "not here: late is not installed" in words, words
		assert "2.00 s (1.00), 300 MiB" in words, words
		for text in root.iter(space + "text"): # by an ordinary letter's width
		    assert text.get("text-anchor") != "end" or float(text.get("x")) > 6.5 * len(text.text), text.text
		wide = float(root.get("width"))
		for bar in root.iter(space + "rect"):
		    assert float(bar.get("x", 0)) + float(bar.get("width")) <= wide
	END
}

@test "no figures are no report" {
	: >figures
	run -1 "$bench/report" rows figures out
	[[ $output == *"no figure of a row"* ]]
	[ ! -e out.txt ]
}

@test "each row has somebody who measures it, and each kind of disk has a row" {
	local row rest disk
	while IFS='| ' read -r row rest; do
		[[ $row == disk-* ]] || grep -qE "^row_$row\(\)" "$bench/run" "$bench/peers.bash" || { echo "nobody measures $row"; return 1; }
	done < <(grep -v '^#' "$bench/rows")
	while read -r disk; do
		grep -q "^disk-$disk " "$bench/rows" || { echo "no row for $disk"; return 1; }
	done < <(awk -F'[(,]' '/^\tX\(/ && $5 ~ /true/ { gsub(/[ "]/, "", $3); print $3 }' "$bench/../../builder/recipe/output.h")
}

@test "a measurement says how long a command took, and what it and its children held" {
	run -3 "$bench/measure" figures now row 1 log sh -c 'echo no; exit 3'
	[ "$(<log)" = no ]
	run ! grep -q '^now' figures
	"$bench/measure" figures now one 1 log sh -c 'python3 -c "import time; held = bytearray(b\"x\") * (64 << 20); time.sleep(1)"; true'
	"$bench/measure" --after figures now both 1 log sleep 0.5
	# What others begin meanwhile counts, too: the bench has a process namespace of its own.
	awk -F'\t' '$2 == "one" { one = $4; if ($4 < 1 || $5 < 64) exit 1 } $2 == "both" && ($4 < one + 0.5 || $5 < 64) { exit 1 }' figures
}
