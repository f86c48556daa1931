package smevtest_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
)

// store is a client of the file store.
type store struct {
	t *testing.T
	*textproto.Conn
}

// open logs into the file store and reports whether that went well.
func (b *bench) open(t *testing.T, user, password string) (*store, bool) {
	t.Helper()
	c, err := textproto.Dial("tcp", b.Files())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s := &store{t, c}
	s.expect(220, "")
	s.expect(331, "USER "+user)
	if err := c.PrintfLine("PASS %s", password); err != nil {
		t.Fatal(err)
	}
	_, _, err = c.ReadResponse(230)
	return s, err == nil
}

func (s *store) expect(code int, command string) string {
	s.t.Helper()
	if command != "" {
		if err := s.PrintfLine("%s", command); err != nil {
			s.t.Fatal(err)
		}
	}
	_, text, err := s.ReadResponse(code)
	if err != nil {
		s.t.Fatalf("%s: %v", command, err)
	}
	return text
}

// transfer opens a data connection for a command.
func (s *store) transfer(command string) net.Conn {
	s.t.Helper()
	text := s.expect(229, "EPSV")
	var port int
	if _, err := fmt.Sscanf(text[strings.Index(text, "(|||"):], "(|||%d|)", &port); err != nil {
		s.t.Fatal(err)
	}
	data, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		s.t.Fatal(err)
	}
	s.expect(1, command)
	return data
}

func (s *store) put(name string, content []byte) {
	s.t.Helper()
	data := s.transfer("STOR " + name)
	if _, err := data.Write(content); err != nil {
		s.t.Fatal(err)
	}
	data.Close()
	s.expect(226, "")
}

func (s *store) get(name string) []byte {
	s.t.Helper()
	data := s.transfer("RETR " + name)
	defer data.Close()
	content := must(io.ReadAll(data))
	s.expect(226, "")
	return content
}

func hash(content []byte) string {
	digest := streebog.Sum256(content)
	return base64.StdEncoding.EncodeToString(digest[:])
}

// A large extract comes through the file store, with a user and a password
// that end with the Ack.
func TestExtractInStore(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	s := subject()
	s.Organization.OGRN = smevtest.OGRN(541)
	asker.send(asker.request(must(smev.EGRUL406().Build(s))))
	b.step()
	r := asker.get(soap.GetResponse{})
	if r == nil || len(r.Files) != 1 || len(r.Data.Files) != 1 || r.Files[0].UUID != r.Data.Files[0].UUID || r.Files[0].FileName != "/SignedContent.zip" ||
		!strings.Contains(string(r.Data.Content), r.Files[0].UUID) {
		t.Fatalf("got %s", brief(r))
	}
	file := r.Files[0]
	if _, ok := b.open(t, file.UserName, "wrong"); ok {
		t.Error("a wrong password is taken")
	}
	c, ok := b.open(t, file.UserName, file.Password)
	if !ok {
		t.Fatal("the password is refused")
	}
	content := c.get(file.FileName)
	if hash(content) != r.Data.Files[0].Hash || len(content) < 2<<20 || unzip(t, content)["extract.txt"] == "" {
		t.Errorf("got %d octets of hash %s", len(content), hash(content))
	}
	// Another server under the same simulator offers it again.
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.open(t, file.UserName, file.Password); !ok {
		t.Error("gone with the server")
	}
	if !asker.ack(r.Data.MessageID, true) {
		t.Fatal("not acknowledged")
	}
	if _, ok := b.open(t, file.UserName, file.Password); ok {
		t.Error("the file is still there after Ack")
	}
}

