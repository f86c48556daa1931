package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/workflow"
)

// config is the file of -config. Required: actors, processes, authority, ca,
// registers and outbox.
type config struct {
	Actors    []actor         `json:"actors"`
	Processes []string        `json:"processes"` // names, as in package workflow
	Authority paperAuthority  `json:"authority"`
	Invoice   *forms.Invoice  `json:"invoice,omitempty"`   // required where a process sends invoices
	Workplace string          `json:"workplace,omitempty"` // address that markers give for RQmaker
	CA        caConfig        `json:"ca"`
	Registers registersConfig `json:"registers"`
	Outbox    string          `json:"outbox"`           // folder of the messages to people that no server takes
	Portal    string          `json:"portal,omitempty"` // address with a "#" that individual links lead to; empty: that of -addr
	// MarkerLife is how long a printed marker counts, such as 72h. Empty: that
	// of ra.Config.
	MarkerLife string `json:"markerLife,omitempty"`

	dir string // that names of files are relative to
}

// actor is somebody with a bearer token.
type actor struct {
	ID      string        `json:"id"`
	Role    workflow.Role `json:"role"`
	Partner string        `json:"partner,omitempty"` // of agents and service centres: their organisation
	// SecondFactor says that the token is used by two factors, as where a
	// proxy asks for the other one.
	SecondFactor bool   `json:"secondFactor,omitempty"`
	Token        string `json:"token"`          // SHA-256, hexadecimal
	Mail         string `json:"mail,omitempty"` // where letters to the role go
}

// paperAuthority is forms.Authority as the file has it.
type paperAuthority struct {
	Name       string `json:"name"`
	HeadTitle  string `json:"headTitle"`
	HeadName   string `json:"headName"`
	Address    string `json:"address"`
	RulesTitle string `json:"rulesTitle"`
	RulesDate  string `json:"rulesDate"` // 2006-01-02
	RulesURL   string `json:"rulesURL"`
}

// caConfig is the certification authority. The kind "folder" is one that speaks
// in files (package ra/ca/folder); "local" issues in the process, with the key
// and the certificate of its folder, key.pem and root.pem (package ra/ca/local).
type caConfig struct {
	Kind    string `json:"kind"`
	Dir     string `json:"dir"`
	Issuers string `json:"issuers,omitempty"` // of folder: what its certificates lead to, PEM

	SubjectTool string                   `json:"subjectTool,omitempty"` // of local: the owners' signature tool
	IssuerTool  qualified.IssuerSignTool `json:"issuerTool,omitzero"`   // of local
}

// registersConfig is the way to the registers of SMEV (package smev/client).
type registersConfig struct {
	Simulator bool `json:"simulator,omitempty"` // of -dev: in the process; the rest is empty then

	URL          string `json:"url,omitempty"`
	Key          string `json:"key,omitempty"`          // PEM, of ours
	Certificate  string `json:"certificate,omitempty"`  // PEM, of ours
	SMEV         string `json:"smev,omitempty"`         // PEM: what SMEV signs with
	Participants string `json:"participants,omitempty"` // PEM: under which the registers sign
	Test         bool   `json:"test,omitempty"`         // the test contour
}

// readConfig reads the file of -config, strictly.
func readConfig(name string) (*config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%w: -config: %w", errUsage, err)
	}
	c, err := parseConfig(data)
	if err != nil {
		return nil, fmt.Errorf("%w: -config: %w", errUsage, err)
	}
	if c.dir, err = filepath.Abs(filepath.Dir(name)); err != nil {
		return nil, fmt.Errorf("-config: %w", err)
	}
	return c, nil
}

// parseConfig reads a configuration and says what is missing.
func parseConfig(data []byte) (*config, error) {
	c := &config{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the object")
	}
	if len(c.Actors) == 0 || len(c.Processes) == 0 || c.CA.Dir == "" || c.Outbox == "" {
		return nil, errors.New("actors, processes, ca.dir and outbox are required")
	}
	if _, err := c.markerLife(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, a := range c.Actors {
		hash, err := hex.DecodeString(a.Token)
		switch {
		case a.ID == "" || a.Role == "":
			return nil, errors.New("actors: id and role are required")
		case err != nil || len(hash) != tokenHash:
			return nil, fmt.Errorf("actors: %s: the token is no SHA-256 in hexadecimal", a.ID)
		case seen[a.ID] || seen[string(hash)]:
			return nil, fmt.Errorf("actors: %s: the ID or the token is there twice", a.ID)
		case (a.Role == workflow.Agent || a.Role == workflow.ServiceCentre) && a.Partner == "":
			return nil, fmt.Errorf("actors: %s: a partner is required", a.ID)
		}
		seen[a.ID], seen[string(hash)] = true, true
	}
	return c, nil
}

// markerLife is how long markers count; zero: as usual.
func (c *config) markerLife() (time.Duration, error) {
	if c.MarkerLife == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(c.MarkerLife)
	if err != nil || d < time.Second {
		return 0, errors.New("markerLife is a second or more, such as 72h")
	}
	return d, nil
}

// path is a name of the file as it is opened.
func (c *config) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, name)
}

// paper is the authority as printed forms name it.
func (a paperAuthority) paper() (forms.Authority, error) {
	date, err := time.Parse(time.DateOnly, a.RulesDate)
	if err != nil {
		return forms.Authority{}, errors.New("authority.rulesDate is written 2006-01-02")
	}
	return forms.Authority{
		Name: a.Name, HeadTitle: a.HeadTitle, HeadName: a.HeadName, Address: a.Address,
		RulesTitle: a.RulesTitle, RulesDate: date, RulesURL: a.RulesURL,
	}, nil
}
