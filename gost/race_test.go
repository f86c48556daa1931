//go:build race

package gost_test

// raceEnabled says whether the race detector is on, under which functions of
// the standard library allocate that otherwise do not.
const raceEnabled = true
