package cell_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// device is a fake piece of the outside. Its functions are called by one goroutine
// at a time, which is part of what is tested: so it needs no lock, but for Flush.
type device struct {
	log     []string
	receive func(int) error // nil while it is not connected
	greet   bool            // it tells its state when it is connected
	state   int
	fail    error
}

func (d *device) connector() cell.Connector[int] {
	return cell.Connector[int]{
		Connect: func(receive func(int) error) (func(), error) {
			if d.receive != nil {
				panic("connected twice")
			}
			if d.fail != nil {
				d.log = append(d.log, "fail")
				return nil, d.fail
			}
			d.log = append(d.log, "connect")
			d.receive = receive
			if d.greet {
				if err := receive(d.state); err != nil {
					panic(err)
				}
			}
			return func() {
				d.log = append(d.log, "disconnect")
				d.receive = nil
			}, nil
		},
		Write: func(x int) error {
			d.log = append(d.log, fmt.Sprint("write ", x))
			d.state = x
			return d.fail
		},
	}
}

// did compares what was done to the device since the last call.
func (w *world) did(d *device, want ...string) {
	w.t.Helper()
	w.flush()
	if got := strings.Join(d.log, ", "); got != strings.Join(want, ", ") {
		w.t.Errorf("the device saw %q, want %q", d.log, want)
	}
	d.log = nil
}

func (w *world) flush() {
	w.t.Helper()
	if err := w.Flush(w.t.Context()); err != nil {
		w.t.Error(err)
	}
}

func TestB74_ConnectedWhileSomebodyListens(t *testing.T) {
	w := newWorld(t)
	d := &device{state: 7, greet: true}
	s := cell.NewSensor(1, d.connector())
	is(w, s, 1) // looking is not listening
	w.do(func(tx cell.Tx) { s.Get(tx.Reader); s.Peek(tx.Reader) })
	w.did(d)
	first := cell.Observe(w, func(r cell.Reader) { w.add(s.Get(r)) })
	w.did(d, "connect")
	w.saw("1", "7")
	second := cell.Observe(w, func(r cell.Reader) { s.Get(r) })
	first.Stop()
	w.did(d)
	if err := d.receive(8); err != nil {
		t.Error(err)
	}
	is(w, s, 8)
	second.Stop()
	w.did(d, "disconnect")
	is(w, s, 8) // the last value that was received
	scope := cell.NewScope(w)
	cell.Rule(scope, func(tx cell.Tx) { s.Get(tx.Reader) })
	w.did(d, "connect")
	scope.Stop()
	w.did(d, "disconnect")
}

func TestB74_ConnectedByWayOfComputedCells(t *testing.T) {
	w := newWorld(t)
	d := &device{}
	s := cell.NewSensor(1, d.connector())
	double := cell.Compute(func(r cell.Reader) int { return 2 * s.Get(r) })
	on := cell.NewValue(false)
	is(w, double, 2)
	w.did(d)
	o := cell.Observe(w, func(r cell.Reader) {
		if on.Get(r) {
			w.add(double.Get(r))
		}
	})
	w.did(d)
	set(w, on, true)
	w.did(d, "connect")
	_ = d.receive(5)
	w.saw("2", "10")
	set(w, on, false)
	w.did(d, "disconnect")
	set(w, on, true)
	w.did(d, "connect")
	o.Stop()
	w.did(d, "disconnect")
}

// What comes and goes within a transaction does not reach the outside, and what is
// to be disconnected comes before what is to be connected.
func TestB74_OnlyWhatIsCommitted(t *testing.T) {
	w := newWorld(t)
	both := &device{}
	a, b := cell.NewSensor(1, both.connector()), cell.NewSensor(2, both.connector())
	target := cell.NewValue(0)
	o := cell.Observe(w, func(r cell.Reader) {
		switch target.Get(r) {
		case 1:
			a.Get(r)
		case 2:
			b.Get(r)
		}
	})
	set(w, target, 1)
	w.did(both, "connect")
	for _, x := range []int{2, 1, 2, 1} { // it would panic if it were connected twice
		set(w, target, x)
		w.did(both, "disconnect", "connect")
	}
	w.do(func(tx cell.Tx) { // moves the listener
		o.StopIn(tx)
		o = cell.Observe(tx, func(r cell.Reader) { a.Get(r) })
	})
	w.do(func(tx cell.Tx) { // another one comes and goes
		other := cell.Rule(tx, func(tx cell.Tx) { b.Get(tx.Reader) })
		tx.OnCommit(func(tx cell.Tx) { other.StopIn(tx) })
	})
	w.did(both)
	o.Stop()
	w.did(both, "disconnect")
}

func TestB75_WhatIsReceivedIsNotWritten(t *testing.T) {
	w := newWorld(t)
	d := &device{}
	e := cell.NewEffector(1, d.connector()).Named("knob")
	cell.Observe(w, func(r cell.Reader) { w.add(e.Get(r)) })
	w.did(d, "connect")
	_ = d.receive(2)
	w.did(d)
	set(w, e, 3)
	w.did(d, "write 3")
	_ = d.receive(3) // the device says what it was told: nothing
	w.did(d)
	w.do(func(tx cell.Tx) { e.Set(tx, 4); e.Set(tx, 5) })
	w.did(d, "write 5")
	set(w, e, 5) // it holds that
	w.did(d)
	w.saw("1", "2", "3", "5")
	w.fails(func(tx cell.Tx) {
		e.Set(tx, 6)
		cell.Rule(tx, func(tx cell.Tx) { e.Set(tx, 7) })
	})
	w.did(d)
	is(w, e, 5)
}

