package pfx

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// DefaultIterations is the number of iterations of PBKDF2 where Options have
// none. RFC 9337 asks for at least 1000, and its examples have up to 4096; a
// file lies open to whoever tries passwords, so there are as many as a person
// does not mind waiting for: 0.3 seconds of one core for a guess, about what
// the 210 000 of HMAC-SHA-512 take that OWASP recommends, and less than a
// second to open a file.
const DefaultIterations = 100_000

// saltSize is the number of octets of a salt (RFC 9337, section 4: 8 to 32).
const saltSize = 32

// Options say how a file is written. The zero value is right where nothing
// else is asked for.
type Options struct {
	// Cipher encrypts keys and certificates. Zero is cms.Kuznyechik.
	Cipher cms.Cipher
	// OMAC adds a MAC to each encrypted part: CTR-ACPKM-OMAC instead of
	// CTR-ACPKM. The file has a MAC over all in any case, and OpenSSL with the
	// GOST engine 3.0.1 does not read this.
	OMAC bool
	// Iterations is the number of iterations of PBKDF2, at least 1000 and at
	// most 1 000 000. 0: DefaultIterations.
	Iterations int
}

// Marshal returns a file with keys and certificates in the form of RFC 9548,
// in DER, under a password in UTF-8. ErrWeakPassword if CheckPassword refuses
// it.
//
// Each certificate is encrypted by itself: OpenSSL with the GOST engine reads
// parts of up to 4096 octets. One salt serves all parts, and another one the
// MAC.
func Marshal(c *Contents, password []byte, o Options) ([]byte, error) {
	if err := CheckPassword(password); err != nil {
		return nil, err
	}
	s, err := newSealer(password, o)
	if err != nil {
		return nil, err
	}
	defer clear(s.key)
	var keys, parts []byte
	for _, k := range c.Keys {
		bag, err := s.keyBag(k)
		if err != nil {
			return nil, err
		}
		keys = append(keys, bag...)
	}
	if len(c.Keys) > 0 {
		parts = append(parts, dataInfo(sequence(keys))...)
	}
	for _, cert := range c.Certificates {
		part, err := s.certificate(cert)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part...)
	}
	safe := sequence(parts)
	mac, err := s.mac(password, safe)
	if err != nil {
		return nil, err
	}
	file := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(3)
			b.AddBytes(dataInfo(safe))
			b.AddBytes(mac)
		})
	})
	if len(file) > maxFile || len(c.Keys)+len(c.Certificates) > maxBags {
		return nil, fmt.Errorf("pfx: a file of %d octets and %d bags would not be read again", len(file), len(c.Keys)+len(c.Certificates))
	}
	return file, nil
}

// sealer encrypts the parts of one file.
type sealer struct {
	suite      *suite
	omac       bool
	iterations int
	salt       []byte
	key        []byte
	ivs        map[string]bool // in use under key
}

func newSealer(password []byte, o Options) (*sealer, error) {
	s := &sealer{omac: o.OMAC, iterations: o.Iterations, salt: make([]byte, saltSize), ivs: map[string]bool{}}
	switch o.Cipher {
	case cms.Kuznyechik:
		s.suite = &suiteKuznyechik
	case cms.Magma:
		s.suite = &suiteMagma
	default:
		return nil, fmt.Errorf("pfx: no cipher %d", o.Cipher)
	}
	if s.iterations == 0 {
		s.iterations = DefaultIterations
	}
	if s.iterations < minIterations || s.iterations > maxIterations {
		return nil, fmt.Errorf("pfx: %d iterations, want %d to %d", s.iterations, minIterations, maxIterations)
	}
	rand.Read(s.salt)
	var err error
	s.key, err = pbkdf2.Key(streebog.New512, string(password), s.salt, s.iterations, modes.KeySize)
	if err != nil {
		return nil, fmt.Errorf("pfx: %w", err)
	}
	return s, nil
}

// seal encrypts a text, and returns it with its AlgorithmIdentifier.
func (s *sealer) seal(text []byte) (algorithm, encrypted []byte, err error) {
	ukm := make([]byte, s.suite.ukmSize())
	for rand.Read(ukm); s.ivs[string(ukm[:s.suite.block/2])]; {
		rand.Read(ukm)
	}
	s.ivs[string(ukm[:s.suite.block/2])] = true
	scheme := s.suite.ctr
	if s.omac {
		scheme = s.suite.omac
	}
	enc, mac := s.suite.split(s.key, ukm, s.omac)
	encrypted = make([]byte, len(text), len(text)+s.suite.block)
	copy(encrypted, text)
	if s.omac {
		tag, err := s.suite.tag(mac, text)
		if err != nil {
			return nil, nil, err
		}
		encrypted = append(encrypted, tag...)
	}
	stream, err := s.suite.stream(enc, ukm, s.suite.sections[0])
	if err != nil {
		return nil, nil, err
	}
	stream.XORKeyStream(encrypted, encrypted)
	return s.algorithm(scheme, ukm), encrypted, nil
}

