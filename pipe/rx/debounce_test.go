package rx_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reactivex/rxgo/v2"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
	"github.com/freeswytch/freeswytch/pipe"
	"github.com/freeswytch/freeswytch/pipe/rx"
)

// talkers returns who has talked, in turn, in each window of a conference. Members
// who start and stop talking all the time count when they have settled. Every
// operator is told of the context.
func talkers(ctx context.Context, events rxgo.Observable, settle, window time.Duration) rxgo.Observable {
	end := rxgo.WithContext(ctx)
	return events.
		Filter(func(e any) bool { return e.(Event).Action == "start-talking" }, end).
		Debounce(rxgo.WithDuration(settle), end).
		Map(func(_ context.Context, e any) (any, error) { return e.(Event).Member, nil }, end).
		BufferWithTime(rxgo.WithDuration(window), end)
}

// TestDebounceAndWindow runs on synctest's clock, so the times are exact.
func TestDebounceAndWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := cell.NewGraph()
		var events pipe.Pipe[Event]
		var windows pipe.Pipe[[]any]
		rec := celltest.New(t, g, celltest.Parallel()) // the bubble looks for goroutines
		celltest.WatchItems(rec, "talked", windows.All)
		ctx, cancel := context.WithCancel(t.Context())
		settled := talkers(ctx, rx.FromPipe(ctx, g, &events, pipe.Wait(10)), time.Second, time.Minute)
		ended := make(chan error, 1)
		go func() { ended <- rx.ToPipe(ctx, g, settled, &windows, 1) }()
		time.Sleep(time.Millisecond) // from here on nothing happens at the same moment
		say := func(pause time.Duration, what ...Event) {
			put(g, &events, what...)
			time.Sleep(pause)
		}
		talk := func(member string) Event { return Event{"start-talking", member} }
		// Anne and Bert talk at once for a while; Bert goes on.
		for range 5 {
			say(300*time.Millisecond, talk("anne"), Event{"stop-talking", "anne"})
			say(300*time.Millisecond, talk("bert"))
		}
		say(10*time.Second, Event{"mute-member", "anne"})
		say(2*time.Second, talk("cleo"))
		rec.Empty() // the minute is not over
		time.Sleep(50 * time.Second)
		rec.Want("talked=[[bert cleo]]")
		time.Sleep(3 * time.Minute)
		rec.Empty() // there are no empty windows
		say(time.Minute, talk("anne"))
		rec.Want("talked=[[anne]]")
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Error(err)
		}
		synctest.Wait()
	})
}
