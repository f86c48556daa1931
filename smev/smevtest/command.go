package smevtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
)

// What follows are the commands of the administration, and what they need to
// be given.

func (s *Server) adminCertificates(w http.ResponseWriter, _ *http.Request) {
	writeText(w, string(csr.EncodePEM(csr.PEMCertificate, s.ca.root.Raw))+string(csr.EncodePEM(csr.PEMCertificate, s.certificate.Raw)))
}

func (s *Server) adminClock(w http.ResponseWriter, _ *http.Request) {
	answer := struct {
		Now  time.Time `json:"now"`
		Next time.Time `json:"next,omitzero"` // when the next message becomes visible
	}{Now: s.now()}
	answer.Next, _ = s.Next()
	writeJSON(w, answer)
}

func (s *Server) adminAdvance(w http.ResponseWriter, r *http.Request) {
	clock, ok := s.cfg.Clock.(interface{ Advance(time.Duration) })
	if !ok {
		http.Error(w, "the clock is not virtual", http.StatusConflict)
		return
	}
	by, err := time.ParseDuration(r.FormValue("by"))
	if err != nil || by < 0 {
		http.Error(w, "by: a duration such as 30m", http.StatusBadRequest)
		return
	}
	clock.Advance(by)
	s.adminClock(w, r)
}

func (s *Server) adminEnroll(w http.ResponseWriter, r *http.Request) {
	key, cert, err := s.enroll(r.FormValue("mnemonic"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeText(w, string(csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(key)))+string(csr.EncodePEM(csr.PEMCertificate, cert.Raw)))
}

func (s *Server) adminServe(w http.ResponseWriter, r *http.Request) {
	kind := smev.Kind{Namespace: r.FormValue("namespace"), Root: r.FormValue("root"), ResponseRoot: r.FormValue("response"), Name: r.FormValue("name")}
	if err := s.Serve(kind, r.FormValue("mnemonic")); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeText(w, "ok\n")
}

// adminKnow enters a person into the registers.
func (s *Server) adminKnow(w http.ResponseWriter, r *http.Request) {
	var person smev.Subject
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&person); err != nil {
		http.Error(w, "not a person in JSON: its fields are those of smev.Subject", http.StatusBadRequest)
		return
	}
	s.Know(person)
	writeText(w, "ok\n")
}

func (s *Server) adminAsk(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAttached))
	if err == nil {
		var id string
		if id, err = s.Ask(content); err == nil {
			writeText(w, id+"\n")
			return
		}
	}
	http.Error(w, err.Error(), http.StatusBadRequest)
}

func (s *Server) adminFaults(w http.ResponseWriter, r *http.Request) {
	trouble, known := troubleNames[r.FormValue("trouble")]
	operation, times, err := r.FormValue("operation"), 1, error(nil)
	if text := r.FormValue("times"); text != "" {
		times, err = strconv.Atoi(text)
	}
	switch {
	case !known:
		err = errors.New("trouble: none that is known")
	case operation != "" && !soap.V12().Has(operation):
		err = errors.New("operation: none of SMEV")
	case err != nil, times < 1, times > 10000:
		err = errors.New("times: 1 to 10000")
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for range times {
		s.Inject(operation, trouble)
	}
	writeText(w, fmt.Sprintf("%s ×%d\n", trouble, times))
}
