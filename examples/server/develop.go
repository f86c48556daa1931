package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/workflow"
)

// Names in the folder of -dev.
const (
	devConfig = "config.json"
	devDB     = "ra.db"
	devCA     = "ca"
	devPhones = "phones"
	devTLS    = "tls"
	devOutbox = "outbox"
)

// develop makes in the folder of -dev what is not there yet.
func (p *program) develop() error {
	in := func(names ...string) string { return filepath.Join(append([]string{p.dev}, names...)...) }
	for _, dir := range []string{p.dev, in(devCA), in(devPhones), in(devTLS)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("-dev: %w", err)
		}
	}
	p.config, p.cert, p.key = in(devConfig), in(devTLS, "cert.pem"), in(devTLS, "key.pem")
	if p.db == "" {
		p.db = in(devDB)
	}
	for dir, name := range map[string]string{devCA: "Сургуч: учебный удостоверяющий центр", devPhones: "Сургуч: учебный центр приложения Госключ"} {
		if err := makeCA(in(dir), name); err != nil {
			return fmt.Errorf("-dev: %w", err)
		}
	}
	if err := makeTLS(p.cert, p.key, p.addr); err != nil {
		return fmt.Errorf("-dev: %w", err)
	}
	// The configuration comes last: with it everything is there.
	if exists(p.config) {
		return nil
	}
	return p.makeConfig()
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// devCAConfig is the authority of -dev.
var devCAConfig = caConfig{
	Kind: "local", Dir: devCA,
	SubjectTool: "surguch, программное средство для разработки (не сертифицировано)",
	IssuerTool: qualified.IssuerSignTool{
		SignTool: "surguch, программное средство для разработки", CATool: "surguch, учебный удостоверяющий центр",
		SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
	},
}

// makeConfig writes the configuration and shows its tokens, which are nowhere
// else.
func (p *program) makeConfig() error {
	c := config{
		Processes: []string{"agent", "personal-link"},
		Authority: paperAuthority{
			Name: "АО «Учебный удостоверяющий центр»", HeadTitle: "Генеральному директору", HeadName: "П. П. Печатникову",
			Address:    "109000, г. Москва, ул. Сургучная, д. 1",
			RulesTitle: "Порядок реализации функций удостоверяющего центра", RulesDate: "2025-09-01", RulesURL: "https://ca.example.org/rules",
		},
		Invoice: &forms.Invoice{
			Seller: forms.Seller{
				Name: "АО «Учебный удостоверяющий центр»", Address: "109000, г. Москва, ул. Сургучная, д. 1",
				INN: "7707083893", KPP: "770701001", Bank: "АО «Учебный банк»", BIC: "044525000",
				Account: "40702810300000000001", Correspondent: "30101810000000000000",
				HeadTitle: "Генеральный директор", HeadName: "П. П. Печатников",
			},
			Items: []forms.Item{{Name: "Изготовление сертификата ключа проверки электронной подписи", Price: 1_500_00}},
			NoVAT: "учебный счёт, оплате не подлежит",
		},
		CA: devCAConfig, Registers: registersConfig{Simulator: true}, Outbox: devOutbox,
	}
	show := ""
	for _, who := range []struct {
		title string
		actor
	}{
		{"Оператор", actor{ID: "operator-1", Role: workflow.CAOperator, SecondFactor: true, Mail: "operators@example.org"}},
		{"Оператор 2", actor{ID: "operator-2", Role: workflow.CAOperator, SecondFactor: true}},
		{"Агент", actor{ID: "agent-1", Role: workflow.Agent, Partner: "office-1", SecondFactor: true, Mail: "agent@example.org"}},
		{"Заявитель", actor{ID: "applicant-1", Role: workflow.Applicant}},
		{"Платежи", actor{ID: "payment", Role: workflow.System}},
	} {
		token := rand.Text()
		hash := sha256.Sum256([]byte(token))
		who.Token = hex.EncodeToString(hash[:])
		c.Actors = append(c.Actors, who.actor)
		show += fmt.Sprintf("%-11s %s\n", who.title, token)
	}
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("-dev: %w", err)
	}
	// Shown first: what is lost with a crash in between is made anew.
	fmt.Fprintf(p.stdout, "Токены показываются один раз:\n%s", show)
	if err := atomicfile.Write(p.config, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("-dev: %w", err)
	}
	return nil
}

// makeCA makes the key and the certificate of an authority, unless they are
// there.
func makeCA(dir, name string) error {
	if exists(filepath.Join(dir, caRoot)) {
		return nil
	}
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		return err
	}
	subject, err := csr.NewName(
		csr.NewAttribute(csr.OGRN, "1027700132195"),
		csr.NewAttribute(csr.INNLE, "7707083893"),
		csr.NewAttribute(csr.Country, "RU"),
		csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"),
		csr.NewAttribute(csr.Locality, "Москва"),
		csr.NewAttribute(csr.Organization, name),
		csr.NewAttribute(csr.CommonName, name),
	)
	if err != nil {
		return err
	}
	root, err := local.NewRoot(csr.Standard(), key, subject, time.Now())
	if err != nil {
		return err
	}
	private := csr.EncodePEM(pemKey, gost.MarshalPKCS8PrivateKey(key))
	if err := atomicfile.Write(filepath.Join(dir, caKey), private, 0o600); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, caRoot), csr.EncodePEM(csr.PEMCertificate, root.Raw), 0o644)
}

// tlsLife is how long a certificate for TLS is valid; a day before its end
// another is made.
const tlsLife = 365 * 24 * time.Hour

// makeTLS makes a certificate that signs itself, for this machine and the host
// of the address, unless there is one that is good for a day.
func makeTLS(certFile, keyFile, addr string) error {
	if data, err := os.ReadFile(certFile); err == nil {
		if der, err := csr.Decode(data, csr.PEMCertificate); err == nil {
			if c, err := x509.ParseCertificate(der); err == nil && time.Until(c.NotAfter) > 24*time.Hour && exists(keyFile) {
				return nil
			}
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	now := time.Now()
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "surguch, development"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(tlsLife),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if host, _, err := net.SplitHostPort(addr); err == nil && host != "" && host != "localhost" {
		if ip := net.ParseIP(host); ip == nil {
			t.DNSNames = append(t.DNSNames, host)
		} else if !ip.IsUnspecified() && !ip.IsLoopback() {
			t.IPAddresses = append(t.IPAddresses, ip)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(keyFile, csr.EncodePEM(pemKey, private), 0o600); err != nil {
		return err
	}
	return atomicfile.Write(certFile, csr.EncodePEM(csr.PEMCertificate, der), 0o644)
}
