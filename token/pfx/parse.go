package pfx

import (
	"bytes"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Bounds of what Parse reads.
const (
	maxFile  = 16 << 20
	maxBags  = 1000
	maxDepth = 4 // of bags within bags
)

// Parse reads a file (RFC 7292, section 4) with its password, in UTF-8.
//
// The error is ErrPassword if the MAC is not that of the password or, without
// a MAC, what is decrypted is nothing; ErrFormat if the file does not parse;
// and token.Unsupported, with the name of it, if there is a scheme of
// encryption that is not read. There are no contents with an error.
//
// It takes as long as the file asks for: 0.3 seconds for each 100 000
// iterations of PBKDF2 with HMAC-Streebog-512, and at most some 12 seconds.
func Parse(file, password []byte) (*Contents, error) {
	if len(file) > maxFile {
		return nil, malformed("its size")
	}
	if !utf8.Valid(password) {
		return nil, ErrPassword
	}
	r := newReader(password)
	defer r.wipe()
	return r.parse(file)
}

// reader is what Parse knows while it reads.
type reader struct {
	password []byte
	contents *Contents
	findings findings
	bags     int
	work     int // that may still be done, see maxWork
	derived  []derivedKey
}

func newReader(password []byte) *reader {
	return &reader{password: password, contents: &Contents{}, work: maxWork}
}

func (r *reader) parse(file []byte) (*Contents, error) {
	if err := r.readFile(file); err != nil {
		return nil, err
	}
	r.contents.Findings = r.findings
	return r.contents, nil
}

func (r *reader) wipe() {
	for _, k := range r.derived {
		clear(k.key)
	}
}

// normal returns the DER of an element that may be BER.
func (r *reader) normal(raw []byte, what string) ([]byte, error) {
	out, err := der.FromBER(raw)
	if err != nil {
		return nil, malformed(what)
	}
	if !bytes.Equal(out, raw) {
		r.findings.note(NotDER)
	}
	return out, nil
}

// readFile reads PFX: SEQUENCE {version 3, authSafe ContentInfo, macData
// OPTIONAL}.
func (r *reader) readFile(file []byte) error {
	file, err := r.normal(file, "the file")
	if err != nil {
		return err
	}
	in, ok := der.ReadWhole(file, der.Sequence)
	var version int
	if !ok || !in.ReadASN1Integer(&version) || version != 3 {
		return malformed("the version")
	}
	typ, content, err := readContentInfo(&in)
	if err != nil {
		return err
	}
	var safe der.String
	switch {
	case typ.Equal(oid.SignedData):
		return unsupported("a file signed with a key, in place of a password,")
	case !typ.Equal(oid.Data) || !content.ReadASN1(&safe, der.OctetString) || !content.Empty():
		return malformed("authSafe")
	}
	if in.Empty() {
		r.findings.note(NoMAC)
	} else if err := r.checkMAC(&in, safe); err != nil {
		return err
	}
	if !in.Empty() {
		return malformed("the end")
	}
	return r.readSafe(safe)
}

// readContentInfo reads SEQUENCE {contentType, [0] EXPLICIT content}.
func readContentInfo(in *der.String) (typ der.OID, content der.String, err error) {
	var info der.String
	if !in.ReadASN1(&info, der.Sequence) || !info.ReadASN1ObjectIdentifier(&typ) ||
		!info.ReadASN1(&content, der.ContextCons(0)) || !info.Empty() {
		return nil, nil, malformed("a ContentInfo")
	}
	return typ, content, nil
}

// readSafe reads AuthenticatedSafe: SEQUENCE OF ContentInfo, each with bags
// that are encrypted or not.
func (r *reader) readSafe(raw []byte) error {
	raw, err := r.normal(raw, "AuthenticatedSafe")
	if err != nil {
		return err
	}
	list, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return malformed("AuthenticatedSafe")
	}
	for !list.Empty() {
		typ, content, err := readContentInfo(&list)
		if err != nil {
			return err
		}
		switch {
		case typ.Equal(oid.Data):
			var bags der.String
			if !content.ReadASN1(&bags, der.OctetString) || !content.Empty() {
				return malformed("a SafeContents")
			}
			err = r.readBags(bags, false, 0)
		case typ.Equal(oid.EncryptedData):
			err = r.readEncrypted(content)
		default:
			err = unsupported("content %v", typ)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readEncrypted reads EncryptedData (RFC 5652, section 8), whose content is
// bags.
func (r *reader) readEncrypted(content der.String) error {
	var data, info der.String
	var version int
	var typ der.OID
	if !content.ReadASN1(&data, der.Sequence) || !content.Empty() || !data.ReadASN1Integer(&version) || version != 0 && version != 2 ||
		!data.ReadASN1(&info, der.Sequence) || !data.Empty() ||
		!info.ReadASN1ObjectIdentifier(&typ) || !typ.Equal(oid.Data) {
		return malformed("EncryptedData")
	}
	algorithm, ok := der.ReadAlgorithm(&info)
	if !ok {
		return malformed("EncryptedData")
	}
	text, ok := der.ReadOctets(&info, 0)
	if !ok || !info.Empty() {
		return malformed("encryptedContent")
	}
	plain, err := r.decrypt(algorithm, text, isBags)
	if err != nil {
		return err
	}
	defer clear(plain)
	return r.readBags(plain, true, 0)
}

// isBags reports whether something can be SafeContents: a SEQUENCE, in which
// certificates are such too. Where sections are of the wrong size, what comes
// first is right and the rest is noise.
func isBags(plain []byte) bool {
	normal, err := der.FromBER(plain)
	if err != nil {
		return false
	}
	list, ok := der.ReadWhole(normal, der.Sequence)
	for ok && !list.Empty() {
		var bag, value, cert, outer, raw der.String
		var id, typ der.OID
		if !list.ReadASN1(&bag, der.Sequence) || !bag.ReadASN1ObjectIdentifier(&id) || !bag.ReadASN1(&value, der.ContextCons(0)) {
			return false
		}
		if !id.Equal(oidCertBag) || !value.ReadASN1(&cert, der.Sequence) || !cert.ReadASN1ObjectIdentifier(&typ) || !typ.Equal(oidX509) ||
			!cert.ReadASN1(&outer, der.ContextCons(0)) || !outer.ReadASN1(&raw, der.OctetString) {
			continue
		}
		ok = isSequence(raw)
	}
	return ok
}

// isSequence reports whether something is one SEQUENCE, of BER or DER.
func isSequence(plain []byte) bool {
	normal, err := der.FromBER(plain)
	if err != nil {
		return false
	}
	_, ok := der.ReadWhole(normal, der.Sequence)
	return ok
}
