package smevtest

// Trouble is something that goes wrong with one request.
type Trouble int

// The troubles. The last three concern SendRequest: the request itself goes
// well, its answer does not.
const (
	None        Trouble = iota // nothing; lets one request pass between two troubles
	Busy                       // HTTP status 503, and the request is not looked at
	Failure                    // the fault SMEVFailure, and the request is not looked at
	DropBefore                 // the connection breaks before the request takes effect
	DropAfter                  // the request takes effect, then the connection breaks
	SwappedEcho                // the answer repeats data of another person, where its kind repeats any
	ForeignID                  // the answer names an inquiry that nobody made
	Twice                      // a second answer, one minute after the first
)

// Inject makes the next requests of an operation (SendRequest, GetResponse,
// Ack) go wrong, one trouble each, in order, after those injected before.
func (s *Server) Inject(operation string, troubles ...Trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles[operation] = append(s.troubles[operation], troubles...)
}

func (s *Server) trouble(operation string) Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.troubles[operation]
	if len(list) == 0 {
		return None
	}
	s.troubles[operation] = list[1:]
	return list[0]
}
