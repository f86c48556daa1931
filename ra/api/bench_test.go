package api_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/surguch/surguch/ra/api"
)

// BenchmarkFront is what an answer costs without the network: where a request
// stands, and a page of a search.
func BenchmarkFront(b *testing.B) {
	w := newWorld(b, func(c *api.Config) { c.Log = slog.New(slog.DiscardHandler) })
	id, token := w.submitted()
	for range 200 {
		w.call("POST", "/requests", "operator", map[string]any{"process": "desk", "form": w.form}).is(201)
	}
	for name, c := range map[string]struct{ path, token string }{
		"Status": {"/requests/" + id, token},
		"Search": {"/requests?limit=20&snils=" + w.form.SNILS, "operator"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a := httptest.NewRecorder()
				w.handler.ServeHTTP(a, w.request("GET", c.path, c.token, nil))
				if a.Code != 200 {
					b.Fatal(a.Body)
				}
			}
		})
	}
}
