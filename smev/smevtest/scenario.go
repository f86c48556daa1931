package smevtest

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/surguch/surguch/smev/internal/soap"
)

// The scenarios of the package comment that have a meaning of their own.
const (
	plain          = 0
	notFound       = 302
	unintelligible = 310
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

// scenarioOf reads the scenario in six digits of an inquiry.
func scenarioOf(digits string) int {
	if len(digits) != 6 || digits[:3] != "999" {
		return plain
	}
	n, err := strconv.Atoi(digits[3:])
	if err != nil {
		return plain
	}
	return n
}

func refuted(n int) bool { return n >= refutedFirst && n <= refutedLast }

// declined returns the RequestRejected of scenarios that have one.
func declined(n int) (soap.Response, bool) {
	code := map[int]string{
		noData: "NO_DATA", accessDenied: "ACCESS_DENIED", unknownKind: "UNKNOWN_REQUEST_DESCRIPTION", failure: "FAILURE",
	}[n]
	if code == "" {
		return soap.Response{}, false
	}
	return soap.Response{Rejections: []soap.Rejection{{Code: code, Description: "Отказ эмулятора."}}}, true
}

// rejectedBySMEV is the status of a request that failed the asynchronous
// checks.
func rejectedBySMEV(id string, err error) soap.Response {
	f := invalidContent("Бизнес-данные сообщения не соответствуют схеме, зарегистрированной в СМЭВ.", err)
	f.Code = "emu:ASYNC:" + f.Name
	return soap.Response{Async: &soap.AsyncStatus{
		OriginalMessageID: id, Category: "requestIsRejectedBySmev", Details: f.Text, Fault: f,
	}}
}

// Number returns the passport number of a scenario of the package comment.
func Number(scenario int) string { return fmt.Sprintf("999%03d", scenario) }

// SNILS returns a SNILS of a scenario, 11 digits with a right check number.
func SNILS(scenario int) string {
	digits := fmt.Sprintf("999%03d001", scenario)
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (9 - i)
	}
	return fmt.Sprintf("%s%02d", digits, sum%101%100)
}

// INN returns a person's INN of a scenario, 12 digits with right check digits.
func INN(scenario int) string {
	digits := fmt.Sprintf("7701999%03d", scenario)
	for _, weights := range [][]int{{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}, {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}} {
		sum := 0
		for i, w := range weights {
			sum += int(digits[i]-'0') * w
		}
		digits += strconv.Itoa(sum % 11 % 10)
	}
	return digits
}
