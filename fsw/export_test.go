package fsw

import (
	"reflect"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

// DiffMirror compares all that a mirror knows with its source, hidden things included.
func DiffMirror(source, mirror *Switch) string {
	var images [2]*image
	for i, sw := range []*Switch{source, mirror} {
		sw.graph.View(func(r cell.Reader) { images[i] = sw.image(r) })
	}
	return cmp.Diff(images[0], images[1], cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.Comparer(sameError), cmp.Comparer(sameVariables),
		cmp.Comparer(func(a, b *Channel) bool { return a.met == b.met && a.key == b.key }))
}

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
