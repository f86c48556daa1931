package epgutest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/surguch/surguch/ra"
)

// order is an order of the portal.
type order struct {
	number    int64
	chunks    []byte
	arrived   int // chunks
	operation ra.OperationID
	documents []string // names
	failed    string   // why, if the status is 5
	sent      bool
	cancelled bool
}

// meta is what every order says of itself.
type meta struct {
	Region  string `json:"region"`
	Service string `json:"serviceCode"`
	Target  string `json:"targetCode"`
}

func (m *meta) wrong() bool {
	return len(m.Region) != 2 || m.Service == "" || m.Target != "-"+m.Service
}

// create reserves an order.
func (p *Portal) create(w http.ResponseWriter, r *http.Request) {
	var m meta
	if json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&m) != nil || m.wrong() {
		fail(w, http.StatusBadRequest, "bad_request")
		return
	}
	if o := p.add(w); o != nil {
		answer(w, map[string]int64{"orderId": o.number})
	}
}

// add makes an order, unless there were too many.
func (p *Portal) add(w http.ResponseWriter) *order {
	if _, ok := p.orders.Take(p.cfg.Clock.Now()); !ok {
		p.tooMany(w)
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	o := &order{number: p.next}
	p.list[o.number] = o
	return o
}

// find is the order that a request is about.
func (p *Portal) find(w http.ResponseWriter, r *http.Request) *order {
	number, err := strconv.ParseInt(r.PathValue("order"), 10, 64)
	p.mu.Lock()
	o := p.list[number]
	p.mu.Unlock()
	if err != nil || o == nil {
		w.WriteHeader(http.StatusNoContent) // the portal's way to say that there is none
		return nil
	}
	return o
}

// standing is where an order stands.
type standing struct {
	order             // as it was
	status     int    // the portal's number
	comment    string // and its word
	signatures [][]byte
}

func (p *Portal) standing(ctx context.Context, o *order) (*standing, error) {
	p.mu.Lock()
	s := &standing{order: *o}
	p.mu.Unlock()
	switch {
	case s.cancelled:
		s.status, s.comment = 10, "CANCELLED"
	case !s.sent:
		s.status, s.comment = 0, "NEW"
	case s.failed != "":
		s.status, s.comment = 5, s.failed
	case s.operation == "":
		s.status, s.comment = 17, "WAIT_RESPONSE"
	default:
		done, err := p.cfg.Phones.Status(ctx, s.operation)
		if err != nil {
			return nil, err
		}
		s.status, s.comment = 17, "WAIT_RESPONSE"
		switch done.State {
		case ra.Signed:
			s.status, s.comment, s.signatures = 3, "DONE", done.Signatures
		case ra.RefusedByUser:
			s.status, s.comment = 4, "SIGN_REJECT"
		case ra.SigningExpired:
			s.status, s.comment = 4, "EXPIRED"
		case ra.SignerNotFound:
			s.status, s.comment = 5, "SNILS_NOT_FOUND"
		}
	}
	return s, nil
}

// status tells where an order stands: as a string that holds JSON.
func (p *Portal) status(w http.ResponseWriter, r *http.Request) {
	o := p.find(w, r)
	if o == nil {
		return
	}
	s, err := p.standing(r.Context(), o)
	if err != nil {
		fail(w, http.StatusInternalServerError, "internal_error")
		return
	}
	files := []map[string]string{}
	if s.status == 3 {
		for i, name := range s.documents {
			files = append(files, map[string]string{
				"mimeType": "application/x-pkcs7-signature",
				"link":     fmt.Sprintf("terrabyte://00/%d%02d/%s.sig/3", s.number, i, name),
			})
		}
	}
	current := map[string]any{"statusId": s.status, "title": s.comment, "comment": s.comment}
	inner, err := json.Marshal(map[string]any{
		"orderStatusId": s.status, "currentStatusHistory": current, "statuses": []any{current}, "orderResponseFiles": files,
	})
	if err != nil {
		fail(w, http.StatusInternalServerError, "internal_error")
		return
	}
	answer(w, map[string]any{"code": "OK", "message": nil, "order": string(inner)})
}

// cancel withdraws an order that nobody has signed.
func (p *Portal) cancel(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("reason") == "" {
		fail(w, http.StatusBadRequest, "bad_request")
		return
	}
	o := p.find(w, r)
	if o == nil {
		return
	}
	s, err := p.standing(r.Context(), o)
	if err == nil && s.status != 0 && s.status != 17 {
		fail(w, http.StatusConflict, "cancel_not_allowed")
		return
	}
	if err == nil && s.operation != "" {
		err = p.cfg.Phones.Cancel(r.Context(), s.operation)
	}
	if err != nil {
		fail(w, http.StatusInternalServerError, "internal_error")
		return
	}
	p.mu.Lock()
	o.cancelled = true
	p.mu.Unlock()
	answer(w, map[string]string{"code": "OK"})
}

// download gives a signature.
func (p *Portal) download(w http.ResponseWriter, r *http.Request) {
	number := r.PathValue("number")
	if len(number) < 3 || r.PathValue("type") != "3" {
		fail(w, http.StatusNotFound, "not_found")
		return
	}
	id, idErr := strconv.ParseInt(number[:len(number)-2], 10, 64)
	i, iErr := strconv.Atoi(number[len(number)-2:])
	p.mu.Lock()
	o := p.list[id]
	p.mu.Unlock()
	if idErr != nil || iErr != nil || o == nil {
		fail(w, http.StatusNotFound, "not_found")
		return
	}
	s, err := p.standing(r.Context(), o)
	if err != nil || s.status != 3 || i < 0 || i >= len(s.signatures) || r.URL.Query().Get("mnemonic") != s.documents[i]+".sig" {
		fail(w, http.StatusNotFound, "not_found")
		return
	}
	w.Header().Set("Content-Type", "application/x-pkcs7-signature")
	_, _ = w.Write(s.signatures[i]) // who has hung up reads nothing
}
