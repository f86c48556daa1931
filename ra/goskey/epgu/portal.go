package epgu

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

const (
	maxJSON   = 4 << 20
	maxSilent = time.Hour // longest pause that the portal's word makes
)

// StatusError says that the portal or ESIA answered with another HTTP status
// than it should.
type StatusError struct {
	What   string // was asked: token, order, push, status, cancel, file
	Status int
	Code   string // of the answer, if it has one (API ЕПГУ, annex 4)
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("epgu: %s: HTTP %d, code %s", e.What, e.Status, e.Code)
}

// Temporary reports whether the same call may succeed later.
func (e *StatusError) Temporary() bool {
	return e.Status >= 500 || e.Status == http.StatusUnauthorized || e.Status == http.StatusTooManyRequests
}

// lasting marks what no repetition cures.
func lasting(err error) error {
	var e *StatusError
	if errors.As(err, &e) && !e.Temporary() {
		return ra.Permanent(err)
	}
	return err
}

// call asks the portal, with a token; a second time with a new one, if it
// refuses the first.
func (c *Client) call(ctx context.Context, what, method, path, media string, body []byte, limit int64) ([]byte, error) {
	for again := true; ; again = false {
		token, err := c.token(ctx)
		if err != nil {
			return nil, err
		}
		answer, err := c.send(ctx, what, method, c.cfg.EPGU+path, token, media, body, limit)
		var refused *StatusError
		if again && errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
			c.spoil(token)
			continue
		}
		return answer, err
	}
}

// send makes one request, if the quota allows it, and returns the body of an
// answer with status 200.
func (c *Client) send(ctx context.Context, what, method, address, token, media string, body []byte, limit int64) ([]byte, error) {
	if err := c.mayAsk(); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("epgu: %s: the address cannot be made", what)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	response, err := c.http.Do(request)
	if err != nil {
		// The address stays out: it has the API key and a signature in it.
		if outer := (*url.Error)(nil); errors.As(err, &outer) {
			err = outer.Err
		}
		return nil, fmt.Errorf("epgu: %s: %w", what, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("epgu: %s: the answer breaks off: %w", what, err)
	}
	if response.StatusCode != http.StatusOK {
		var problem struct {
			Code string `json:"code"`
		}
		_ = json.Unmarshal(answer, &problem) // often it is no JSON at all
		if response.StatusCode == http.StatusTooManyRequests {
			return nil, c.silence(response.Header.Get("Retry-After"))
		}
		return nil, &StatusError{what, response.StatusCode, code(problem.Code)}
	}
	if int64(len(answer)) > limit {
		return nil, fmt.Errorf("epgu: %s: the answer is too long", what)
	}
	return answer, nil
}

// mayAsk counts a request against the quota. *QuotaError.
func (c *Client) mayAsk() error {
	now := c.cfg.Clock.Now()
	c.mu.Lock()
	silent := c.silent
	c.mu.Unlock()
	if now.Before(silent) {
		return &QuotaError{silent}
	}
	if until, ok := c.requests.Take(now); !ok {
		return &QuotaError{until}
	}
	return nil
}

// silence asks nothing for the seconds that the portal names, or a minute.
func (c *Client) silence(after string) error {
	pause := time.Minute
	if n, err := strconv.Atoi(after); err == nil && n > 0 {
		pause = min(time.Duration(min(n, 1<<20))*time.Second, maxSilent)
	}
	until := c.cfg.Clock.Now().Add(pause)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent = until
	return &QuotaError{until}
}

// meta is what every order says of itself.
func (c *Client) meta() []byte {
	raw, _ := json.Marshal(map[string]string{ // three strings, which JSON can carry
		"region": c.cfg.Region, "serviceCode": c.cfg.Service, "targetCode": "-" + c.cfg.Service,
	})
	return raw
}

// reserve makes an order without documents and returns its number.
func (c *Client) reserve(ctx context.Context) (int64, error) {
	raw, err := c.call(ctx, "order", http.MethodPost, "/api/gusmev/order", "application/json; charset=utf-8", c.meta(), maxJSON)
	if err != nil {
		return 0, err
	}
	return orderNumber("order", raw)
}

func orderNumber(what string, raw []byte) (int64, error) {
	var answer struct {
		Order int64 `json:"orderId"`
	}
	if json.Unmarshal(raw, &answer) != nil || answer.Order <= 0 {
		return 0, fmt.Errorf("epgu: %s: no number of an order", what)
	}
	return answer.Order, nil
}

// push sends an archive to an order, in chunks.
func (c *Client) push(ctx context.Context, order int64, archive []byte) error {
	total := (len(archive) + c.size - 1) / c.size
	for i := range total {
		name := "archive.zip"
		if total > 1 {
			name = fmt.Sprintf("archive.z%03d", i+1)
		}
		chunk := archive[i*c.size : min(len(archive), (i+1)*c.size)]
		body, media := c.chunk(order, name, chunk, i, total)
		raw, err := c.call(ctx, "push", http.MethodPost, "/api/gusmev/push/chunked", media, body, maxJSON)
		if err != nil {
			return err
		}
		if got, err := orderNumber("push", raw); err != nil || got != order {
			return errors.New("epgu: push: the answer is about another order")
		}
	}
	return nil
}

// chunk is the body of one request of push. Writing into memory does not fail.
func (c *Client) chunk(order int64, name string, data []byte, i, total int) (body []byte, media string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	_ = w.WriteField("orderId", strconv.FormatInt(order, 10))
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", `form-data; name="meta"`)
	header.Set("Content-Type", "application/json")
	part, _ := w.CreatePart(header)
	_, _ = part.Write(c.meta())
	part, _ = w.CreateFormFile("file", name)
	_, _ = part.Write(data)
	_ = w.WriteField("chunk", strconv.Itoa(i))
	_ = w.WriteField("chunks", strconv.Itoa(total))
	_ = w.Close()
	return out.Bytes(), w.FormDataContentType()
}

// ask returns where an order stands; nil if the portal does not have it yet.
func (c *Client) ask(ctx context.Context, number int64) (*order, error) {
	path := fmt.Sprintf("/api/gusmev/order/%d?embed=STATUS_HISTORY", number)
	raw, err := c.call(ctx, "status", http.MethodPost, path, "application/json; charset=utf-8", c.meta(), maxJSON)
	if err != nil {
		return nil, err
	}
	return parseOrder(raw)
}

// download returns a file of an answer.
func (c *Client) download(ctx context.Context, number, mnemonic string) ([]byte, error) {
	path := "/api/storage/v2/files/" + number + "/3/download?mnemonic=" + url.QueryEscape(mnemonic)
	return c.call(ctx, "file", http.MethodGet, path, "", nil, maxSig)
}

// withdraw cancels an order. The reason is not in the specification, but the
// portal insists on it.
func (c *Client) withdraw(ctx context.Context, number int64) error {
	path := fmt.Sprintf("/api/gusmev/order/%d/cancel?reason=%s", number, url.QueryEscape(channel.Withdrawn().Reason))
	_, err := c.call(ctx, "cancel", http.MethodPost, path, "", nil, maxJSON)
	return err
}
