package cell_test

import (
	"cmp"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

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
