package ra

import (
	"slices"

	"github.com/surguch/surguch/workflow"
)

// ContractSigned is evidence of a contract with the client, for processes that
// wait for it: the built-in ones take an offer that is accepted by paying.
const ContractSigned workflow.Evidence = "contract_signed"

// outside is the evidence that other systems report: a payment, a contract.
var outside = []workflow.Evidence{workflow.PaymentSettled, ContractSigned}

// reported reports whether another system says again what it has said before,
// under the same note, or says it when the request has ended: then nothing
// changes, and to say it once more is of no use.
func reported(p *workflow.Process, r *Request, by Actor, evidence workflow.Evidence, note string) bool {
	if by.Role != workflow.System || !slices.Contains(outside, evidence) {
		return false
	}
	h, held := r.Evidence(evidence)
	return p.Final(r.State) || held && h.Note == note && h.By.Role == workflow.System && h.By.ID == by.ID
}
