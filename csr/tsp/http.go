package tsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// HTTP is an Authority at a URL (RFC 3161, section 3.4). It is made by
// [NewHTTP].
type HTTP struct {
	url    string
	client *http.Client
}

// Media types of RFC 3161, section 3.4, and how much of an answer is read.
const (
	mediaRequest  = "application/timestamp-query"
	mediaResponse = "application/timestamp-reply"
	maxResponse   = 1 << 20
)

// timeout is how long a client of ours waits where the context would wait
// longer.
const timeout = 30 * time.Second

// NewHTTP returns the authority at an absolute URL of http or https. Plain http
// is in order: a token is verified whichever way it came, though who listens
// learns the digest and who interferes can withhold the answer.
//
// A nil client is one that waits 30 seconds at most and follows no redirects.
func NewHTTP(rawURL string, client *http.Client) (*HTTP, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("tsp: the authority's address is not an absolute URL of http or https")
	}
	if client == nil {
		client = &http.Client{
			Timeout:       timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return &HTTP{rawURL, client}, nil
}

// Stamp posts the request and returns the body of the answer: of status 200, of
// the media type of time-stamps, and of at most a megabyte.
func (h *HTTP) Stamp(ctx context.Context, request []byte) ([]byte, error) {
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", mediaRequest)
	post.Header.Set("Accept", mediaResponse)
	answer, err := h.client.Do(post)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP status %d", answer.StatusCode)
	}
	if media, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type")); err != nil || media != mediaResponse {
		return nil, errors.New("the answer is not of type " + mediaResponse)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxResponse+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxResponse {
		return nil, fmt.Errorf("the answer is longer than %d octets", maxResponse)
	}
	return body, nil
}
