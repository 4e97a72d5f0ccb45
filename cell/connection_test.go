package cell_test

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
)

func listen[T any](o cell.Owner, c cell.Readable[T]) *cell.Observer {
	return cell.Observe(o, func(r cell.Reader) { c.Get(r) })
}

func TestSensor_LateValuesAreIgnored(t *testing.T) {
	w := newWorld(t)
	d := &device{}
	s := cell.NewSensor(1, d.connector())
	o := listen(w, s)
	w.flush()
	old := d.receive
	o.Stop()
	w.flush()
	if err := old(2); err != cell.ErrDisconnected {
		t.Error(err)
	}
	is(w, s, 1)
	o = listen(w, s)
	w.flush()
	if err := old(2); err != cell.ErrDisconnected {
		t.Error(err)
	}
	if err := d.receive(3); err != nil {
		t.Error(err)
	}
	is(w, s, 3)
	o.Stop()
	w.flush()
}

func TestSensor_ReceivingAllocatesNothing(t *testing.T) {
	w := newWorld(t)
	d := &device{}
	s := cell.NewSensor(0, d.connector())
	o := listen(w, s)
	w.flush()
	n := 0
	if got := testing.AllocsPerRun(2000, func() { n++; _ = d.receive(n) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
	is(w, s, n)
	o.Stop()
	w.flush()
}

func TestSensor_ErrTellsWhatFailed(t *testing.T) {
	w := newWorld(t)
	d := &device{fail: errTest}
	e := cell.NewEffector(1, d.connector()).Named("knob")
	cell.Observe(w, func(r cell.Reader) { w.add(e.Err(r)) })
	w.did(d) // that is no listening to the value
	o := listen(w, e)
	w.did(d, "fail")
	const failed = "cell: connect of knob: test"
	w.saw("<nil>", failed)
	w.View(func(r cell.Reader) {
		err := e.Err(r)
		if ce := (*cell.ConnectorError)(nil); !errors.As(err, &ce) || ce.Cell != "knob" || ce.Op != "connect" || !errors.Is(err, errTest) {
			t.Error(err)
		}
	})
	set(w, e, 2)
	w.did(d, "write 2")
	w.saw("cell: write of knob: test")
	d.fail = nil
	set(w, e, 2)
	w.did(d, "write 2")
	o.Stop()
	w.did(d)
	w.trace = nil
	o = listen(w, e)
	w.did(d, "connect")
	o.Stop()
	w.did(d, "disconnect")
	is(w, e, 2)

	d.fail = errTest
	o = listen(w, e)
	w.did(d, "fail")
	o.Stop() // nobody waits for it any more
	w.did(d)
	w.saw(failed, "<nil>")
}

func TestSensor_WriteIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	d := &device{fail: errTest}
	e := cell.NewEffector(1, d.connector()).Named("knob")
	cell.Observe(w, func(r cell.Reader) { w.add(e.Err(r)) })
	set(w, e, 2)
	w.did(d, "write 2")
	d.fail = nil
	set(w, e, 2)
	w.did(d, "write 2")
	set(w, e, 2)
	w.did(d)
	w.saw("<nil>", "cell: write of knob: test", "<nil>")
}

func TestSensor_ConnectorThatPanics(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for name, fn := range map[string]func(){"panic": func() { panic("oh") }, "goexit": goexit} {
		w := newWorld(t)
		failed := make(failures, 10)
		attach := w.Detach(failed.add)
		s := cell.NewSensor(0, cell.Connector[int]{Connect: func(receive func(int) error) (func(), error) {
			_ = receive(5)
			fn()
			return nil, nil
		}}).Named("bad")
		other := &device{}
		good := cell.NewSensor(0, other.connector())
		o := cell.Observe(w, func(r cell.Reader) { s.Get(r); good.Get(r) })
		w.did(other, "connect")
		is(w, s, 5)
		if name == "panic" {
			err := <-failed
			if want := "cell: after the commit: cell: panic: oh"; err.Error() != want {
				t.Error(err)
			}
			w.View(func(r cell.Reader) {
				var pe *cell.PanicError
				if err := s.Err(r); !errors.As(err, &pe) || err.Error() != "cell: connect of bad: cell: panic in bad: oh" {
					t.Error(err)
				}
			})
		}
		o.Stop()
		w.did(other, "disconnect")
		attach()
		w.flush()
	}
}

// When its turn comes, only the newest wish counts.
func TestSensor_Flapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var log []string
		var receive func(int) error
		note := func(what string) { time.Sleep(time.Second); log = append(log, what) }
		s := cell.NewSensor(0, cell.Connector[int]{Connect: func(r func(int) error) (func(), error) {
			note("connect")
			receive = r
			return func() { note("disconnect") }, nil
		}})
		for n := range 10 {
			var o *cell.Observer
			for range n {
				o = listen(w, s)
				o.Stop()
			}
			o = listen(w, s)
			w.flush()
			for range n {
				o.Stop()
				o = listen(w, s)
			}
			w.flush()
			if err := receive(n); err != nil {
				t.Error(err)
			}
			is(w, s, n)
			o.Stop()
			w.flush()
		}
		for i, what := range log {
			if what != []string{"connect", "disconnect"}[i%2] {
				t.Fatalf("not in turn: %q", log)
			}
		}
		if len(log) < 20 || len(log) > 40 {
			t.Errorf("%d calls", len(log))
		}
	})
}

