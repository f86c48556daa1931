package epgutest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/epgu"
)

const maxChunk = 50_000_000

// push takes an order whole.
func (p *Portal) push(w http.ResponseWriter, r *http.Request) {
	fields, file, ok := parts(r)
	var m meta
	if !ok || json.Unmarshal([]byte(fields["meta"]), &m) != nil || m.wrong() {
		fail(w, http.StatusBadRequest, "bad_request")
		return
	}
	if o := p.add(w); o != nil {
		p.accept(r.Context(), o, file)
		answer(w, map[string]int64{"orderId": o.number})
	}
}

// pushChunked takes one chunk of an order that was reserved; the first begins
// anew, the last completes it.
func (p *Portal) pushChunked(w http.ResponseWriter, r *http.Request) {
	fields, file, ok := parts(r)
	var m meta
	number, numberErr := strconv.ParseInt(fields["orderId"], 10, 64)
	chunk, chunkErr := strconv.Atoi(fields["chunk"])
	chunks, chunksErr := strconv.Atoi(fields["chunks"])
	if !ok || numberErr != nil || chunkErr != nil || chunksErr != nil || chunk < 0 || chunk >= chunks || len(file) > maxChunk ||
		json.Unmarshal([]byte(fields["meta"]), &m) != nil || m.wrong() {
		fail(w, http.StatusBadRequest, "bad_request")
		return
	}
	p.mu.Lock()
	o := p.list[number]
	switch {
	case o == nil:
		p.mu.Unlock()
		fail(w, http.StatusBadRequest, "not_found")
		return
	case o.sent || o.cancelled:
		p.mu.Unlock()
		fail(w, http.StatusConflict, "order_access")
		return
	case chunk == 0:
		o.chunks, o.arrived = nil, 0
	}
	if chunk != o.arrived || len(o.chunks)+len(file) > epgu.MaxTotal {
		p.mu.Unlock()
		fail(w, http.StatusBadRequest, "bad_request")
		return
	}
	o.chunks, o.arrived = append(o.chunks, file...), chunk+1
	whole, archive := o.arrived == chunks, o.chunks
	if whole {
		o.sent, o.chunks = true, nil
	}
	p.mu.Unlock()
	if whole {
		p.accept(r.Context(), o, archive)
	}
	answer(w, map[string]int64{"orderId": number})
}

// parts reads a multipart form with fields and one file.
func parts(r *http.Request) (fields map[string]string, file []byte, ok bool) {
	fields = map[string]string{}
	reader, err := r.MultipartReader()
	if err != nil {
		return fields, nil, false
	}
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return fields, file, file != nil
		}
		if err != nil {
			return fields, nil, false
		}
		data, err := io.ReadAll(io.LimitReader(part, maxChunk+1))
		if err != nil {
			return fields, nil, false
		}
		if part.FormName() == "file" {
			file = data
		} else {
			fields[part.FormName()] = string(data)
		}
	}
}

// accept hands an order over to the person's phone, if it is as it should be.
func (p *Portal) accept(ctx context.Context, o *order, archive []byte) {
	request, reason := p.read(archive)
	p.mu.Lock()
	o.sent = true
	p.pushed++
	if reason == "" && p.silent > 0 {
		p.silent--
		reason = "STATE_EDS_NO_ANSWER"
	}
	o.failed = reason
	p.mu.Unlock()
	if reason != "" {
		return
	}
	request.Key = fmt.Sprintf("epgu/%d", o.number)
	id, err := p.cfg.Phones.Submit(ctx, *request)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		o.failed = "REQUEST_ERROR"
		return
	}
	o.operation = id
	for _, d := range request.Documents {
		o.documents = append(o.documents, d.Name)
	}
}

// read takes an archive for what it asks, or tells why it is refused.
func (p *Portal) read(archive []byte) (*ra.SignRequest, string) {
	a, err := epgu.ParseArchive(archive)
	if err != nil {
		return nil, "REQUEST_ERROR"
	}
	for _, f := range append([]epgu.File{a.Form}, a.Documents...) {
		if p.verify(f.Data, f.Signature) != nil {
			return nil, "REQUEST_ERROR"
		}
	}
	f, err := epgu.ParseForm(a.Form.Data)
	now := p.cfg.Clock.Now()
	if err != nil || !f.Expires.After(now) || f.Expires.After(now.Add(24*time.Hour)) || len(f.Documents) != 0 && len(f.Documents) != len(a.Documents) {
		return nil, "REQUEST_ERROR"
	}
	r := &ra.SignRequest{SNILS: f.SNILS, Title: f.Description, Deadline: f.Expires, Level: f.Level}
	for _, d := range a.Documents {
		media := mime.TypeByExtension(strings.ToLower(path.Ext(d.Name)))
		r.Documents = append(r.Documents, ra.SignDocument{Name: d.Name, Media: media, Data: d.Data})
	}
	return r, ""
}
