package cell

// A rule that asks a collection for one key listens to a node of that key, which is
// made on demand and forgotten with its last listener: changes of other keys do not
// concern it.
type keyNode[K comparable, V any] struct {
	c   Computed[struct{}]
	tab *table[K, V]
	key K
	of  *node               // of the collection
	hub *Computed[struct{}] // of a derived collection
}

func (t *table[K, V]) keyNode(key K, of *node, hub *Computed[struct{}]) *keyNode[K, V] {
	n := t.keyed[key]
	if n == nil {
		n = &keyNode[K, V]{tab: t, key: key, of: of, hub: hub}
		n.c.self, n.c.flags = n, isActive|isKeeper
		if hub != nil {
			n.c.flags = isCompute | isKeeper
		}
	}
	return n
}

func (n *keyNode[K, V]) enlist() {
	if n.tab.keyed == nil {
		n.tab.keyed = map[K]*keyNode[K, V]{}
	}
	n.tab.keyed[n.key] = n
}

// run links who listens to the key to the collection, by way of the hub, so that
// it is active, on a lower level and up to date. It never runs for a change.
func (n *keyNode[K, V]) run(g *Graph) {
	r := g.handle()
	n.hub.Get(r)
	n.c.finish(g, r, struct{}{})
}

func (n *keyNode[K, V]) undo(g *Graph, _ undoOp, at uint64) {
	n.c.undoSources(g, int(at))
	if n.c.flags&isActive == 0 {
		n.free(g)
	}
}

func (n *keyNode[K, V]) free(*Graph) {
	if n.c.subs == nil && n.tab.keyed[n.key] == n {
		delete(n.tab.keyed, n.key)
	}
}

// collection returns its first node.
func (n *keyNode[K, V]) collection() *node { return n.of }

func (n *keyNode[K, V]) inspect(limit int) inspection { return n.of.describe(limit) }

// one is contents for who asks for one key.
func (c *collection[K, V]) one(r Reader, key K) *table[K, V] {
	if r.enter().frame.tracker() == nil || key != key { // nothing keeps or finds what is not equal to itself
		return c.contents(r)
	}
	n := c.tab.keyNode(key, &c.subject, nil)
	n.enlist()
	n.c.node.read(r)
	c.subject.typed(c, 0)
	return &c.tab
}

func (d *derived[K, V]) one(r Reader, key K) *table[K, V] {
	t := r.enter().frame.tracker()
	if t == nil || t.flags&isWaiter != 0 || key != key {
		return d.contents(r)
	}
	n := d.t.keyNode(key, &d.c.node, d.link())
	n.c.Get(r)
	n.enlist()
	return &d.t
}

// link returns the hub: a Computed that listens to the collection and never
// changes. Who listens to it is not told of changes, but the collection is active
// and up to date when it reads.
func (d *derived[K, V]) link() *Computed[struct{}] {
	if d.hub == nil {
		d.hub = Compute(func(r Reader) (none struct{}) { d.contents(r); return })
	}
	return d.hub
}