func TestSensor_KeepsItsConnectionIfNothingHasHappenedMeanwhile(t *testing.T) {
	w := newWorld(t)
	d, b := &device{}, newBlocker()
	s := cell.NewSensor(0, d.connector())
	slow := cell.NewSensor(0, cell.Connector[int]{Connect: func(func(int) error) (func(), error) { b.block(); return nil, nil }})
	o := listen(w, s)
	w.did(d, "connect")
	other := listen(w, slow)
	<-b.begun
	for range 10 {
		o.Stop()
		if err := d.receive(cell.Read(w.Graph, s) + 1); err != nil { // it has not been told
			t.Error(err)
		}
		o = listen(w, s)
	}
	close(b.leave)
	w.did(d)
	is(w, s, 10)
	o.Stop()
	other.Stop()
	w.did(d, "disconnect")
}

// The goroutine that delivers may be the one whose value ends the listening, and
// disconnect may wait for it.
func TestSensor_DisconnectWaitsForTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := cell.NewSensor(0, cell.Connector[int]{Connect: func(receive func(int) error) (func(), error) {
			var running sync.WaitGroup
			stop := make(chan struct{})
			running.Go(func() {
				for i := 1; ; i++ {
					select {
					case <-stop:
						return
					case <-time.After(time.Second):
						_ = receive(i)
					}
				}
			})
			return func() { close(stop); running.Wait() }, nil
		}})
		var o *cell.Maintained[struct{}]
		w.do(func(tx cell.Tx) {
			o = cell.Rule(tx, func(tx cell.Tx) {
				if s.Get(tx.Reader) == 3 {
					o.StopIn(tx)
				}
			})
		})
		time.Sleep(time.Minute)
		is(w, s, 3)
		// Wait is a listener like others.
		if err := cell.Wait(t.Context(), w.Graph, func(r cell.Reader) bool { return s.Get(r) == 5 }); err != nil {
			t.Error(err)
		}
		w.flush()
	})
}

