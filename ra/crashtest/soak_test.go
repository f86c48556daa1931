package crashtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// soakPlan, in the environment, makes the test binary one side of TestSoak.
const soakPlan = "SURGUCH_SOAK_PLAN"

// soak is what a side does.
type soak struct {
	Simulator bool // else the asker

	// Of the asker.
	URL, Admin string
	Identity   []byte // key and certificate, PEM
	Trusted    []byte // root and certificate of SMEV, PEM
	Path       string // of the database
	Inquiries  int
	Days       int
}

// soakStart is when the virtual week begins.
var soakStart = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// TestSoak asks registers through SMEV day after day, in virtual time. One
// call in ten goes wrong, and the asker is killed again and again. The
// simulator, with its clock, is another process. In the end every inquiry was
// filed once and has one answer, the one that its data call for.
func TestSoak(t *testing.T) {
	t.Parallel()
	p := soak{Inquiries: 300, Days: 1, Path: filepath.Join(t.TempDir(), "ra.db")}
	kills := 4
	switch {
	case long():
		p.Inquiries, p.Days, kills = 10000, 7, 20
	case testing.Short(): // under the race detector
		p.Inquiries, kills = 60, 2
	}
	began := time.Now()
	simulator, lines := side(t, soak{Simulator: true})
	p.URL, p.Admin = next(t, lines), next(t, lines)
	p.Identity = curl(t, http.MethodPost, p.Admin+"/enroll?mnemonic=RA0001")
	p.Trusted = curl(t, http.MethodGet, p.Admin+"/certificates")

	const step = 5 * time.Minute
	steps := int(time.Duration(p.Days)*24*time.Hour/step) + 24 // the last answers come later
	answers := map[int]string{}
	asker, lines := side(t, p)
	last := time.Now()
	for i := 0; i < steps || len(answers) < p.Inquiries && i < 4*steps; i++ {
		if kills > 0 && rand.IntN(steps-min(i, steps-1)) < kills {
			kills--
			time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond) // wherever it is
			_ = asker.Process.Kill()
			_ = asker.Wait()
			for line := range lines {
				note(t, answers, line)
			}
			asker, lines = side(t, p)
		}
		curl(t, http.MethodPost, p.Admin+"/clock/advance?by="+step.String())
		fmt.Fprintln(asker.Stdin.(io.Writer), "go")
		for line := next(t, lines); line != "done"; line = next(t, lines) {
			note(t, answers, line)
		}
		if time.Since(last) > time.Minute {
			t.Logf("step %d of %d, %d answers", i, steps, len(answers))
			last = time.Now()
		}
	}
	metrics := string(curl(t, http.MethodGet, p.Admin+"/metrics"))
	filed, left := metric(t, metrics, `smevsim_requests_total`), len(regexp.MustCompile(`(?m)^smevsim_messages`).FindAllString(metrics, -1))
	if len(answers) != p.Inquiries || filed != p.Inquiries || left != 0 {
		t.Errorf("%d inquiries: %d were filed, %d answered; %d queues are not empty\n%s", p.Inquiries, filed, len(answers), left, metrics)
	}
	for i, got := range answers {
		if want := outcome(i).String(); !strings.HasPrefix(got, want+" ") {
			t.Errorf("inquiry %d: got %s, want %s", i, got, want)
		}
	}
	if kills > 0 {
		t.Errorf("%d deaths are left", kills)
	}
	_ = asker.Process.Kill()
	_ = asker.Wait()
	_ = simulator.Process.Kill()
	_ = simulator.Wait()
	t.Logf("%d inquiries over %d virtual days in %v; calls: %d, of which in trouble: %d; deliveries again: %d", p.Inquiries, p.Days, time.Since(began).Round(time.Second),
		metric(t, metrics, `smevsim_calls_total`), metric(t, metrics, `smevsim_troubles_total`), metric(t, metrics, `smevsim_redeliveries_total`))
}

// note takes a line of the asker: an inquiry, its outcome, the message.
func note(t *testing.T, answers map[int]string, line string) {
	t.Helper()
	number, rest, _ := strings.Cut(line, " ")
	i, err := strconv.Atoi(number)
	if err != nil {
		return // cut off by a death
	}
	if before, twice := answers[i]; twice && before != rest {
		t.Errorf("inquiry %d: answered %s, then %s", i, before, rest)
	}
	answers[i] = rest
}

