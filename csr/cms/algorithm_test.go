package cms_test

import (
	"errors"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// TestForSigner tries every habit of writing the algorithms of a SignerInfo
// with every key: the signature's identifier or the key's, parameters absent
// or NULL; and digests that are not the scheme's.
func TestForSigner(t *testing.T) {
	as := csr.Standard()
	null := []byte{5, 0}
	digests := []der.OID{oid.Streebog256, oid.Streebog512, oid.SHA256, oid.SHA384, oid.SHA512}
	for what, key := range keys(t) {
		pub := key.Public()
		own, err := as.ForKey(pub)
		if err != nil {
			t.Fatal(err)
		}
		ids := []der.OID{own.Signature}
		if own.CMS != nil {
			ids = append(ids, own.CMS)
		}
		for _, id := range ids {
			for _, params := range [][]byte{nil, null} {
				for _, digestParams := range [][]byte{nil, null} {
					got, err := as.ForSigner(pub, algorithmID(id, params...), algorithmID(own.Digest, digestParams...))
					if err != nil || got != own {
						t.Errorf("%s: %v %x over %x: got %v, want its scheme", what, id, params, digestParams, err)
					}
				}
			}
			for _, digest := range append(digests, der.OID{1, 2, 3}, oid.SHA1, oid.GOST3411_94) {
				got, err := as.ForSigner(pub, algorithmID(id), algorithmID(digest))
				switch {
				case err != nil && (got != nil || !errors.Is(err, csr.ErrUnknownAlgorithm)):
					t.Errorf("%s: digest %v: got %v, want ErrUnknownAlgorithm", what, digest, err)
				case err == nil && !got.Digest.Equal(digest):
					t.Errorf("%s: digest %v: got the scheme %s", what, digest, got.Name)
				case err == nil && len(own.CMS) == 0 && !got.Signature.Equal(id):
					t.Errorf("%s: digest %v: got the scheme %s for %v", what, digest, got.Name, id)
				}
			}
			if got, err := as.ForSigner(pub, algorithmID(id, 4, 0), algorithmID(own.Digest)); err == nil || got != nil {
				t.Errorf("%s: foreign parameters of the signature are taken", what)
			}
			if got, err := as.ForSigner(pub, algorithmID(id), algorithmID(own.Digest, 4, 0)); err == nil || got != nil {
				t.Errorf("%s: foreign parameters of the digest are taken", what)
			}
		}
		for _, broken := range [][]byte{nil, null, append(algorithmID(own.Digest), 0)} {
			if got, err := as.ForSigner(pub, algorithmID(own.Signature), broken); err == nil || got != nil {
				t.Errorf("%s: digest algorithm %x is taken", what, broken)
			}
			if got, err := as.ForSigner(pub, broken, algorithmID(own.Digest)); err == nil || got != nil {
				t.Errorf("%s: signature algorithm %x is taken", what, broken)
			}
		}
	}
}

// TestForDigest knows the digests of the list and no other.
func TestForDigest(t *testing.T) {
	as := csr.Standard()
	for id, size := range map[*der.OID]int{&oid.Streebog256: 32, &oid.Streebog512: 64, &oid.SHA256: 32, &oid.SHA384: 48, &oid.SHA512: 64} {
		newHash, err := as.ForDigest(*id)
		if err != nil || newHash().Size() != size {
			t.Errorf("%v: got %v, want a hash of %d octets", *id, err, size)
		}
	}
	for _, id := range []der.OID{oid.SHA1, oid.GOST3411_94, {1, 2, 3}, nil} {
		if newHash, err := as.ForDigest(id); !errors.Is(err, csr.ErrUnknownAlgorithm) || newHash != nil {
			t.Errorf("%v: got %v, want ErrUnknownAlgorithm", id, err)
		}
	}
}
