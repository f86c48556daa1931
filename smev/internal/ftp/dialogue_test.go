package ftp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev/internal/ftp"
)

// fixture is a server with a writer, a reader and a tree each.
func fixture(t *testing.T) (address string) {
	t.Helper()
	server, address := serve(t, ftp.Config{})
	for _, user := range []string{"writer", "reader"} {
		tree := newTree(ftp.Limits{File: 1000})
		for name, data := range map[string]string{"/dir/file": "12345", "/top": user} {
			if err := tree.Put(name, []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		server.Allow(user, ftp.Account{Password: "secret", Files: tree, Write: user == "writer"})
	}
	return address
}

// TestDialogue says the commands that need no data connection, in right and in
// wrong orders. A step is "command => code and the beginning of the reply".
func TestDialogue(t *testing.T) {
	in := func(user string, steps ...string) []string {
		return append([]string{"USER " + user + " => 331", "PASS secret => 230"}, steps...)
	}
	for name, steps := range map[string][]string{
		"before the login": {
			"NOOP => 200", "SYST => 215 UNIX Type: L8", "FEAT => 211", "OPTS UTF8 ON => 200", "QUIT => 221",
		},
		"not before the login": {
			"TYPE I => 530", "MODE S => 530", "STRU F => 530", "ALLO 5 => 530", "PWD => 530", "XPWD => 530",
			"CWD / => 530", "XCWD / => 530", "CDUP => 530", "XCUP => 530", "MKD x => 530", "XMKD x => 530",
			"RMD dir => 530", "XRMD dir => 530", "DELE top => 530", "SIZE top => 530", "MDTM top => 530",
			"PASV => 530", "EPSV => 530", "STOR x => 530", "RETR top => 530", "LIST => 530", "NLST => 530",
			"MLSD => 530", "MLST => 530", "ABOR => 530", "STOR => 530",
		},
		"login": {
			"PASS secret => 503", "USER => 501", "USER writer => 331", "PASS wrong => 530", "PASS secret => 503",
			"USER nobody => 331", "PASS secret => 530", "USER writer => 331", "PASS => 530",
			"USER writer => 331", "NOOP => 200", "PASS secret => 230", "PASS secret => 503",
		},
		"another login": in("writer",
			"CWD dir => 250", "USER reader => 331", "PWD => 530", "PASS secret => 230", `PWD => 257 "/"`, "DELE top => 550"),
		"a failed login ends the one before": in("writer", "USER writer => 331", "PASS wrong => 530", "PWD => 530"),
		"options": in("writer",
			"TYPE A => 200", "TYPE a n => 200", "TYPE I => 200", "TYPE L 8 => 200", "TYPE E => 504", "TYPE => 501",
			"MODE S => 200", "MODE B => 504", "STRU F => 200", "STRU R => 504", "ALLO 99999999999 => 202",
			"OPTS utf8 on => 200", "OPTS MLST size; => 501", "OPTS => 501"),
		"not served": in("writer",
			"PORT 127,0,0,1,0,21 => 502", "EPRT |1|127.0.0.1|21| => 502", "REST 5 => 502", "APPE top => 502",
			"STOU => 502", "RNFR top => 502", "RNTO x => 502", "SITE CHMOD 777 top => 502", "AUTH TLS => 502",
			"SMNT / => 502", "HELP => 502", "STAT => 502", "XYZ => 502"),
		"directories": in("writer",
			`PWD => 257 "/" is`, "CWD dir => 250", `XPWD => 257 "/dir"`, "CDUP => 250", `PWD => 257 "/"`,
			"XCWD /dir => 250", "XCUP => 250", "CWD none => 550 no such", "CWD top => 550 not a dir", "CWD => 501",
			"MKD new => 257 \"/new\"", "MKD new => 550 it exists", "MKD top => 550 it exists", "MKD a/b => 550 no such",
			"MKD top/b => 550 not a dir", "XMKD /new/sub => 257", "CWD new/sub => 250", "RMD /new => 550 the directory is not",
			"RMD . => 250", `PWD => 257 "/new/sub"`, "MKD x => 550 no such", "CWD . => 550", "CWD .. => 250",
			"XRMD /new => 250", "RMD new => 550", "CWD / => 250", "RMD top => 550 not a dir", "RMD / => 550", "MKD / => 550"),
		"quotes": in("writer", `MKD a"b => 257 "/a""b" created`, `CWD a"b => 250`, `PWD => 257 "/a""b" is`),
		"out of the root": in("writer",
			"CWD .. => 250", `PWD => 257 "/"`, "CWD ../../.. => 250", `PWD => 257 "/"`, "CWD dir => 250",
			"CWD ../../../../dir/../.. => 250", `PWD => 257 "/"`, "SIZE ../../etc/passwd => 550", "SIZE ../top => 213 6",
			`MKD ..\x => 257 "/..\x"`, "CWD //dir//./ => 250", `PWD => 257 "/dir"`),
		"files": in("writer",
			"SIZE dir/file => 213 5", "SIZE dir => 550 not a file", "SIZE none => 550", "SIZE => 501",
			"MDTM dir/file => 213 20261122093000", "MDTM dir => 550", "MDTM => 501", "DELE dir => 550 not a file",
			"DELE none => 550", "DELE => 501", "DELE dir/file => 250", "SIZE dir/file => 550", "RMD dir => 250"),
		"facts": in("writer",
			"MLST => 250 Facts:\n type=dir;modify=20261122093000; /\n", "MLST dir/file => 250 Facts:\n type=file;size=5;modify=20261122093000; /dir/file\n",
			"MLST none => 550"),
		"a reader changes nothing": in("reader",
			"STOR x => 550 not all", "STOR top => 550 not all", "DELE top => 550 not all", "MKD x => 550 not all",
			"XMKD x => 550", "RMD dir => 550 not all", "XRMD dir => 550", "SIZE top => 213 6", "SIZE x => 550"),
		"transfers without a port": in("writer",
			"STOR x => 425", "RETR top => 425", "LIST => 425", "NLST => 425", "MLSD => 425", "SIZE x => 550"),
		"transfers of nothing": in("writer",
			"EPSV => 229", "RETR none => 550", "RETR dir => 550 not a file", "RETR => 501", "STOR dir => 550 not a file",
			"STOR none/x => 550 no such", "STOR top/x => 550 not a dir", "STOR / => 550", "STOR => 501", "LIST none => 550",
			"NLST none => 550", "MLSD top => 550 not a dir", "MLSD none => 550"),
		"ports": in("writer",
			"EPSV => 229", "PASV => 227 entering passive mode (127,0,0,1,", "EPSV 1 => 229", "EPSV 2 => 522", "EPSV x => 522",
			"ABOR => 226", "STOR x => 425", "EPSV all => 200", "PASV => 503", "EPSV => 229"),
		"lines that are none": in("writer",
			" => 500", "X => 500", "GET / HTTP/1.1 => 502", "Host: x => 500", "RETR\ttop => 500", "RETR a\x00 => 500",
			"RETR \xff => 500", "MKD a\x1b[2J => 500", "CWD dir\rDELE top => 500",
			"CWD "+strings.Repeat("a", 5000)+" => 500", "\xff\xf4\xff\xf2ABOR => 226", "pwd => 257"),
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, fixture(t))
			c.reply(220)
			for _, step := range steps {
				command, want, _ := strings.Cut(step, " => ")
				c.send(command + "\r\n")
				code, text, err := c.in.ReadResponse(0)
				if got := fmt.Sprintf("%d %s", code, text); !strings.HasPrefix(got, want) {
					t.Fatalf("%.60q: got %q, %v, want %q", command, got, err, want)
				}
			}
		})
	}
}

// TestQuit sends commands in one piece: those after QUIT are not carried out.
func TestQuit(t *testing.T) {
	address := fixture(t)
	c := enter(t, address, "writer", "secret")
	c.send("NOOP\r\nQUIT\r\nDELE top\r\n")
	c.reply(200)
	c.reply(221)
	c.gone()
	enter(t, address, "writer", "secret").say(213, "SIZE top")
}

// TestFeatures expects what clients look for before they use a command.
func TestFeatures(t *testing.T) {
	c := dial(t, fixture(t))
	c.reply(220)
	got := c.say(211, "FEAT")
	for _, want := range []string{"EPSV", "MDTM", "MLST type*;size*;modify*;", "PASV", "SIZE", "UTF8"} {
		if !strings.Contains(got, "\n "+want+"\n") {
			t.Errorf("got %q, want %s", got, want)
		}
	}
}
