package ftp

// upload is a file on its way into a tree. Nobody sees its octets before
// commit, but they count at once, so that the limits bound the memory of
// uploads as well. It is for one goroutine.
type upload struct {
	tree *Tree
	path string
	data []byte
}

// create begins an upload of the file p. What it replaces stays until commit.
func (t *Tree) create(p string) (*upload, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.room(p); err != nil {
		return nil, err
	}
	return &upload{tree: t, path: p}, nil
}

// Write appends to the upload all of b, or nothing past a limit.
func (u *upload) Write(b []byte) (int, error) {
	if !u.reserve(int64(len(b))) {
		return 0, errFull
	}
	u.data = append(u.data, b...)
	return len(b), nil
}

func (u *upload) reserve(n int64) bool {
	t := u.tree
	t.mu.Lock()
	defer t.mu.Unlock()
	if int64(len(u.data))+n > t.limits.File || t.used+n > t.limits.Total {
		return false
	}
	t.used += n
	return true
}

// commit makes the file visible. It fails if the tree has changed meanwhile so
// that the file has no place.
func (u *upload) commit() error {
	t := u.tree
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.enter(u.path, entry{data: u.data}); err != nil {
		return err
	}
	u.data = nil // now the tree's
	return nil
}

// discard gives back the room of an upload that was not committed.
func (u *upload) discard() {
	u.tree.mu.Lock()
	defer u.tree.mu.Unlock()
	u.tree.used -= int64(len(u.data))
	u.data = nil
}
