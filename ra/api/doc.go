// Package api is the HTTP front of a registration authority: what portals,
// personal accounts and workplaces speak to.
//
// A [Handler] is a net/http handler that an embedder mounts. It takes and gives
// JSON, refuses with problem details (RFC 9457) that carry a stable code and a
// text in Russian, and describes itself at /openapi.json (OpenAPI 3.1).
//
//	handler, err := api.New(api.Config{Authority: authority, Prefix: "/ra", Authenticate: staff})
//	mux.Handle("/ra/", handler)
//	server.RegisterOnShutdown(handler.Close)
//
// # Who is calling
//
// An applicant and a workplace come with a credential on their hands: the token
// of an individual link, or the code of a printed marker. POST /session takes
// it, and nothing else does, and gives a token of a session, which goes into
// Authorization: Bearer. Everybody else is known by Config.Authenticate. There
// are no cookies, no credentials in addresses, and nothing is shared with other
// origins. What a caller may do and see is decided by package ra; this package
// only shows each role its part, see view.go.
//
// # Repetitions and races
//
// Whatever changes state carries an Idempotency-Key, and under one key of one
// caller it is done once; only a marker is printed anew each time, since its
// code is nowhere kept. If-Match names the version that the caller has seen: it
// is compared when the request is looked at, before the command, and whoever
// comes too late gets 412 or 409 with the present state.
//
// # How it is made
//
// operations.go is the one table of operations: it registers the routes,
// checks what comes in, and is what the document is generated from.
// problems.go is the one table from errors to answers. Neither answers nor the
// log repeat what a caller sent or what a person is called.
package api
