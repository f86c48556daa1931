package soap

import (
	"strings"
	"time"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Party is a participant of the exchange.
type Party struct{ Mnemonic, Name string }

// Metadata is MessageMetadata, which SMEV itself fills.
type Metadata struct {
	MessageID   string
	Type        string // REQUEST, RESPONSE …
	Sender      Party
	SentAt      time.Time
	Destination string
	Recipient   Party     // left out when its mnemonic is empty
	ContentType string    // DetectedContentTypeName, of requests
	DeliveredAt time.Time // left out when zero
	Status      string    // InteractionStatusType, or a newer word
}

func (m *Metadata) write(w *xmldsig.Writer, id string) {
	var attrs []string
	if id != "" {
		attrs = []string{"Id", id}
	}
	w.Open("ns2:MessageMetadata", attrs...)
	w.Leaf("ns2:MessageId", m.MessageID)
	w.Leaf("ns2:MessageType", m.Type)
	m.Sender.write(w, "ns2:Sender")
	w.Leaf("ns2:SendingTimestamp", stamp(m.SentAt))
	w.Leaf("ns2:DestinationName", m.Destination)
	if m.Recipient.Mnemonic != "" {
		m.Recipient.write(w, "ns2:Recipient")
	}
	w.Open("ns2:SupplementaryData")
	w.OptionalLeaf("ns2:DetectedContentTypeName", m.ContentType)
	w.Leaf("ns2:InteractionType", "NotDetected")
	w.Close()
	if !m.DeliveredAt.IsZero() {
		w.Leaf("ns2:DeliveryTimestamp", stamp(m.DeliveredAt))
	}
	w.OptionalLeaf("ns2:Status", m.Status)
	w.Close()
}

func (p Party) write(w *xmldsig.Writer, name string) {
	w.Open(name)
	w.Leaf("ns2:Mnemonic", p.Mnemonic)
	w.Leaf("ns2:HumanReadableName", p.Name)
	w.Close()
}

func readMetadata(e *xmldsig.Element) (Metadata, error) {
	var m Metadata
	s := e.Sequence(typ("MessageMetadata"))
	m.MessageID = s.Text(typ("MessageId"))
	m.Type = s.Text(typ("MessageType"))
	m.Sender = readParty(s, s.One(typ("Sender")))
	m.SentAt = readMoment(s, s.Text(typ("SendingTimestamp")))
	m.Destination = s.OptionalText(typ("DestinationName"))
	if e := s.Optional(typ("Recipient")); e != nil {
		m.Recipient = readParty(s, e)
	}
	if e := s.Optional(typ("SupplementaryData")); e != nil {
		sub := e.Sequence(typ("SupplementaryData"))
		m.ContentType = sub.OptionalText(typ("DetectedContentTypeName"))
		sub.Text(typ("InteractionType"))
		s.Fail(sub.End())
	}
	if at := s.OptionalText(typ("DeliveryTimestamp")); at != "" {
		m.DeliveredAt = readMoment(s, at)
	}
	m.Status = s.OptionalText(typ("Status"))
	if err := s.End(); err != nil {
		return Metadata{}, err
	}
	return m, nil
}

func readParty(s *xmldsig.Sequence, e *xmldsig.Element) Party {
	sub := e.Sequence(e.Name)
	p := Party{Mnemonic: sub.Text(typ("Mnemonic")), Name: sub.OptionalText(typ("HumanReadableName"))}
	s.Fail(sub.End())
	return p
}

// readMoment reads a time within s, which takes the failure if there is one.
func readMoment(s *xmldsig.Sequence, text string) time.Time {
	t, err := moment(strings.TrimSpace(text))
	s.Fail(err)
	return t
}
