package main

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// registers are the way to SMEV, and the simulator behind it if there is one.
type registers struct {
	*client.Client
	simulator *smevtest.Server
}

// newRegisters makes the client; with it, in development, the simulator.
func newRegisters(c *config, node string, as csr.Algorithms, store *sqlstore.Store, log *slog.Logger) (r *registers, err error) {
	r = &registers{}
	defer func() {
		if err != nil {
			r, err = nil, errors.Join(fmt.Errorf("registers: %w", err), r.close())
		}
	}()
	settings := client.Config{Node: node, Algorithms: as, Store: store.Messages(nil), Log: log}
	var signer *xmldsig.Signer
	if c.Registers.Simulator {
		signer, err = r.simulate(&settings)
	} else {
		signer, err = c.connect(&settings, as)
	}
	if err != nil {
		return r, err
	}
	settings.Signer = func() *xmldsig.Signer { return signer }
	r.Client, err = client.New(settings)
	return r, err
}

// simulate starts a simulator that answers within a second.
func (r *registers) simulate(c *client.Config) (*xmldsig.Signer, error) {
	var err error
	if r.simulator, err = smevtest.NewServer(smevtest.Config{MinDelay: 100 * time.Millisecond, MaxDelay: time.Second}); err != nil {
		return nil, err
	}
	if c.URL, err = r.simulator.Listen(); err != nil {
		return nil, err
	}
	c.Test = true
	c.SMEV = []*csr.Certificate{r.simulator.Certificate()}
	c.Participants = []*csr.Certificate{r.simulator.Root()}
	return r.simulator.Enroll("RA0001")
}

// connect reads what the exchange with SMEV needs.
func (c *config) connect(to *client.Config, as csr.Algorithms) (*xmldsig.Signer, error) {
	from := c.Registers
	key, err := readKey(c.path(from.Key))
	if err != nil {
		return nil, err
	}
	own, err := readCertificates(as, c.path(from.Certificate))
	if err != nil {
		return nil, err
	}
	if to.SMEV, err = readCertificates(as, c.path(from.SMEV)); err != nil {
		return nil, err
	}
	if to.Participants, err = readCertificates(as, c.path(from.Participants)); err != nil {
		return nil, err
	}
	to.URL, to.Test = from.URL, from.Test
	return xmldsig.NewSigner(as, key, own[0])
}

func (r *registers) close() error {
	if r.simulator == nil {
		return nil
	}
	return r.simulator.Close()
}
