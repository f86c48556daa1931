package smevtest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// persistent is a participant that repeats each call until something definite
// comes of it, over a network on which a quarter of the calls go wrong.
type persistent struct {
	*system
	http *http.Client
	url  string
}

// call returns the element in the body, or nil for the faults that say that
// there is nothing left to do.
func (p *persistent) call(operation, doc string) (*xmldsig.Element, error) {
	for range 1000 {
		r, err := http.NewRequest(http.MethodPost, p.url, strings.NewReader(doc))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", soap.ContentType)
		res, err := p.http.Do(r)
		if err != nil {
			continue // dropped
		}
		kind := res.Header.Get("Content-Type")
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode >= 502 {
			continue
		}
		whole, err := mtom.Read(kind, strings.NewReader(string(body)), mtom.Limits{})
		if err != nil {
			continue // truncated
		}
		e, err := soap.ReadEnvelope(whole)
		if err != nil {
			return nil, err
		}
		switch f := soap.ReadFault(e); {
		case f == nil:
			return e, nil
		case f.Name == "MessageIsAlreadySent", f.Name == "TargetMessageIsNotFound":
			return nil, nil
		case f.Name != "SMEVFailure":
			return nil, fmt.Errorf("%s: %s %s", operation, f.Name, f.Description)
		}
	}
	return nil, fmt.Errorf("%s: no luck", operation)
}

// Many participants at once, a quarter of the calls spoiled, time moved on by
// whoever finds nothing: every request is taken once and gets its answer.
func TestSoak(t *testing.T) {
	t.Parallel()
	const participants, inquiries = 6, 12
	b := newBench(t, smevtest.Config{FaultRate: 0.25, Seed: 1})
	url, err := b.Listen()
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: participants}
	var wg sync.WaitGroup
	for n := range participants {
		who := &persistent{b.enroll(fmt.Sprintf("P%d", n)), &http.Client{Transport: transport}, url}
		wg.Go(func() {
			open := map[string]bool{}
			for i := range inquiries {
				m := who.request(business(fmt.Sprintf("%03d%03d", n, i)))
				open[m.Data.MessageID] = true
				if _, err := who.call("SendRequest", who.write(m)); err != nil {
					t.Error(err)
					return
				}
			}
			for range 100000 {
				if len(open) == 0 {
					return
				}
				e, err := who.call("GetResponse", who.write(&soap.GetResponse{At: b.clock.Now()}))
				if err != nil {
					t.Error(err)
					return
				}
				r, by, err := soap.ReadGetResponseResponse(e)
				if err != nil {
					t.Error(err)
					return
				}
				if r.Response == nil {
					b.clock.Advance(time.Minute)
					continue
				}
				if _, err := xmldsig.Verify(algorithms, by.SMEV.Signature, by.SMEV.Target); err != nil {
					t.Error(err)
				}
				delete(open, r.Response.OriginalMessageID)
				if _, err := who.call("Ack", who.write(&soap.Ack{Target: r.Response.Data.MessageID, Accepted: true})); err != nil {
					t.Error(err)
					return
				}
			}
			t.Errorf("%d requests got no answer", len(open))
		})
	}
	// The administration looks on, and the clock of SMEV jumps.
	done := make(chan struct{})
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		for {
			select {
			case <-done:
				return
			default:
				for _, target := range []string{"/messages", "/journal", "/metrics", "/queues", "/clock"} {
					b.admin("GET", target, "", nil)
				}
			}
		}
	}()
	wg.Wait()
	close(done)
	<-watching
	transport.CloseIdleConnections()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if b.Filed() != participants*inquiries {
		t.Errorf("%d filed, want %d", b.Filed(), participants*inquiries)
	}
}
