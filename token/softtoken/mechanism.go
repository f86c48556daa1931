package softtoken

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"slices"

	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// mechanism is one of those that the token knows.
type mechanism struct {
	number   uint32
	key      cryptoki.KeyType
	flags    uint32
	hash     func() hash.Hash // of a message; nil: the data is signed as it is
	digest   int              // octets the data must have, if it is signed as it is; 0: see rawLimit
	min, max uint32           // sizes of keys, bits
	oid      func() []byte    // which the parameter may name
}

const (
	signs     = cryptoki.FlagSign | cryptoki.FlagVerify
	generates = cryptoki.FlagGenerateKeyPair
	digests   = cryptoki.FlagDigest
)

func oid256() []byte { return hashOID(cryptoki.GOST) }
func oid512() []byte { return hashOID(cryptoki.GOST512) }

var mechanisms = []mechanism{
	{number: cryptoki.GOSTKeyPairGen, key: cryptoki.GOST, flags: generates, min: 256, max: 256},
	{number: cryptoki.GOSTSign, key: cryptoki.GOST, flags: signs, digest: 32, min: 256, max: 256},
	{number: cryptoki.GOSTSignHash256, key: cryptoki.GOST, flags: signs, hash: streebog.New256, oid: oid256, min: 256, max: 256},
	{number: cryptoki.GOST512KeyGen, key: cryptoki.GOST512, flags: generates, min: 512, max: 512},
	{number: cryptoki.GOST512Sign, key: cryptoki.GOST512, flags: signs, digest: 64, min: 512, max: 512},
	{number: cryptoki.GOSTSignHash512, key: cryptoki.GOST512, flags: signs, hash: streebog.New512, oid: oid512, min: 512, max: 512},
	{number: cryptoki.RSAKeyPairGen, key: cryptoki.RSA, flags: generates, min: minRSA, max: maxRSA},
	{number: cryptoki.RSAPKCS, key: cryptoki.RSA, flags: signs, min: minRSA, max: maxRSA},
	{number: cryptoki.SHA256RSAPKCS, key: cryptoki.RSA, flags: signs, hash: sha256.New, min: minRSA, max: maxRSA},
	{number: cryptoki.ECKeyPairGen, key: cryptoki.EC, flags: generates, min: 256, max: 256},
	{number: cryptoki.ECDSA, key: cryptoki.EC, flags: signs, min: 256, max: 256},
	{number: cryptoki.ECDSASHA256, key: cryptoki.EC, flags: signs, hash: sha256.New, min: 256, max: 256},
	{number: cryptoki.Streebog256, flags: digests, hash: streebog.New256, oid: oid256},
	{number: cryptoki.Streebog512, flags: digests, hash: streebog.New512, oid: oid512},
	{number: cryptoki.SHA256, flags: digests, hash: sha256.New},
	{number: cryptoki.SHA384, flags: digests, hash: sha512.New384},
}

// mechanism finds one that the profile has and that does what the flag says.
func (p *profile) mechanism(m cryptoki.Mechanism, flag uint32) (*mechanism, error) {
	i := slices.IndexFunc(mechanisms, func(k mechanism) bool { return k.number == m.Type })
	if i < 0 || !slices.Contains(p.mechanisms, m.Type) || mechanisms[i].flags&flag == 0 {
		return nil, cryptoki.MechanismInvalid
	}
	k := &mechanisms[i]
	if len(m.Param) > 0 && (k.oid == nil || !bytes.Equal(m.Param, k.oid())) {
		return nil, cryptoki.MechanismParamInvalid
	}
	return k, nil
}

// info is CK_MECHANISM_INFO under a profile.
func (p *profile) info(m uint32) (cryptoki.MechanismInfo, error) {
	i := slices.IndexFunc(mechanisms, func(k mechanism) bool { return k.number == m })
	if i < 0 || !slices.Contains(p.mechanisms, m) {
		return cryptoki.MechanismInfo{}, cryptoki.MechanismInvalid
	}
	k := mechanisms[i]
	info := cryptoki.MechanismInfo{MinKey: k.min, MaxKey: k.max, Flags: k.flags}
	if k.key == cryptoki.EC && p.p384 {
		info.MaxKey = 384
	}
	if p.name != "plain" {
		info.Flags |= cryptoki.FlagHardware
	}
	return info, nil
}
