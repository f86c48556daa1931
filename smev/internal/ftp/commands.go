package ftp

import "strings"

// What a command needs before it is run.
const (
	login    = 1 << iota // a user that has logged in
	argument             // an argument
	write                // the right to change files
)

// commands is all that is served. Active mode (PORT, EPRT) is not, on purpose:
// a client could point it at others.
var commands = map[string]struct {
	needs int
	run   func(*session, string)
}{
	"USER": {argument, (*session).userName},
	"PASS": {0, (*session).password},
	"QUIT": {0, func(c *session, _ string) { c.quit = true; c.reply(221, "goodbye") }},
	"NOOP": {0, func(c *session, _ string) { c.reply(200, "nothing done") }},
	"SYST": {0, func(c *session, _ string) { c.reply(215, "UNIX Type: L8") }},
	"FEAT": {0, (*session).features},
	"OPTS": {argument, (*session).option},

	"TYPE": {login | argument, one("A", "A N", "I", "L 8")},
	"MODE": {login | argument, one("S")},
	"STRU": {login | argument, one("F")},
	"ALLO": {login | argument, func(c *session, _ string) { c.reply(202, "not needed") }},

	"PWD":  {login, (*session).directory},
	"XPWD": {login, (*session).directory},
	"CWD":  {login | argument, (*session).changeDirectory},
	"XCWD": {login | argument, (*session).changeDirectory},
	"CDUP": {login, func(c *session, _ string) { c.changeDirectory("..") }},
	"XCUP": {login, func(c *session, _ string) { c.changeDirectory("..") }},
	"MKD":  {login | argument | write, (*session).makeDirectory},
	"XMKD": {login | argument | write, (*session).makeDirectory},
	"RMD":  {login | argument | write, (*session).removeDirectory},
	"XRMD": {login | argument | write, (*session).removeDirectory},
	"DELE": {login | argument | write, (*session).deleteFile},
	"SIZE": {login | argument, (*session).size},
	"MDTM": {login | argument, (*session).modified},

	"PASV": {login, (*session).passiveMode},
	"EPSV": {login, (*session).extendedPassive},
	"STOR": {login | argument | write, (*session).store},
	"RETR": {login | argument, (*session).retrieve},
	"ABOR": {login, func(c *session, _ string) { c.drop(); c.reply(226, "no transfer under way") }},
	"LIST": {login, (*session).listLong},
	"NLST": {login, (*session).listNames},
	"MLSD": {login, (*session).listFacts},
	"MLST": {login, (*session).facts},
}

// one serves a command that changes nothing and takes only these arguments.
func one(values ...string) func(*session, string) {
	return func(c *session, argument string) {
		for _, v := range values {
			if strings.EqualFold(argument, v) {
				c.reply(200, "understood")
				return
			}
		}
		c.reply(504, "not served here")
	}
}
