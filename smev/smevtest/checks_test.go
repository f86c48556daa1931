package smevtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/smevtest"
)

// Of several faults in one request the first check speaks. Each row spoils
// what the row before it spoils no more, and all that comes later.
func TestChecksInOrder(t *testing.T) {
	const forbidden = "urn:x-forbidden"
	b := newBench(t, smevtest.Config{Quota: 5<<20 + 20, Backlog: 1})
	asker, gone := b.enroll("ASKER"), b.enroll("GONE")
	b.Dismiss("GONE")
	kind := smev.Kind{Namespace: forbidden, Root: "r", ResponseRoot: "a"}
	if err := b.Serve(kind, "ASKER"); err != nil {
		t.Fatal(err)
	}
	b.Deny("ASKER", forbidden)
	sent := asker.ask("123456") // fills the queue
	at := func(d time.Duration) string { return uuid.At(start.Add(d), [8]byte{1}) }
	miscoordinated := []soap.AttachmentHeader{{ContentID: "a", MIMEType: "text/plain"}}
	file := func(size int) []soap.AttachmentContent {
		return []soap.AttachmentContent{{ID: "a", Content: make([]byte, size)}}
	}
	// All that can be wrong at once; each row mends the first of it.
	m := &soap.SendRequest{Data: soap.RequestData{
		MessageID: "x", ReferenceMessageID: "x", EndOfLife: start, Content: []byte(`<r xmlns="urn:x"/>`), Attachments: miscoordinated,
	}}
	by := gone
	spoil := func(doc string) string {
		return strings.Replace(doc, "<ds:SignatureValue>", "<ds:SignatureValue>AAAA", 1)
	}
	none := func(doc string) string { return doc }
	for i, c := range []struct {
		want  string
		after func(string) string
		mend  func()
	}{
		{"soap:Client", func(doc string) string { return "<" + spoil(doc) }, func() {}},
		{"SignatureIsInvalid SMEV-100", spoil, func() {}},
		{"InvalidContent SMEV-403", none, func() { m.Data.ReferenceMessageID = "" }},
		{"InvalidMessageIdFormat SMEV-300", none, func() { m.Data.MessageID = at(-49 * time.Hour) }},
		{"StaleMessageId", none, func() { m.Data.MessageID = sent }},
		{"MessageIsAlreadySent SMEV-301", none, func() { m.Data.MessageID = at(0) }},
		{"SenderIsNotRegistered", none, func() { by = asker }},
		{"BusinessDataTypeIsNotSupported", none, func() { m.Data.Content = []byte(`<r xmlns="` + forbidden + `"/>`) }},
		{"AccessDenied", none, func() { m.Data.Content = business("123456") }},
		{"EndOfLifeReached", none, func() { m.Data.EndOfLife = start.Add(time.Hour) }},
		{"AttachmentContentMiscoordination", none, func() { m.Attachments = file(5<<20 + 21) }},
		{"AttachmentSizeLimitExceeded", none, func() { m.Attachments = file(5 << 20) }},
		{"DestinationOverflow SMEV-600", none, func() { m.Data.NodeID = "another queue" }},
		{"ok", none, func() { m.Data.MessageID = at(time.Second) }},
		{"QuoteLimitExceeded", none, func() { m.Attachments = file(20) }},
		{"DestinationOverflow SMEV-600", none, func() { m.Data.NodeID = "a third" }},
		{"ok", none, func() {}},
	} {
		if got := asker.call("SendRequest", c.after(by.write(m))).describe(t); got != c.want {
			t.Errorf("row %d: got %s, want %s", i, got, c.want)
		}
		c.mend()
	}
	if b.Filed() != 3 {
		t.Errorf("%d filed, want 3: refused requests are not stored", b.Filed())
	}
}

