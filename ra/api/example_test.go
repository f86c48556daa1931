package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/api"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// The front of an authority with a process of the embedder's own, who knows
// one clerk.
func ExampleNew() {
	complaint := &workflow.Process{
		Name: "complaint", Version: "1", Title: "Обращение", Source: "an example",
		Places: []workflow.Place{
			{State: "received", Title: "Получено", Owner: workflow.CAOperator, Within: 72 * time.Hour, Late: "escalate"},
			{State: "closed", Title: "Закрыто"},
		},
		Steps: []workflow.Step{
			{From: "received", On: "close", By: workflow.CAOperator, To: "closed"},
			{From: "received", On: "escalate", By: workflow.System, To: "received"},
		},
	}
	authority, err := ra.New(ra.Config{Store: storetest.NewMemory(storetest.Faults{}), Processes: []*workflow.Process{complaint}})
	if err != nil {
		fmt.Println(err)
		return
	}
	handler, err := api.New(api.Config{
		Authority: authority, Prefix: "/ra",
		Authenticate: func(r *http.Request) (ra.Actor, error) {
			if r.Header.Get("Authorization") != "Bearer the-clerk" {
				return ra.Actor{}, fmt.Errorf("nobody is known by this")
			}
			return ra.Actor{ID: "clerk-7", Role: workflow.CAOperator}, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer handler.Close()
	server := httptest.NewServer(handler)
	defer server.Close()

	ask := func(path, key, body string) string {
		r, err := http.NewRequestWithContext(context.Background(), "POST", server.URL+path, strings.NewReader(body))
		if err != nil {
			return err.Error()
		}
		r.Header.Set("Authorization", "Bearer the-clerk")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		answer, err := server.Client().Do(r)
		if err != nil {
			return err.Error()
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			return err.Error()
		}
		fmt.Println(answer.Status, answer.Header.Get("ETag"))
		return answer.Header.Get("Location")
	}
	form := `{"process": "complaint", "form": {"legalForm": "person", "email": "someone@example.org"}}`
	place := ask("/ra/requests", "a-key-of-one-command", form)
	again := ask("/ra/requests", "a-key-of-one-command", form)
	fmt.Println(place == again)
	ask(place+"/steps", "a-key-of-another", `{"event": "close"}`)
	ask(place+"/steps", "a-key-of-a-third", `{"event": "close"}`)
	// Output:
	// 201 Created "1"
	// 201 Created "1"
	// true
	// 200 OK "2"
	// 409 Conflict
}
