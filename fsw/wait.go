package fsw

import (
	"context"

	"github.com/freeswytch/freeswytch/cell"
)

// Wait blocks until cond is true of a committed state, or until ctx ends or the
// switch is closed, and returns nil or that error. See cell.Wait.
func (sw *Switch) Wait(ctx context.Context, cond func(cell.Reader) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(sw.life, func() { cancel(context.Cause(sw.life)) })()
	return cell.Wait(ctx, sw.graph, cond)
}
