package ra

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/surguch/surguch/ra/internal/seal"
	"github.com/surguch/surguch/workflow"
)

// AuditBody is what a leaf of the audit trail says about an entry of a
// journal: who did what when, in the open, and a commitment to the entry whole.
// Notes, forms and documents are personal data and are in the commitment only;
// once the case is erased nobody can tell what they were, and the trail still
// proves that nothing was added, changed or left out.
type AuditBody struct {
	Request  ID                  `json:"request"`
	Seq      int64               `json:"seq"`
	At       time.Time           `json:"at"`
	Actor    string              `json:"actor"`
	Role     workflow.Role       `json:"role"`
	Partner  string              `json:"partner,omitempty"`
	Kind     EntryKind           `json:"kind"`
	Event    workflow.Event      `json:"event,omitempty"`
	From     workflow.State      `json:"from,omitempty"`
	To       workflow.State      `json:"to,omitempty"`
	Evidence workflow.Evidence   `json:"evidence,omitempty"`
	Void     []workflow.Evidence `json:"void,omitempty"`
	Task     string              `json:"task,omitempty"`
	// Commitment is Streebog-256 over the entry's salt and its JSON as it is
	// stored, hexadecimal.
	Commitment string `json:"commitment"`
}

// leafOf is the leaf of an entry whose JSON is data.
func leafOf(e *Entry, data []byte) ([]byte, error) {
	body, err := json.Marshal(AuditBody{
		Request: e.Request, Seq: e.Seq, At: e.At, Actor: e.By.ID, Role: e.By.Role, Partner: e.By.Partner,
		Kind: e.Kind, Event: e.Event, From: e.From, To: e.To, Evidence: e.Evidence, Void: e.Void, Task: e.Task,
		Commitment: hex.EncodeToString(seal.Commit(e.Salt, data)),
	})
	if err != nil {
		return nil, fmt.Errorf("ra: entry %d of %s: %w", e.Seq, e.Request, err)
	}
	return body, nil
}
