package cell

// combination is a set of the items of others that some condition on membership
// holds for. It has no state but its table: what a key should be is asked of the
// sources, for the keys that one of them has touched.
type combination[T comparable] struct {
	derived[T, struct{}]
	in   []feed[T, struct{}]
	want func(in []feed[T, struct{}], x T) bool
	user any // the function that made it, for its name
}

func combine[T comparable](user any, sets []ReadableSet[T], want func([]feed[T, struct{}], T) bool) *LiveSet[T] {
	c := &combination[T]{want: want, user: user}
	for _, s := range sets {
		c.in = append(c.in, feed[T, struct{}]{src: s.of()})
	}
	c.init(c)
	return &LiveSet[T]{c}
}

// Union returns the items that are in any of the sets. A change costs a look-up in
// each of them, an item some 50 bytes.
func Union[T comparable](sets ...ReadableSet[T]) *LiveSet[T] {
	return combine(Union[T], sets, func(in []feed[T, struct{}], x T) bool {
		for i := range in {
			if in[i].src.table().has(x) {
				return true
			}
		}
		return false
	})
}

// Intersect returns the items that are in all of the sets. It costs what Union
// does.
func Intersect[T comparable](first ReadableSet[T], more ...ReadableSet[T]) *LiveSet[T] {
	return combine(Intersect[T], append([]ReadableSet[T]{first}, more...), func(in []feed[T, struct{}], x T) bool {
		for i := range in {
			if !in[i].src.table().has(x) {
				return false
			}
		}
		return true
	})
}

// Difference returns the items of s that are in none of the others. It costs what
// Union does.
func Difference[T comparable](s ReadableSet[T], others ...ReadableSet[T]) *LiveSet[T] {
	return combine(Difference[T], append([]ReadableSet[T]{s}, others...), func(in []feed[T, struct{}], x T) bool {
		if !in[0].src.table().has(x) {
			return false
		}
		for i := range in[1:] {
			if in[i+1].src.table().has(x) {
				return false
			}
		}
		return true
	})
}

func (c *combination[T]) build(_ *Graph, r Reader) {
	for i := range c.in {
		c.in[i].start(r)
	}
	for i := range c.in {
		for _, e := range c.in[i].src.table().entries {
			if e.live && c.want(c.in, e.key) {
				c.t.fill(e.key, struct{}{})
			}
		}
	}
}

func (c *combination[T]) update(g *Graph, r Reader) {
	told := false
	for i := range c.in {
		c.in[i].src.contents(r) // all of them are up to date before one is asked
	}
	for i := range c.in {
		t, from := c.in[i].advance(g)
		for ; from < len(t.ops); from++ {
			key := t.entries[t.ops[from].at].key
			at, has := c.t.locate(key)
			if want := c.want(c.in, key); want != has {
				c.t.putAt(g, at, key, struct{}{}, want)
				told = true
			}
		}
	}
	if told {
		c.tell(g)
	}
}

func (c *combination[T]) function() any { return c.user }
