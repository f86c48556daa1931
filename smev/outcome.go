package smev

import "strconv"

// Outcome is what a register said, or why it said nothing. The zero value is
// none of the outcomes.
type Outcome int

// The outcomes. They are never collapsed into one another: each has its own
// consequence for the request.
const (
	_            Outcome = iota
	Confirmed            // the register holds the data as given
	Refuted              // the register holds other data, or holds the document as void
	NotFound             // the register has no record; papers decide
	Inconclusive         // an answer that settles nothing by itself; a person decides
	Unavailable          // the register could not answer; ask again at RetryAt
	Rejected             // the inquiry was not accepted: the fault of our settings or rights, never the applicant's
)

var outcomes = [...]string{
	Confirmed:    "confirmed",
	Refuted:      "refuted",
	NotFound:     "not_found",
	Inconclusive: "inconclusive",
	Unavailable:  "unavailable",
	Rejected:     "rejected",
}

// String returns the stable name that is stored: "confirmed", "refuted",
// "not_found", "inconclusive", "unavailable" or "rejected".
func (o Outcome) String() string {
	if o > 0 && int(o) < len(outcomes) {
		return outcomes[o]
	}
	return "outcome(" + strconv.Itoa(int(o)) + ")"
}
