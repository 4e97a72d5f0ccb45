package cell

// Repeat makes the running rule run again in the next pass of the transaction,
// so that observers see each step (Trellis: repeat): for instance a rule that
// makes several pulses out of one input. A rule that is stopped or set by hand
// before the next pass begins does not run; one that repeats for ever ends in a
// *CircularityError, see Update. Outside a rule Repeat panics with a *UsageError.
func (tx Tx) Repeat() {
	g := tx.enter()
	l := g.rule("Repeat").asLiving()
	tx.OnCommit(func(Tx) {
		if l.flags&isStopped == 0 {
			g.schedule(&l.rule)
		}
	})
}

// Poll makes the running rule, observer or Computed run again in the next pass in
// which code outside rules, a callback or the end of a pulse has changed anything
// in the graph (Trellis: poll), unless it runs anyway: for what is no cell, or for
// too many cells to listen to. What rules write afterwards, in the same pass, does
// not make it run again. It holds for one run: to go on, call it in each. Outside
// a rule it panics with a *UsageError.
func (r Reader) Poll() {
	g := r.enter()
	g.rule("Poll")
	g.anything.read(r)
	g.anything.typed(&g.anything, 0)
}

// poll runs those that poll, if anything has changed since the pass began.
func (g *Graph) poll() {
	if g.lastChange >= g.passStart {
		g.changed(&g.anything.node)
	}
}

// rule returns the running rule for a function that makes sense only in one.
func (g *Graph) rule(function string) *rule {
	if g.frame.rule == nil {
		panic(&UsageError{Problem: function + " was called outside a rule"})
	}
	return g.frame.rule
}

// anything is the cell that has changed if any other one has.
type anything struct{ node }

func (*anything) inspect(int) inspection { return inspection{kind: "Poll", value: hasNoValue{}} }

func (*anything) title() string { return "anything" }