func TestSensor_BlockingConnectHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		b, d := newBlocker(), &device{}
		blocking := func(func(int) error) (func(), error) { b.block(); return nil, nil }
		lane := cell.NewLane(w, nil)
		slow := cell.NewSensor(0, cell.Connector[int]{Connect: blocking, Lane: lane})
		fast := cell.NewSensor(0, d.connector())
		n := cell.NewValue(0)
		cell.Effect(w, func(r cell.Reader) func() { x := n.Get(r); return func() { w.add(x) } })
		one, two := listen(w, slow), listen(w, fast)
		set(w, n, 1)
		w.saw("0", "1")
		w.did(d, "connect")
		close(b.leave)
		one.Stop()
		two.Stop()
		if err := errors.Join(lane.Flush(t.Context()), w.Flush(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// What a connector may do and what not.
func TestSensor_TheGraphInAConnector(t *testing.T) {
	w := newWorld(t)
	n := cell.NewValue(0)
	var refused []string
	var receive func(int) error
	s := cell.NewSensor(0, cell.Connector[int]{Connect: func(r func(int) error) (func(), error) {
		set(w, n, 1)
		is(w, n, 1)
		receive = r
		refused = append(refused, misuse(t, func() {
			_ = cell.Wait(t.Context(), w.Graph, func(cell.Reader) bool { return true })
		}), misuse(t, func() { _ = w.Flush(t.Context()) }))
		return nil, nil
	}})
	o := listen(w, s)
	w.flush()
	refused = append(refused, misuse(t, func() { w.do(func(cell.Tx) { _ = receive(1) }) }))
	for i, want := range []string{"by an effect", "by an effect", "inside a transaction"} {
		if !strings.Contains(refused[i], want) {
			t.Error(refused[i])
		}
	}
	o.Stop()
	misuse(t, func() { cell.Read(w.Graph, &cell.Sensor[int]{}) })
	misuse(t, func() { w.do(func(tx cell.Tx) { (&cell.Effector[int]{}).Set(tx, 1) }) })
}

func TestSensor_ReadWhileNobodyListens(t *testing.T) {
	w := newWorld(t)
	outside, reads := 10, 0
	var receive func(int) error
	s := cell.NewSensor(0, cell.Connector[int]{
		Connect: func(r func(int) error) (func(), error) { receive = r; return nil, nil },
		Read:    func() int { reads++; return outside },
	})
	double := cell.Compute(func(r cell.Reader) int { return 2 * s.Get(r) })
	is(w, s, 10)
	outside++
	is(w, s, 11)
	is(w, double, 22)
	outside++
	is(w, double, 24)
	reads = 0
	w.do(func(tx cell.Tx) { // one state in a transaction
		was := s.Get(tx.Reader)
		outside++
		if s.Get(tx.Reader) != was || s.Peek(tx.Reader) != was || double.Get(tx.Reader) != 2*was {
			t.Error("the value has changed within a transaction")
		}
	})
	w.View(func(r cell.Reader) {
		if got := s.Get(r); got != 13 {
			t.Errorf("%d is not fresh", got)
		}
		outside++
		if got := s.Get(r); got != 13 {
			t.Error("the value has changed within a View")
		}
		outside--
	})
	if reads != 2 {
		t.Errorf("%d reads", reads)
	}
	// The first listener begins with what is read, then only what is received counts.
	o := cell.Observe(w, func(r cell.Reader) { w.add(double.Get(r)) })
	w.flush()
	reads, outside = 0, 50
	is(w, s, 13)
	is(w, double, 26)
	_ = receive(20)
	w.saw("26", "40")
	w.fails(func(tx cell.Tx) {
		o.StopIn(tx)
		s.Get(tx.Reader)
		tx.Fail(errTest)
	})
	is(w, double, 40)
	if reads != 0 {
		t.Error("it was read while it was connected")
	}
	o.Stop()
	is(w, double, 100)
	outside = 60
	is(w, double, 120)
	w.flush()
}

func TestB77_OneCellAKeyWhileItIsUsed(t *testing.T) {
	w := newWorld(t)
	connected := map[string]int{}
	var source func(int) error // keeps the last connection
	cache := cell.NewCache(func(key string) *cell.Sensor[int] {
		return cell.NewSensor(len(key), cell.Connector[int]{Connect: func(receive func(int) error) (func(), error) {
			connected[key]++
			source = receive
			return func() { connected[key]-- }, nil
		}})
	})
	a := cache.Get("a")
	if cache.Get("a") != a || cache.Get("bb") == a {
		t.Error("not one cell a key")
	}
	is(w, cache.Get("bb"), 2)
	o := cell.Observe(w, func(r cell.Reader) { w.add(cache.Get("a").Get(r)) })
	w.flush()
	old := weak.Make(a)
	a = nil
	runtime.GC()
	if connected["a"] != 1 || old.Value() == nil || cache.Get("a") != old.Value() {
		t.Error("a cell that is listened to was forgotten")
	}
	_ = source(5)
	w.saw("1", "5")
	o.Stop()
	w.flush()
	if connected["a"] != 0 {
		t.Error("it is still connected")
	}
	for range 100 {
		if cache.Len() == 0 {
			break
		}
		runtime.GC()
		runtime.Gosched()
	}
	if old.Value() != nil || cache.Len() != 0 {
		t.Errorf("%d cells are left", cache.Len())
	}
	is(w, cache.Get("a"), 1) // a new one
	runtime.KeepAlive(source)
}

func TestCacheFromManyGoroutines(t *testing.T) {
	cache := cell.NewCache(func(key int) *cell.Value[int] { return cell.NewValue(key) })
	nested := cell.NewCache(func(key int) *cell.Value[int] { return cache.Get(key) })
	var mu sync.Mutex
	got := map[int][]*cell.Value[int]{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for key := range 100 {
				c := nested.Get(key)
				mu.Lock()
				got[key] = append(got[key], c)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for key, cells := range got {
		if len(slices.Compact(cells)) != 1 || cells[0] != cache.Get(key) {
			t.Fatal("two cells for a key")
		}
	}
	misuse(t, func() { cell.NewCache(func(int) *cell.Value[int] { return nil }).Get(1) })
}
