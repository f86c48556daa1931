package tsp

import (
	"context"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
)

// Authority answers requests for time-stamps. Stamp takes a TimeStampReq in DER
// and returns a TimeStampResp, be it a refusal. An error means that there is no
// answer: the authority was not reached, or ctx ended first. It may be called
// from several goroutines.
type Authority interface {
	Stamp(ctx context.Context, request []byte) (response []byte, err error)
}

// Client asks an authority for time-stamps and verifies what comes. Authority,
// Algorithms and Chain.Anchors are required. A Client is safe for concurrent
// use if its fields are not changed.
type Client struct {
	Authority  Authority
	Algorithms csr.Algorithms // of the authority's signature, and of digests

	// Digest is the scheme whose hash the data goes through. Nil is the first
	// of Algorithms.
	Digest *csr.Algorithm

	// Policy is the one to ask for. Nil is the authority's choice.
	Policy asn1.ObjectIdentifier

	// Chain is what the authority's certificate is verified with, at the
	// token's time; At is not looked at.
	Chain csr.Chain
}

// Stamp returns a time-stamp for data, which does not leave the process: the
// authority sees its digest only. The token has been verified, and answers
// this very request.
//
// The error is a *RejectedError if the authority refused, what Authority
// returned if there was no answer, and otherwise as that of [Token.Verify] or
// [Token.Answers].
func (c *Client) Stamp(ctx context.Context, data []byte) (*Token, error) {
	digest := c.Digest
	if digest == nil {
		if len(c.Algorithms) == 0 {
			return nil, errors.New("tsp: client: no algorithms")
		}
		digest = c.Algorithms[0]
	}
	request := NewRequest(digest, data)
	request.Policy = c.Policy
	raw, err := CreateRequest(request)
	if err != nil {
		return nil, err
	}
	answer, err := c.Authority.Stamp(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("tsp: the authority: %w", err)
	}
	response, err := ParseResponse(answer)
	if err != nil {
		return nil, err
	}
	if err := response.Err(); err != nil {
		return nil, err
	}
	token, err := ParseToken(c.Algorithms, response.Token)
	if err != nil {
		return nil, err
	}
	if err := token.Answers(request); err != nil {
		return nil, err
	}
	if _, err := token.judge(c.Chain); err != nil {
		return nil, err
	}
	return token, nil
}
