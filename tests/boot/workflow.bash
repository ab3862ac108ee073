# SPDX-License-Identifier: MIT
# What a workflow of `mkbench init --ci` does, without the server that would do it.
# shellcheck shell=bash

# steps FILE: the shell text of a workflow, a step after the other.
steps() {
	python3 - "$1" <<-'END'
		import sys, yaml
		document = yaml.safe_load(open(sys.argv[1]))
		for job in document.get("jobs", document).values():
		    if isinstance(job, dict):
		        for step in job.get("steps") or job.get("script") or []:
		            text = step if isinstance(step, str) else step.get("run")
		            if text:
		                print("(\nset -e\n" + text.rstrip("\n") + "\n) || exit")
	END
}
