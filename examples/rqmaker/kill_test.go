package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/workflow"
)

// The tests below kill one side after another at 20 points; long runs
// (SURGUCH_LONG) at every point there is, short ones at few.

// messages are those of a run in the order of the first of each; writes is how
// often it keeps its state.
var messages = []string{
	"POST session", "GET view", "POST confirmation", "POST request", "GET events", "GET certificate",
	"GET certificate_sheet", "POST acknowledgement", "POST installation", "DELETE session",
}

const writes = 6

// points are those at which rqmaker is killed.
func points() (list []string) {
	all := os.Getenv("SURGUCH_LONG") != ""
	for i, m := range messages {
		for k, when := range []string{"before ", "after "} {
			if all || i%2 == k {
				list = append(list, when+m)
			}
		}
	}
	for n := range writes {
		for k, when := range []string{"before", "after"} {
			if all || n == 1+2*k || n == 2+2*k { // 2 and 3, 4 and 5
				list = append(list, fmt.Sprintf("%s write %d", when, n+1))
			}
		}
	}
	return list
}

// short is every so manieth of a list in a short run.
func short(list []string) (few []string) {
	if !testing.Short() {
		return list
	}
	for i := 0; i < len(list); i += 4 {
		few = append(few, list[i])
	}
	return few
}

// TestWorkstationKilled: rqmaker is killed, and the same command goes on.
func TestWorkstationKilled(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for i, point := range short(points()) {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			own := i%3 != 1
			o := newOffice(t, s)
			id, marker := o.request(seedOf(t), own)
			w := o.workstation(t, carrierOf(i%6 == 3), id, marker)
			if got := w.rqmaker(point); !got.killed {
				t.Fatalf("it was not killed: status %d\n%s%s", got.status, got.stdout, got.stderr)
			}
			if _, err := os.Stat(filepath.Join(w.state, stateName)); err == nil || !strings.HasSuffix(point, "DELETE session") {
				// There is something to go on with.
				if got := w.rqmaker(""); got.status != 0 {
					t.Fatalf("the second run: status %d\n%s%s", got.status, got.stdout, got.stderr)
				}
			}
			o.mustHold(w, endOf(own))
		})
	}
}

// carrierOf chooses: a PFX file is slow, by the cost of its password, and under
// the race detector too slow.
func carrierOf(pfx bool) string {
	if pfx && !testing.Short() {
		return "pfx"
	}
	return "soft"
}

// endOf is where rqmaker leaves a request.
func endOf(own bool) workflow.State {
	if own {
		return workflow.OriginalsPending
	}
	return workflow.Handover
}

// serverPoints are those at which the server is killed: before a message
// reaches it, or when it has it and has not answered.
func serverPoints() []string {
	if os.Getenv("SURGUCH_LONG") == "" {
		return []string{
			"before POST request", "while POST request", "while POST confirmation", "while POST acknowledgement",
			"before POST installation", "while POST installation",
		}
	}
	var list []string
	for _, m := range messages {
		list = append(list, "before "+m, "while "+m)
	}
	return list
}

// TestServerKilled: the server is killed and started again. Rqmaker comes
// through in one run, whichever of its messages that is: all runs are at once,
// so that each of them lives through the kills of the others too.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	type run struct {
		*workstation
		watched
		own bool
	}
	var runs []*run
	for i, point := range short(serverPoints()) {
		runs = append(runs, &run{own: i%3 != 1, watched: watched{point: point, do: s.kill}})
	}
	// What the simulator of SMEV was asked goes with the server, so no request
	// is still at the registers when the first kill comes.
	all := t
	t.Run("markers", func(t *testing.T) {
		for i, r := range runs {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t, s)
				id, marker := o.request(seedOf(t), r.own)
				r.workstation = o.workstation(all, carrierOf(i == 2), id, marker) // which is there after this test
			})
		}
	})
	for _, r := range runs {
		t.Run(r.point, func(t *testing.T) {
			t.Parallel()
			if r.workstation == nil {
				t.Fatal("there is no marker")
			}
			r.workstation.t = t
			if status := r.inProcess(t, &r.watched); status != 0 {
				t.Fatalf("status %d\n%s\n%s", status, r.out.String(), s.output.String())
			}
			if !r.done.Load() {
				t.Fatal("the server was not killed")
			}
			newOffice(t, s).mustHold(r.workstation, endOf(r.own))
		})
	}
}

// watched does something at a point of a run, the first time it comes there.
type watched struct {
	point string
	do    func()
	done  atomic.Bool
	out   lockedBuffer
}

func (c *watched) at(point string) {
	if point == c.point && c.done.CompareAndSwap(false, true) {
		c.do()
	}
}

// inProcess runs the program here, with the person of the workstation.
func (w *workstation) inProcess(t *testing.T, c *watched) int {
	who := &person{marker: w.marker, sms: w.texts(), pin: w.pin, out: &c.out}
	p := &program{keyboard: who, stdout: &c.out, stderr: who, write: atomicfile.Write}
	p.transport = func(next http.RoundTripper) http.RoundTripper { return &watchingTransport{c, next} }
	return p.run(t.Context(), w.arguments())
}

type watchingTransport struct {
	*watched
	next http.RoundTripper
}

// RoundTrip sends the request. It is with the server when it has been written
// to the network.
func (c *watchingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	c.at("before " + nameOf(r))
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { c.at("while " + nameOf(r)) },
	}))
	return c.next.RoundTrip(r)
}

// TestInterrupted: Ctrl-C ends a run in order, and says that nothing is lost.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	o := newOffice(t, s)
	id, marker := o.request(seedOf(t), true)
	w := o.workstation(t, "soft", id, marker)
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	who := &person{marker: w.marker, sms: w.texts(), pin: w.pin, out: &out}
	writes := 0
	p := &program{keyboard: who, stdout: &out, stderr: who}
	p.write = func(name string, data []byte, mode os.FileMode) error {
		if writes++; writes == 4 { // the certificate request is made and not sent
			cancel()
		}
		return atomicfile.Write(name, data, mode)
	}
	if status := p.run(ctx, w.arguments()); status != 1 || !strings.Contains(out.String(), "Прервано. Начатое сохранено") {
		t.Errorf("status %d\n%s", status, out.String())
	}
	if got := w.rqmaker(""); got.status != 0 {
		t.Fatalf("the second run: status %d\n%s", got.status, got.stderr)
	}
	o.mustHold(w, workflow.OriginalsPending)
}
