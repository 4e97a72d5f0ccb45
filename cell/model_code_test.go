package cell_test

import (
	"slices"

	"github.com/freeswytch/freeswytch/cell"
)

// op is one step of the code of a transaction.
type op struct{ kind, at, x int }

const (
	opBase = iota
	opHand
	opShared
	opPulse
	opAdd
	opRemove
	opPut
	opDelete
	opAppend
	opRead
	opObserve
	opStop
	opCallback // the ops after it are in a commit callback
	opTry      // at%5 ops after it are in a Try, which fails as x says
	opKinds
)

// do applies an op to the graph and, in the same way, to the model.
func (s *system) do(tx cell.Tx, m *model, o op, made *[]*watcher) {
	at, x := o.at, o.x
	switch o.kind {
	case opBase:
		s.base[at%nBase].Set(tx, x)
		m.changed[at%nBase] = m.changed[at%nBase] || m.base[at%nBase] != x
		m.base[at%nBase] = x
	case opHand:
		s.hand[at%nHand].Set(tx, x)
		m.hand[at%nHand], m.byHand[at%nHand] = x, true
	case opShared:
		s.shared.Set(tx, x)
		m.shared, m.coded = x, true
	case opPulse:
		s.pulse.Set(tx, x)
		m.pulse = x
	case opAdd:
		s.set.Add(tx, x)
		m.set.put(x, true)
	case opRemove:
		was := s.set.Remove(tx, x)
		if had := slices.Contains(m.set.items(), x); was != had {
			s.t.Fatalf("Remove said %v", was)
		}
		m.set.put(x, false)
	case opPut:
		s.dict.Set(tx, at, x)
		m.keys.put(at, true)
		m.dict[at] = x
	case opDelete:
		s.dict.Delete(tx, at)
		delete(m.dict, at)
		m.keys.put(at, false)
	case opAppend:
		s.piped.Append(tx, x, x+1)
		m.piped = append(m.piped, x, x+1)
	case opRead:
		// Values are new, rules old, computed cells made of both.
		ref := at % (refNode + 2*len(m.specs))
		if ref == refElse+3 || s.calledBack {
			return // a callback still sees the pulses of the last pass
		}
		if got, want := s.get(tx.Reader, ref), m.get(ref); got != want {
			s.t.Fatalf("ref %d is %d inside the transaction, want %d", ref, got, want)
		}
	case opObserve:
		w := &watcher{reads: expr{at % refNode, x, (at + x) % refNode}, last: -1}
		s.watch(tx, w)
		*made = append(*made, w)
	case opStop:
		if len(s.watchers) > 0 {
			w := s.watchers[at%len(s.watchers)]
			w.observer.StopIn(tx)
			s.stops = append(s.stops, w)
		}
	}
}
