#!/usr/bin/env bash
# Runs every fuzz target of the given packages for $FUZZTIME each, one line a
# target, and stops at the first finding.
set -u
go=${GO:-go}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for package in $("$go" list "$@"); do
	for target in $("$go" test -list '^Fuzz' "$package" | grep '^Fuzz'); do
		"$go" test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" -fuzzminimizetime 10x "$package" >"$log" 2>&1
		status=$?
		# A worker that is busy when the time is up makes go test fail with
		# this line and nothing else: the end of the run, no finding.
		if [ $status -ne 0 ] && grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
			status=0
		fi
		if [ $status -ne 0 ]; then
			cat "$log"
			exit $status
		fi
		echo "ok  $package $target: $(grep -oE 'execs: [0-9]+' "$log" | tail -n 1)"
	done
done
