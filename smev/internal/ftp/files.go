package ftp

import (
	"strconv"
	"strings"
)

// directory is PWD.
func (c *session) directory(string) { c.reply(257, quote(c.dir)+" is the current directory") }

// changeDirectory is CWD.
func (c *session) changeDirectory(name string) {
	e, err := c.account.Files.stat(c.path(name))
	if err == nil && !e.dir {
		err = errNotDirectory
	}
	if err != nil {
		c.refuse(err)
		return
	}
	c.dir = c.path(name)
	c.reply(250, "changed")
}

// makeDirectory is MKD.
func (c *session) makeDirectory(name string) {
	if err := c.account.Files.mkdir(c.path(name)); err != nil {
		c.refuse(err)
		return
	}
	c.reply(257, quote(c.path(name))+" created")
}

// removeDirectory is RMD.
func (c *session) removeDirectory(name string) { c.remove(name, true) }

// deleteFile is DELE.
func (c *session) deleteFile(name string) { c.remove(name, false) }

func (c *session) remove(name string, dir bool) {
	if err := c.account.Files.remove(c.path(name), dir); err != nil {
		c.refuse(err)
		return
	}
	c.reply(250, "removed")
}

// size is SIZE, in octets (RFC 3659, section 4).
func (c *session) size(name string) {
	if e, ok := c.file(name); ok {
		c.reply(213, strconv.Itoa(len(e.data)))
	}
}

// modified is MDTM (RFC 3659, section 3).
func (c *session) modified(name string) {
	if e, ok := c.file(name); ok {
		c.reply(213, e.modified.UTC().Format(timeVal))
	}
}

// file finds a file, or tells the client that there is none.
func (c *session) file(name string) (e entry, ok bool) {
	e, err := c.account.Files.stat(c.path(name))
	if err == nil && e.dir {
		err = errNotFile
	}
	if err != nil {
		c.refuse(err)
		return entry{}, false
	}
	return e, true
}

// quote writes a path as RFC 959, appendix II, has it in reply 257.
func quote(p string) string { return `"` + strings.ReplaceAll(p, `"`, `""`) + `"` }
