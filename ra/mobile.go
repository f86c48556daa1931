package ra

import (
	"context"
	"time"
)

// MobileSigner has a person sign documents in an application on his phone,
// such as Goskey. It is asynchronous: the person may take hours.
type MobileSigner interface {
	// Submit hands over a package. The same Key gives the same operation and
	// troubles the person once.
	Submit(ctx context.Context, r SignRequest) (OperationID, error)
	// Status tells where an operation stands. ErrNotFound if it is not known.
	Status(ctx context.Context, id OperationID) (Operation, error)
	// Cancel withdraws a package that was not signed yet.
	Cancel(ctx context.Context, id OperationID) error
}

// OperationID names a package at the signing service.
type OperationID string

// SignRequest is a package of documents to sign.
type SignRequest struct {
	Key         string // idempotency key
	SNILS       string // of the person who is to sign, 11 digits
	Title       string // what the person sees, in Russian
	Documents   []SignDocument
	Deadline    time.Time
	Acknowledge bool // the person must tick «Я проверил документы» first
}

// SignDocument is one document of a package.
type SignDocument struct {
	Name  string
	Media string
	Data  []byte
}

// OperationState is where a package stands.
type OperationState string

// States of an Operation.
const (
	AwaitingUser   OperationState = "awaiting_user"
	Signed         OperationState = "signed" // Signatures are set
	RefusedByUser  OperationState = "refused_by_user"
	SigningExpired OperationState = "expired"
	SignerNotFound OperationState = "signer_not_found"
)

// Operation is the state of a package. Signatures holds a detached CMS over
// each document, in their order; the authority verifies every one itself.
type Operation struct {
	State      OperationState
	Reason     string // in Russian, for people
	Signatures [][]byte
}
