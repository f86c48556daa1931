// Smevsim runs the simulator of SMEV 3 (package smev/smevtest) as a program:
// SMEV with its three endpoints and its file store, and an administration that
// drives it.
//
//	go run ./examples/smevsim [-listen 127.0.0.1:8777] [-admin 127.0.0.1:8778] [-ftp 127.0.0.1:8721]
//	    [-virtual] [-seed N] [-min 10m] [-max 30m] [-lease 15m] [-like published|2021|2026]
//	    [-mtom] [-unsigned] [-fault-rate 0.1] [-any-address]
//	go run ./examples/smevsim -sample SendRequest|GetResponse|Ack [-key FILE] [-passport NUMBER] [-of FILE]
//
// With -virtual the clock goes on by itself and can be moved ahead, so that 30
// minutes pass at once. Everything is kept in memory and gone when the program
// ends, which an interrupt or a termination signal makes it do in order. With
// -sample it prints an envelope to send, and signs it with the key in a file
// of /enroll.
//
// # A session
//
// With `go build -o . ./examples/smevsim && ./smevsim -virtual` running, from
// another shell: a participant is enrolled, asks about a passport that the
// simulator refutes, moves the clock, fetches the answer and acknowledges it.
//
//	curl -s -X POST 'http://127.0.0.1:8778/enroll?mnemonic=CURL' >curl.pem
//	./smevsim -sample SendRequest -passport 999601 -key curl.pem >request.xml
//	curl -s -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: "urn:SendRequest"' --data-binary @request.xml http://127.0.0.1:8777/smev/v1.2/ws
//	curl -s -X POST 'http://127.0.0.1:8778/clock/advance?by=30m'
//	./smevsim -sample GetResponse -key curl.pem >get.xml
//	curl -s -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: "urn:GetResponse"' --data-binary @get.xml http://127.0.0.1:8777/smev/v1.2/ws >response.xml
//	./smevsim -sample Ack -of response.xml -key curl.pem >ack.xml
//	curl -s -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: "urn:Ack"' --data-binary @ack.xml http://127.0.0.1:8777/smev/v1.2/ws
//	curl -s http://127.0.0.1:8778/journal
//
// With -unsigned the first line and -key are not needed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/surguch/surguch/smev/smevtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options are the flags.
type options struct {
	admin   string
	virtual bool
	like    string
	config  smevtest.Config

	sample   string
	key      string
	passport string
	of       string
}

var manners = map[string]smevtest.Manner{"published": smevtest.Published, "2021": smevtest.Like2021, "2026": smevtest.Like2026}

// run is main with its surroundings passed in. It returns the exit status: 0
// when the context ended, or the sample is printed, 1 when something failed, 2
// for a wrong flag.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("smevsim", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.config.Address, "listen", "127.0.0.1:8777", "`address` of the endpoints of SMEV")
	flags.StringVar(&o.admin, "admin", "127.0.0.1:8778", "`address` of the administration, of the loopback interface")
	flags.StringVar(&o.config.FileAddress, "ftp", "127.0.0.1:8721", "`address` of the file store")
	flags.BoolVar(&o.config.AnyAddress, "any-address", false, "allow -listen and -ftp beyond the loopback interface")
	flags.BoolVar(&o.virtual, "virtual", false, "let POST /clock/advance move the clock ahead")
	flags.Uint64Var(&o.config.Seed, "seed", 0, "`number` that decides delays and chance")
	flags.DurationVar(&o.config.MinDelay, "min", 10*time.Minute, "shortest time to an answer")
	flags.DurationVar(&o.config.MaxDelay, "max", 30*time.Minute, "longest time to an answer")
	flags.DurationVar(&o.config.Lease, "lease", 15*time.Minute, "time for the Ack of a delivered message")
	flags.StringVar(&o.like, "like", "published", "`manner` of the messages: published, 2021 or 2026")
	flags.BoolVar(&o.config.MTOM, "mtom", false, "answer always with MTOM packages")
	flags.BoolVar(&o.config.Unsigned, "unsigned", false, "take messages without signatures")
	flags.Float64Var(&o.config.FaultRate, "fault-rate", 0, "`part` of the calls that go wrong by chance, 0 to 1")
	flags.StringVar(&o.sample, "sample", "", "print an envelope of this `operation` and end: SendRequest, GetResponse or Ack")
	flags.StringVar(&o.key, "key", "", "`file` of /enroll to sign the sample with")
	flags.StringVar(&o.passport, "passport", "999601", "passport `number` that the sample SendRequest asks about")
	flags.StringVar(&o.of, "of", "", "`file` with the answer that the sample Ack acknowledges")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	manner, ok := manners[o.like]
	switch {
	case flags.NArg() > 0:
		fmt.Fprintln(stderr, "smevsim: лишние аргументы:", flags.Args())
		return 2
	case !ok:
		fmt.Fprintln(stderr, "smevsim: -like: published, 2021 или 2026")
		return 2
	case o.config.FaultRate < 0 || o.config.FaultRate > 1:
		fmt.Fprintln(stderr, "smevsim: -fault-rate: от 0 до 1")
		return 2
	}
	o.config.Manner = manner
	task := serve
	if o.sample != "" {
		task = printSample
	}
	if err := task(ctx, o, stdout); err != nil {
		fmt.Fprintln(stderr, "smevsim:", err)
		return 1
	}
	return 0
}
