package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// TransportError says that the exchange with SMEV failed below its own rules:
// no connection, a status that carries no SOAP, a reply that cannot be read.
// Whether SMEV got the message is unknown; repeating the call is safe.
type TransportError struct {
	Operation string // SendRequest, GetResponse, Ack
	Status    int    // HTTP status of the reply; 0 if there was none
	Err       error

	temporary bool
}

// Error names the operation and the cause; it quotes neither message.
func (e *TransportError) Error() string {
	text := "smev/client: " + e.Operation
	if e.Status != 0 {
		text += fmt.Sprintf(": HTTP status %d", e.Status)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *TransportError) Unwrap() error { return e.Err }

// Temporary reports whether the same call may succeed later by itself: true
// for connections, overload and maintenance, false for a reply that is not
// SMEV 3.
func (e *TransportError) Temporary() bool { return e.temporary }

func malformed(operation string, err error) error {
	return &TransportError{Operation: operation, Status: http.StatusOK, Err: err}
}

// call posts an envelope and returns the element in the body of the reply,
// which is nil for an empty body, and the reply as received.
func (c *Client) call(ctx context.Context, operation string, envelope []byte) (*xmldsig.Element, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.URL, bytes.NewReader(envelope))
	if err != nil {
		return nil, nil, &TransportError{Operation: operation, Err: err}
	}
	req.Header.Set("Content-Type", soap.ContentType)
	req.Header["SOAPAction"] = []string{soap.Action(operation)} // the case the standard writes
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return nil, nil, &TransportError{Operation: operation, Err: err, temporary: true}
	}
	defer res.Body.Close()
	doc, err := io.ReadAll(io.LimitReader(res.Body, MaxResponse+1))
	if err != nil {
		return nil, nil, &TransportError{Operation: operation, Status: res.StatusCode, Err: err, temporary: true}
	}
	e := &TransportError{Operation: operation, Status: res.StatusCode, temporary: temporaryStatus(res.StatusCode)}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusInternalServerError {
		return nil, nil, e
	}
	if len(doc) > MaxResponse {
		e.Err = errors.New("the reply is longer than 1 MiB")
		return nil, nil, e
	}
	if kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err != nil || kind != "text/xml" {
		e.Err = errors.New("the reply is not text/xml")
		return nil, nil, e
	}
	body, err := soap.ReadEnvelope(doc)
	if err != nil {
		e.Err = err
		return nil, nil, e
	}
	if f := soap.ReadFault(body); f != nil {
		return nil, nil, newFaultError(operation, f)
	}
	if res.StatusCode != http.StatusOK {
		e.Err = errors.New("an error status without a fault")
		return nil, nil, e
	}
	return body, doc, nil
}

func temporaryStatus(status int) bool {
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}
