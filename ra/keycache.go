package ra

import (
	"bytes"
	"sync"
)

// keyCache keeps unwrapped keys of the cases that are at work. It holds two
// generations of keys, the older of which is dropped when the younger is full.
type keyCache struct {
	mu           sync.Mutex
	young, older map[ID]cachedKey
}

type cachedKey struct{ wrapped, plain []byte }

// keyGeneration is how many keys a generation has.
const keyGeneration = 1024

func (c *keyCache) get(id ID, wrapped []byte) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.young[id]
	if !ok {
		if k, ok = c.older[id]; ok {
			c.add(id, k)
		}
	}
	return k.plain, ok && bytes.Equal(k.wrapped, wrapped)
}

func (c *keyCache) put(id ID, wrapped, plain []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(id, cachedKey{wrapped, plain})
}

func (c *keyCache) add(id ID, k cachedKey) {
	if c.young == nil || len(c.young) >= keyGeneration {
		c.young, c.older = map[ID]cachedKey{}, c.young
	}
	c.young[id] = k
}

// forget drops the key of a case that is erased.
func (c *keyCache) forget(id ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.young, id)
	delete(c.older, id)
}
