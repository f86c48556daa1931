package cryptopro

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/disk"
)

// place is a key where it was found.
type place struct {
	id        string
	name      string
	folder    string // of the container
	second    bool   // it is the second key of the container
	files     Files
	container *Container
	err       error // why the container cannot be read; then there is none
}

func (p *place) keyInfo() *KeyInfo {
	if p.second {
		return p.container.header.secondary
	}
	return &p.container.header.primary
}

func (p *place) open(password []byte) (*gost.PrivateKey, error) {
	switch {
	case p.err != nil:
		return nil, p.err
	case p.second:
		return p.container.OpenSecondary(password)
	}
	return p.container.Open(password)
}

func (p *place) info(device token.Device) token.Info {
	info := token.Info{ID: p.id, Name: p.name, Device: device}
	if p.err != nil {
		return info
	}
	k := p.keyInfo()
	info.Extractable = k.Exportable
	if k.Legacy {
		info.Algorithm = "GOST R 34.10-2001"
	} else {
		info.Algorithm = k.Curve.Name()
	}
	return info
}

// names are the files of a container.
func (f *Files) names() map[string]*[]byte {
	return map[string]*[]byte{
		"name.key": &f.Name, "header.key": &f.Header, "masks.key": &f.Masks,
		"primary.key": &f.Primary, "masks2.key": &f.Masks2, "primary2.key": &f.Primary2,
	}
}

// in returns the change that makes a folder hold these files of the six and no
// others.
func (f Files) in(folder string) disk.Files {
	files := disk.Files{}
	for name, data := range f.names() {
		files[folder+"/"+name] = *data
	}
	return files
}

// readFiles reads a container. It is not one if it has no header.
func readFiles(v disk.View, folder string) (f Files, ok bool, err error) {
	for name, data := range f.names() {
		*data, err = v.Read(folder + "/" + name)
		if fault, _ := disk.FaultOf(err); errors.Is(err, fs.ErrNotExist) || fault == token.Unsupported {
			continue // it is missing, or a folder, or what was taken for a folder is none
		}
		if errors.Is(err, disk.ErrTooLarge) {
			*data = []byte{} // damaged, and no reason not to list the others
			continue
		}
		if err != nil {
			f.Wipe()
			return f, false, err
		}
	}
	return f, f.Header != nil, nil
}

// isFolder tells the names that CSP gives to containers: eight characters at
// most, a dot, and three digits.
func isFolder(name string) bool {
	base, number, ok := strings.Cut(name, ".")
	return ok && len(base) >= 1 && len(base) <= 8 && len(number) == 3 && strings.Trim(number, "0123456789") == ""
}

// scan returns all keys, in the order of the folders. The caller wipes them.
//
// A key that Generate made has the ID at the end of the container's name, if
// the folder is named by it as well; of several such folders the first has
// it, so that a copy beside a container is another key. All others have an ID
// made of the folder's name, in lower case for the sake of FAT: the first 32
// digits of its Streebog-256.
func scan(v disk.View) (all []place, err error) {
	folders, err := v.List(".")
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, folder := range folders {
		if !isFolder(folder) {
			continue
		}
		files, ok, err := readFiles(v, folder)
		if err != nil {
			wipe(all)
			return nil, err
		}
		if !ok {
			continue
		}
		p := place{folder: folder, files: files, name: folder, id: folderID(folder, "")}
		if p.container, p.err = Parse(files); p.err == nil && p.container.name != "" {
			p.name = p.container.name
		} else if name, err := parseName(files.Name); p.err != nil && err == nil {
			p.name = name
		}
		if name, id, ok := splitName(p.name); ok && strings.HasPrefix(strings.ToLower(folder), id[:8]+".") && !taken[id] {
			p.name, p.id = name, id
		}
		taken[p.id] = true
		all = append(all, p)
		if p.err == nil && p.container.header.secondary != nil {
			p.second, p.id = true, folderID(folder, "second")
			all = append(all, p)
		}
	}
	return all, nil
}

func folderID(folder, which string) string {
	sum := streebog.Sum256([]byte("CryptoPro container\x00" + strings.ToLower(folder) + "\x00" + which))
	return hex.EncodeToString(sum[:16])
}

func wipe(all []place) {
	for _, p := range all {
		p.files.Wipe()
	}
}

// locate returns the key of an ID, whose files the caller wipes, or
// token.ErrNotFound.
func locate(v disk.View, id string) (found place, err error) {
	all, err := scan(v)
	if err != nil {
		return found, err
	}
	for i, p := range all {
		if p.id == id {
			wipe(slices.DeleteFunc(all, func(o place) bool { return o.folder == all[i].folder }))
			return p, nil
		}
	}
	wipe(all)
	return found, fmt.Errorf("%w: %s", token.ErrNotFound, id)
}

// newFolder returns a name for the folder of a new key, or token.ErrExists.
func newFolder(v disk.View, id string) (string, error) {
	p, err := locate(v, id)
	if err == nil {
		p.files.Wipe()
		return "", fmt.Errorf("%w: %s", token.ErrExists, id)
	}
	if !errors.Is(err, token.ErrNotFound) {
		return "", err
	}
	names, err := v.List(".")
	if err != nil {
		return "", err
	}
	for n := range 1000 {
		folder := fmt.Sprintf("%s.%03d", id[:8], n)
		if !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, folder) }) {
			return folder, nil
		}
	}
	return "", errors.New("cryptopro: a thousand folders begin so")
}

// read returns all keys; find the one of an ID. The caller wipes them.
func (c *Carrier) read(ctx context.Context, op string) (all []place, err error) {
	err = c.folder.Read(ctx, op, func(v disk.View) (err error) {
		all, err = scan(v)
		return err
	})
	return all, c.fail(op, err)
}

func (c *Carrier) find(ctx context.Context, op, id string) (found place, err error) {
	err = c.folder.Read(ctx, op, func(v disk.View) (err error) {
		found, err = locate(v, id)
		return err
	})
	return found, c.fail(op, err)
}
