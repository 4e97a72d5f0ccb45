package cell_test

import (
	"errors"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

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
				for range l.Splices(r) {
				}
			} else {
				apply(m.t, u.items, l.Splices(r), now)
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
