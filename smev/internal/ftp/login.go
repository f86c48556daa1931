package ftp

import "strings"

// userName is USER: whoever was logged in is so no more.
func (c *session) userName(name string) {
	c.server.logout(c)
	c.user, c.dir = name, "/"
	c.reply(331, "password required")
}

// password is PASS. A wrong name and a wrong password are answered alike.
func (c *session) password(password string) {
	user := c.user
	c.user = ""
	switch {
	case user == "":
		c.reply(503, "USER comes first")
	case c.server.login(c, user, password):
		c.reply(230, "logged in")
	default:
		c.reply(530, "wrong user or password")
	}
}

// features is FEAT (RFC 2389, section 3; MLST as RFC 3659, section 7.8).
func (c *session) features(string) {
	c.replyLines(211, "Features:", []string{"EPSV", "MDTM", "MLST type*;size*;modify*;", "PASV", "SIZE", "UTF8"}, "End")
}

// option is OPTS. Names are UTF-8 always; clients ask for it nevertheless.
func (c *session) option(argument string) {
	if strings.EqualFold(argument, "UTF8 ON") {
		c.reply(200, "always on")
		return
	}
	c.reply(501, "no such option")
}
