package csr

import "time"

// Deviation is something in a request, certificate, revocation list or OCSP
// message that its standard forbids and that is read all the same, because
// software in use writes it.
type Deviation struct {
	Code  DeviationCode
	Where string // the field, or "extension" with its identifier
}

// DeviationCode says what is wrong; its strings are stable.
type DeviationCode string

// What is read although it should not have been written.
const (
	// ExplicitDefault: a value that DER leaves out, being the default, is
	// written out (X.690, section 11.5).
	ExplicitDefault DeviationCode = "explicit-default"
	// TimeForm: a GeneralizedTime within the years of UTCTime (RFC 5280,
	// section 4.1.2.5).
	TimeForm DeviationCode = "time-form"
	// NullParameters: a signature algorithm of GOST has the parameter NULL
	// (RFC 9215, section 2 wants none).
	NullParameters DeviationCode = "null-parameters"
	// SetOrder: a SET OF whose members do not stand in the order of DER
	// (X.690, section 11.6).
	SetOrder DeviationCode = "set-order"
	// AttributesLeftOut: a request without its field of attributes, which
	// is to be there when it is empty too (RFC 2986, section 4.1).
	AttributesLeftOut DeviationCode = "attributes-left-out"
	// BitsLeftOver: a list of named bits that ends in zeros (X.690, section
	// 11.2.2).
	BitsLeftOver DeviationCode = "bits-left-over"
)

// deviations collects them while a value is read.
type deviations []Deviation

// note adds one; what is found again and again in one place counts once.
func (d *deviations) note(code DeviationCode, where string) {
	one := Deviation{code, where}
	if n := len(*d); n == 0 || (*d)[n-1] != one {
		*d = append(*d, one)
	}
}

// noteTime notes a GeneralizedTime that UTCTime could have said.
func (d *deviations) noteTime(long bool, t time.Time, where string) {
	if y := t.Year(); long && y >= 1950 && y < 2050 {
		d.note(TimeForm, where)
	}
}
