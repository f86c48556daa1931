package pkcs11_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/token/tokentest"
)

const (
	softPIN     = "31415926"
	softOfficer = "27182818"
)

var gostAlgorithms = []string{"CryptoPro-A", "CryptoPro-B", "CryptoPro-C", "CryptoPro-XchA", "CryptoPro-XchB", "256-A", "256-B", "256-C", "256-D", "512-A", "512-B", "512-C"}

// newSoft makes a folder of one token in software.
func newSoft(t testing.TB, profile string) (*softtoken.Tokens, string) {
	t.Helper()
	dir := t.TempDir()
	tokens, err := softtoken.Open(softtoken.Config{Dir: dir, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Add(softtoken.Format{Profile: profile, Label: "Вощёных", UserPIN: softPIN, SOPIN: softOfficer}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tokens.Close() })
	return tokens, dir
}

// openWith opens a carrier, to be closed by its owner.
func openWith(t testing.TB, config pkcs11.Config) *pkcs11.Carrier {
	t.Helper()
	c, err := pkcs11.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// orders are the faults of the suite as orders to a token in software; each
// comes with the first change, whichever it is.
func orders(f token.Fault) (list []softtoken.Fault) {
	fault := softtoken.Fault{Kind: softtoken.Fail}
	calls := []string{"C_GenerateKeyPair", "C_CreateObject", "C_DestroyObject"}
	switch f {
	case token.Removed:
		fault.Kind = softtoken.Remove
	case token.Full:
		fault.Code = uint32(cryptoki.DeviceMemory)
	case token.ReadOnly:
		fault.Code = uint32(cryptoki.TokenWriteProtected)
	case token.Busy:
		fault.Code = uint32(cryptoki.OperationActive)
	case token.Crashed:
		fault.Code, calls = uint32(cryptoki.DeviceError), []string{"C_FindObjects"}
	case token.Unknown:
		fault.Code, fault.After = uint32(cryptoki.DeviceError), true
	}
	for _, call := range calls {
		fault.Call = call
		list = append(list, fault)
	}
	return list
}

// TestSoft runs the suite on tokens in software that imitate what people have.
func TestSoft(t *testing.T) {
	for profile, algorithms := range map[string][]string{
		"plain":        append([]string{"P-256", "P-384", "RSA-2048"}, gostAlgorithms...),
		"rutoken-ecp3": {"CryptoPro-XchA", "512-A", "P-256"},
		"jacarta-2":    {"256-B", "512-B"},
	} {
		t.Run(profile, func(t *testing.T) {
			folders := map[token.Carrier]pkcs11.Config{}
			tokens := map[cryptoki.Module]*softtoken.Tokens{}
			open := func(t testing.TB, ask token.PIN) token.Carrier {
				t.Helper()
				made, _ := newSoft(t, profile)
				config := pkcs11.Config{Driver: made.Application(), PIN: ask}
				c := openWith(t, config)
				folders[c], tokens[config.Driver] = config, made
				return c
			}
			o := tokentest.Options{
				Open: func(t testing.TB) token.Carrier { return open(t, token.FixedPIN(softPIN)) },
				Reopen: func(t testing.TB, c token.Carrier) token.Carrier {
					t.Helper()
					config := folders[c]
					if err := c.Close(); err != nil {
						t.Fatal(err)
					}
					again := openWith(t, config)
					folders[again] = config
					return again
				},
				Algorithms: algorithms,
				PIN:        pinOptions(open, softPIN, softOfficer, 10),
				Faults:     map[token.Fault]func(testing.TB, token.Carrier) func(){},
			}
			for _, f := range []token.Fault{token.Removed, token.Full, token.ReadOnly, token.Busy, token.Crashed, token.Unknown} {
				o.Faults[f] = func(t testing.TB, c token.Carrier) func() {
					soft := tokens[folders[c].Driver]
					for _, order := range orders(f) {
						if err := soft.Order(order); err != nil {
							t.Fatal(err)
						}
					}
					return func() {
						if err := soft.ClearFaults(); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			tokentest.Run(t, o)
		})
	}
}

// TestSoftWorker runs the suite on a token in software in a child, which really
// dies. TestHang has one that hangs.
func TestSoftWorker(t *testing.T) {
	for name, unknown := range map[string]softtoken.Fault{
		"dies after":        {Kind: softtoken.Crash, After: true},
		"dies in the write": {Kind: softtoken.Tear},
	} {
		t.Run(name, func(t *testing.T) {
			argv := worker(t, "soft")
			dirs := map[token.Carrier]string{}
			open := func(t testing.TB, dir string) token.Carrier {
				t.Helper()
				c := openWith(t, pkcs11.Config{Module: dir, Worker: argv, PIN: token.FixedPIN(softPIN)})
				dirs[c] = dir
				return c
			}
			order := func(call string, f softtoken.Fault) func(testing.TB, token.Carrier) func() {
				f.Call = call
				return func(t testing.TB, c token.Carrier) func() {
					give(t, dirs[c], f)
					return func() { os.Remove(filepath.Join(dirs[c], ordersFile)) }
				}
			}
			o := tokentest.Options{
				Open: func(t testing.TB) token.Carrier {
					t.Helper()
					made, dir := newSoft(t, "rutoken-ecp3")
					if err := made.Close(); err != nil {
						t.Fatal(err)
					}
					return open(t, dir)
				},
				Reopen: func(t testing.TB, c token.Carrier) token.Carrier {
					t.Helper()
					if err := c.Close(); err != nil {
						t.Fatal(err)
					}
					return open(t, dirs[c])
				},
				Algorithms: []string{"CryptoPro-A"},
				Faults: map[token.Fault]func(testing.TB, token.Carrier) func(){
					token.Unknown: order("", unknown),
					token.Crashed: order("C_FindObjects", unknown),
				},
			}
			if unknown.Kind == softtoken.Tear { // nothing is written where nothing changes
				delete(o.Faults, token.Crashed)
			}
			tokentest.Run(t, o)
		})
	}
}

// ordersFile holds a fault for the child that has the folder.
const ordersFile = "order.json"

// give leaves an order for the child. An order without a call is for the next
// change.
func give(t testing.TB, dir string, f softtoken.Fault) {
	t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ordersFile), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
