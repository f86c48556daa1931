package smevtest

import (
	"errors"
	"strconv"
)

// The scenarios of the package comment that have a meaning of their own for
// every register, or for several.
const (
	plainAnswer    = 0
	notFound       = 302
	unintelligible = 310
	notElectronic  = 530
	byAttachment   = 540
	byFileStore    = 541
	refutedFirst   = 601
	refutedLast    = 609
	noData         = 700
	accessDenied   = 701
	unknownKind    = 702
	failure        = 703
	statusFirst    = 710
	never          = 720
	rejectedAsync  = 730
)

var errScenario = errors.New("сценарий эмулятора")

// scenarioOf reads the scenario in digits of an inquiry: three of them behind
// a mark.
func scenarioOf(digits, mark string) int {
	if len(digits) != len(mark)+3 || digits[:len(mark)] != mark {
		return plainAnswer
	}
	n, err := strconv.Atoi(digits[len(mark):])
	if err != nil || n < 0 {
		return plainAnswer
	}
	return n
}

func refuted(n int) bool { return n >= refutedFirst && n <= refutedLast }

// declined returns the RequestRejected of scenarios that have one.
func declined(n int) (Reply, bool) {
	code := map[int]string{
		noData: "NO_DATA", accessDenied: "ACCESS_DENIED", unknownKind: "UNKNOWN_REQUEST_DESCRIPTION", failure: "FAILURE",
	}[n]
	if code == "" {
		return Reply{}, false
	}
	return rejection(code), true
}

func rejection(code string) Reply {
	return Reply{Rejections: []Rejection{{code, "Отказ эмулятора."}}}
}
