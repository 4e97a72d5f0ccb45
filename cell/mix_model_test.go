package cell_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// A property test of everything together: cells, collections and what follows from
// them, sensors, the clock, and in scopes that come and go rules and observers of
// many kinds, some of which stop their own scope, create others, or try in vain.
// After each transaction all that is alive must be as if it were computed anew;
// after one that has failed, anywhere, all must be as before.

const (
	mixVals  = 4
	mixSlots = 5
	mixReads = mixVals + 12 // without targets
)

type mix struct {
	t          *rapid.T
	g          *cell.Graph
	next, fuse fuse // of the next transaction, and of the running one

	vals    [mixVals]*cell.Value[int]
	targets [mixSlots]*cell.Value[int] // of rules
	set     *cell.Set[int]
	own     *cell.Set[int] // written by a rule
	dict    *cell.Map[int, int]
	list    *cell.List[int]
	pulse   *cell.Pulse[int]
	todo    *cell.Todo[[]int]
	sensor  *cell.Sensor[int]
	knob    *cell.Effector[int]
	steps   *cell.Value[int] // pulses counted one by one
	done    *cell.Value[int] // the sum of all todos
	since   *cell.Maintained[cell.Moment]

	filter  *cell.LiveSet[int]
	union   *cell.LiveSet[int]
	sorted  *cell.LiveList[int]
	limited *cell.LiveList[int]
	back    *cell.LiveList[int]
	groups  *cell.LiveMap[int, *cell.LiveSet[int]]
	looked  *cell.LiveMap[int, int]
	total   *cell.Computed[int]
	late    *cell.Computed[bool]
	chain   *cell.Computed[int]

	receive  func(int) error
	linked   int
	written  []int
	slot     int
	scopes   []*cell.Scope
	units    []*mixUnit
	snapshot bool

	calledBack bool

	model mixState
}

// mixState is what is set from outside.
type mixState struct {
	vals            [mixVals]int
	set, list, dict []int
	sensor, knob    int
	steps, done     int
	pulse, todo     int
	stopped         map[*mixUnit]bool
	units, scopes   int
}

func (s mixState) clone() mixState {
	s.set, s.list, s.dict = slices.Clone(s.set), slices.Clone(s.list), slices.Clone(s.dict)
	was := s.stopped
	s.stopped = map[*mixUnit]bool{}
	for u := range was {
		s.stopped[u] = true
	}
	return s
}

// mixSight is what observers write outside the graph.
type mixSight struct {
	seen, inner int
	items       []int
	begun       bool
}

type mixUnit struct {
	kind, at, slot int
	reads          expr
	scope          *cell.Scope
	stop           func(cell.Tx)
	mixSight
	looks func(cell.Reader) int // what is compared with the present
}

// burn is run in functions of which not all have a handle.
func (m *mix) burn() { m.fuse.burn(func(err error) { panic(err) }) }

