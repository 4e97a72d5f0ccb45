package cell

import "unsafe"

// A derived collection is an incremental Computed. It is built from its sources
// when it is first listened to, and kept from then on: each run looks only at
// what the journals of its sources say was written since the last one, and
// writes the difference to a table of its own, whose journal feeds what is
// derived from it. While nobody listens it has no links, and what it holds is a
// cache, replaced when it is read in another state of the graph.
//
// To write another kind, embed derived (or just a Computed, if the result is one
// value), set its self and flags with init, show it as a LiveSet or LiveMap, and
// write, on the model of image:
//
//   - build, when it has no links: start each feed and fill the table, which has
//     been emptied; nothing is logged.
//   - update, when it has: read the contents of each source, which costs a
//     comparison; then advance the feeds, see with turn what has happened to each
//     entry since the last run, compare that with the own table, put what differs,
//     and tell the listeners if anything did.
//   - undo, if there is state beside the table: what put and feeds log they undo by
//     themselves. State of another form is undone by an entry of the kind's own: at
//     that moment its sources, and their journals, are as they were when the entry
//     was logged, so that the update can be done backwards. undoSources is left to
//     derived; if the collection is not active after it, it is let go.
//   - free, if there is: lets go of all state, for nobody listens any more. It is
//     not undone.
//
// Functions of the user's that may read cells are evaluated by an image: a kind
// that needs a value for each item takes that of an image as its source.
type derived[K comparable, V any] struct {
	c Computed[struct{}]
	t table[K, V]

	hub *Computed[struct{}] // nil until somebody wants it
}

// keeper is a Computed that holds more than its value.
type keeper interface {
	runner
	free(*Graph)
}

// itemKeeper is a keeper with rules that listen to cells for it.
type itemKeeper interface {
	keeper
	each(func(*rule))
}

// derivedKind is what a kind adds to derived.
type derivedKind interface {
	keeper
	build(*Graph, Reader)
	update(*Graph, Reader)
}

func (d *derived[K, V]) init(self derivedKind) { d.c.self, d.c.flags = self, isCompute|isKeeper }

func (d *derived[K, V]) contents(r Reader) *table[K, V] {
	d.c.Get(r)
	return &d.t
}

func (d *derived[K, V]) news(r Reader) *table[K, V] {
	t := d.contents(r)
	t.deltas.read(r)
	t.deltas.typed(d, unsafe.Offsetof(d.t)+unsafe.Offsetof(d.t.deltas))
	return t
}

func (d *derived[K, V]) inspect(limit int) inspection {
	i := d.t.inspect(limit)
	i.kind = "Live" + i.kind
	return i
}

func (d *derived[K, V]) table() *table[K, V] { return &d.t }

func (d *derived[K, V]) node() *node { return &d.c.node }

// tell tells the listeners after something was put.
func (d *derived[K, V]) tell(g *Graph) {
	g.changed(&d.c.node)
	g.changed(&d.t.deltas)
}

func (d *derived[K, V]) run(g *Graph) {
	kind, r := d.c.self.(derivedKind), g.handle()
	if d.c.flags&isActive != 0 {
		kind.update(g, r)
	} else {
		d.c.mark = 0 // in case it fails half-way
		d.t.replace()
		kind.build(g, r)
	}
	d.c.finish(g, r, struct{}{})
}

// undo and free are for kinds that have no state but the table.
func (d *derived[K, V]) undo(g *Graph, _ undoOp, n uint64) { d.undoSources(g, n) }

func (d *derived[K, V]) free(*Graph) { d.t.replace() }

// undoSources is for the undo of the kind.
func (d *derived[K, V]) undoSources(g *Graph, n uint64) {
	d.c.undoSources(g, int(n))
	if d.c.flags&isActive == 0 {
		d.c.self.(keeper).free(g)
	}
}
