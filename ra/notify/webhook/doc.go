// Package webhook tells programs of partners what becomes of requests, in the
// format of Standard Webhooks (standardwebhooks.com, version 1.0): a POST with
// the headers webhook-id, webhook-timestamp and webhook-signature. [Sender]
// implements ra.Notifier.
//
//	hooks, err := webhook.Open(webhook.Config{
//		Dir: "/var/lib/ra/webhooks",
//		Endpoints: []webhook.Endpoint{{
//			Name: "crm", URL: "https://crm.example.org/hooks/ra",
//			Secrets: []webhook.Secret{secret},
//		}},
//	})
//	go hooks.Run(ctx)
//	router, err := notify.New(notify.Config{Also: []ra.Notifier{hooks}, …})
//
// A receiver in Go checks what it gets with [Verify].
//
// # The body
//
//	{
//	  "type": "request.notice",
//	  "timestamp": "2026-10-09T10:00:00Z",
//	  "data": {
//	    "request": "…", "seq": 17, "partner": "agent-7",
//	    "state": "issuing", "title": "Выпуск сертификата",
//	    "effect": "notify_applicant", "to": "applicant"
//	  }
//	}
//
// It tells of nobody: no name, no address, no code, no link. Seq is the number
// of the last entry of the request's journal at that time; more about what
// happened is read from the authority's own interface.
//
// # Delivery
//
// Notify writes the event into a folder and returns; Run delivers what is
// there. The authority's own repetition would not do: it counts the failures
// of a whole notice and gives up after ra.Config.Failures of them, with the
// default some half an hour, and would send everybody's letters again for as
// long as one endpoint is out of order.
//
// An event is delivered until the endpoint answers 2xx: at once, after 5
// seconds, then with pauses that double up to an hour, for 72 hours. A restart
// loses no event and does not begin its 72 hours anew. Then, or when the
// endpoint answers 410 Gone, the event is put aside into the folder's part
// "given-up" and logged. To have one delivered after all, move it back while
// the sender is closed.
//
// An event may come twice, with the same webhook-id. The events of a request
// come to an endpoint one after another, lower seq first: one that is not
// taken holds up those after it, of this request alone. Notices of one arrow
// share their seq. An event with a lower seq than the last was written late
// and is out of date.
//
// # Safety
//
// An endpoint is an address that somebody else chose. Only https is spoken,
// redirects are not followed, proxies of the environment are not used, answers
// are not read, and an address in a private or special network is refused at
// the moment it is dialled, after the name was resolved, so that a name which
// resolves to another address the second time gains nothing. Networks of one's
// own are allowed by Config.Allow.
package webhook
