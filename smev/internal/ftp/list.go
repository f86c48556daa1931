package ftp

import (
	"fmt"
	"strings"
)

// timeVal is a time in UTC as RFC 3659, section 2.3, has it.
const timeVal = "20060102150405"

// listLong is LIST, in the form of ls -l, which RFC 959 leaves open and
// clients expect.
func (c *session) listLong(name string) {
	c.list(name, true, func(e entry) string {
		kind := "-rw-r--r--"
		if e.dir {
			kind = "drwxr-xr-x"
		}
		return fmt.Sprintf("%s 1 ftp ftp %12d %s %s", kind, len(e.data), e.modified.UTC().Format("Jan _2  2006"), e.name)
	})
}

// listNames is NLST.
func (c *session) listNames(name string) {
	c.list(name, true, func(e entry) string { return e.name })
}

// listFacts is MLSD (RFC 3659, section 7).
func (c *session) listFacts(name string) { c.list(name, false, factsOf) }

// list sends one line for each entry of a directory or, where LIST and NLST
// allow it, for a file. Options of ls, such as -a, are dropped.
func (c *session) list(name string, files bool, format func(entry) string) {
	if files && strings.HasPrefix(name, "-") {
		_, name, _ = strings.Cut(name, " ")
	}
	p := c.path(name)
	e, err := c.account.Files.stat(p)
	if err == nil && !e.dir && !files {
		err = errNotDirectory
	}
	if err != nil {
		c.refuse(err)
		return
	}
	entries := []entry{e}
	if e.dir {
		entries = c.account.Files.list(p)
	}
	var b strings.Builder
	for _, e := range entries {
		b.WriteString(format(e) + "\r\n")
	}
	c.finish(c.download([]byte(b.String())))
}

// facts is MLST: the facts of one entry on the control connection.
func (c *session) facts(name string) {
	p := c.path(name)
	e, err := c.account.Files.stat(p)
	if err != nil {
		c.refuse(err)
		return
	}
	e.name = p
	c.replyLines(250, "Facts:", []string{factsOf(e)}, "End")
}

// factsOf writes the facts of an entry (RFC 3659, section 7.2).
func factsOf(e entry) string {
	kind := fmt.Sprintf("type=file;size=%d", len(e.data))
	if e.dir {
		kind = "type=dir"
	}
	return fmt.Sprintf("%s;modify=%s; %s", kind, e.modified.UTC().Format(timeVal), e.name)
}
