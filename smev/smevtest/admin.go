package smevtest

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

const adminText = `Эмулятор СМЭВ 3: управление
GET  /messages /queues /leases /dead     что лежит в очередях
GET  /messages/{id}                      документ отправителя
GET  /journal                            последние вызовы и вердикты о подписях
GET  /journal/{n}/request, /response     их конверты
GET  /certificates                       корневой сертификат и сертификат СМЭВ, PEM
GET  /metrics                            счётчики для Prometheus
GET  /clock                              время СМЭВ
POST /clock/advance?by=30m               перевести виртуальные часы вперёд
POST /enroll?mnemonic=M                  ключ и сертификат участника, PEM
POST /serve?namespace=N&root=R&response=R&mnemonic=M  запросы вида — участнику
POST /people                             внести лицо в реестры (тело — JSON, поля smev.Subject)
POST /requests                           запрос (тело — XML) тому, кто отвечает на этот вид
POST /faults?operation=O&trouble=T&times=K            неполадка следующих вызовов
POST /reset                              забыть всё, кроме участников
`

// Admin returns the handler of the simulator's own administration, for another
// port than that of SMEV and for the loopback interface alone: it gives away
// keys and personal data. GET / lists what it does. Requests that a browser
// makes for a page of another origin are refused.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { writeText(w, adminText) })
	mux.HandleFunc("GET /messages", s.adminMessages(func(letter) bool { return true }))
	mux.HandleFunc("GET /leases", s.adminMessages(func(l letter) bool { return l.State == "leased" }))
	mux.HandleFunc("GET /dead", s.adminDead)
	mux.HandleFunc("GET /queues", s.adminQueues)
	mux.HandleFunc("GET /messages/{id}", s.adminMessage)
	mux.HandleFunc("GET /journal", s.adminJournal)
	mux.HandleFunc("GET /journal/{n}/{side}", s.adminEnvelope)
	mux.HandleFunc("GET /certificates", s.adminCertificates)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		s.writeMetrics(w)
	})
	mux.HandleFunc("GET /clock", s.adminClock)
	mux.HandleFunc("POST /clock/advance", s.adminAdvance)
	mux.HandleFunc("POST /enroll", s.adminEnroll)
	mux.HandleFunc("POST /serve", s.adminServe)
	mux.HandleFunc("POST /people", s.adminKnow)
	mux.HandleFunc("POST /requests", s.adminAsk)
	mux.HandleFunc("POST /faults", s.adminFaults)
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		s.Reset()
		writeText(w, "ok\n")
	})
	return http.NewCrossOriginProtection().Handler(mux)
}

// Reset forgets all messages, troubles, exchanges and answers. Keys,
// participants, providers and people stay.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.queues.all() {
		s.queues.withdraw(m.users)
	}
	s.inquiries, s.answered = map[string]*inquiry{}, map[string]time.Time{}
	s.queues = newQueues(s.cfg, s.files.withdraw)
	s.troubles = newTroubles(s.cfg)
	s.journal = newJournal(s.cfg.Journal)
	s.metrics = newMetrics()
	s.participants.sent = map[string]int64{}
}

// letter is a message as the administration shows it.
type letter struct {
	ID          string    `json:"id"`
	Queue       string    `json:"queue"`
	About       string    `json:"about,omitempty"` // id of the request
	Namespace   string    `json:"namespace,omitempty"`
	Holds       string    `json:"holds"` // request, content, status, rejected, or what SMEV itself says of it
	State       string    `json:"state"` // scheduled, visible, leased, dead
	VisibleAt   time.Time `json:"visible_at"`
	LeasedUntil time.Time `json:"leased_until,omitzero"`
	Deliveries  int       `json:"deliveries"`
	Attachments int       `json:"attachments,omitempty"`
	Files       int       `json:"files,omitempty"`
}

