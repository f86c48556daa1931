package main

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// example is a PKCS #10 request with its private key.
type example struct {
	name    string
	curve   func() *gost.Curve
	key     string // the number, most significant digit first
	request string // DER
}

// examples are those of RFC 9215, appendix D.
var examples = []example{
	{
		"RFC 9215, D.2: 256-A", gost.TC26A256,
		"3a929ade789bb9be10ed359dd39a72c10b87c83f80be18b85c041f4325b62ec1",
		"3081ca307902010030123110300e060355040313074578616d706c65305e301706082a85030701010101300b06092a850307010201010103430004" +
			"40742795d4bee884ddf2850fec03ea3faf1844e01d9da60b645093a55e26dfc39978f596cf4d4d0c6cf1d18943d94493d16b9ec0a16d512d2e127c" +
			"c4691a6318e2a000300a06082a850307010103020341001bdc2a1317679b66232f63ea16ff7c64ccaab9ad855fc6e18091661db79d48121d0e1da5" +
			"be347c6f1b5256c7aeac200ad64ac77a6f5b3a0e097318e7ae6ee769",
	},
	{
		"RFC 9215, D.3: 512-Test", gost.Test512,
		"0ba6048aadae241ba40936d47756d7c93091a0e8514669700ee7508e508b102072e8123b2200a0563322dad2827e2714a2636b7bfd18aadfc62967821fa18dd4",
		"3082014f3081bc02010030123110300e060355040313074578616d706c653081a0301706082a85030701010102300b06092a850307010201020003" +
			"818400048180e1ef30d52c6133ddd99d1d5c41455cf7df4d8b4c925bbc69af1433d15658515add2146850c325c5b81c133be655aa8c4d440e7b98a" +
			"8d59487b0c7696bcc55d11ecbe7736a9ec357ff2fd39931f4e114cb8cda359270ac7f0e7ff43d9419419ea61fd2ab77f5d9f63523d3b50a04f63e2" +
			"a0cf51b7c13adc21560f0bd40cc9c737a000300a06082a8503070101030303818100433b1d6ce40a51f1e5737eb16aa2c683829a405b9d9127e212" +
			"60fc9d6ac05d87bf24e26c45278a5c2192a75ba94993abd6074e7ff1bf03fd2f5397afa1d945582f86fa60a081091a23dd795e1e3c689ee512a3c8" +
			"2ee0dcc2643c78eea8fcacd35492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36",
	},
}

// selfTest tries our own GOST R 34.10-2012 and 34.11-2012 on examples.
func selfTest(list []example) []check {
	checks := []check{}
	for _, e := range list {
		c := check{Name: e.name}
		if err := e.try(); err != nil {
			c.Error = err.Error()
		}
		checks = append(checks, c)
	}
	return checks
}

// try verifies the example's signature and sees that it does not verify with a
// bit changed; it makes the public key of the private one; and it signs
// something else with that and verifies.
func (e example) try() error {
	number, err1 := hex.DecodeString(e.key)
	der, err2 := hex.DecodeString(e.request)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	as := csr.Standard(e.curve())
	request, err := as.Parse(der)
	if err != nil {
		return err
	}
	changed := bytes.Clone(der)
	changed[len(changed)-1] ^= 1
	if _, err := as.Parse(changed); !errors.Is(err, csr.ErrSignature) {
		return errors.New("a wrong signature is not refused")
	}
	slices.Reverse(number)
	private, err := gost.NewPrivateKey(e.curve(), number)
	if err != nil {
		return err
	}
	if k, ok := request.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !k.Equal(private.Public()) {
		return errors.New("the public key is not that of the private one")
	}
	_, _, err = as.Sign(private, []byte("surguch: self-test signature"))
	return err
}
