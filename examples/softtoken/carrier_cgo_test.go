//go:build cgo && unix

package main

import (
	"context"
	"os"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/token/softtoken/wire"
	"github.com/surguch/surguch/token/tokentest"
)

// returned are the faults of the suite by what functions return.
var returned = map[token.Fault]softtoken.Fault{
	token.Removed:  {Kind: softtoken.Remove},
	token.Full:     {Kind: softtoken.Fail, Code: 0x31},              // CKR_DEVICE_MEMORY
	token.ReadOnly: {Kind: softtoken.Fail, Code: 0xE2},              // CKR_TOKEN_WRITE_PROTECTED
	token.Busy:     {Kind: softtoken.Fail, Code: 0x90},              // CKR_OPERATION_ACTIVE
	token.Crashed:  {Kind: softtoken.Fail, Code: 0x30},              // CKR_DEVICE_ERROR
	token.Unknown:  {Kind: softtoken.Fail, Code: 0x30, After: true}, // the same
}

// died are those of a daemon that dies: before it does something, when it has
// done it, and in the middle of a write.
var (
	died = map[token.Fault]softtoken.Fault{token.Crashed: {Kind: softtoken.Crash}, token.Unknown: {Kind: softtoken.Crash, After: true}}
	torn = map[token.Fault]softtoken.Fault{token.Unknown: {Kind: softtoken.Tear}}
)

// TestCarrier runs the suite of all carriers on tokens behind the library in C,
// as on the module of any device: loaded in this process, and in a worker. Each
// behaviour has a daemon of its own.
func TestCarrier(t *testing.T) {
	library := shim(t)
	for _, c := range []struct {
		name, profile string
		worker, long  bool // long: not in a short test
		faults        map[token.Fault]softtoken.Fault
	}{
		{"plain", "plain", false, false, returned},
		{"rutoken-ecp2", "rutoken-ecp2", false, true, died},
		{"rutoken-ecp2 in a worker", "rutoken-ecp2", true, false, torn},
	} {
		if c.long && testing.Short() {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			open := func(t testing.TB, d *daemon, ask token.PIN) token.Carrier {
				t.Helper()
				carrier, err := pkcs11.Open(t.Context(), d.through(library, c.worker, ask))
				if err != nil {
					t.Fatal(err)
				}
				return carrier
			}
			var d *daemon // of the behaviour under way
			o := tokentest.Options{
				Open: func(t testing.TB) token.Carrier {
					t.Helper()
					d = start(t, c.profile)
					return open(t, d, token.FixedPIN(factoryPIN))
				},
				Reopen: func(t testing.TB, carrier token.Carrier) token.Carrier {
					t.Helper()
					if err := carrier.Close(); err != nil {
						t.Fatal(err)
					}
					return open(t, d, token.FixedPIN(factoryPIN))
				},
				Algorithms: []string{"CryptoPro-A", "512-A", "P-256"},
				PIN: &tokentest.PIN{
					Open: func(t testing.TB, ask token.PIN) token.Carrier { return open(t, start(t, c.profile), ask) },
					User: factoryPIN, Officer: factoryOfficer, Tries: 10, Silent: true, // C_GetTokenInfo has flags only
					Check:  func(ctx context.Context, c token.Carrier) error { return c.(*pkcs11.Carrier).CheckPIN(ctx) },
					Change: func(ctx context.Context, c token.Carrier) error { return c.(*pkcs11.Carrier).ChangePIN(ctx) },
					Unblock: func(ctx context.Context, c token.Carrier, officer token.PIN) error {
						return c.(*pkcs11.Carrier).Unblock(ctx, officer)
					},
				},
				Faults: map[token.Fault]func(testing.TB, token.Carrier) func(){},
			}
			for kind, fault := range c.faults {
				o.Faults[kind] = func(testing.TB, token.Carrier) func() { return d.fail(kind, fault) }
			}
			tokentest.Run(t, o)
		})
	}
}

// through is how a carrier has the token of the daemon through the library,
// which finds it by the environment whenever it connects.
func (d *daemon) through(library string, worker bool, ask token.PIN) pkcs11.Config {
	d.Helper()
	d.Setenv("SURGUCH_SOFTTOKEN", d.socket)
	config := pkcs11.Config{Module: library, PIN: ask}
	if worker {
		self, err := os.Executable()
		if err != nil {
			d.Fatal(err)
		}
		d.Setenv(workerVariable, "yes")
		d.Setenv("GORACE", "atexit_sleep_ms=0") // a child that ends under the race detector would wait a second
		config.Worker = []string{self}
	}
	return config
}

// fail orders a fault for the next change, whichever it is, or for the next
// reading if nothing shall change. What it returns makes the token whole again.
func (d *daemon) fail(kind token.Fault, fault softtoken.Fault) (mend func()) {
	d.Helper()
	calls := []string{"C_GenerateKeyPair", "C_CreateObject", "C_DestroyObject"}
	if kind == token.Crashed {
		calls = []string{"C_FindObjects"}
	}
	for _, fault.Call = range calls {
		d.control(wire.Command{Order: &fault})
	}
	return func() {
		d.Helper()
		if fault.Kind == softtoken.Crash || fault.Kind == softtoken.Tear {
			d.kill() // if it has not died
			d.start()
		}
		d.control(wire.Command{Clear: true})
	}
}
