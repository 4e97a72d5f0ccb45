package cell_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestB72_Observing(t *testing.T) {
	w := newWorld(t)
	prices := map[string]*cell.Value[int]{}
	for i, name := range []string{"a", "b", "c", "d"} {
		prices[name] = cell.NewValue(i + 1)
	}
	factor := cell.NewValue(1)
	keys := cell.NewSet("a", "b")
	watched := cell.Observing(keys, func(r cell.Reader, k string) int { return factor.Get(r) * prices[k].Get(r) })
	cell.Observe(w, func(r cell.Reader) {
		var changes []string // in no order
		for k, c := range watched.Updated(r) {
			changes = append(changes, fmt.Sprintf(" %s:%d,%d", k, c.New, c.Old))
		}
		slices.Sort(changes)
		w.add(pairs(watched.All(r)), " |", strings.Join(changes, ""))
	})
	w.saw(" a:1 b:2 |")
	w.do(func(tx cell.Tx) { keys.Add(tx, "c") }) // a new key
	w.saw(" a:1 b:2 c:3 | c:3,3", " a:1 b:2 c:3 |")
	set(w, prices["a"], 10) // a changed value, of a key that was there at first
	w.saw(" a:10 b:2 c:3 | a:10,1", " a:10 b:2 c:3 |")
	set(w, prices["d"], 9) // of no key
	w.saw()
	w.do(func(tx cell.Tx) { keys.Remove(tx, "b"); prices["b"].Set(tx, 7) }) // a removed key
	w.saw(" a:10 c:3 |", " a:10 c:3 |")
	w.do(func(tx cell.Tx) { // much at once
		prices["a"].Set(tx, 11)
		prices["a"].Set(tx, 12)
		prices["c"].Set(tx, 30)
		keys.Add(tx, "b", "d")
		keys.Remove(tx, "d")
	})
	w.saw(" a:12 c:30 b:7 | a:12,10 b:7,7 c:30,3", " a:12 c:30 b:7 |")
	w.fails(func(tx cell.Tx) { prices["a"].Set(tx, 0); tx.OnCommit(func(tx cell.Tx) { tx.Fail(errTest) }) })
	w.saw(" a:0 c:30 b:7 | a:0,12")
	w.do(func(tx cell.Tx) { prices["a"].Set(tx, 0); prices["a"].Set(tx, 12) })
	w.saw()
}

func TestDefect5_AReplacedLookupAffectsOldKeys(t *testing.T) {
	w := newWorld(t)
	one, two := cell.NewValue(1), cell.NewValue(2)
	which := cell.NewValue(one)
	keys := cell.NewSet("old")
	watched := cell.Observing(keys, func(r cell.Reader, k string) int { return which.Get(r).Get(r) })
	cell.Observe(w, func(r cell.Reader) {
		for k, c := range watched.Updated(r) {
			w.add(k, c)
		}
	})
	set(w, one, 3) // it was there at construction
	set(w, which, two)
	set(w, one, 4)
	w.do(func(tx cell.Tx) { keys.Add(tx, "new") })
	w.saw("old{3 1}", "old{2 3}", "new{2 2}")
}

func TestMapUpdated(t *testing.T) {
	w := newWorld(t)
	var m cell.Map[string, int]
	w.do(func(tx cell.Tx) { m.Set(tx, "a", 1); m.Set(tx, "b", 2) })
	cell.Observe(w, func(r cell.Reader) { w.add(pairs(m.Updated(r))) })
	w.do(func(tx cell.Tx) { m.Set(tx, "a", 5); m.Set(tx, "n", 9); m.Delete(tx, "b") })
	w.saw("", " a:{5 1} n:{9 9}", "")
}