func newMix(t *rapid.T) *mix {
	m := &mix{t: t, g: cell.NewGraph(cell.WithManualClock(time.Time{}), cell.WithErrorHandler(func(err error) { t.Errorf("handler: %v", err) }))}
	m.model.stopped = map[*mixUnit]bool{}
	for i := range m.vals {
		m.vals[i] = cell.NewValue(0)
	}
	for i := range m.targets {
		m.targets[i] = cell.NewValue(0)
	}
	m.set, m.own, m.dict, m.list = cell.NewSet[int](), cell.NewSet[int](), &cell.Map[int, int]{}, cell.NewList[int]()
	m.pulse, m.steps, m.done = cell.NewPulse(0), cell.NewValue(0), cell.NewValue(0)
	m.todo = cell.NewTodo(func() []int { return nil }, func(x []int) []int { m.burn(); return slices.Clone(x) })
	m.sensor = cell.NewSensor(0, cell.Connector[int]{Connect: func(receive func(int) error) (func(), error) {
		m.linked++
		m.receive = receive
		return func() { m.linked-- }, nil
	}})
	m.knob = cell.NewEffector(0, cell.Connector[int]{Write: func(x int) error { m.written = append(m.written, x); return nil }})

	m.filter = cell.Filter(m.set, func(r cell.Reader, x int) bool { m.burn(); return (x+m.vals[x%2].Get(r))%2 == 0 })
	m.union = cell.Union[int](m.set, m.own)
	key := func(r cell.Reader, x int) int { m.burn(); return (x * (m.vals[1].Get(r) + 1)) % 5 }
	m.sorted = cell.Sorted(m.union, key, func(a, b int) int { m.burn(); return cmp.Compare(a, b) })
	m.limited = cell.LimitBy[int](m.sorted, m.vals[2])
	m.back = cell.Reversed[int](m.limited, cell.NewConstant(true))
	m.groups = cell.GroupBy(m.union, func(r cell.Reader, x int) int { m.burn(); return (x + m.vals[3].Get(r)) % 3 })
	m.looked = cell.Observing(m.filter, func(r cell.Reader, x int) int { m.burn(); v, _ := m.dict.Get(r, x); return v })
	m.total = cell.Sum(m.union, func(r cell.Reader, x int) int { m.burn(); return x + m.sensor.Get(r) })
	m.late = cell.Compute(func(r cell.Reader) bool {
		m.burn()
		return r.Reached(m.since.Get(r).Add(time.Duration(m.vals[0].Get(r)+1) * time.Second))
	})
	m.chain = cell.Compute(func(r cell.Reader) int { m.burn(); return m.total.Get(r) + m.back.Len(r) + m.knob.Get(r) })

	create := []func(tx cell.Tx){
		func(tx cell.Tx) {
			cell.Rule(tx, func(tx cell.Tx) {
				want := []int{10 + m.vals[0].Get(tx.Reader), 10 + m.vals[1].Get(tx.Reader)}
				for _, x := range slices.Collect(m.own.All(tx.Reader)) {
					if !slices.Contains(want, x) {
						m.own.Remove(tx, x)
						m.burn()
					}
				}
				m.own.Add(tx, want...)
			})
		},
		func(tx cell.Tx) {
			cell.Maintain(tx, 0, func(tx cell.Tx, left int) int {
				left += m.pulse.Get(tx.Reader)
				m.burn()
				if left > 0 {
					tx.Untracked(func(tx cell.Tx) { m.steps.Set(tx, m.steps.Get(tx.Reader)+1) })
					tx.Repeat()
					left--
				}
				return left
			})
		},
		func(tx cell.Tx) {
			cell.Rule(tx, func(tx cell.Tx) {
				if n := sum(m.todo.Get(tx.Reader)); n != 0 {
					m.done.Set(tx, m.done.Peek(tx.Reader)+n)
				}
			})
		},
		func(tx cell.Tx) {
			cell.Rule(tx, func(tx cell.Tx) {
				if m.vals[0].Get(tx.Reader)%2 == 1 {
					f := m.todo.Future(tx)
					*f = append(*f, 0)
					m.burn()
				}
			})
		},
		func(tx cell.Tx) {
			m.since = cell.Since(tx, func(r cell.Reader) bool { m.burn(); return m.vals[3].Get(r)%2 == 0 })
		},
	}
	for _, f := range rapid.Permutation(create).Draw(t, "order") {
		if err := m.g.Update(func(tx cell.Tx) error { f(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// read returns what can be read, numbered, as a number.
func (m *mix) read(r cell.Reader, ref int) int {
	if ref < mixVals {
		return m.vals[ref].Get(r)
	}
	hash := func(items []int) (n int) {
		for _, x := range items {
			n = n*7%10007 + x + 1
		}
		return n
	}
	switch ref - mixVals {
	case 0:
		return m.sensor.Get(r)
	case 1:
		n := 0
		for x := range m.filter.All(r) {
			n += x + 1
		}
		return n
	case 2:
		return hash(m.sorted.Get(r))
	case 3:
		return hash(m.limited.Get(r))
	case 4:
		return hash(m.back.Get(r))
	case 5:
		n := 0
		for k, s := range m.groups.All(r) {
			for x := range s.All(r) {
				n += (k + 1) * (x + 1)
			}
		}
		return n
	case 6:
		n := 0
		for k, v := range m.looked.All(r) {
			n += (k + 1) * (v + 1)
		}
		return n
	case 7:
		return m.chain.Get(r)
	case 8:
		if m.late.Get(r) {
			return 1
		}
		return 0
	case 9:
		return hash(m.list.Get(r))
	case 10:
		if m.union.Has(r, 3) {
			return m.union.Len(r)
		}
		return 0
	case 11:
		return m.steps.Get(r) + m.done.Get(r)
	}
	return m.targets[ref-mixReads].Get(r)
}

// fromScratch returns some of the same, computed from the cells that are set from outside.
func (m *mix) fromScratch() (out []int) {
	s := m.model
	union := slices.Clone(s.set)
	own := []int{10 + s.vals[0], 10 + s.vals[1]}
	for _, x := range own {
		if !slices.Contains(union, x) {
			union = append(union, x)
		}
	}
	n, groups, looked, total := 0, 0, 0, 0
	for _, x := range s.set {
		if (x+s.vals[x%2])%2 == 0 {
			n += x + 1
			looked += (x + 1) * (s.dict[x] + 1)
		}
	}
	for _, x := range union {
		groups += ((x+s.vals[3])%3 + 1) * (x + 1)
		total += x + s.sensor
	}
	has := 0
	if slices.Contains(union, 3) {
		has = len(union)
	}
	limit := min(max(s.vals[2], 0), len(union))
	out = append(out, s.vals[:]...)
	return append(out, s.sensor, n, groups, looked, total+limit+s.knob, has, s.steps+s.done)
}

func (m *mix) eval(r cell.Reader, u *mixUnit) int {
	m.burn()
	refs := mixReads + mixSlots
	if u.slot >= 0 {
		refs = mixReads + u.slot
	}
	return u.reads.eval(func(ref int) int { return m.read(r, ref%refs) })
}

const mixKinds = 9

func (m *mix) add(tx cell.Tx, u *mixUnit) {
	o := u.scope.In(tx)
	look := func(r cell.Reader) int { return m.eval(r, u) }
	u.looks = look
	switch u.kind {
	case 0:
		obs := cell.Observe(o, func(r cell.Reader) {
			u.seen = look(r)
			if m.snapshot {
				_ = m.g.Snapshot(r, cell.SnapshotOptions{}).String()
			}
		})
		u.stop = obs.StopIn
	case 1:
		p := cell.Publish(o, cell.Compute(look))
		u.stop, u.looks = p.StopIn, func(r cell.Reader) int { u.seen = p.Load(); return look(r) }
	case 2: // a rule with a target, that may try in vain, and stop its scope
		rule := cell.Rule(o, func(tx cell.Tx) {
			if u.at%2 == 0 {
				m.mischief(tx, u)
			}
			m.targets[u.slot].Set(tx, look(tx.Reader)%100)
			if m.vals[3].Get(tx.Reader) == 4 {
				m.burn()
				u.scope.StopIn(tx)
				m.burn()
			}
			if u.at%3 == 0 {
				m.mischief(tx, u)
			}
		})
		u.stop = rule.StopIn
		u.looks = func(r cell.Reader) int { u.seen = m.targets[u.slot].Get(r); return look(r) % 100 }
	case 3:
		rule := cell.Maintain(o, 0, func(tx cell.Tx, _ int) int { return look(tx.Reader) })
		u.stop, u.looks = rule.StopIn, func(r cell.Reader) int { u.seen = rule.Get(r); return look(r) }
	case 4:
		all := func(r cell.Reader) (n int) {
			for i, v := range m.vals {
				n += (i + 1) * v.Peek(r)
			}
			return n
		}
		obs := cell.Observe(o, func(r cell.Reader) { r.Poll(); m.burn(); u.seen = all(r) })
		u.stop, u.looks = obs.StopIn, all
	case 5:
		lists := []*cell.LiveList[int]{m.sorted, m.limited, m.back}
		l := lists[u.at%3]
		obs := cell.Observe(o, func(r cell.Reader) {
			m.burn()
			now := l.Get(r)
			if !u.begun {
				u.begun = true
				for range l.Changes(r) {
				}
			} else {
				apply(m.t, u.items, l.Changes(r), now)
			}
			u.items = now
			u.seen = 0
			for i, x := range now {
				u.seen += (i + 1) * x
			}
		})
		u.stop, u.looks = obs.StopIn, func(r cell.Reader) (n int) {
			for i, x := range l.Get(r) {
				n += (i + 1) * x
			}
			return n
		}
	case 6:
		obs := cell.Effect(o, func(r cell.Reader) func() { x := look(r); return func() { u.seen = x } })
		u.stop = obs.StopIn
	case 7: // a rule that makes an observer anew each time
		var inner *cell.Scope
		cell.Rule(o, func(tx cell.Tx) {
			was := inner
			tx.OnUndo(func() { inner = was })
			if inner != nil {
				inner.StopIn(tx)
			}
			inner = cell.NewScope(u.scope.In(tx))
			x := look(tx.Reader)
			cell.Observe(inner.In(tx), func(r cell.Reader) { u.inner = x + m.read(r, u.at%mixVals) })
			m.burn()
		})
		u.stop = func(tx cell.Tx) { u.scope.StopIn(tx) }
		u.looks = func(r cell.Reader) int { u.seen = u.inner; return look(r) + m.read(r, u.at%mixVals) }
	case 8: // it waits for a moment
		obs := cell.Observe(o, func(r cell.Reader) {
			m.burn()
			u.seen = 0
			if r.Reached(m.since.Get(r).Add(time.Duration(u.at) * time.Second)) {
				u.seen = 1
			}
		})
		u.stop, u.looks = obs.StopIn, func(r cell.Reader) int {
			if r.Reached(m.since.Get(r).Add(time.Duration(u.at) * time.Second)) {
				return 1
			}
			return 0
		}
	}
}

// mischief tries what must leave nothing.
func (m *mix) mischief(tx cell.Tx, u *mixUnit) {
	err := tx.Try(func(tx cell.Tx) error {
		m.set.Add(tx, 90+u.slot, 3)
		m.sorted.Len(tx.Reader)
		m.set.Remove(tx, 3)
		s := cell.NewScope(u.scope.In(tx))
		cell.Observe(s.In(tx), func(r cell.Reader) { m.t.Errorf("an observer that was never created has run") })
		m.list.Append(tx, 99)
		m.knob.Set(tx, 77)
		f := m.todo.Future(tx)
		*f = append(*f, 1000)
		_ = m.read(tx.Reader, mixVals+u.at%11)
		u.scope.StopIn(tx)
		m.pulse.Set(tx, 5)
		tx.Repeat()
		return errTry
	})
	var conflict *cell.ConflictError // others may have set what it sets
	if !errors.Is(err, errTry) && !errors.Is(err, errFuse) && !errors.As(err, &conflict) {
		m.t.Fatalf("mischief: %v", err)
	}
}

func (m *mix) do(tx cell.Tx, o op) {
	s := &m.model
	switch at, x := o.at, o.x; o.kind {
	case 0, 1:
		m.vals[at%mixVals].Set(tx, x)
		s.vals[at%mixVals] = x
	case 2:
		m.set.Add(tx, x)
		if !slices.Contains(s.set, x) {
			s.set = append(s.set, x)
		}
	case 3:
		m.set.Remove(tx, x)
		s.set = slices.DeleteFunc(s.set, func(y int) bool { return x == y })
	case 4:
		m.dict.Set(tx, at%7, x)
		s.dict[at%7] = x
	case 5:
		m.list.Insert(tx, min(at, len(s.list)), x)
		s.list = slices.Insert(s.list, min(at, len(s.list)), x)
	case 6:
		m.pulse.Set(tx, x)
		s.pulse = x
	case 7:
		f := m.todo.Future(tx)
		*f = append(*f, x)
		s.todo += x
	case 8:
		m.knob.Set(tx, x)
		s.knob = x
	case 9:
		_ = m.read(tx.Reader, at%mixReads)
	case 10, 11: // new units, also in new scopes
		if s.scopes == 0 || x%3 == 0 {
			m.scopes = append(m.scopes[:s.scopes], cell.NewScope(tx))
			s.scopes++
		}
		scope := m.scopes[at%s.scopes]
		if scope.Stopped(tx.Reader) {
			return
		}
		u := &mixUnit{kind: (at + x*3) % mixKinds, at: at, slot: -1, scope: scope, reads: expr{at * x, at + x, at}}
		if u.kind == 7 && x%2 == 0 {
			u.reads.cond = mixVals + at%12
		}
		if u.kind == 2 {
			if m.slot == mixSlots {
				return
			}
			u.slot = m.slot
			m.slot++
		}
		m.add(tx, u)
		m.units = append(m.units[:s.units], u)
		s.units++
	case 12:
		if s.units > 0 {
			u := m.units[at%s.units]
			u.stop(tx)
			s.stopped[u] = true
		}
	case 13:
		if s.scopes > 0 {
			m.scopes[at%s.scopes].StopIn(tx)
		}
	}
}

const mixOps = 16

func (m *mix) run(tx cell.Tx, ops []op) {
	m.burn()
	for i := 0; i < len(ops); i++ {
		switch o := ops[i]; o.kind {
		case 14:
			n := min(o.at%6, len(ops)-i-1)
			before := m.model.clone()
			err := tx.Try(func(tx cell.Tx) error {
				m.run(tx, ops[i+1:i+1+n])
				if o.x%2 == 0 {
					return errTry
				}
				return nil
			})
			if err != nil {
				m.model = before
				m.units, m.scopes = m.units[:before.units], m.scopes[:before.scopes]
			}
			i += n
		case 15:
			rest := ops[i+1:]
			tx.OnCommit(func(tx cell.Tx) {
				if !m.calledBack { // a callback of a callback runs in the same pass
					m.calledBack = true
					m.endPass()
				}
				m.run(tx, rest)
			})
			return
		default:
			m.do(tx, o)
		}
	}
}

func (m *mix) endPass() {
	m.model.steps += m.model.pulse
	m.model.done += m.model.todo
	m.model.pulse, m.model.todo = 0, 0
}

func (m *mix) transact(what string, fn func() error) {
	before, links, state := m.model.clone(), cell.Dump(m.g), m.state()
	units, scopes, slot := slices.Clone(m.units), slices.Clone(m.scopes), m.slot
	written, sights := len(m.written), []mixSight{}
	for _, u := range m.units {
		sights = append(sights, u.mixSight)
	}
	m.fuse, m.calledBack = m.next, false
	failed, err := attempt(fn)
	if err != nil && !errors.Is(err, errFuse) {
		m.t.Fatalf("%s: unexpected: %v", what, err)
	}
	if failed {
		m.fuse = fuse{}
		m.model, m.units, m.scopes, m.slot = before, units, scopes, slot
		for i, u := range m.units {
			u.mixSight = sights[i]
		}
		if diff := gocmp.Diff(links, cell.Dump(m.g)); diff != "" {
			m.t.Fatalf("%s: links after a failure (-before +after):\n%s", what, diff)
		}
		if diff := gocmp.Diff(state, m.state()); diff != "" {
			m.t.Fatalf("%s: state after a failure (-before +after):\n%s", what, diff)
		}
	}
	m.fuse, m.next = fuse{}, fuse{}
	m.endPass()
	m.check(what)
	if len(m.written) > written+1 || before.knob != m.model.knob && (len(m.written) == written || m.written[written] != m.model.knob) {
		m.t.Fatalf("%s: the knob went from %d to %d, written was %v", what, before.knob, m.model.knob, m.written[written:])
	}
}

func (m *mix) state() (out []int) {
	m.g.View(func(r cell.Reader) {
		for ref := range mixReads + mixSlots {
			out = append(out, m.read(r, ref))
		}
	})
	return out
}

func (m *mix) check(what string) {
	if err := m.g.Flush(context.Background()); err != nil {
		m.t.Fatal(err)
	}
	if err := cell.Check(m.g); err != nil {
		m.t.Fatalf("%s: %v", what, err)
	}
	now := m.state()
	got := append(append([]int{}, now[:mixVals+2]...), now[mixVals+5], now[mixVals+6], now[mixVals+7], now[mixVals+10], now[mixVals+11])
	if diff := gocmp.Diff(m.fromScratch(), got); diff != "" {
		m.t.Fatalf("%s (-model +graph):\n%s", what, diff)
	}
	m.g.View(func(r cell.Reader) {
		if l := m.list.Get(r); !slices.Equal(l, m.model.list) {
			m.t.Fatalf("%s: list %v, want %v", what, l, m.model.list)
		}
		union := slices.Collect(m.union.All(r))
		slices.SortStableFunc(union, func(a, b int) int {
			return cmp.Compare((a*(m.model.vals[1]+1))%5, (b*(m.model.vals[1]+1))%5)
		})
		if l := m.sorted.Get(r); !slices.Equal(l, union) {
			m.t.Fatalf("%s: sorted %v, want %v", what, l, union)
		}
		for _, u := range m.units {
			if m.model.stopped[u] || u.scope.Stopped(r) {
				continue
			}
			if want := u.looks(r); u.seen != want {
				m.t.Fatalf("%s: unit of kind %d, %+v, has seen %d, want %d", what, u.kind, u.reads, u.seen, want)
			}
		}
	})
	if listened := cell.Listeners(m.sensor) > 0; listened != (m.linked == 1) {
		m.t.Fatalf("%s: listened to %v, connected %d", what, listened, m.linked)
	}
}

func TestMix(t *testing.T) { rapid.Check(t, checkMix) }

func checkMix(t *rapid.T) {
	m := newMix(t)
	m.model.dict = make([]int, 20)
	if rapid.Bool().Draw(t, "traced") {
		m.g.SetTracer(&cell.TextTracer{W: io.Discard})
	}
	m.snapshot = rapid.IntRange(0, 9).Draw(t, "snapshots") == 0
	for i := range rapid.IntRange(1, 14).Draw(t, "transactions") {
		if rapid.IntRange(0, 2).Draw(t, "fails") == 0 {
			m.next.light(rapid.IntRange(1, 60).Draw(t, "fuse"), rapid.IntRange(1, fuseWays-1).Draw(t, "failure"))
		}
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0:
			m.transact(fmt.Sprint(i, " advance"), func() error {
				return m.g.Advance(time.Duration(rapid.IntRange(0, 4).Draw(t, "seconds")) * time.Second)
			})
		case 1:
			if m.linked == 0 {
				continue
			}
			x := rapid.IntRange(0, 6).Draw(t, "received")
			m.transact(fmt.Sprint(i, " receive"), func() error {
				m.model.sensor = x
				return m.receive(x)
			})
		default:
			ops := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) op {
				return op{rapid.IntRange(0, mixOps-1).Draw(t, "kind"), rapid.IntRange(0, 20).Draw(t, "at"), rapid.IntRange(0, 6).Draw(t, "x")}
			}), 0, 12).Draw(t, "ops")
			m.transact(fmt.Sprint(i, " ops"), func() error {
				return m.g.Update(func(tx cell.Tx) error { m.run(tx, ops); return nil })
			})
		}
	}
}
