package fsw_test

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// An effect that never returns costs whoever wrote it the effects after it, and
// nobody else anything: the model goes on, commands are answered, waiting ends, and
// the switch can be closed.
func TestBlockingEffectHoldsUpNobody(t *testing.T) {
	srv := fswtest.New(t, quick)
	g := cell.NewGraph()
	begun, leave := make(chan struct{}), make(chan struct{})
	defer close(leave)
	sw := dial(t, srv, fsw.Options{Graph: g})
	blocked := false
	cell.Effect(g, func(r cell.Reader) func() {
		if sw.Channels.Len(r) == 0 || blocked {
			return nil
		}
		blocked = true
		return func() { close(begun); <-leave }
	})
	lane := cell.NewLane(sw.Scope(), nil)
	heard := make(chan int, 100)
	cell.Effect(lane, func(r cell.Reader) func() {
		n := sw.Channels.Len(r)
		return func() { heard <- n }
	})
	srv.Call(fswtest.CallOptions{})
	<-begun
	for range 4 {
		srv.Call(fswtest.CallOptions{})
	}
	if err := sw.Wait(t.Context(), func(r cell.Reader) bool { return sw.Channels.Len(r) == 5 }); err != nil {
		t.Fatal(err)
	}
	if _, err := sw.API(t.Context(), "status"); err != nil {
		t.Error(err)
	}
	if _, err := sw.BgAPI(t.Context(), "status"); err != nil {
		t.Error(err)
	}
	for n := range 6 {
		if got := <-heard; got != n {
			t.Errorf("the lane has heard of %d channels, not %d", got, n)
		}
	}
	if err := sw.Close(); err != nil {
		t.Error(err)
	}
	if err := cell.Read(g, &sw.Closed); !errors.Is(err, fsw.ErrClosed) {
		t.Error(err)
	}
}

// The effects of a connected switch fail elsewhere, and are stopped and reported
// like others.
func TestFailingEffectOfAConnectedSwitch(t *testing.T) {
	srv := fswtest.New(t, quick)
	g := cell.NewGraph()
	sw := dial(t, srv, fsw.Options{Graph: g})
	faults := make(chan *fsw.Fault, 100)
	cell.Effect(g, func(r cell.Reader) func() {
		var got []*fsw.Fault
		for f := range sw.Faults.All(r) {
			got = append(got, f)
		}
		return func() {
			for _, f := range got {
				faults <- f
			}
		}
	})
	broken := errors.New("broken")
	bad := cell.Effect(g, func(r cell.Reader) func() {
		if sw.Events.Len(r) == 0 {
			return nil
		}
		return func() { panic(broken) }
	}).Named("bad")
	srv.Call(fswtest.CallOptions{})
	f := <-faults
	var e *cell.EffectError
	if !f.Stopped || !errors.As(f, &e) || e.Rule != "bad" || !errors.Is(f, broken) {
		t.Error(f)
	}
	if want := "fsw: stopped after it failed: cell: after the commit: cell: panic in bad: broken"; f.Error() != want {
		t.Error(f)
	}
	if who, ok := cell.Culprit(f); !ok || who != bad {
		t.Error("the culprit is not known")
	}
	if err := g.Flush(t.Context()); err != nil { // it may have been queued for several events
		t.Error(err)
	}
	sameChannels(t, sw, srv)

	// Once the switch is closed its graph is as it was: who commits runs the effects.
	if err := sw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	ran := false
	_ = g.Update(func(tx cell.Tx) error { tx.AfterCommit(func() { ran = true }); return nil })
	if !ran {
		t.Error("the graph of a closed switch is still detached")
	}
}

// A Dial that fails leaves the graph as it was.
func TestGraphIsAttachedAfterAFailedDial(t *testing.T) {
	srv := fswtest.New(t, quick)
	for _, o := range []fsw.Options{{Password: "wrong"}, {Password: "a\nb"}} {
		g := cell.NewGraph()
		o.Graph = g
		if _, err := fsw.Dial(t.Context(), srv.Addr(), o); err == nil {
			t.Fatal("no error")
		}
		if err := g.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		ran := false
		_ = g.Update(func(tx cell.Tx) error { tx.AfterCommit(func() { ran = true }); return nil })
		if !ran {
			t.Errorf("%q: it is still detached", o.Password)
		}
	}
}
