package smevtest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
)

// validator checks documents with xmllint against published schemas.
type validator struct {
	t    *testing.T
	tool string
	dir  string // of the test's own files
}

func newValidator(t *testing.T) *validator {
	t.Helper()
	return &validator{t, outside.Need(t, "xmllint"), t.TempDir()}
}

// exchange is a schema that brings those of a version together: the
// asynchronous status names fault types by xsi:type, and the types schema does
// not import them.
func (v *validator) exchange(version *soap.Version) string {
	dir, err := filepath.Abs("schemas")
	if err != nil {
		v.t.Fatal(err)
	}
	file := filepath.Join(v.dir, "exchange-"+version.Name()+".xsd")
	v.write(file, `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="`+version.Types()+`" schemaLocation="`+dir+`/smev-message-exchange-types-`+version.Name()+`.xsd"/>
<xs:import namespace="`+version.Faults()+`" schemaLocation="`+dir+`/smev-message-exchange-faults-`+version.Name()+`.xsd"/>
</xs:schema>`)
	return file
}

func (v *validator) write(file, text string) {
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// check returns what xmllint complains about in each document, or "".
func (v *validator) check(schema string, docs ...[]byte) []string {
	v.t.Helper()
	args := []string{"--noout", "--nonet", "--schema", schema}
	for i, doc := range docs {
		file := filepath.Join(v.dir, fmt.Sprintf("doc-%d.xml", i))
		v.write(file, string(doc))
		args = append(args, file)
	}
	out, _ := exec.CommandContext(v.t.Context(), v.tool, args...).CombinedOutput()
	complaints := make([]string, len(docs))
	judged := 0
	for line := range strings.Lines(string(out)) {
		at := regexp.MustCompile(`doc-(\d+)\.xml`).FindStringSubmatch(line)
		switch {
		case at == nil:
			v.t.Errorf("xmllint: %s", line)
		case strings.HasSuffix(line, " validates\n"):
			judged++
		case strings.HasSuffix(line, " fails to validate\n"):
			judged++
			fallthrough
		default:
			complaints[must(strconv.Atoi(at[1]))] += line
		}
	}
	if judged != len(docs) {
		v.t.Errorf("xmllint judged %d of %d documents: %s", judged, len(docs), out)
	}
	return complaints
}

// emptyFaults are published as empty, though SMEV puts Code and Description
// into every fault.
var emptyFaults = map[string]bool{
	"MessageIsAlreadySent": true, "InvalidMessageIdFormat": true, "StaleMessageId": true, "SMEVFailure": true, "EndOfLifeReached": true,
	"TargetMessageIsNotFound": true, "UnknownMessageType": true, "AccessDenied": true, "SenderIsNotRegistered": true,
	"AttachmentContentMiscoordination": true, "RecipientIsNotFound": true, "IncorrectResponseContentType": true,
}

// Every message that the simulator sends is valid against the schema of its
// version. The exceptions are those of real traffic, and each fails for its
// one reason only.
func TestSchemas(t *testing.T) {
	t.Parallel()
	v := newValidator(t)
	for _, version := range versions() {
		schema := v.exchange(version)
		seen := map[string]int{}
		var names []string
		var docs [][]byte
		for _, e := range everything(t, version, smevtest.Published) {
			if e.Response == nil {
				continue
			}
			body := must(soap.ReadEnvelope(e.Response))
			if f := soap.ReadFault(body); f != nil {
				if f.Name == "" {
					continue // soap:Client, no message of SMEV
				}
				body = body.Children[len(body.Children)-1].Children[0]
			}
			seen[body.Name.Local]++
			names, docs = append(names, body.Name.Local), append(docs, body.Raw())
		}
		for i, complaint := range v.check(schema, docs...) {
			want, times := "", 0
			switch text := string(docs[i]); {
			case emptyFaults[names[i]]:
				want, times = "Element content is not allowed, because the content type is empty", 1
			case strings.Contains(text, ">FAILURE<") && version.Name() == "1.2":
				want, times = "'FAILURE'", 1
			case strings.Contains(text, ">responseIsRejectedBySmev<") && version.Name() != "1.3":
				want, times = "'responseIsRejectedBySmev'", 1
			case asyncOfEmptyFault(text):
				want, times = "SmevFault", 1
			}
			if got := strings.Count(complaint, "error :"); got != times && times == 0 || got > 2 || !strings.Contains(complaint, want) {
				t.Errorf("%s %s: %s\n%s", version.Name(), names[i], complaint, docs[i])
			}
		}
		for _, want := range []string{
			"SendRequestResponse", "SendResponseResponse", "GetRequestResponse", "GetResponseResponse", "GetStatusResponse", "AckResponse",
			"SignatureVerificationFault", "InvalidContent", "MessageIsAlreadySent", "InvalidMessageIdFormat", "StaleMessageId", "SMEVFailure",
			"TargetMessageIsNotFound", "UnknownMessageType", "BusinessDataTypeIsNotSupported", "AccessDenied", "SenderIsNotRegistered",
			"AttachmentContentMiscoordination", "AttachmentSizeLimitExceeded", "QuoteLimitExceeded", "DestinationOverflow", "EndOfLifeReached",
			"RecipientIsNotFound", "IncorrectResponseContentType",
		} {
			if seen[want] == 0 {
				t.Errorf("%s: no %s was validated", version.Name(), want)
			}
		}
		if version.Has("GetIncomingQueueStatistics") && seen["GetIncomingQueueStatisticsResponse"] == 0 {
			t.Errorf("%s: no statistics were validated", version.Name())
		}
		// The validator is not blind.
		if v.check(schema, []byte(`<ns2:SendRequestResponse xmlns:ns2="`+version.Types()+`"/>`))[0] == "" {
			t.Error("a receipt without its metadata is called valid")
		}
	}
}

// asyncOfEmptyFault reports whether a message has a SmevFault of a type that
// is published as an element alone, and so cannot be named by xsi:type.
func asyncOfEmptyFault(text string) bool {
	for name := range emptyFaults {
		if strings.Contains(text, `xsi:type="ns3:`+name+`"`) {
			return true
		}
	}
	return false
}

// everything has the simulator send each message it can send, and returns the
// journal of it.
func everything(t *testing.T, v *soap.Version, manner smevtest.Manner) []smevtest.Exchange {
	t.Helper()
	b := newBench(t, smevtest.Config{Manner: manner, Quota: 10 << 20, Journal: 10000})
	asker, provider, gone := b.enroll("ASKER").at(v), b.enroll("PROVIDER").at(v), b.enroll("GONE").at(v)
	b.Dismiss("GONE")
	b.Deny("ASKER", smevNamespace("snils"))
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	fetch := func(from *system) {
		for _, op := range []string{"GetResponse", "GetRequest", "GetStatus"} {
			for from.fetch(op) {
				continue
			}
		}
	}
	for _, name := range []string{"p002", "egrul"} {
		c := kindCases()[name]
		for n := range c.want {
			s := subject()
			c.of(&s, n)
			m := asker.request(must(c.kind.Build(s)))
			m.Data.TransactionCode = "code"
			asker.send(m)
		}
	}
	for b.step() {
		fetch(asker)
	}
	// Requests to a participant: one is answered in every way, one ends.
	m := asker.request([]byte(registryRequest))
	m.Data.Attachments = []soap.AttachmentHeader{{ContentID: "a", MIMEType: "text/plain", Signature: []byte{1, 2, 3}}}
	m.Attachments = []soap.AttachmentContent{{ID: "a", Content: []byte("file")}}
	asker.send(m)
	b.clock.Advance(time.Second)
	r := provider.take()
	for _, d := range []soap.ResponseData{
		{Status: &soap.RequestStatus{Code: 1, Description: "Ищем.", Parameters: []soap.StatusParameter{{Key: "k", Value: "v"}}}},
		{Rejections: []soap.Rejection{{Code: "NO_DATA", Description: "Нет."}}},
		{Content: []byte(registryResponse)},
		{Content: []byte(`<r:Answer xmlns:r="urn:x-registry" Id="SIGNED_BY_SMEV"/>`)},
		{Content: []byte(registryRequest)},
	} {
		d.MessageID, d.To = b.ids.New(), r.ReplyTo
		provider.call("SendResponse", provider.write(&soap.SendResponse{Data: d}))
	}
	d := soap.ResponseData{MessageID: b.ids.New(), To: "x", Content: []byte(registryResponse)}
	provider.call("SendResponse", provider.write(&soap.SendResponse{Data: d}))
	m = asker.request([]byte(registryRequest))
	m.Data.EndOfLife = b.clock.Now().Add(time.Minute)
	asker.send(m)
	b.clock.Advance(time.Minute)
	fetch(asker)
	fetch(provider)
	// Refusals.
	for _, m := range refused(asker) {
		asker.call("SendRequest", asker.write(m))
	}
	gone.call("GetStatus", gone.write(&soap.GetStatus{At: start}))
	asker.call("Ack", asker.write(&soap.Ack{Target: b.ids.New()}))
	asker.call("GetResponse", asker.write(&soap.GetResponse{Namespace: "urn:x", Root: "r", At: start}))
	asker.call("GetStatus", strings.Replace(asker.write(&soap.GetStatus{At: start}), "10:00", "11:00", 1))
	asker.call("GetStatus", strings.ReplaceAll(asker.write(&soap.GetStatus{At: start}), "Timestamp", "Time"))
	if v.Has("GetIncomingQueueStatistics") {
		asker.call("GetIncomingQueueStatistics", asker.write(&soap.GetIncomingQueueStatistics{At: start}))
	}
	for _, trouble := range []smevtest.Trouble{smevtest.Failure, smevtest.QuotaExceeded, smevtest.Overflow} {
		b.Inject("SendRequest", trouble)
		asker.call("SendRequest", asker.write(asker.request(business("123456"))))
	}
	return b.Journal()
}

// refused are requests that the synchronous checks do not let pass.
func refused(s *system) (list []*soap.SendRequest) {
	with := func(change func(*soap.SendRequest)) {
		m := s.request(business("123456"))
		change(m)
		list = append(list, m)
	}
	with(func(m *soap.SendRequest) { m.Data.MessageID = "39f52a38-9a54-41ea-b23a-3316e2108089" })
	with(func(m *soap.SendRequest) { m.Data.MessageID = "39f52a38-9a54-11ea-b23a-3316e2108089" })
	with(func(*soap.SendRequest) {})
	list = append(list, list[len(list)-1]) // twice
	with(func(m *soap.SendRequest) { m.Data.Content = []byte(`<r xmlns="urn:x"/>`) })
	with(func(m *soap.SendRequest) { m.Data.Content = must(kindCases()["snils"].kind.Build(subject())) })
	with(func(m *soap.SendRequest) { m.Data.EndOfLife = start.Add(-time.Second) })
	with(func(m *soap.SendRequest) { m.Data.NodeID = strings.Repeat("x", 51) })
	with(func(m *soap.SendRequest) { m.Attachments = []soap.AttachmentContent{{ID: "a"}} })
	with(func(m *soap.SendRequest) {
		m.Data.Attachments = []soap.AttachmentHeader{{ContentID: "a", MIMEType: "text/plain"}}
		m.Attachments = []soap.AttachmentContent{{ID: "a", Content: make([]byte, 5<<20+1)}}
	})
	return list
}

// fetch fetches and acknowledges one message and reports whether there was
// one.
func (s *system) fetch(operation string) bool {
	s.t.Helper()
	id := ""
	switch operation {
	case "GetResponse":
		if r := s.get(soap.GetResponse{}); r != nil {
			id = r.Data.MessageID
		}
	case "GetRequest":
		if r := s.take(); r != nil {
			id = r.Data.MessageID
		}
	case "GetStatus":
		if a := s.state(); a != nil {
			id = a.OriginalMessageID
		}
	}
	return id != "" && s.ack(id, true)
}

func smevNamespace(name string) string { return kindCases()[name].kind.Namespace }

// versions are those in which everything is done: all, and in short runs, for
// the race detector, the newest.
func versions() []*soap.Version {
	all := soap.Versions()
	if testing.Short() {
		all = all[len(all)-1:]
	}
	return all
}

// In the manners of real SMEV what the schemas require is left out, and
// nothing else is wrong.
func TestManners(t *testing.T) {
	t.Parallel()
	for manner, code := range map[smevtest.Manner]string{smevtest.Like2021: "emu:P:EMU_CORE1:TR:SYNC:SPS:1", smevtest.Like2026: "028"} {
		for _, v := range versions() {
			for _, e := range everything(t, v, manner) {
				if e.Response == nil {
					continue
				}
				for _, never := range []string{"HumanReadableName", ":DestinationName>unknown", "SupplementaryData", "AckResponse", "responseIsDelivered"} {
					if strings.Contains(string(e.Response), never) {
						t.Errorf("manner %d, %s %s: %s in %s", manner, v.Name(), e.Operation, never, e.Response)
					}
				}
				if f := soap.ReadFault(must(soap.ReadEnvelope(e.Response))); f != nil && !strings.HasPrefix(f.Code, code) {
					t.Errorf("manner %d: got code %s", manner, f.Code)
				}
			}
		}
	}
}
