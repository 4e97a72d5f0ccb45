package cell_test

import (
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

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
