// Package ftp is the server side of the file store of SMEV 3, through which
// attachments too large for a message travel (RefAttachmentHeader and
// FSAttachment of smev-message-exchange-basic-1.2.xsd). It keeps its files in
// memory and serves the simulator and the tests of a client; it is no server
// for other uses, since passwords and files go over the wire in the clear, as
// they do in SMEV.
//
// A sender uploads under a directory named by a UUID, the same user for all;
// a receiver gets a user and a password of its own with each message, sees
// the files of that message only, and loses them with its Ack:
//
//	uploads := ftp.NewTree(ftp.Limits{}, clock.Now)
//	server := ftp.NewServer(ftp.Config{})
//	server.Allow("anonymous", ftp.Account{Password: "smev", Files: uploads, Write: true})
//	go server.Serve(listener)
//	defer server.Close()
//
//	files := uploads.Take("/" + uuid) // a message names it: octets by file name
//
//	offer := ftp.NewTree(ftp.Limits{}, clock.Now)
//	err := offer.Put("/SignedContent.zip", files["SignedContent.zip"])
//	server.Allow(user, ftp.Account{Password: password, Files: offer})
//	server.Withdraw(user) // upon Ack
//
// # Protocol
//
// The commands are those of RFC 959 that a client needs for this, with EPSV
// (RFC 2428), FEAT and OPTS (RFC 2389), SIZE, MDTM, MLST and MLSD (RFC 3659).
// Every transfer is of octets as they are, whatever TYPE says. Only passive
// mode is served: the data port is opened on the address the client called and
// takes one connection, from the client's address. Whoever is not on the
// loopback interface is turned away unless Config.Remote is set.
//
// A file is seen when its STOR has ended well, and the file it replaces until
// then. In stream mode the end of the data connection is the end of the file
// (RFC 959, section 3.4.1): an upload counts as broken off after ABOR, a reset
// data connection, a stall, a lost control connection or too many octets. A
// client that fails half way and merely closes the data connection has stored
// a short file: only the Hash of its message tells.
package ftp
