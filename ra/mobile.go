package ra

import (
	"context"
	"time"

	"github.com/surguch/surguch/csr"
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
	Acknowledge bool  // the person must tick «Я проверил документы» first
	Level       Level // of the certificate to sign with
}

// Level is the kind of a person's certificate (law 63-FZ, article 5).
type Level string

// Levels.
const (
	QualifiedLevel   Level = ""            // УКЭП
	UnqualifiedLevel Level = "unqualified" // УНЭП, which the application gives to everybody
)

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
	Signed         OperationState = "signed"   // Signatures are set
	KeyMade        OperationState = "key_made" // Request is set
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

// MobileKeys has a person make a key pair in an application on his phone. The
// private key never leaves it, and the certificate is kept beside it. It is
// asynchronous, as MobileSigner is, and usually the same service.
type MobileKeys interface {
	// AskKey asks the person for a key pair and a request. The same Key gives
	// the same operation and troubles the person once.
	AskKey(ctx context.Context, r KeyRequest) (OperationID, error)
	// KeyStatus tells where an operation stands. ErrNotFound if it is not
	// known.
	KeyStatus(ctx context.Context, id OperationID) (KeyOperation, error)
	// Install hands over the certificate, DER, for the key that was made. The
	// application refuses one for another key; the same again changes nothing.
	Install(ctx context.Context, id OperationID, certificate []byte) error
	// DropKey has the application forget the key pair, or the question if
	// there is none yet: the request was given up, or goes back to a new key.
	DropKey(ctx context.Context, id OperationID) error
}

// KeyRequest is what a person is asked to make a key pair for.
type KeyRequest struct {
	Key      string       // idempotency key
	SNILS    string       // of the person, 11 digits
	Title    string       // what the person sees, in Russian
	Template csr.Template // of the PKCS #10 request: subject and extensions
	Deadline time.Time
}

// KeyOperation is the state of a KeyRequest: AwaitingUser, KeyMade or an end
// without a key. The authority verifies the request itself, as any other.
type KeyOperation struct {
	State   OperationState
	Reason  string // in Russian, for people
	Request []byte // PKCS #10, DER, once State is KeyMade
}
