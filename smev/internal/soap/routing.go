package soap

import (
	"strconv"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Routing is the Routing of 1.3 (smev-message-exchange-routing-1.3.xsd): it
// says to whom a message, or each record of its registry, goes. Empty parts
// are left out; each list holds at most 1000 values of up to 500 characters.
type Routing struct {
	MessageID   string   // of the request
	Dynamic     []string // DynamicRouting
	Identifiers []string // IdentifierRouting
	Records     []RecordRouting
}

// RecordRouting says to whom a record goes.
type RecordRouting struct {
	RecordID    int
	General     bool // UseGeneralRouting: as the message does
	Dynamic     []string
	Identifiers []string
}

// RoutingStatus says what became of the routing of a message.
type RoutingStatus struct {
	Dynamic     []ValueStatus
	Identifiers []ValueStatus
	Records     []RecordStatus
}

// ValueStatus says what became of the routing by a value. Code is success,
// recipientNotFound, invalidRegistryRecordId or signatureInvalid.
type ValueStatus struct{ Value, Code string }

// RecordStatus says what became of the routing of a record.
type RecordStatus struct {
	RecordID    int
	Code        string // as that of ValueStatus
	Dynamic     []ValueStatus
	Identifiers []ValueStatus
}

// write writes the element and has its RoutingInformation signed.
func (m *Routing) write(w *writer, sign Sign) {
	w.needs(w.v.minor >= 3, "Routing")
	w.Open("ns4:Routing", "xmlns:ns4", w.v.routing)
	w.Open("ns4:RoutingInformation", "Id", idOfRouting)
	w.Leaf("ns4:MessageID", m.MessageID)
	w.routes(m.Dynamic, m.Identifiers)
	if len(m.Records) != 0 {
		w.Open("ns4:RegistryRouting")
		for _, r := range m.Records {
			w.Open("ns4:RegistryRecordRouting")
			w.Leaf("ns4:RecordId", strconv.Itoa(r.RecordID))
			w.Leaf("ns4:UseGeneralRouting", strconv.FormatBool(r.General))
			w.routes(r.Dynamic, r.Identifiers)
			w.Close()
		}
		w.Close()
	}
	w.Close()
	w.signature(sign, "RoutingInformation", "ns4", routingSignature)
	w.Close()
}

func (w *writer) routes(dynamic, identifiers []string) {
	for _, kind := range []struct {
		name   string
		values []string
	}{{"Dynamic", dynamic}, {"Identifier", identifiers}} {
		if len(kind.values) == 0 {
			continue
		}
		w.Open("ns4:" + kind.name + "Routing")
		for _, value := range kind.values {
			w.Leaf("ns4:"+kind.name+"Value", value)
		}
		w.Close()
	}
}

func (v *Version) readRouting(s *xmldsig.Sequence) (*Routing, Signed) {
	e := s.Optional(v.rou("Routing"))
	if e == nil {
		return nil, Signed{}
	}
	var m Routing
	sub := e.Sequence(e.Name)
	information := sub.One(v.rou("RoutingInformation"))
	in := information.Sequence(v.rou("RoutingInformation"))
	m.MessageID = in.Text(v.rou("MessageID"))
	m.Dynamic, m.Identifiers = v.readRoutes(in)
	if e := in.Optional(v.rou("RegistryRouting")); e != nil {
		readAll(in, e, v.rou("RegistryRecordRouting"), func(record *xmldsig.Sequence) {
			r := RecordRouting{RecordID: readInt(record, v.rou("RecordId"))}
			r.General = parseBool(record, "UseGeneralRouting", record.Text(v.rou("UseGeneralRouting")))
			r.Dynamic, r.Identifiers = v.readRoutes(record)
			m.Records = append(m.Records, r)
		})
	}
	sub.Fail(in.End())
	by := readSigned(sub, information, v.rou(routingSignature))
	s.Fail(sub.End())
	return &m, by
}

func (v *Version) readRoutes(s *xmldsig.Sequence) (dynamic, identifiers []string) {
	return v.readValues(s, "Dynamic"), v.readValues(s, "Identifier")
}

func (v *Version) readValues(s *xmldsig.Sequence, kind string) (values []string) {
	e := s.Optional(v.rou(kind + "Routing"))
	if e == nil {
		return nil
	}
	sub := e.Sequence(e.Name)
	for c := sub.One(v.rou(kind + "Value")); c != nil; c = sub.Optional(v.rou(kind + "Value")) {
		text, err := c.Leaf()
		sub.Fail(err)
		values = append(values, text)
	}
	s.Fail(sub.End())
	return values
}

func (m *RoutingStatus) write(w *writer) {
	w.needs(w.v.minor >= 3, "RoutingStatus")
	w.Open("ns4:RoutingStatus", "xmlns:ns4", w.v.routing)
	w.routeStatuses(m.Dynamic, m.Identifiers)
	for _, r := range m.Records {
		w.Open("ns4:RegistryRoutingStatus")
		w.Leaf("ns4:RecordId", strconv.Itoa(r.RecordID))
		w.Leaf("ns4:RoutingStatusCode", r.Code)
		w.routeStatuses(r.Dynamic, r.Identifiers)
		w.Close()
	}
	w.Close()
}

func (w *writer) routeStatuses(dynamic, identifiers []ValueStatus) {
	for _, kind := range []struct {
		name     string
		statuses []ValueStatus
	}{{"Dynamic", dynamic}, {"Identifier", identifiers}} {
		for _, st := range kind.statuses {
			w.Open("ns4:" + kind.name + "RoutingStatus")
			w.Leaf("ns4:"+kind.name+"Value", st.Value)
			w.Leaf("ns4:RoutingStatusCode", st.Code)
			w.Close()
		}
	}
}

func (v *Version) readRoutingStatus(s *xmldsig.Sequence) *RoutingStatus {
	e := s.Optional(v.rou("RoutingStatus"))
	if e == nil {
		return nil
	}
	var m RoutingStatus
	sub := e.Sequence(e.Name)
	m.Dynamic, m.Identifiers = v.readRouteStatuses(sub)
	for _, e := range sub.Many(v.rou("RegistryRoutingStatus")) {
		record := e.Sequence(e.Name)
		r := RecordStatus{RecordID: readInt(record, v.rou("RecordId")), Code: record.Text(v.rou("RoutingStatusCode"))}
		r.Dynamic, r.Identifiers = v.readRouteStatuses(record)
		m.Records = append(m.Records, r)
		sub.Fail(record.End())
	}
	s.Fail(sub.End())
	return &m
}

func (v *Version) readRouteStatuses(s *xmldsig.Sequence) (dynamic, identifiers []ValueStatus) {
	read := func(kind string) (statuses []ValueStatus) {
		for _, e := range s.Many(v.rou(kind + "RoutingStatus")) {
			sub := e.Sequence(e.Name)
			statuses = append(statuses, ValueStatus{sub.Text(v.rou(kind + "Value")), sub.Text(v.rou("RoutingStatusCode"))})
			s.Fail(sub.End())
		}
		return statuses
	}
	return read("Dynamic"), read("Identifier")
}
