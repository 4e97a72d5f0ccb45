package cell_test

import (
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// dFunc is a function of an item.
type dFunc struct {
	mode, a, node int
	ruled         int // how many ruled values there were
}

func (w *dWorld) aFunc(t *rapid.T) dFunc {
	return dFunc{rapid.IntRange(0, 8).Draw(t, "mode"), rapid.IntRange(0, 3).Draw(t, "a"), rapid.IntRange(0, len(w.nodes)-1).Draw(t, "of"), len(w.ruled)}
}

// of is not negative.
func (f dFunc) of(e eyes, x int) int { return (f.raw(e, x)%60 + 60) % 60 }

func (f dFunc) raw(e eyes, x int) int {
	w := e.w
	if !e.peek {
		w.burn(e.r)
	}
	switch f.mode {
	case 0:
		return x + f.a
	case 1:
		return f.a
	case 2:
		return e.get(w.vals[x%dItems]) + f.a
	case 3:
		return x + e.get(w.limit)
	case 4:
		return (x + 1) * e.get(w.phase)
	case 5:
		if e.get(w.limit)%2 == 0 {
			return x
		}
		return e.get(w.vals[(x+1)%dItems])
	case 6:
		return e.get(&w.kept) + x
	case 7:
		if f.ruled == 0 {
			return x
		}
		return e.get(w.ruled[f.node%f.ruled]) + x
	default:
		n := w.nodes[f.node]
		if e.peek {
			return sizeOf(hasInt(hasIn(n.is(e), x)))
		}
		return sizeOf(hasInt(n.has(e.r, x)))
	}
}

// dRule writes what nodes after it may use.
type dRule struct {
	node  *dNode
	value *cell.Value[int]
	set   *cell.Set[int]
	x     int
}

func (d *dRule) wants(size int) int { return (size + d.x) % 5 }

func (w *dWorld) create(tx cell.Tx, d *dRule) {
	cell.Rule(tx, func(tx cell.Tx) {
		w.burn(tx.Reader)
		n := sizeOf(w.compare("in a rule", tx.Reader, d.node))
		if n%2 == 0 {
			d.set.Remove(tx, n%dItems)
		}
		d.value.Set(tx, d.wants(n))
		d.set.Add(tx, (n+d.x)%dItems)
	})
}