// What the checks let pass and what not, one by one.
func TestChecks(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	at := func(d time.Duration) string { return uuid.At(start.Add(d), [8]byte{1}) }
	long := strings.Repeat("ы", 1501)
	for name, c := range map[string]struct {
		change func(*soap.SendRequest)
		want   string
	}{
		"a good one":          {func(*soap.SendRequest) {}, "ok"},
		"two days old":        {func(m *soap.SendRequest) { m.Data.MessageID = at(-48 * time.Hour) }, "ok"},
		"older":               {func(m *soap.SendRequest) { m.Data.MessageID = at(-48*time.Hour - time.Second) }, "StaleMessageId"},
		"ten minutes ahead":   {func(m *soap.SendRequest) { m.Data.MessageID = at(10 * time.Minute) }, "ok"},
		"further":             {func(m *soap.SendRequest) { m.Data.MessageID = at(10*time.Minute + time.Second) }, "StaleMessageId"},
		"upper case":          {func(m *soap.SendRequest) { m.Data.MessageID = strings.ToUpper(at(time.Second)) }, "InvalidMessageIdFormat SMEV-300"},
		"random":              {func(m *soap.SendRequest) { m.Data.MessageID = "39f52a38-9a54-41ea-b23a-3316e2108089" }, "InvalidMessageIdFormat SMEV-300"},
		"no reference":        {func(m *soap.SendRequest) { m.Data.ReferenceMessageID = "" }, "ok"},
		"reference of none":   {func(m *soap.SendRequest) { m.Data.ReferenceMessageID = "x" }, "InvalidContent SMEV-403"},
		"long code":           {func(m *soap.SendRequest) { m.Data.TransactionCode = long[2:] }, "ok"},
		"longer":              {func(m *soap.SendRequest) { m.Data.TransactionCode = long }, "InvalidContent SMEV-403"},
		"long node":           {func(m *soap.SendRequest) { m.Data.NodeID = long[:100] }, "ok"},
		"longer node":         {func(m *soap.SendRequest) { m.Data.NodeID = long[:102] }, "InvalidContent SMEV-403"},
		"half a header":       {func(m *soap.SendRequest) { m.Attachments = []soap.AttachmentContent{{ID: "a"}} }, "AttachmentContentMiscoordination"},
		"type of a picture":   {func(m *soap.SendRequest) { attach(m, "image/x-a.b+c", "a", "a") }, "ok"},
		"type of a font":      {func(m *soap.SendRequest) { attach(m, "font/x", "a", "a") }, "InvalidContent SMEV-403"},
		"names of two":        {func(m *soap.SendRequest) { attach(m, "text/plain", "a", "b") }, "AttachmentContentMiscoordination"},
		"name of none":        {func(m *soap.SendRequest) { attach(m, "text/plain", "1", "1") }, "InvalidContent SMEV-403"},
		"one name of two":     {func(m *soap.SendRequest) { attach(m, "text/plain", "a", "a"); attach(m, "text/plain", "a", "a") }, "AttachmentContentMiscoordination"},
		"in the other order":  {func(m *soap.SendRequest) { attach(m, "text/plain", "a", "b"); attach(m, "text/plain", "b", "a") }, "ok"},
		"end of life to come": {func(m *soap.SendRequest) { m.Data.EndOfLife = start.Add(time.Second) }, "ok"},
		"end of life now":     {func(m *soap.SendRequest) { m.Data.EndOfLife = start }, "EndOfLifeReached"},
	} {
		m := asker.request(business("123456"))
		c.change(m)
		if got := asker.call("SendRequest", asker.write(m)).describe(t); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	for operation, docs := range map[string][]string{
		"GetResponse": {
			asker.write(&soap.GetResponse{At: start, NodeID: long[:102]}), asker.write(&soap.GetResponse{At: start, Namespace: "urn:x", Root: "a b"}),
		},
		"GetRequest":                 {asker.write(&soap.GetRequest{At: start, NodeID: long[:102]})},
		"GetIncomingQueueStatistics": {asker.write(&soap.GetIncomingQueueStatistics{At: start, NodeID: long[:102]})},
		"Ack":                        {asker.write(&soap.Ack{Target: "x"})},
	} {
		for i, doc := range docs {
			if got := asker.call(operation, doc).describe(t); got != "InvalidContent SMEV-403" {
				t.Errorf("%s, %d: got %s", operation, i, got)
			}
		}
	}
	for _, selector := range []soap.GetResponse{{Namespace: "urn:x", Root: "r"}, {Namespace: smev.PassportP002().Namespace, Root: "r"}} {
		selector.At = start
		if got := asker.call("GetResponse", asker.write(&selector)).describe(t); got != "UnknownMessageType" {
			t.Errorf("got %s", got)
		}
	}
	// A provider asks for requests of its own kinds alone.
	k := smev.PassportP002()
	if got := asker.call("GetRequest", asker.write(&soap.GetRequest{Namespace: k.Namespace, Root: k.Root, At: start})).describe(t); got != "UnknownMessageType" {
		t.Errorf("got %s", got)
	}
	if err := b.Serve(k, "ASKER"); err != nil {
		t.Fatal(err)
	}
	if got := asker.call("GetRequest", asker.write(&soap.GetRequest{Namespace: k.Namespace, Root: k.Root, At: start})).describe(t); got != "ok" {
		t.Errorf("got %s", got)
	}
}

func attach(m *soap.SendRequest, kind, header, content string) {
	m.Data.Attachments = append(m.Data.Attachments, soap.AttachmentHeader{ContentID: header, MIMEType: kind})
	m.Attachments = append(m.Attachments, soap.AttachmentContent{ID: content, Content: []byte("x")})
}

// The envelope is held against its schema.
func TestEnvelope(t *testing.T) {
	b := newBench(t, smevtest.Config{Unsigned: true})
	nobody := &system{b, "", soap.V12(), nil}
	good := nobody.write(nobody.request(business("123456")))
	content := string(business("123456"))
	for name, c := range map[string]struct{ operation, doc, want string }{
		"no XML":          {"SendRequest", "<", "soap:Client"},
		"empty body":      {"SendRequest", `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>`, "soap:Client"},
		"a document type": {"SendRequest", "<!DOCTYPE x>" + good, "soap:Client"},
		"a reply":         {"", strings.ReplaceAll(good, "SendRequestRequest", "SendRequestResponse"), "soap:Client"},
		"no operation":    {"", strings.ReplaceAll(good, "SendRequestRequest", "CancelRequest"), "soap:Client"},
		"no content":      {"SendRequest", strings.Replace(good, content, "", 1), "InvalidContent SMEV-403"},
		"two documents":   {"SendRequest", strings.Replace(good, content, content+content, 1), "InvalidContent SMEV-403"},
		"a header":        {"SendRequest", strings.Replace(good, "<soap:Body>", "<soap:Header/><soap:Body>", 1), "ok"},
		"no date":         {"GetResponse", strings.Replace(nobody.write(&soap.GetResponse{At: start}), "10:00", "100:0", 1), "InvalidContent SMEV-403"},
		"half a selector": {"GetRequest", strings.Replace(nobody.write(&soap.GetRequest{At: start}), "<ns1:Timestamp>", "<ns1:NamespaceURI>x</ns1:NamespaceURI><ns1:Timestamp>", 1), "InvalidContent SMEV-403"},
		"no accepted":     {"Ack", strings.Replace(nobody.write(&soap.Ack{Target: b.ids.New()}), ` accepted="false"`, "", 1), "InvalidContent SMEV-403"},
		"no timestamp":    {"GetStatus", strings.ReplaceAll(nobody.write(&soap.GetStatus{At: start}), "Timestamp", "Time"), "InvalidContent SMEV-403"},
	} {
		if got := nobody.call(c.operation, c.doc).describe(t); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// Identifiers are remembered as long as they could come again, whoever stops
// and starts the network in between.
func TestRepetition(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	doc := asker.write(asker.request(business("123456")))
	send := func() string { return asker.call("SendRequest", doc).describe(t) }
	if got := send(); got != "ok" {
		t.Fatal(got)
	}
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(48 * time.Hour)
	if got := send(); got != "MessageIsAlreadySent SMEV-301" {
		t.Errorf("got %s", got)
	}
	b.clock.Advance(time.Second)
	if got := send(); got != "StaleMessageId" {
		t.Errorf("got %s", got)
	}
}

// What is over is forgotten when its identifier could not come again; what is
// open stays.
func TestMemory(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		asker.send(asker.request([]byte(registryRequest)))
	}
	b.clock.Advance(time.Second)
	first, second := provider.take(), provider.take()
	respond := func(to string) string {
		d := soap.ResponseData{MessageID: b.ids.New(), To: to, Content: []byte(registryResponse)}
		return provider.call("SendResponse", provider.write(&soap.SendResponse{Data: d})).describe(t)
	}
	if got := respond(first.ReplyTo); got != "ok" {
		t.Fatal(got)
	}
	b.clock.Advance(49 * time.Hour)
	for range 1024 {
		if _, err := b.Ask(business(smevtest.Number(720))); err != nil {
			t.Fatal(err)
		}
	}
	if got := respond(first.ReplyTo); got != "RecipientIsNotFound" {
		t.Errorf("answered before: got %s", got)
	}
	if got := respond(second.ReplyTo); got != "ok" {
		t.Errorf("open: got %s", got)
	}
}

// The clock of SMEV may differ from that of the caller, and SMEV may be closed
// for a while.
func TestSkewAndMaintenance(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Minute, MaxDelay: time.Minute})
	asker := b.enroll("ASKER")
	try := func() string {
		return asker.call("SendRequest", asker.write(asker.request(business("123456")))).describe(t)
	}
	for _, c := range []struct {
		skew time.Duration
		want string
	}{{49 * time.Hour, "StaleMessageId"}, {-11 * time.Minute, "StaleMessageId"}, {time.Hour, "ok"}} {
		b.Skew(c.skew)
		if got := try(); got != c.want {
			t.Errorf("%v: got %s, want %s", c.skew, got, c.want)
		}
	}
	if at, ok := b.Next(); !ok || !at.Equal(start.Add(time.Minute)) {
		t.Errorf("the answer comes at %v by the caller's clock", at)
	}
	b.step()
	if r := asker.get(soap.GetResponse{}); r == nil || !r.Metadata.DeliveredAt.Equal(start.Add(time.Hour+time.Minute)) {
		t.Errorf("got %s", brief(r))
	}
	b.Skew(0)
	b.Maintain(start.Add(2*time.Hour), start.Add(3*time.Hour))
	for _, c := range []struct {
		at   time.Duration
		want int
	}{{2*time.Hour - time.Second, 200}, {2 * time.Hour, 503}, {3*time.Hour - time.Second, 503}, {3 * time.Hour, 200}} {
		b.clock.Set(start.Add(c.at))
		if a := asker.call("GetStatus", asker.write(&soap.GetStatus{At: start})); a.status != c.want {
			t.Errorf("%v: got %d, want %d", c.at, a.status, c.want)
		}
	}
}
