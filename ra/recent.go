package ra

import "sync"

// recent keeps something of the cases that are at work. It holds two
// generations, the older of which is dropped when the younger is full.
type recent[V any] struct {
	mu           sync.Mutex
	most         int // of a generation
	young, older map[ID]V
}

func (c *recent[V]) get(id ID) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok = c.young[id]; ok {
		return v, true
	}
	if v, ok = c.older[id]; ok {
		c.add(id, v)
	}
	return v, ok
}

func (c *recent[V]) put(id ID, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(id, v)
}

func (c *recent[V]) add(id ID, v V) {
	if c.young == nil || len(c.young) >= c.most {
		c.young, c.older = map[ID]V{}, c.young
	}
	c.young[id] = v
}

// forget drops what belongs to a case that is erased.
func (c *recent[V]) forget(id ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.young, id)
	delete(c.older, id)
}
