#!/usr/bin/env bash
# Runs go test with the given arguments, prints a line for each package and
# whatever failed in full, and fails if any test was skipped.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${GO:-go}" test -v "$@" >"$log" 2>&1
status=$?
if [ $status -ne 0 ]; then
	cat "$log"
	exit $status
fi
grep -E '^(ok|\?|FAIL|panic)' "$log" | grep -v 'no test files'
if grep -E '^ *--- SKIP' "$log"; then
	echo 'the tests above were skipped, which this run does not allow'
	exit 1
fi
