#!/usr/bin/env bash
# Runs go test with the given arguments and prints a line for each package. If
# something failed it prints what was said, and at the very end once more what
# failed: often the end is all that is seen. A test that was skipped makes it
# fail too.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${GO:-go}" test -v "$@" >"$log" 2>&1
status=$?
if [ $status -ne 0 ]; then
	grep -avE '^=== (RUN|PAUSE|CONT|NAME) |^ *--- PASS: |^PASS$' "$log"
	echo 'what failed, and the words before it:'
	grep -aE -B 3 '^ *--- FAIL: |^panic: |^FAIL\s+\S' "$log" | grep -avE '^(=== |ok |PASS|FAIL$|exit|--$)|--- PASS: ' | cut -c 1-200 | tail -n 15
	exit $status
fi
grep -E '^(ok|\?|FAIL|panic)' "$log" | grep -v 'no test files'
if grep -E '^ *--- SKIP' "$log"; then
	echo 'the tests above were skipped, which this run does not allow'
	exit 1
fi