func letterOf(m *message, now time.Time) letter {
	l := letter{ID: m.id, Queue: m.to.String(), State: "visible", VisibleAt: m.at, Deliveries: m.deliveries, Attachments: len(m.attachments), Files: len(m.users)}
	switch {
	case m.at.After(now):
		l.State = "scheduled"
	case m.leased.After(now):
		l.State, l.LeasedUntil = "leased", m.leased
	}
	if m.inquiry != nil {
		l.About = m.inquiry.id
	}
	if m.kind != nil {
		l.Namespace = m.kind.kind.Namespace
	}
	switch {
	case m.request != nil:
		l.Holds = "request"
	case m.status != nil:
		l.Holds = m.status.Category
	case m.response.Data.Async != nil:
		l.Holds = m.response.Data.Async.Category
	case m.response.Data.Status != nil:
		l.Holds = "status"
	case m.response.Data.Rejections != nil:
		l.Holds = "rejected"
	default:
		l.Holds = "content"
	}
	return l
}

func (s *Server) adminMessages(wanted func(letter) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		now := s.settle()
		list := []letter{}
		for _, m := range s.queues.all() {
			if l := letterOf(m, now); wanted(l) {
				list = append(list, l)
			}
		}
		s.mu.Unlock()
		writeJSON(w, list)
	}
}

func (s *Server) adminDead(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	now := s.settle()
	list := []letter{}
	for _, m := range s.queues.dead {
		l := letterOf(m, now)
		l.State, l.LeasedUntil = "dead", time.Time{}
		list = append(list, l)
	}
	s.mu.Unlock()
	writeJSON(w, list)
}

func (s *Server) adminQueues(w http.ResponseWriter, _ *http.Request) {
	type queue struct {
		Queue     string `json:"queue"`
		Scheduled int    `json:"scheduled"`
		Visible   int    `json:"visible"`
		Leased    int    `json:"leased"`
	}
	s.mu.Lock()
	now := s.settle()
	list := []*queue{}
	seen := map[string]*queue{}
	for _, m := range s.queues.all() {
		l := letterOf(m, now)
		q := seen[l.Queue]
		if q == nil {
			q = &queue{Queue: l.Queue}
			seen[l.Queue] = q
			list = append(list, q)
		}
		switch l.State {
		case "scheduled":
			q.Scheduled++
		case "leased":
			q.Leased++
		default:
			q.Visible++
		}
	}
	s.mu.Unlock()
	writeJSON(w, list)
}

// adminMessage writes what the sender of a message wrote.
func (s *Server) adminMessage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.settle()
	var doc []byte
	for _, m := range append(s.queues.all(), s.queues.dead...) {
		switch {
		case m.id != r.PathValue("id"):
		case m.request != nil:
			doc = m.request.Provided.Data
		case m.response != nil:
			doc = m.response.Provided.Data
		}
	}
	s.mu.Unlock()
	if doc == nil {
		http.NotFound(w, r)
		return
	}
	writeXML(w, doc)
}

func (s *Server) adminJournal(w http.ResponseWriter, _ *http.Request) {
	type exchange struct {
		Number    int64     `json:"number"`
		At        time.Time `json:"at"`
		Version   string    `json:"version"`
		Operation string    `json:"operation"`
		Caller    string    `json:"caller,omitempty"`
		Verdict   string    `json:"verdict,omitempty"`
		Trouble   string    `json:"trouble,omitempty"`
		Status    int       `json:"status"`
		Fault     string    `json:"fault,omitempty"`
		Request   int       `json:"request_octets"`
		Response  int       `json:"response_octets"`
	}
	list := []exchange{}
	for _, e := range s.Journal() {
		x := exchange{e.Number, e.At, e.Version, e.Operation, e.Caller, e.Verdict, "", e.Status, e.Fault, len(e.Request), len(e.Response)}
		if e.Trouble != None {
			x.Trouble = e.Trouble.String()
		}
		list = append(list, x)
	}
	writeJSON(w, list)
}

func (s *Server) adminEnvelope(w http.ResponseWriter, r *http.Request) {
	for _, e := range s.Journal() {
		doc, ok := map[string][]byte{"request": e.Request, "response": e.Response}[r.PathValue("side")]
		if strconv.FormatInt(e.Number, 10) == r.PathValue("n") && ok && doc != nil {
			writeXML(w, doc)
			return
		}
	}
	http.NotFound(w, r)
}

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, text) // to a reader that may have gone away
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	_ = e.Encode(v) // to a reader that may have gone away
}
