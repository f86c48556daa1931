package channel

import (
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
)

// Ended is the outcome of a package that the person did not sign: one of
// ra.RefusedByUser, ra.SigningExpired and ra.SignerNotFound, with its reason.
func Ended(state ra.OperationState) ra.Operation {
	return ra.Operation{State: state, Reason: map[ra.OperationState]string{
		ra.RefusedByUser:  "владелец отказался подписывать",
		ra.SigningExpired: "срок подписания истёк",
		ra.SignerNotFound: "приложение Госключ у этого человека не найдено",
	}[state]}
}

// Withdrawn is the outcome of a package that was taken back.
func Withdrawn() ra.Operation {
	return ra.Operation{State: ra.SigningExpired, Reason: "пакет отозван отправителем"}
}

// Verify checks a person's detached signature: over this document, by a
// certificate under one of the anchors at that time, which bears the SNILS.
// Errors: ra.ErrOtherPerson, those of packages cms and csr.
func Verify(as csr.Algorithms, anchors []*csr.Certificate, at time.Time, document, signature []byte, snils string) error {
	message, err := cms.Parse(as, signature)
	if err != nil {
		return err
	}
	signers, err := message.Verify(document, csr.Chain{Anchors: anchors, At: at})
	if err != nil {
		return err
	}
	for _, s := range signers {
		if s.Certificate.Subject.Get(csr.SNILS) != snils {
			return ra.ErrOtherPerson
		}
	}
	return nil
}
