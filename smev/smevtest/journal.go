package smevtest

import "time"

// Exchange is a call as the journal keeps it.
type Exchange struct {
	Number    int64     // 1 is the first call of all
	At        time.Time // by the clock of SMEV
	Version   string    // of the schema, "1.2"
	Operation string    // empty if the envelope called for none
	Caller    string    // mnemonic; empty if nobody was made out
	// Verdict is on the caller's signature: verified, unsigned, no signature,
	// or the code of SignatureVerificationFault and, in English, what is
	// wrong where. Empty if nobody looked.
	Verdict string
	Trouble Trouble // that the call met
	Status  int     // of HTTP; 0 if the connection was broken
	Fault   string  // its name; empty if there was none

	Request  []byte // the envelope, its MTOM parts in place
	Response []byte // the same; nil if none was made
}

// journal keeps the last calls, by number and by size.
type journal struct {
	most int
	list []Exchange
	size int
	last int64
}

const maxJournal = 32 << 20 // octets

func newJournal(most int) *journal { return &journal{most: most} }

func (j *journal) add(e Exchange) {
	j.last++
	e.Number = j.last
	j.list = append(j.list, e)
	j.size += len(e.Request) + len(e.Response)
	for len(j.list) > j.most || j.size > maxJournal {
		j.size -= len(j.list[0].Request) + len(j.list[0].Response)
		j.list[0] = Exchange{} // lets go of the envelopes
		j.list = j.list[1:]
	}
}

// Journal returns the last calls, the oldest first.
func (s *Server) Journal() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Exchange(nil), s.journal.list...)
}
