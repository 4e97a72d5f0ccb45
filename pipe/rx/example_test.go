package rx_test

import (
	"context"
	"fmt"

	"github.com/reactivex/rxgo/v2"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
	"github.com/freeswytch/freeswytch/pipe/rx"
)

// Event is what a conference tells.
type Event struct{ Action, Member string }

// The events of a graph go through RxGo's operators, and what comes out is a cell
// again, which rules and observers can use.
func Example() {
	g := cell.NewGraph()
	var events pipe.Pipe[Event]
	latest := cell.NewValue("nobody")
	floor := cell.Compute(func(r cell.Reader) string { return latest.Get(r) + " has the floor" })
	said := make(chan string, 10)
	cell.Effect(g, func(r cell.Reader) func() {
		s := floor.Get(r)
		return func() { said <- s }
	})
	fmt.Println(<-said)

	ctx, cancel := context.WithCancel(context.Background())
	members := rx.FromPipe(ctx, g, &events, pipe.Wait(100)).
		Filter(func(e any) bool { return e.(Event).Action == "start-talking" }, rxgo.WithContext(ctx)).
		Map(func(_ context.Context, e any) (any, error) { return e.(Event).Member, nil }, rxgo.WithContext(ctx)).
		DistinctUntilChanged(func(_ context.Context, m any) (any, error) { return m, nil }, rxgo.WithContext(ctx))
	ended := make(chan error)
	go func() { ended <- rx.ToCell(ctx, g, members, latest) }()

	_ = g.Update(func(tx cell.Tx) error {
		events.Append(tx, Event{"start-talking", "anne"}, Event{"stop-talking", "anne"}, Event{"start-talking", "anne"})
		events.Append(tx, Event{"start-talking", "bert"})
		return nil
	})
	fmt.Println(<-said)
	fmt.Println(<-said)
	cancel()
	fmt.Println(<-ended)
	// Output:
	// nobody has the floor
	// anne has the floor
	// bert has the floor
	// context canceled
}
