package fetch

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
)

// crlKey is an address together with the certificate that a list there was
// checked with.
type crlKey struct {
	url    string
	issuer [sha256.Size]byte
}

func newCRLKey(url string, issuer *csr.Certificate) crlKey {
	return crlKey{url, sha256.Sum256(issuer.Raw)}
}

// crlCache keeps checked lists, the last used of them, within a number of
// octets.
type crlCache struct {
	limit int64

	mu    sync.Mutex
	lists map[crlKey]*keptCRL
	total int64
	uses  uint64
}

type keptCRL struct {
	list *csr.CRL
	used uint64 // the number of its last use
}

// size is what a list takes: its DER and its order of entries.
func (k *keptCRL) size() int64 { return int64(len(k.list.Raw)) + 4*int64(k.list.Len()) }

// get returns a list that is current at the time given, or nil.
func (c *crlCache) get(key crlKey, at time.Time) *csr.CRL {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, ok := c.lists[key]
	if !ok || at.Before(kept.list.ThisUpdate) || at.After(kept.list.NextUpdate) {
		return nil
	}
	c.uses++
	kept.used = c.uses
	return kept.list
}

// put keeps a list in place of an older one at the same address, and drops
// those that were not used for longest until all fit.
func (c *crlCache) put(key crlKey, list *csr.CRL) {
	kept := &keptCRL{list: list}
	if kept.size() > c.limit {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.lists[key]; ok {
		if old.list.ThisUpdate.After(list.ThisUpdate) {
			return // a question about the past does not take the present away
		}
		c.drop(key)
	}
	for c.total+kept.size() > c.limit {
		var oldest crlKey
		first := true
		for k, one := range c.lists {
			if first || one.used < c.lists[oldest].used {
				oldest, first = k, false
			}
		}
		c.drop(oldest)
	}
	if c.lists == nil {
		c.lists = map[crlKey]*keptCRL{}
	}
	c.uses++
	kept.used = c.uses
	c.lists[key] = kept
	c.total += kept.size()
}

func (c *crlCache) drop(key crlKey) {
	c.total -= c.lists[key].size()
	delete(c.lists, key)
}
