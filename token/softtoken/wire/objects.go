package wire

import (
	"context"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

func createObject(ctx context.Context, c *client, r *reader, a *answer) error {
	s, template := r.session(), r.template()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	o, err := c.app.Create(ctx, s, template)
	a.number(uint64(o))
	return err
}

func destroyObject(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, o := r.session(), r.object()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.app.Destroy(ctx, s, o)
}

func getObjectSize(ctx context.Context, c *client, r *reader, a *answer) error {
	s, o := r.session(), r.object()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	n, err := c.app.Size(ctx, s, o)
	a.number(uint64(n))
	return err
}

// getAttributeValue reads one attribute after the other. What is wrong with
// one does not keep the others from being read (PKCS #11 2.40, section 5.7).
func getAttributeValue(ctx context.Context, c *client, r *reader, a *answer) error {
	s, o, n := r.session(), r.object(), r.number()
	type wanted struct {
		t    uint32
		size uint64
	}
	var list []wanted
	for ; n > 0 && !r.bad; n-- {
		list = append(list, wanted{r.type32(), r.number()})
	}
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	var problem error
	for _, w := range list {
		value, err := c.app.Attribute(ctx, s, o, w.t)
		switch code(err) {
		case cryptoki.OK:
			err = a.buffer(w.size, value, 1)
		case cryptoki.AttributeSensitive, cryptoki.AttributeTypeInvalid:
			a.number(none)
			a.octets(nil)
		default:
			return err
		}
		if problem == nil {
			problem = err
		}
	}
	return problem
}

func setAttributeValue(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, o, template := r.session(), r.object(), r.template()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.app.SetAttributes(ctx, s, o, template)
}

func findObjectsInit(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, template := r.session(), r.template()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	w, err := c.work(s)
	if err != nil {
		return err
	}
	if w.finding {
		return cryptoki.OperationActive
	}
	found, err := c.app.Find(ctx, s, template)
	if err == nil {
		w.finding, w.found = true, found
	}
	return err
}

func findObjects(_ context.Context, c *client, r *reader, a *answer) error {
	s, limit := r.session(), r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	w, err := c.work(s)
	if err != nil {
		return err
	}
	if !w.finding {
		return cryptoki.OperationNotInitialized
	}
	n := min(limit, uint64(len(w.found)))
	a.octets(numbers(w.found[:n]))
	w.found = w.found[n:]
	return nil
}

func findObjectsFinal(_ context.Context, c *client, r *reader, _ *answer) error {
	s := r.session()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	w, err := c.work(s)
	if err != nil {
		return err
	}
	if !w.finding {
		return cryptoki.OperationNotInitialized
	}
	w.finding, w.found = false, nil
	return nil
}

func generateKeyPair(ctx context.Context, c *client, r *reader, a *answer) error {
	s, m, public, private := r.session(), r.mechanism(), r.template(), r.template()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	pub, priv, err := c.app.GenerateKeyPair(ctx, s, m, public, private)
	a.number(uint64(pub))
	a.number(uint64(priv))
	return err
}