// algorithm returns PBES2 with its parameters (RFC 9337, section 7).
func (s *sealer) algorithm(scheme der.OID, ukm []byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(oidPBES2)
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1ObjectIdentifier(oidPBKDF2)
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1OctetString(s.salt)
						b.AddASN1Int64(int64(s.iterations))
						b.AddASN1(der.Sequence, func(b *der.Builder) {
							b.AddASN1ObjectIdentifier(oid.HMACStreebog512)
							b.AddASN1(der.Null, func(*der.Builder) {})
						})
					})
				})
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1ObjectIdentifier(scheme)
					b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddASN1OctetString(ukm) })
				})
			})
		})
	})
}

// keyBag returns a pkcs8ShroudedKeyBag.
func (s *sealer) keyBag(k Key) ([]byte, error) {
	info, err := marshalKey(k.Private)
	if err != nil {
		return nil, err
	}
	defer clear(info)
	algorithm, encrypted, err := s.seal(info)
	if err != nil {
		return nil, err
	}
	return bag(oidShroudedBag, k.Name, k.LocalID, func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddBytes(algorithm)
			b.AddASN1OctetString(encrypted)
		})
	})
}

// certificate returns a ContentInfo with EncryptedData that has a certBag.
func (s *sealer) certificate(c Certificate) ([]byte, error) {
	if !isSequence(c.Raw) {
		return nil, errors.New("pfx: a certificate that is no SEQUENCE would not be read again")
	}
	one, err := bag(oidCertBag, c.Name, c.LocalID, func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(oidX509)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1OctetString(c.Raw) })
		})
	})
	if err != nil {
		return nil, err
	}
	algorithm, encrypted, err := s.seal(sequence(one))
	if err != nil {
		return nil, err
	}
	return info(oid.EncryptedData, func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(0)
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(oid.Data)
				b.AddBytes(algorithm)
				b.AddASN1(der.Context(0), func(b *der.Builder) { b.AddBytes(encrypted) })
			})
		})
	}), nil
}

// mac returns MacData (RFC 9548, section 4).
func (s *sealer) mac(password, content []byte) ([]byte, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	long, err := pbkdf2.Key(streebog.New512, string(password), salt, s.iterations, macKeyOctets)
	if err != nil {
		return nil, fmt.Errorf("pfx: %w", err)
	}
	defer clear(long)
	mac := sumHMAC(streebog.New512, long[macKeyOctets-macKeySize:], content)
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				der.AlgorithmIdentifier{OID: oid.Streebog512}.Add(b)
				b.AddASN1OctetString(mac)
			})
			b.AddASN1OctetString(salt)
			b.AddASN1Int64(int64(s.iterations))
		})
	}), nil
}

// bag returns a SafeBag with the attributes that are there.
func bag(id der.OID, name string, localID []byte, value func(*der.Builder)) ([]byte, error) {
	text := toBMP(name)
	if back, ok := fromBMP(text); !ok || back != name {
		return nil, fmt.Errorf("pfx: a name that is not text: %q", name)
	}
	var attributes [][]byte
	if name != "" {
		attributes = append(attributes, attribute(oidFriendlyName, der.BMPString, text))
	}
	if len(localID) != 0 {
		attributes = append(attributes, attribute(oidLocalKeyID, der.OctetString, localID))
	}
	if len(attributes) == 2 && bytes.Compare(attributes[0], attributes[1]) > 0 { // a SET OF in DER
		attributes[0], attributes[1] = attributes[1], attributes[0]
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(id)
			b.AddASN1(der.ContextCons(0), value)
			if len(attributes) > 0 {
				b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(bytes.Join(attributes, nil)) })
			}
		})
	}), nil
}

func attribute(typ der.OID, tag der.Tag, value []byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(typ)
			b.AddASN1(der.Set, func(b *der.Builder) {
				b.AddASN1(tag, func(b *der.Builder) { b.AddBytes(value) })
			})
		})
	})
}

// sequence puts elements into a SEQUENCE.
func sequence(elements []byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(elements) })
	})
}

// dataInfo returns a ContentInfo of id-data.
func dataInfo(content []byte) []byte {
	return info(oid.Data, func(b *der.Builder) { b.AddASN1OctetString(content) })
}

func info(typ der.OID, content func(*der.Builder)) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(typ)
			b.AddASN1(der.ContextCons(0), content)
		})
	})
}