// metric sums the values of a metric.
func metric(t *testing.T, text, name string) (sum int) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?m)^`+name+`(?:\{.*\})? (\d+)$`).FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}

// side starts a process that plays one side, and the lines it writes.
func side(t *testing.T, p soak) (*exec.Cmd, <-chan string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), soakPlan+"="+string(text))
	c.Stderr = os.Stderr
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdin = in
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	t.Cleanup(func() { out.Close(); _ = c.Process.Kill() })
	c.Stdin = struct {
		io.Reader
		io.Writer
	}{nil, out}
	lines := make(chan string, 1000)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(stdout); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return c, lines
}

// next is the next line of a side.
func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case line, ok := <-lines:
		if !ok {
			t.Fatal("a side has ended")
		}
		return line
	case <-time.After(2 * time.Minute):
		t.Fatal("a side says nothing")
	}
	return ""
}

func curl(t *testing.T, method, address string) []byte {
	t.Helper()
	body, err := fetch(method, address)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func fetch(method, address string) ([]byte, error) {
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", address, res.Status, body)
	}
	return body, err
}

// run plays a side until it is killed.
func (p *soak) run() error {
	if p.Simulator {
		return simulate()
	}
	return p.ask()
}

// simulate is SMEV with its clock.
func simulate() error {
	server, err := smevtest.NewServer(smevtest.Config{Clock: testenv.NewClock(soakStart), Seed: 1, FaultRate: 0.1})
	if err != nil {
		return err
	}
	address, err := server.Listen()
	if err != nil {
		return err
	}
	admin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(address)
	fmt.Println("http://" + admin.Addr().String())
	return http.Serve(admin, server.Admin())
}

// outcome is what comes of the i-th inquiry.
func outcome(i int) smev.Outcome {
	switch i % 10 {
	case 3:
		return smev.Refuted
	case 6:
		return smev.NotFound
	case 9:
		return smev.Rejected
	}
	return smev.Confirmed
}

var soakChecks = []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN}

// inquiry is the i-th.
func inquiry(i int) smev.Inquiry {
	person := testenv.NewPerson(uint64(i + 1))
	s := smev.Subject{
		LastName: person.LastName, FirstName: person.FirstName, MiddleName: person.MiddleName, Gender: smev.Male, BirthDate: person.Born,
		SNILS: person.SNILS, INN: person.INN,
		Passport: smev.Passport{Series: person.Series, Number: person.Number, Issued: person.Issued, IssuerCode: person.IssuerCode},
	}
	scenario := map[smev.Outcome]int{smev.Refuted: 602, smev.NotFound: 302, smev.Rejected: 730}[outcome(i)]
	if scenario != 0 {
		s.Passport.Number, s.SNILS, s.INN = smevtest.Number(scenario), smevtest.SNILS(scenario), smevtest.INN(scenario)
	}
	return smev.Inquiry{Key: fmt.Sprintf("%032x/ask_registers/1/%d", i, i), Check: soakChecks[i%len(soakChecks)], Subject: s}
}

// ask goes on with all inquiries that have fallen due whenever it is told to.
// What it knows is in its database.
func (p *soak) ask() error {
	ctx := context.Background()
	store, err := sqlstore.Open(ctx, p.Path)
	if err != nil {
		return err
	}
	clock := testenv.NewClock(soakStart)
	c, err := p.client(clock, store)
	if err != nil {
		return err
	}
	answered := make([]bool, p.Inquiries)
	every := time.Duration(p.Days) * 24 * time.Hour / time.Duration(p.Inquiries)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if err := follow(clock, p.Admin); err != nil {
			return err
		}
		if _, err := c.Poll(ctx); err != nil && !temporary(err) {
			return err
		}
		for i := range answered {
			if answered[i] || soakStart.Add(time.Duration(i)*every).After(clock.Now()) {
				continue
			}
			id, err := c.Ask(ctx, inquiry(i))
			if err == nil {
				var a *smev.Answer
				if a, err = c.Answer(ctx, id); err == nil {
					answered[i] = true
					fmt.Println(i, a.Outcome, a.Evidence.MessageID)
				}
			}
			if err != nil && !errors.Is(err, smev.ErrPending) && !errors.Is(err, smev.ErrUnknown) && !temporary(err) {
				return fmt.Errorf("inquiry %d: %w", i, err)
			}
		}
		fmt.Println("done")
	}
	return store.Close()
}

func (p *soak) client(clock *testenv.Clock, store *sqlstore.Store) (*client.Client, error) {
	as := csr.Standard()
	blocks := bytes.SplitAfter(p.Identity, []byte("-----END PRIVATE KEY-----\n"))
	der, err := csr.Decode(blocks[0], "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	key, err := gost.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	own, err := certificates(as, blocks[1])
	if err != nil {
		return nil, err
	}
	trusted, err := certificates(as, p.Trusted)
	if err != nil {
		return nil, err
	}
	signer, err := xmldsig.NewSigner(as, key, own[0])
	if err != nil {
		return nil, err
	}
	return client.New(client.Config{
		URL: p.URL, Clock: clock, Store: store.Messages(nil), Test: true, Log: slog.New(slog.DiscardHandler),
		Signer: func() *xmldsig.Signer { return signer }, SMEV: trusted[1:2], Participants: trusted[:1],
	})
}

func certificates(as csr.Algorithms, pem []byte) (list []*csr.Certificate, err error) {
	const end = "-----END CERTIFICATE-----\n"
	for block := range strings.SplitAfterSeq(string(pem), end) {
		if !strings.HasSuffix(block, end) {
			continue
		}
		der, err := csr.Decode([]byte(block), csr.PEMCertificate)
		if err != nil {
			return nil, err
		}
		cert, err := as.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		list = append(list, cert)
	}
	return list, nil
}

// follow sets the clock to that of the simulator.
func follow(clock *testenv.Clock, admin string) error {
	body, err := fetch(http.MethodGet, admin+"/clock")
	if err != nil {
		return err
	}
	var at struct {
		Now time.Time `json:"now"`
	}
	if err := json.Unmarshal(body, &at); err != nil {
		return err
	}
	clock.Set(at.Now)
	return nil
}

func temporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}
