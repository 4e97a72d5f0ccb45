package fsw

import (
	"reflect"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/freeswytch/freeswytch/cell"
)

// Known is all that a switch knows, hidden things included.
type Known struct{ *image }

// KnownTo returns it.
func KnownTo(sw *Switch) (k Known) {
	sw.graph.View(func(r cell.Reader) { k.image = sw.image(r) })
	return k
}

// Diff compares what two switches know, or one at two times.
func (k Known) Diff(other Known) string {
	return cmp.Diff(k.image, other.image, cmp.Exporter(func(reflect.Type) bool { return true }),
		cmpopts.EquateEmpty(), cmp.Comparer(sameError), cmp.Comparer(sameVariables),
		cmp.Comparer(func(a, b *Channel) bool { return a.met == b.met && a.key == b.key }))
}

// DiffMirror compares all that a mirror knows with its source.
func DiffMirror(source, mirror *Switch) string { return KnownTo(source).Diff(KnownTo(mirror)) }

// Needs returns what the handlers and mirrors of a switch need.
func Needs(sw *Switch) (words []string) {
	sw.graph.View(func(r cell.Reader) {
		for w := range sw.needed.All(r) {
			words = append(words, w)
		}
	})
	return words
}

// Mirrors returns how many mirrors a switch feeds.
func Mirrors(sw *Switch) (n int) {
	sw.graph.View(func(cell.Reader) { n = sw.mirrors })
	return n
}

// NewListenerWith is NewListener with options.
func NewListenerWith(g *cell.Graph, o Options) *Switch {
	return newSwitch(g, modeListen, o.withDefaults())
}

// Miss lets a switch have missed something.
func Miss(sw *Switch) {
	_ = sw.graph.Update(func(tx cell.Tx) error { sw.missed(tx); return nil })
}

// Timers returns how many functions of a switch are to run later.
func Timers(sw *Switch) int {
	sw.timers.mu.Lock()
	defer sw.timers.mu.Unlock()
	return len(sw.timers.pending)
}
