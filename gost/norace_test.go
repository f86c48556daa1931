//go:build !race

package gost_test

const raceEnabled = false
