package cell_test

import (
	"github.com/freeswytch/freeswytch/cell"
)

const (
	dAdd = iota
	dRemove
	dPut
	dDelete
	dVal
	dLimit
	dRead
	dWatch
	dStop
	dClear
	dCallback
	dOther // something of a kind
	dTry   // the next ops are tried, and may fail
	dOps
)

func (w *dWorld) do(tx cell.Tx, o op, made, ended *[]*dWatcher) {
	switch o.kind {
	case dAdd:
		w.sets[o.at%2].Add(tx, o.x)
	case dRemove:
		w.sets[o.at%2].Remove(tx, o.x)
	case dPut:
		w.dicts[o.at%2].Set(tx, o.x, o.at)
	case dDelete:
		w.dicts[o.at%2].Delete(tx, o.x)
	case dVal:
		w.vals[o.x].Set(tx, o.at%4)
	case dLimit:
		w.limit.Set(tx, o.at%4)
	case dRead:
		w.compare("in the code", tx.Reader, w.nodes[(o.at*dItems+o.x)%len(w.nodes)])
	case dWatch:
		d := &dWatcher{node: w.nodes[(o.at*dItems+o.x)%len(w.nodes)], what: o.at % 4, key: o.x}
		w.watch(tx, d)
		*made = append(*made, d)
	case dStop:
		if len(w.watchers) > 0 {
			d := w.watchers[o.at%len(w.watchers)]
			d.observer.StopIn(tx)
			*ended = append(*ended, d)
		}
	case dClear:
		if o.x == 0 {
			w.sets[o.at%2].Clear(tx)
			w.dicts[o.at%2].Clear(tx)
		}
	case dOther:
		for _, k := range dKinds {
			if k.do != nil {
				k.do(w, tx, o)
			}
		}
	}
}
