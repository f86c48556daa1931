package pfx

import (
	"crypto/cipher"
	"crypto/hmac"

	"github.com/surguch/surguch/gost/kdf"
	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// suite is a block cipher of GOST R 34.12-2015 in PBES2 (RFC 9337, section
// 5). Sections are not said there: 256 and 8 KiB are those of CMS, and OpenSSL
// with the GOST engine has 4096 and 1024 octets.
type suite struct {
	new      func(key []byte) (cipher.Block, error)
	block    int
	sections [2]int // ours, and that of the engine
	ctr      der.OID
	omac     der.OID
}

var (
	suiteKuznyechik = suite{kuznyechik.New, kuznyechik.BlockSize, [2]int{modes.KuznyechikSection, 4096}, oid.KuznyechikCTRACPKM, oid.KuznyechikCTRACPKMOMAC}
	suiteMagma      = suite{magma.New, magma.BlockSize, [2]int{modes.MagmaSection, 1024}, oid.MagmaCTRACPKM, oid.MagmaCTRACPKMOMAC}
)

// ukmSize is the number of octets of ukm: half a block of initial value, and 8
// that make the keys where there is a MAC.
func (s *suite) ukmSize() int { return s.block/2 + 8 }

// split returns the key of the cipher and that of the MAC, which is nil
// without one (RFC 9337, section 5.1).
func (s *suite) split(key, ukm []byte, withMAC bool) (enc, mac []byte) {
	if !withMAC {
		return key, nil
	}
	keys := kdf.Tree(key, []byte("kdf tree"), ukm[s.block/2:], 1, 64)
	return keys[:32], keys[32:]
}

// stream returns the key stream with sections of so many octets.
func (s *suite) stream(enc, ukm []byte, section int) (cipher.Stream, error) {
	return modes.NewCTRACPKM(s.new, enc, ukm[:s.block/2], section)
}

// tag returns the MAC of a text.
func (s *suite) tag(mac, text []byte) ([]byte, error) {
	block, err := s.new(mac)
	if err != nil {
		return nil, err
	}
	h := modes.NewOMAC(block)
	h.Write(text)
	return h.Sum(nil), nil
}

// decryptGOST decrypts CTR-ACPKM, with either size of sections: that of the
// engine first if the PRF is one that only the engine writes, because the two
// may differ in nothing but the end of a signature.
func (r *reader) decryptGOST(s *suite, p params, text []byte, right func([]byte) bool) ([]byte, error) {
	in, ok := der.ReadWhole(p.cipher.Params, der.Sequence)
	var ukm der.String
	if !ok || !in.ReadASN1(&ukm, der.OctetString) || !in.Empty() || len(ukm) != s.ukmSize() || p.keyLength != 0 && p.keyLength != modes.KeySize {
		return nil, malformed("the parameters of the cipher")
	}
	withMAC := p.cipher.OID.Equal(s.omac)
	if withMAC && len(text) < s.block {
		return nil, malformed("an encrypted text")
	}
	key, err := r.stretch(p.prf, p.salt, p.iterations, modes.KeySize)
	if err != nil {
		return nil, err
	}
	if !p.prf.Equal(oid.HMACStreebog512) {
		r.findings.note(OtherPRF)
	}
	enc, mac := s.split(key, ukm, withMAC)
	sections := s.sections
	if !p.prf.Equal(oid.HMACStreebog512) { // it comes of the engine
		sections[0], sections[1] = sections[1], sections[0]
	}
	for _, section := range sections {
		stream, err := s.stream(enc, ukm, section)
		if err != nil {
			return nil, err
		}
		plain := make([]byte, len(text))
		stream.XORKeyStream(plain, text)
		if withMAC {
			n := len(plain) - s.block
			tag, err := s.tag(mac, plain[:n])
			if err != nil {
				return nil, err
			}
			if !hmac.Equal(tag, plain[n:]) {
				clear(plain)
				continue
			}
			plain = plain[:n]
		}
		if right(plain) {
			if section != s.sections[0] && len(plain) > section {
				r.findings.note(OtherSection)
			}
			return plain, nil
		}
		clear(plain)
	}
	return nil, ErrPassword
}

// decrypt28147 decrypts GOST 28147-89 in CFB (R 50.1.112-2016), whose
// parameters are SEQUENCE {iv, encryptionParamSet}.
func (r *reader) decrypt28147(p params, text []byte, right func([]byte) bool) ([]byte, error) {
	in, ok := der.ReadWhole(p.cipher.Params, der.Sequence)
	var iv der.String
	var id der.OID
	if !ok || !in.ReadASN1(&iv, der.OctetString) || len(iv) != legacy.BlockSize || !in.ReadASN1ObjectIdentifier(&id) || !in.Empty() ||
		p.keyLength != 0 && p.keyLength != legacy.KeySize {
		return nil, malformed("the parameters of GOST 28147-89")
	}
	set := legacy.ParamSetByOID(id)
	if set == nil {
		return nil, unsupported("GOST 28147-89 with parameter set %v", id)
	}
	key, err := r.stretch(p.prf, p.salt, p.iterations, legacy.KeySize)
	if err != nil {
		return nil, err
	}
	stream, err := legacy.NewCFBDecrypter(key, iv, set)
	if err != nil {
		return nil, err
	}
	r.findings.note(OldCipher)
	plain := make([]byte, len(text))
	stream.XORKeyStream(plain, text)
	return checked(plain, right)
}
