package main

import (
	"time"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
)

// report is what doctor found. The names in JSON are stable.
type report struct {
	OK       bool           `json:"ok"` // no finding is an error
	GOST     []check        `json:"gost"`
	Modules  []moduleReport `json:"modules"`
	Carrier  *placeReport   `json:"carrier,omitempty"`
	Findings []finding      `json:"findings"`
}

// check is a test of our own GOST.
type check struct {
	Name  string `json:"name"`
	Error string `json:"error,omitempty"` // empty: it passed
}

// States of a module.
const (
	stateOK     = "ok"
	stateAbsent = "absent"
	stateFailed = "failed"
)

// moduleReport is a library of PKCS #11.
type moduleReport struct {
	Name    string         `json:"name"`
	Path    string         `json:"path"`
	State   string         `json:"state"`
	Reason  string         `json:"reason,omitempty"`
	Library string         `json:"library,omitempty"`
	Tokens  []deviceReport `json:"tokens,omitempty"`
}

// deviceReport is what a token tells without a PIN.
type deviceReport struct {
	Manufacturer   string   `json:"manufacturer"`
	Model          string   `json:"model"`
	Serial         string   `json:"serial"`
	Label          string   `json:"label,omitempty"`
	URI            string   `json:"uri"`
	Reader         string   `json:"reader"`
	Initialized    bool     `json:"initialized"`
	PINSet         bool     `json:"pin_set"`
	Pinpad         bool     `json:"pinpad"`
	WriteProtected bool     `json:"write_protected"`
	DefaultPIN     bool     `json:"default_pin"`
	MustChange     bool     `json:"must_change_pin"`
	Tries          *int     `json:"tries,omitempty"` // absent: not told
	OfficerTries   *int     `json:"officer_tries,omitempty"`
	MinPIN         int      `json:"min_pin"` // octets
	MaxPIN         int      `json:"max_pin"`
	TotalMemory    *int64   `json:"total_memory,omitempty"` // octets
	FreeMemory     *int64   `json:"free_memory,omitempty"`
	Hardware       string   `json:"hardware"`
	Firmware       string   `json:"firmware"`
	Algorithms     []string `json:"algorithms"`
	Mechanisms     []uint32 `json:"mechanisms"`
}

func newDeviceReport(s pkcs11.Status) deviceReport {
	return deviceReport{
		Manufacturer: s.Device.Manufacturer, Model: s.Device.Model, Serial: s.Device.Serial, Label: s.Device.Label,
		URI: pkcs11.DeviceURI(s.Device).String(), Reader: s.Reader,
		Initialized: s.Initialized, PINSet: s.PINSet, Pinpad: s.Pinpad, WriteProtected: s.WriteProtected,
		DefaultPIN: s.DefaultPIN, MustChange: s.MustChange, Tries: told(s.Tries), OfficerTries: told(s.SOTries),
		MinPIN: s.MinPIN, MaxPIN: s.MaxPIN, TotalMemory: told(s.TotalMemory), FreeMemory: told(s.FreeMemory),
		Hardware: s.Hardware, Firmware: s.Firmware, Algorithms: append([]string{}, s.Algorithms...), Mechanisms: append([]uint32{}, s.Mechanisms...),
	}
}

// told is a number that a token tells; nil if it does not.
func told[T int | int64](n T) *T {
	if n < 0 {
		return nil
	}
	return &n
}

func (d deviceReport) device() token.Device {
	return token.Device{Manufacturer: d.Manufacturer, Model: d.Model, Serial: d.Serial, Label: d.Label}
}

// placeReport is the place of -carrier.
type placeReport struct {
	Place   string        `json:"place"`
	Error   string        `json:"error,omitempty"` // why it cannot be opened or listed
	Token   *deviceReport `json:"token,omitempty"`
	Listed  bool          `json:"listed"` // whether the keys were looked at
	Objects []object      `json:"objects,omitempty"`
	Trial   *trial        `json:"trial,omitempty"`
}

// object is a key with its certificate.
type object struct {
	ID          string       `json:"id"`
	Name        string       `json:"name,omitempty"`
	Algorithm   string       `json:"algorithm,omitempty"` // empty: it cannot be read
	Extractable bool         `json:"extractable"`
	Certificate *certificate `json:"certificate,omitempty"`
}

// certificate is one in short.
type certificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Serial    string    `json:"serial"` // hexadecimal
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}

// trial is a key pair that was made to see whether that works.
type trial struct {
	Algorithm string `json:"algorithm"`
	ID        string `json:"id,omitempty"`
	Generated bool   `json:"generated"`
	Signed    bool   `json:"signed"`  // and verified in software
	Deleted   bool   `json:"deleted"` // and looked for afterwards
	Error     string `json:"error,omitempty"`
}

// Severities of findings.
const (
	severityError   = "error"
	severityWarning = "warning"
)

// finding is something that a person should know. Codes are stable.
type finding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Where    string `json:"where,omitempty"` // the library, the token or the key
	Text     string `json:"text"`            // in Russian
}
