package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// MaxResponse is the most octets of one reply that are read, 8 MiB; SMEV lets
// 5 MiB of attachments through. A longer one is refused.
const MaxResponse = 8 << 20

// TransportError says that the exchange with SMEV failed below its own rules:
// no connection, a status that carries no SOAP, a reply that cannot be read.
// Whether SMEV got the message is unknown; repeating the call is safe.
type TransportError struct {
	Operation string // SendRequest, GetResponse …
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
// which is nil for an empty body, and the reply with all its parts in place.
func (c *Client) call(ctx context.Context, operation string, envelope []byte) (*xmldsig.Element, []byte, error) {
	req, err := c.request(ctx, operation, envelope)
	if err != nil {
		return nil, nil, &TransportError{Operation: operation, Err: err}
	}
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return nil, nil, &TransportError{Operation: operation, Err: err, temporary: true}
	}
	defer res.Body.Close()
	e := &TransportError{Operation: operation, Status: res.StatusCode, temporary: temporaryStatus(res.StatusCode)}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusInternalServerError {
		return nil, nil, e
	}
	doc, err := mtom.Read(res.Header.Get("Content-Type"), res.Body, mtom.Limits{Message: MaxResponse})
	if err != nil {
		// A reply that breaks off may be whole the next time.
		e.Err, e.temporary = err, e.temporary || !errors.Is(err, mtom.ErrMediaType) && !errors.Is(err, mtom.ErrTooLarge)
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

// request packages an envelope: as MTOM, if files travel in it.
func (c *Client) request(ctx context.Context, operation string, envelope []byte) (*http.Request, error) {
	media, content := soap.ContentType, envelope
	files, err := c.attached(envelope)
	if err == nil && files {
		name := xmldsig.Name{Space: c.version.Basic(), Local: "Content"}
		media, content, err = mtom.Write(envelope, rand.Reader, name)
	}
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.URL, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", media)
	req.Header["SOAPAction"] = []string{soap.Action(operation)} // the case the standard writes
	return req, nil
}

// attached reports whether files travel in a message of ours.
func (c *Client) attached(envelope []byte) (bool, error) {
	body, err := soap.ReadEnvelope(envelope)
	if err != nil {
		return false, err
	}
	for _, e := range body.Children {
		if e.Name.Local == "AttachmentContentList" {
			return true, nil
		}
	}
	return false, nil
}

func temporaryStatus(status int) bool {
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
}
