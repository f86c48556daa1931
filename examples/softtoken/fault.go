package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/token/softtoken/wire"
)

// fault orders something to go wrong, or right again.
func fault(ctx context.Context, o *options, rest []string, stdout io.Writer) error {
	if len(rest) != 1 {
		return errUsage
	}
	switch what := rest[0]; what {
	case "remove", "insert", "full", "roomy", "lock":
		if o.call != "" && what == "remove" {
			return o.command(ctx, wire.Command{Order: o.order(softtoken.Remove, 0)}, stdout)
		}
		return o.command(ctx, wire.Command{Action: what, Slot: o.slot}, stdout)
	case "clear":
		return o.command(ctx, wire.Command{Clear: true}, stdout)
	case "fail", "hang", "crash", "tear":
		var code uint64
		if o.code != "" {
			var err error
			if code, err = strconv.ParseUint(o.code, 0, 32); err != nil {
				return errUsage
			}
		}
		return o.command(ctx, wire.Command{Order: o.order(softtoken.FaultKind(what), uint32(code))}, stdout)
	}
	return errUsage
}

func (o *options) order(kind softtoken.FaultKind, code uint32) *softtoken.Fault {
	return &softtoken.Fault{Kind: kind, Call: o.call, Nth: o.nth, After: o.after, Code: code, Slot: o.slot}
}

func printTokens(w io.Writer, tokens []softtoken.Status) {
	for _, t := range tokens {
		fmt.Fprintf(w, "Слот %d: %s, %s %s «%s»: объектов %d, свободно %d, попыток ПИН-кода %d (администратора %d)%s\n",
			t.Slot, t.Profile, t.Manufacturer, t.Serial, t.Label, t.Objects, t.FreeMemory, t.UserTries, t.SOTries, remarks(t))
	}
}

// remarks are what is not as usual with a token.
func remarks(t softtoken.Status) (s string) {
	if t.Removed {
		s += ", извлечён"
	}
	if t.Full {
		s += ", заполнен"
	}
	if !t.UserPINSet {
		return s + ", ПИН-код не задан"
	}
	if t.DefaultPIN {
		s += ", ПИН-код заводской"
	}
	return s
}

func printFaults(w io.Writer, faults []softtoken.Fault) {
	for _, f := range faults {
		call, when := f.Call, "вместо действия"
		if call == "" {
			call = "любой функции"
		}
		if f.After {
			when = "после действия"
		}
		fmt.Fprintf(w, "Сбой %s: вызов %d %s, %s\n", f.Kind, f.Nth, call, when)
	}
}