// Participants send one another files through the store.
func TestFilesOfParticipants(t *testing.T) {
	t.Parallel()
	b := newBench(t, smevtest.Config{})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	lines := 300000
	if testing.Short() {
		lines = 30000
	}
	content := bytes.Repeat([]byte("файл\n"), lines)
	upload := func(id string) {
		c, ok := b.open(t, "anonymous", "smev")
		if !ok {
			t.Fatal("no upload")
		}
		c.expect(257, "MKD /"+id)
		c.put("/"+id+"/"+"document.zip", content)
	}
	request := func(id, hash string) *soap.SendRequest {
		m := asker.request([]byte(registryRequest))
		m.Data.Files = []soap.RefAttachmentHeader{{UUID: id, Hash: hash, MIMEType: "application/zip", Signature: []byte{1}}}
		return m
	}
	download := func(list []soap.FSAttachment) {
		t.Helper()
		if len(list) != 1 || list[0].FileName != "/document.zip" {
			t.Fatalf("got %v", list)
		}
		c, ok := b.open(t, list[0].UserName, list[0].Password)
		if !ok || !bytes.Equal(c.get(list[0].FileName), content) {
			t.Error("the file is not what was uploaded")
		}
	}
	for name, c := range map[string]struct{ id, hash string }{"not uploaded": {"none", hash(content)}, "another hash": {"wrong", hash(nil)}, "no id": {"", ""}} {
		if c.id == "wrong" {
			upload(c.id)
		}
		asker.send(request(c.id, c.hash))
		b.clock.Advance(time.Second)
		r := asker.get(soap.GetResponse{})
		if r == nil || r.Data.Async == nil || r.Data.Async.Fault.Name != "AttachmentContentMiscoordination" {
			t.Errorf("%s: got %s", name, brief(r))
		}
	}
	upload("asked")
	asker.send(request("asked", hash(content)))
	b.clock.Advance(time.Second)
	r := provider.take()
	download(r.Files)
	if !provider.ack(r.Data.MessageID, true) {
		t.Fatal("not acknowledged")
	}
	if _, ok := b.open(t, r.Files[0].UserName, r.Files[0].Password); ok {
		t.Error("the file is still there after Ack")
	}
	upload("answered")
	answer := func(id string) string {
		return provider.call("SendResponse", provider.write(&soap.SendResponse{Data: soap.ResponseData{
			MessageID: b.ids.New(), To: r.ReplyTo, Content: []byte(registryResponse),
			Files: []soap.RefAttachmentHeader{{UUID: id, Hash: hash(content), MIMEType: "application/zip"}},
		}})).describe(t)
	}
	if got := answer("answered") + answer("answered"); got != "okok" { // the second finds nothing
		t.Fatal(got)
	}
	b.clock.Advance(time.Second)
	for {
		got := asker.get(soap.GetResponse{})
		if got == nil {
			t.Fatal("no answer")
		}
		if got.Data.Async == nil {
			download(got.Files)
			break
		}
	}
	if a := provider.state(); a == nil || a.Category != "responseIsRejectedBySmev" || a.Fault.Name != "AttachmentContentMiscoordination" {
		t.Errorf("got %+v", a)
	}
}

// A provider in Go gets files from the store, and sends large ones through it.
func TestFilesOfProvider(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Minute, MaxDelay: time.Minute})
	asker := b.enroll("ASKER")
	if _, err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var got []smevtest.Attachment
	if err := b.Provide(registry(), provider(func(r smevtest.Request) ([]smevtest.Reply, error) {
		got = r.Attachments
		return []smevtest.Reply{{Content: []byte(registryResponse), Attachments: []smevtest.Attachment{
			{MIMEType: "text/plain", Content: []byte("small")}, {MIMEType: "application/zip", Content: make([]byte, 1<<20+1)},
		}}}, nil
	})); err != nil {
		t.Fatal(err)
	}
	c, _ := b.open(t, "anonymous", "smev")
	c.expect(257, "MKD /f")
	c.put("/f/a.txt", []byte("text"))
	m := asker.request([]byte(registryRequest))
	m.Data.Files = []soap.RefAttachmentHeader{{UUID: "f", Hash: hash([]byte("text")), MIMEType: "text/plain"}}
	asker.send(m)
	if len(got) != 1 || !got[0].Stored || got[0].ID != "f" || got[0].Name != "a.txt" || string(got[0].Content) != "text" {
		t.Errorf("got %+v", got)
	}
	b.step()
	a := asker.call("GetResponse", asker.write(&soap.GetResponse{At: start}))
	r, _, err := soap.ReadGetResponseResponse(a.content(t))
	if err != nil || len(r.Attachments) != 1 || len(r.Response.Files) != 1 || len(r.Response.Data.Files) != 1 {
		t.Fatalf("got %v", err)
	}
	if c, ok := b.open(t, r.Response.Files[0].UserName, r.Response.Files[0].Password); !ok || len(c.get("/SignedContent.zip")) != 1<<20+1 {
		t.Error("the large file is not in the store")
	}
}
