package modes

import (
	"crypto/cipher"
	"crypto/hmac"
	"errors"
	"fmt"
	"slices"
)

// KExp15 wraps a key: CTR(kenc, iv, key || OMAC(kmac, iv || key)), which is one
// block longer than the key (R 1323565.1.017-2018).
//
// Kmac and kenc have 32 octets and do not depend on each other; iv has half a
// block, and no other key is wrapped with it under them. In CMS all three come
// of the user keying material (R 1323565.1.025-2019): kmac and kenc are the
// halves of what KEG makes of it, and iv its octets from the 25th on.
func KExp15(newCipher func(key []byte) (cipher.Block, error), kmac, kenc, iv, key []byte) ([]byte, error) {
	w, err := newWrapping(newCipher, kmac, kenc, iv)
	if err != nil {
		return nil, fmt.Errorf("modes: KExp15: %w", err)
	}
	if len(key) == 0 {
		return nil, errors.New("modes: KExp15: the key is empty")
	}
	wrapped := append(slices.Clone(key), w.tag(key)...)
	w.stream.XORKeyStream(wrapped, wrapped)
	return wrapped, nil
}

// KImp15 unwraps what KExp15 has wrapped. Its error for a wrapped key that is
// not authentic does not say more, and does not depend on where they differ.
func KImp15(newCipher func(key []byte) (cipher.Block, error), kmac, kenc, iv, wrapped []byte) ([]byte, error) {
	w, err := newWrapping(newCipher, kmac, kenc, iv)
	if err != nil {
		return nil, fmt.Errorf("modes: KImp15: %w", err)
	}
	size := len(wrapped) - w.mac.BlockSize()
	if size <= 0 {
		return nil, fmt.Errorf("modes: KImp15: wrapped key of %d octets, want more than %d", len(wrapped), w.mac.BlockSize())
	}
	key := slices.Clone(wrapped)
	w.stream.XORKeyStream(key, key)
	if !hmac.Equal(w.tag(key[:size]), key[size:]) {
		clear(key)
		return nil, errors.New("modes: KImp15: the wrapped key is not authentic")
	}
	return key[:size:size], nil
}

// wrapping is what KExp15 and KImp15 do alike.
type wrapping struct {
	mac    cipher.Block
	stream *ctr
	iv     []byte
}

func newWrapping(newCipher func(key []byte) (cipher.Block, error), kmac, kenc, iv []byte) (*wrapping, error) {
	if len(kmac) != KeySize {
		return nil, fmt.Errorf("key of the MAC of %d octets, want %d", len(kmac), KeySize)
	}
	mac, err := newCipher(kmac)
	if err != nil {
		return nil, err
	}
	stream, err := newCTR(newCipher, kenc, iv, 0)
	if err != nil {
		return nil, err
	}
	return &wrapping{mac, stream, iv}, nil
}

// tag returns OMAC(kmac, iv || key).
func (w *wrapping) tag(key []byte) []byte {
	o := NewOMAC(w.mac)
	o.Write(w.iv)
	o.Write(key)
	return o.Sum(nil)
}
