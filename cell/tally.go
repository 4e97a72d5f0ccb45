package cell

// tally counts how often something is there. What it was is restored by the undo
// log.
type tally[U comparable] struct {
	n     map[U]int
	steps []step[U] // of this transaction
	rises func(U)   // called when a count was 0 and is not any more
}

type step[U comparable] struct {
	u  U
	by int
}

// add changes the count of u.
func (c *tally[U]) add(g *Graph, u U, by int) {
	c.count(u, by)
	if len(c.steps) == 0 {
		g.ending = append(g.ending, c)
	}
	c.steps = append(c.steps, step[U]{u, by})
	g.logUndo(c, undoCustom, 0)
}

func (c *tally[U]) count(u U, by int) {
	needKey(u)
	n := c.n[u]
	switch {
	case n+by == 0:
		delete(c.n, u)
		return
	case n == 0 && c.rises != nil:
		c.rises(u)
	}
	c.n[u] = n + by
}

func (c *tally[U]) undo(*Graph, undoOp, uint64) {
	top := len(c.steps) - 1
	c.count(c.steps[top].u, -c.steps[top].by)
	c.steps[top] = step[U]{}
	c.steps = c.steps[:top]
}

func (c *tally[U]) end() { c.steps = clearTail(c.steps, 0) }

// replace makes the tally empty, to be filled.
func (c *tally[U]) replace() { c.n = map[U]int{} }

// correct makes the set have what the steps from first on have changed if its
// count is not 0. It is false if nothing has changed.
func correct[U comparable](g *Graph, t *table[U, struct{}], c *tally[U], first int) (changed bool) {
	for _, s := range c.steps[first:] {
		at, had := t.locate(s.u)
		if has := c.n[s.u] != 0; has != had {
			t.putAt(g, at, s.u, struct{}{}, has)
			changed = true
		}
	}
	return changed
}
