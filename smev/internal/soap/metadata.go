package soap

import (
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Party is a participant of the exchange. Real SMEV tells the mnemonic alone.
type Party struct{ Mnemonic, Name string }

// Metadata is MessageMetadata, which SMEV itself fills.
type Metadata struct {
	MessageID   string
	Type        string // REQUEST, BROADCAST, RESPONSE or, before 1.3, CANCEL
	Sender      Party
	SentAt      time.Time
	Broker      string    // MessageBroker, 1.1 only
	Destination string    // not in 1.3
	Recipient   Party     // left out when zero: a broadcast has none
	ContentType string    // DetectedContentTypeName, of requests; not in 1.3
	Interaction string    // InteractionType; not in 1.3. Empty is written as NotDetected where the schema requires it
	DeliveredAt time.Time // left out when zero
	Status      string    // InteractionStatusType, or a newer word
}

func (m *Metadata) write(w *writer, attrs ...string) {
	older := w.v.minor < 3
	w.Open("ns2:MessageMetadata", attrs...)
	w.due(w.v.minor == 2, "ns2:MessageId", m.MessageID)
	w.Leaf("ns2:MessageType", m.Type)
	if older || m.Sender != (Party{}) {
		m.Sender.write(w, "ns2:Sender")
	}
	w.Leaf("ns2:SendingTimestamp", stamp(m.SentAt))
	w.known(w.v.minor == 1, "ns2:MessageBroker", m.Broker)
	if older {
		w.due(true, "ns2:DestinationName", m.Destination)
	} else {
		w.known(false, "ns2:DestinationName", m.Destination)
	}
	if m.Recipient != (Party{}) {
		m.Recipient.write(w, "ns2:Recipient")
	}
	if told := m.ContentType != "" || m.Interaction != ""; told || older && !w.v.lean {
		w.needs(older, "ns2:SupplementaryData")
		w.Open("ns2:SupplementaryData")
		w.OptionalLeaf("ns2:DetectedContentTypeName", m.ContentType)
		interaction := m.Interaction
		if interaction == "" {
			interaction = "NotDetected"
		}
		w.Leaf("ns2:InteractionType", interaction)
		w.Close()
	}
	if !m.DeliveredAt.IsZero() {
		w.Leaf("ns2:DeliveryTimestamp", stamp(m.DeliveredAt))
	}
	w.OptionalLeaf("ns2:Status", m.Status)
	w.Close()
}

func (p Party) write(w *writer, name string) {
	w.Open(name)
	w.due(w.v.minor < 3, "ns2:Mnemonic", p.Mnemonic)
	w.due(true, "ns2:HumanReadableName", p.Name)
	w.Close()
}

// readMetadata reads the metadata from e, which s was read from.
func (v *Version) readMetadata(s *xmldsig.Sequence, e *xmldsig.Element) Metadata {
	var m Metadata
	sub := e.Sequence(v.typ("MessageMetadata"))
	if v.minor == 2 {
		m.MessageID = sub.Text(v.typ("MessageId"))
	} else {
		m.MessageID = sub.OptionalText(v.typ("MessageId"))
	}
	m.Type = sub.Text(v.typ("MessageType"))
	if v.minor < 3 {
		m.Sender = v.readParty(sub, sub.One(v.typ("Sender")))
	} else if e := sub.Optional(v.typ("Sender")); e != nil {
		m.Sender = v.readParty(sub, e)
	}
	m.SentAt = readMoment(sub, v.typ("SendingTimestamp"))
	if v.minor == 1 {
		m.Broker = sub.OptionalText(v.typ("MessageBroker"))
	}
	if v.minor < 3 {
		m.Destination = sub.OptionalText(v.typ("DestinationName"))
	}
	if e := sub.Optional(v.typ("Recipient")); e != nil {
		m.Recipient = v.readParty(sub, e)
	}
	if v.minor < 3 {
		if e := sub.Optional(v.typ("SupplementaryData")); e != nil {
			more := e.Sequence(e.Name)
			m.ContentType = more.OptionalText(v.typ("DetectedContentTypeName"))
			m.Interaction = more.Text(v.typ("InteractionType"))
			sub.Fail(more.End())
		}
	}
	m.DeliveredAt = readOptionalMoment(sub, v.typ("DeliveryTimestamp"))
	m.Status = sub.OptionalText(v.typ("Status"))
	s.Fail(sub.End())
	return m
}

func (v *Version) readParty(s *xmldsig.Sequence, e *xmldsig.Element) Party {
	var p Party
	sub := e.Sequence(e.Name)
	if v.minor < 3 {
		p.Mnemonic = sub.Text(v.typ("Mnemonic"))
	} else {
		p.Mnemonic = sub.OptionalText(v.typ("Mnemonic"))
	}
	p.Name = sub.OptionalText(v.typ("HumanReadableName"))
	s.Fail(sub.End())
	return p
}
