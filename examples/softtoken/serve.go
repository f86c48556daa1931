package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/token/softtoken/wire"
)

// statusCrashed is the exit status after a crash that a fault ordered.
const statusCrashed = 70

// serve serves the tokens of a folder until it is interrupted.
func serve(ctx context.Context, o *options, rest []string, stdout io.Writer) (err error) {
	if o.dir == "" || len(rest) > 0 {
		return errUsage
	}
	socket, err := o.socketPath()
	if err != nil {
		return err
	}
	tokens, err := softtoken.Open(softtoken.Config{Dir: o.dir, Iterations: o.iterations, Die: func() { os.Exit(statusCrashed) }})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tokens.Close()) }()
	if len(tokens.List()) == 0 {
		if _, err := tokens.Add(o.format()); err != nil {
			return err
		}
	}
	listener, err := wire.Listen(socket)
	if err != nil {
		return err
	}
	printTokens(stdout, tokens.List())
	fmt.Fprintf(stdout, "Только для разработки. Готов: SURGUCH_SOFTTOKEN=%s\n", socket)
	return wire.Serve(ctx, listener, tokens)
}
