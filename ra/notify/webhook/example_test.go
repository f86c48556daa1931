package webhook_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/surguch/surguch/ra/notify/webhook"
)

// A receiver checks the signature over the bytes as they came, and remembers
// the identifiers of what it has dealt with.
func ExampleVerify() {
	secret, err := webhook.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		fmt.Println(err)
		return
	}
	seen := map[string]bool{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/ra", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || webhook.Verify([]webhook.Secret{secret}, r.Header, body, time.Now()) != nil {
			http.Error(w, "not signed", http.StatusUnauthorized)
			return
		}
		if id := r.Header.Get("webhook-id"); !seen[id] {
			seen[id] = true
			// … act on the body
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// What was kept is delivered by Run, or, as here, by Work.
func ExampleSender() {
	dir, err := os.MkdirTemp("", "hooks")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	secret := webhook.NewSecret()
	crm := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println("signed:", webhook.Verify([]webhook.Secret{secret}, r.Header, body, time.Now()) == nil)
	}))
	defer crm.Close()
	hooks, err := webhook.Open(webhook.Config{
		Dir:       dir,
		Endpoints: []webhook.Endpoint{{Name: "crm", URL: crm.URL, Secrets: []webhook.Secret{secret}}},
		Allow:     loopback, // the example's endpoint is on this machine
		Roots:     (&receiver{Server: crm}).roots(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer hooks.Close()
	if err := hooks.Notify(context.Background(), notice("5f0e", 7)); err != nil {
		fmt.Println(err)
	}
	some, err := hooks.Work(context.Background())
	fmt.Println("delivered:", some, err)
	// Output:
	// signed: true
	// delivered: true <nil>
}
