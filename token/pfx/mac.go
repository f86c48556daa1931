package pfx

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// macKeyOctets is what PBKDF2 makes for a MAC of GOST; the key is its end, of
// macKeySize (RFC 9548, section 4).
const (
	macKeyOctets = 96
	macKeySize   = 32
)

// macs are the hashes of the MAC. With those of GOST its key comes of PBKDF2
// over the HMAC prf; with others of the derivation of PKCS #12.
var macs = []struct {
	oid  der.OID
	hash func() hash.Hash
	prf  der.OID
}{
	{oid.Streebog512, streebog.New512, oid.HMACStreebog512},
	{oid.Streebog256, streebog.New256, oid.HMACStreebog256},
	{oid.GOST3411_94, legacy.New94, oid.HMACGOST3411_94},
	{oid.SHA1, sha1.New, nil},
	{oidSHA224, sha256.New224, nil},
	{oid.SHA256, sha256.New, nil},
	{oid.SHA384, sha512.New384, nil},
	{oid.SHA512, sha512.New, nil},
}

// checkMAC reads MacData: SEQUENCE {mac DigestInfo, macSalt, iterations DEFAULT
// 1}, and compares the MAC of content with it, in constant time.
func (r *reader) checkMAC(in *der.String, content []byte) error {
	var data, info, want, salt der.String
	if !in.ReadASN1(&data, der.Sequence) || !data.ReadASN1(&info, der.Sequence) {
		return malformed("MacData")
	}
	algorithm, ok := der.ReadAlgorithm(&info)
	if !ok || !info.ReadASN1(&want, der.OctetString) || !info.Empty() || !data.ReadASN1(&salt, der.OctetString) {
		return malformed("MacData")
	}
	iterations := 1
	if !data.Empty() && (!data.ReadASN1Integer(&iterations) || !data.Empty()) {
		return malformed("MacData")
	}
	if algorithm.OID.Equal(oidPBMAC1) {
		return unsupported("the MAC PBMAC1 of RFC 9579")
	}
	for _, m := range macs {
		if !algorithm.OID.Equal(m.oid) {
			continue
		}
		if !algorithm.NoParams() || len(want) != m.hash().Size() {
			return malformed("MacData")
		}
		if m.prf == nil {
			return r.checkOldMAC(m.hash, salt, iterations, content, want)
		}
		key, err := r.stretch(m.prf, salt, iterations, macKeyOctets)
		if err != nil {
			return err
		}
		if !hmac.Equal(sumHMAC(m.hash, key[macKeyOctets-macKeySize:], content), want) {
			return ErrPassword
		}
		return nil
	}
	return unsupported("a MAC with the hash %v", algorithm.OID)
}

// checkOldMAC checks a MAC whose key comes of the derivation of PKCS #12. An
// empty password is two zeros to some programs and nothing to others.
func (r *reader) checkOldMAC(newHash func() hash.Hash, salt []byte, iterations int, content, want []byte) error {
	if err := r.spend(salt, iterations, 2*oldCost); err != nil {
		return err
	}
	password := utf16Password(r.password)
	defer clear(password)
	forms := [][]byte{password}
	if len(r.password) == 0 {
		forms = append(forms, nil)
	}
	for _, form := range forms {
		key := derive12(newHash, form, salt, forMAC, iterations, newHash().Size())
		right := hmac.Equal(sumHMAC(newHash, key, content), want)
		clear(key)
		if right {
			return nil
		}
	}
	return ErrPassword
}

func sumHMAC(newHash func() hash.Hash, key, content []byte) []byte {
	h := hmac.New(newHash, key)
	h.Write(content)
	return h.Sum(nil)
}
