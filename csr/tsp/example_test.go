package tsp_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
)

// A client asks an authority, here one in the same process, and anybody
// verifies the token later.
func ExampleClient_Stamp() {
	as := csr.Standard()
	authority := newAuthority(&testing.T{}, key(&testing.T{}, gost.TC26A256()))
	roots := csr.Chain{Anchors: []*csr.Certificate{authority.root}}

	client := tsp.Client{Authority: authority, Algorithms: as, Chain: roots}
	stamp, err := client.Stamp(context.Background(), document)
	if err != nil {
		fmt.Println(err)
		return
	}

	token, err := tsp.ParseToken(as, stamp.Raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	signer, err := token.Verify(document, roots)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token.Time, "±", token.Accuracy, signer.Certificate.Subject)
	_, err = token.Verify([]byte("another document"), roots)
	fmt.Println(err)
	// Output:
	// 2026-03-14 12:00:00 +0000 UTC ± 1.5s CN=TSA
	// tsp: token: it is for other data
}

// A signature gets a time-stamp, and is verified as of the time in it.
func ExampleClient_Extend() {
	as := csr.Standard()
	authority := newAuthority(&testing.T{}, key(&testing.T{}, gost.TC26A256()))
	person := newSigners(&testing.T{}, key(&testing.T{}, gost.TC26A512()), authority.key)

	client := tsp.Client{Authority: authority, Algorithms: as, Chain: authority.chain}
	p7s, err := client.Extend(context.Background(), person.p7s)
	if err != nil {
		fmt.Println(err)
		return
	}

	message, err := cms.Parse(as, p7s)
	if err != nil {
		fmt.Println(err)
		return
	}
	signers, err := tsp.Verify(as, message, document, person.chain, authority.chain)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(signers[0].Certificate.Subject, signers[0].Time)
	// Output: CN=First 2026-03-14 12:00:00 +0000 UTC
}
