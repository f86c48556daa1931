// Package crashtest kills registration authorities, at named points and at
// random, takes their disks away, and looks afterwards whether anything is
// lost, done twice or forgotten. It has tests only.
//
// The authority that dies is a child, the test binary run once more: a real
// ra.Authority on ra/sqlstore, SQLite or PostgreSQL, that brings applicants
// from their first form to the certificate, and their cases to the end that
// erases them. The outside world, which is the certification authority,
// registers, phones, mailbox and workplaces, lives in the test itself and
// survives: it counts what it did under which key. The child tells of every
// transition that was acknowledged, on its standard output.
//
// What is examined after the last child has come to its end:
//
//	a  every acknowledged (request, version) is there
//	b  versions are dense: one line and one leaf each, and the journal amounts to the request
//	c  the tasks are exactly those that the journal's arrows order
//	d  every task is done, failed or unknown; the world did at most one thing under each key
//	e  the audit trail verifies, and begins with every checkpoint that was exported
//	f  every document of a dossier is there
//	g  timers that ran out while nobody worked have fired, once
//	h  whatever a dead process had begun was taken up by the next
//
// SURGUCH_LONG=1 makes the random ones long.
package crashtest

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"
)

// childPlan, in the environment, makes the test binary a child.
const childPlan = "SURGUCH_CRASH_PLAN"

func TestMain(m *testing.M) {
	if text := os.Getenv(childPlan); text != "" {
		var p plan
		err := json.Unmarshal([]byte(text), &p)
		if err == nil {
			err = p.run()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if text := os.Getenv(soakPlan); text != "" {
		var p soak
		err := json.Unmarshal([]byte(text), &p)
		if err == nil {
			err = p.run()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// The tests wait for children and disks more than they compute: more of them
	// are at once than there are processors, unless -parallel says otherwise.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // a child that ends under the race detector would wait a second
	os.Exit(m.Run())
}

// long reports whether the long variants run.
func long() bool { return os.Getenv("SURGUCH_LONG") != "" }