// A rule that sets an effector may be undone and run again.
func TestB75_WrittenOnceThoughTheRuleWasRetried(t *testing.T) {
	w := newWorld(t)
	d := &device{}
	e := cell.NewEffector(0, d.connector())
	in, mid := cell.NewValue(1), cell.NewValue(0)
	runs := 0
	w.do(func(tx cell.Tx) {
		cell.Rule(tx, func(tx cell.Tx) { runs++; e.Set(tx, 10*in.Get(tx.Reader)+mid.Get(tx.Reader)) })
		cell.Rule(tx, func(tx cell.Tx) { mid.Set(tx, in.Get(tx.Reader)) })
	})
	w.did(d, "write 11")
	if runs != 2 {
		t.Errorf("%d runs: the test tests nothing", runs)
	}
	is(w, e, 11)
}

func TestEffectorIsWrittenInTurn(t *testing.T) {
	w := newWorld(t)
	d := &device{}
	e := cell.NewEffector(0, d.connector())
	var o *cell.Observer
	w.do(func(tx cell.Tx) {
		e.Set(tx, 1)
		o = cell.Observe(tx, func(r cell.Reader) { e.Get(r) })
	})
	w.did(d, "connect", "write 1")
	w.do(func(tx cell.Tx) { e.Set(tx, 2); o.StopIn(tx) })
	w.did(d, "write 2", "disconnect")
	set(w, e, 3) // nobody need listen
	w.did(d, "write 3")
}

func TestB76_ConnectionIsRolledBack(t *testing.T) {
	w := newWorld(t)
	d := &device{}
	s := cell.NewSensor(1, d.connector())
	w.fails(func(tx cell.Tx) {
		cell.Observe(tx, func(r cell.Reader) { s.Get(r) })
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	w.did(d)
	o := cell.Observe(w, func(r cell.Reader) { s.Get(r) })
	w.did(d, "connect")
	w.fails(func(tx cell.Tx) {
		o.StopIn(tx)
		tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) })
	})
	w.did(d)
	_ = d.receive(5)
	is(w, s, 5)
	// A value that makes a rule fail is as if it had not been received.
	bad := cell.Rule(w, func(tx cell.Tx) {
		if s.Get(tx.Reader) == 6 {
			tx.Fail(errTest)
		}
	})
	if err := d.receive(6); !errors.Is(err, errTest) {
		t.Error(err)
	}
	is(w, s, 5)
	bad.Stop()
	o.Stop()
	w.did(d, "disconnect")
}

// Whatever happens in what order: connected exactly while somebody listens, each
// commit is seen from outside in turn, and what was undone never is.
func TestSensorModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := cell.NewGraph()
		var devices [3]*device
		var sensors [3]*cell.Effector[int]
		for i := range devices {
			devices[i] = &device{}
			sensors[i] = cell.NewEffector(0, devices[i].connector())
		}
		target := cell.NewValue(0)
		sum := cell.Compute(func(r cell.Reader) (n int) {
			for i, s := range sensors {
				if target.Get(r)&(1<<i) != 0 {
					n += s.Get(r)
				}
			}
			return n
		})
		var o *cell.Observer
		var was [3]bool
		held := [3]int{}
		flush := func() {
			if err := g.Flush(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			var want [3][]string
			bits := cell.Read(g, target)
			next, nextHeld := o, held
			err := g.Update(func(tx cell.Tx) error {
				for range rapid.IntRange(1, 4).Draw(rt, "actions") {
					switch rapid.IntRange(0, 3).Draw(rt, "action") {
					case 0:
						bits = rapid.IntRange(0, 7).Draw(rt, "bits")
						target.Set(tx, bits)
					case 1:
						if next == nil {
							next = cell.Observe(tx, func(r cell.Reader) { sum.Get(r) })
						} else {
							next.StopIn(tx)
							next = nil
						}
					default:
						i, x := rapid.IntRange(0, 2).Draw(rt, "effector"), rapid.IntRange(0, 3).Draw(rt, "x")
						if nextHeld[i] != x {
							want[i] = []string{"write"}
						}
						sensors[i].Set(tx, x)
						nextHeld[i] = x
					}
				}
				if rapid.IntRange(0, 3).Draw(rt, "fail") == 0 {
					return errTest
				}
				return nil
			})
			if err == nil {
				o, held = next, nextHeld
				for i := range was {
					now := o != nil && bits&(1<<i) != 0
					switch {
					case now && !was[i]:
						want[i] = append([]string{"connect"}, want[i]...)
					case !now && was[i]:
						want[i] = append(want[i], "disconnect")
					}
					was[i] = now
				}
			} else {
				want = [3][]string{}
			}
			flush()
			for i, d := range devices {
				for k := range d.log {
					d.log[k], _, _ = strings.Cut(d.log[k], " ")
				}
				if fmt.Sprint(d.log) != fmt.Sprint(want[i]) {
					rt.Fatalf("device %d saw %v, want %v", i, d.log, want[i])
				}
				d.log = nil
				if (d.receive != nil) != was[i] {
					rt.Fatalf("device %d is in the wrong state", i)
				}
				if d.receive != nil {
					held[i] = rapid.IntRange(0, 3).Draw(rt, "received")
					if err := d.receive(held[i]); err != nil {
						rt.Fatal(err)
					}
				}
				if got := cell.Read[int](g, sensors[i]); got != held[i] {
					rt.Fatalf("effector %d holds %d, want %d", i, got, held[i])
				}
			}
			if err := cell.Check(g); err != nil {
				rt.Fatal(err)
			}
		}
	})
}
