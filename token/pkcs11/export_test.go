package pkcs11

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// ServeTest is the main of a worker of the tests.
func ServeTest(which string) error {
	switch which {
	case "serve":
		return Serve()
	case "soft":
		return serve(os.Stdin, os.Stdout, openSoft)
	case "babbler": // answers nonsense
		os.Stdout.WriteString("Добро пожаловать!\n")
		<-context.Background().Done()
	case "mute": // reads and says nothing
		var q request
		for readFrame(os.Stdin, &q) == nil {
		}
	}
	return fmt.Errorf("no worker is %q", which)
}

// openSoft opens a folder of tokens in software as if it were a library.
func openSoft(dir string) (cryptoki.Module, error) {
	tokens, err := softtoken.Open(softtoken.Config{Dir: dir, Iterations: 1, Die: func() { os.Exit(2) }})
	if err != nil {
		return nil, err
	}
	return &ordered{tokens.Application(), tokens, dir}, nil
}

// ordered is a token in software that takes orders from a file.
type ordered struct {
	cryptoki.Module
	tokens *softtoken.Tokens
	dir    string
}

// obey takes the order if it is for this call, or for any change.
func (o *ordered) obey(call string, change bool) error {
	name := filepath.Join(o.dir, "order.json")
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil // there is none
	}
	var f softtoken.Fault
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	if f.Call != call && !(f.Call == "" && change) {
		return nil
	}
	f.Call = call
	if err := os.Remove(name); err != nil {
		return err
	}
	return o.tokens.Order(f)
}

func (o *ordered) Find(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) ([]cryptoki.Object, error) {
	if err := o.obey("C_FindObjects", false); err != nil {
		return nil, err
	}
	return o.Module.Find(ctx, s, template)
}

func (o *ordered) Create(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) (cryptoki.Object, error) {
	if err := o.obey("C_CreateObject", true); err != nil {
		return 0, err
	}
	return o.Module.Create(ctx, s, template)
}

func (o *ordered) Destroy(ctx context.Context, s cryptoki.Session, object cryptoki.Object) error {
	if err := o.obey("C_DestroyObject", true); err != nil {
		return err
	}
	return o.Module.Destroy(ctx, s, object)
}

func (o *ordered) GenerateKeyPair(ctx context.Context, s cryptoki.Session, m cryptoki.Mechanism, public, private []cryptoki.Attribute) (pub, priv cryptoki.Object, err error) {
	if err := o.obey("C_GenerateKeyPair", true); err != nil {
		return 0, 0, err
	}
	return o.Module.GenerateKeyPair(ctx, s, m, public, private)
}

func (o *ordered) Close() error {
	o.Module.Close()
	return o.tokens.Close()
}
