package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"

	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// Command is what the daemon is told beyond PKCS #11, one of its fields at a
// time. It answers with all tokens and the faults that are still to come.
type Command struct {
	Order  *softtoken.Fault `json:"order,omitempty"`
	Clear  bool             `json:"clear,omitempty"`  // all faults
	Action string           `json:"action,omitempty"` // remove, insert, full, roomy, lock
	Slot   uint64           `json:"slot,omitempty"`   // of Action
}

// Report is what the daemon answers to a Command.
type Report struct {
	Tokens []softtoken.Status `json:"tokens"`
	Faults []softtoken.Fault  `json:"faults"`
	Error  string             `json:"error,omitempty"`
}

// Apply carries a command out on tokens of this process.
func Apply(t *softtoken.Tokens, c Command) (Report, error) {
	var err error
	switch {
	case c.Order != nil:
		err = t.Order(*c.Order)
	case c.Clear:
		err = t.ClearFaults()
	}
	switch c.Action {
	case "":
	case "remove":
		err = t.Remove(c.Slot)
	case "insert":
		err = t.Insert(c.Slot)
	case "full":
		err = t.SetFull(c.Slot, true)
	case "roomy":
		err = t.SetFull(c.Slot, false)
	case "lock":
		err = t.LockPIN(c.Slot)
	default:
		err = fmt.Errorf("wire: no action %q", c.Action)
	}
	return Report{Tokens: t.List(), Faults: t.Faults()}, err
}

// Control has the daemon behind a socket carry a command out.
func Control(ctx context.Context, socket string, c Command) (Report, error) {
	report, err := controlOver(ctx, socket, c)
	if err != nil {
		return Report{}, fmt.Errorf("wire: %s: %w", socket, err)
	}
	if report.Error != "" {
		return report, errors.New(report.Error)
	}
	return report, nil
}

func controlOver(ctx context.Context, socket string, c Command) (report Report, err error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return report, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	command, err := json.Marshal(c)
	if err != nil {
		return report, err
	}
	var request answer
	request.octets(command)
	if err := errors.Join(writeFrame(conn, []byte(greeting)), writeFrame(conn, append([]byte{fnControl}, request...))); err != nil {
		return report, err
	}
	first, err := readFrame(conn)
	if err != nil {
		return report, err
	}
	if !bytes.Equal(first, []byte(greeting)) {
		return report, errors.New("what answers is no softtoken of this version")
	}
	reply, err := readFrame(conn)
	if err != nil {
		return report, err
	}
	if len(reply) < 8 || binary.LittleEndian.Uint64(reply) != uint64(cryptoki.OK) {
		return report, errors.New("the daemon refuses the command")
	}
	r := &reader{rest: reply[8:]}
	text := r.octets()
	if !r.done() {
		return report, errors.New("the answer is not in order")
	}
	return report, json.Unmarshal(text, &report)
}

func control(_ context.Context, c *client, r *reader, a *answer) error {
	text := r.octets()
	var command Command
	if !r.done() || json.Unmarshal(text, &command) != nil {
		return cryptoki.ArgumentsBad
	}
	report, err := Apply(c.tokens, command)
	if err != nil {
		report.Error = err.Error()
	}
	out, err := json.Marshal(report)
	if err != nil {
		return err
	}
	a.octets(out)
	return nil
}
