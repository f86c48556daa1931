package notify

import (
	"context"
	"log/slog"

	"github.com/surguch/surguch/ra"
)

// Log is a notifier that writes a line for each notice: which request, why and
// to which role. It leaves out what tells of a person or opens a request.
func Log(log *slog.Logger) ra.Notifier { return journal{log} }

type journal struct{ log *slog.Logger }

func (j journal) Notify(ctx context.Context, n ra.Notice) error {
	j.log.InfoContext(ctx, "notify: a notice", "request", n.Request, "seq", n.Seq,
		"reason", reason(n), "to", n.To, "state", n.State)
	return nil
}
