package cell

import "unsafe"

// groups is the index behind GroupBy: a table of items for each key.
type groups[T, K comparable] struct {
	derived[K, *LiveSet[T]]
	in      feed[T, K]
	by      map[K]*group[T, K]
	emptied []*group[T, K] // they may be empty; some are kept, for they may come back
	changed []*group[T, K] // in this run
	user    any
}

// group is the items of one key. Its rule never runs but to link those who listen
// to it, by way of the hub, to the groups: so these are active, below who listens,
// and up to date before anybody reads, without being told of changes elsewhere.
type group[T, K comparable] struct {
	c    Computed[struct{}]
	t    table[T, struct{}]
	of   *groups[T, K]
	key  K
	mark uint64 // serial of the last run that has changed it
	live *LiveSet[T]
}

// GroupBy returns the groups of the items of s that have the same key, by key.
// Each is a set to listen to, and stays right when its last item has left and
// others have come. key may read cells.
//
// A change of s, or of what key reads for an item, costs one call of key and some
// look-ups. Only who listens to the group, or to the map if a key comes or goes,
// is told. It takes some 90 bytes for each item of s, 500 for each group, and 180
// for each item for which key reads cells.
func GroupBy[T, K comparable](s ReadableSet[T], key func(r Reader, x T) K) *LiveMap[K, *LiveSet[T]] {
	return &LiveMap[K, *LiveSet[T]]{newGroups(images(s, key), key)}
}

func newGroups[T, K comparable](src source[T, K], user any) *groups[T, K] {
	m := &groups[T, K]{in: feed[T, K]{src: src}, user: user}
	m.init(m)
	return m
}

func (m *groups[T, K]) build(_ *Graph, r Reader) {
	t := m.in.start(r)
	m.emptied = nil
	for _, gr := range m.by { // there may be such that are going to be listened to
		gr.t.replace()
	}
	for _, e := range t.entries {
		if e.live {
			gr := m.group(e.val)
			gr.t.fill(e.key, struct{}{})
			if gr.t.size == 1 {
				m.t.fill(e.val, gr.shown())
			}
		}
	}
	for _, gr := range m.by {
		m.emptied = append(m.emptied, gr)
	}
	m.forget(0)
}

func (m *groups[T, K]) update(g *Graph, r Reader) {
	m.in.src.contents(r)
	t, from := m.in.advance(g)
	m.changed = m.changed[:0]
	for i := from; i < len(t.ops); i++ {
		was, is := t.turn(i, from)
		if is == nil || was.live && is.live && was.val == is.val {
			continue
		}
		if is.live {
			m.put(g, m.group(is.val), is.key, true)
		}
		if was.live {
			m.put(g, m.group(was.val), is.key, false)
		}
	}
	told := false
	for _, gr := range m.changed {
		g.changed(&gr.c.node)
		g.changed(&gr.t.deltas)
		if there := gr.t.size > 0; there != m.t.has(gr.key) {
			told = true
			if there {
				m.t.put(g, gr.key, gr.shown(), true)
			} else {
				m.t.put(g, gr.key, nil, false)
				m.emptied = append(m.emptied, gr)
				if len(m.emptied) > 16+len(m.by)/4 {
					g.ending = append(g.ending, m)
				}
			}
		}
	}
	if told {
		m.tell(g)
	}
}

func (m *groups[T, K]) put(g *Graph, gr *group[T, K], x T, live bool) {
	gr.t.put(g, x, struct{}{}, live)
	if gr.mark != g.frame.serial {
		gr.mark = g.frame.serial
		m.changed = append(m.changed, gr)
	}
}

// group returns the group of key. A new one is not undone: it is empty then.
func (m *groups[T, K]) group(key K) *group[T, K] {
	gr := m.by[key]
	if gr == nil {
		gr = &group[T, K]{of: m, key: key}
		gr.c.self, gr.c.flags = gr, isCompute|isKeeper
		if m.by == nil {
			m.by = map[K]*group[T, K]{}
		}
		m.by[key] = gr
		m.emptied = append(m.emptied, gr)
	}
	return gr
}

// end forgets empty groups when the transaction is over.
func (m *groups[T, K]) end() { m.forget(8 + len(m.by)/8) }

// forget forgets all but some of the empty groups.
func (m *groups[T, K]) forget(keep int) {
	n := max(0, len(m.emptied)-keep)
	for _, gr := range m.emptied[:n] {
		m.drop(gr)
	}
	m.emptied = clearTail(m.emptied, copy(m.emptied, m.emptied[n:]))
}

func (m *groups[T, K]) drop(gr *group[T, K]) {
	if gr.t.size == 0 && gr.c.subs == nil && gr.c.flags&isRunning == 0 && m.by[gr.key] == gr {
		delete(m.by, gr.key)
	}
}

func (m *groups[T, K]) free(*Graph) {
	m.by, m.emptied, m.changed = nil, nil, nil
	m.t.replace()
}

func (m *groups[T, K]) function() any { return m.user }

func (gr *group[T, K]) shown() *LiveSet[T] {
	if gr.live == nil {
		gr.live = &LiveSet[T]{&groupSource[T, K]{of: gr.of, key: gr.key}}
	}
	return gr.live
}

func (gr *group[T, K]) run(g *Graph) {
	r := g.handle()
	gr.of.link().Get(r)
	gr.c.finish(g, r, struct{}{})
}

func (gr *group[T, K]) undo(g *Graph, _ undoOp, n uint64) {
	gr.c.undoSources(g, int(n))
	if gr.c.flags&isActive == 0 { // what else is undone may bring items back
		gr.of.emptied = append(gr.of.emptied, gr)
	}
}

func (gr *group[T, K]) free(*Graph) { gr.of.drop(gr) }

func (gr *group[T, K]) function() any { return gr.of.user }

func (gr *group[T, K]) inspect(limit int) inspection {
	i := gr.t.inspect(limit)
	i.kind = "LiveSet"
	return i
}

// groupSource is the group of a key, whatever holds it at the moment.
type groupSource[T, K comparable] struct {
	of  *groups[T, K]
	key K
}

func (s *groupSource[T, K]) contents(r Reader) *table[T, struct{}] {
	g := r.enter()
	switch t := g.frame.tracker(); {
	case t == nil:
		s.of.c.Peek(r)
	case t.flags&isWaiter != 0:
		s.of.contents(r)
	default:
		gr := s.of.group(s.key)
		gr.c.Get(r)
		return &gr.t
	}
	return s.table()
}

func (s *groupSource[T, K]) one(r Reader, _ T) *table[T, struct{}] { return s.contents(r) }

func (s *groupSource[T, K]) news(r Reader) *table[T, struct{}] {
	t := s.contents(r)
	t.deltas.read(r)
	if gr := s.of.by[s.key]; gr != nil {
		t.deltas.typed(gr, unsafe.Offsetof(gr.t)+unsafe.Offsetof(t.deltas))
	}
	return t
}

func (s *groupSource[T, K]) table() *table[T, struct{}] {
	if gr := s.of.by[s.key]; gr != nil {
		return &gr.t
	}
	return &table[T, struct{}]{}
}

func (s *groupSource[T, K]) node() *node { return &s.of.c.node }
