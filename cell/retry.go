package cell

import (
	"cmp"
	"slices"
)

// A Maintained may write, so one that ran before something it reads was written
// in the same pass cannot simply run again: its first run must not have happened.
// It is undone, with all that ran since, put above the writer, and the pass goes
// on from there. The order is kept, so this happens once for a pair of rules.

// retryEdge says that by, in the run with the serial, wrote what target had read.
type retryEdge struct {
	by, target *rule
	serial     uint64
}

// retry arranges that r, which has run in this pass, is undone and run again
// after the running rule. It is false if r's run cannot be undone alone, because
// it belonged to code outside rules.
func (g *Graph) retry(r *rule) bool {
	k := len(g.ran) - 1
	for k >= 0 && (g.ran[k].rule != r || g.ran[k].serial != r.mark) {
		k--
	}
	for k >= 0 && g.ran[k].nested {
		k--
	}
	if k < 0 || g.ran[k].serial < g.sweepStart {
		return false
	}
	if g.tracing != nil {
		g.traceRetry(r)
	}
	g.countRetry(g.writer(), r)
	if g.retryAt < 0 || k < g.retryAt {
		g.retryAt = k
	}
	g.raiseAbove(g.writer(), r)
	if outer := g.ran[k].rule; outer != r {
		g.raise(outer, g.frame.level+1, nil)
	}
	return true
}

// madeBy says whether the running rule was made, or is run because of what was
// written, in this run of r, which has read it: what it writes now is written by r
// (it is not there when r begins again). A rule that r has only read first, and so
// has run, is another matter: it would run without r as well.
func (g *Graph) madeBy(r *rule) bool {
	serial := g.frame.serial
	for i := len(g.ran) - 1; i >= 0 && serial >= r.mark; i-- {
		if e := &g.ran[i]; e.serial == serial {
			if e.rule == r {
				return true
			}
			if serial = e.by; serial == notScheduled {
				return false
			}
		}
	}
	return false
}

// raiseAbove puts r above the running rule, and what has been found in this pass
// to follow r above that: else a long row of rules in the wrong order would be
// raised one by one, again for each.
func (g *Graph) raiseAbove(by, r *rule) {
	g.raise(r, g.frame.level+1, nil)
	seen := map[*rule]bool{by: true, r: true}
	for todo := []*rule{r}; len(todo) > 0; todo = todo[1:] {
		for _, next := range g.followers[todo[0]] {
			if !seen[next] && next.flags&isRunning == 0 {
				seen[next] = true
				g.raise(next, todo[0].level+1, nil)
				todo = append(todo, next)
			}
		}
	}
	if by != nil && !slices.Contains(g.followers[by], r) {
		g.followers[by] = append(g.followers[by], r)
	}
}

// countRetry panics with a *CircularityError if r would never settle. Rules
// that are in a circle by what they have read so far may still settle once their
// order is learned, so a few retries are allowed before the circle counts. Without
// a circle each retry teaches the order of two more rules, and so ends. It counts
// once for a run, however often that has written.
func (g *Graph) countRetry(by, r *rule) {
	for _, e := range slices.Backward(g.retries) {
		if e.serial < g.frame.serial {
			break
		}
		if e.serial == g.frame.serial && e.target == r {
			return
		}
	}
	if g.retried == nil {
		g.retried = map[*rule]int{}
		g.followers = map[*rule][]*rule{}
	}
	g.retries = append(g.retries, retryEdge{by, r, g.frame.serial})
	g.retried[r]++
	n := g.retried[r]
	if n < 8 || n&(n-1) != 0 && n <= 4*len(g.ran) {
		return // a look at 8, 16, 32...
	}
	if routes := g.routes(); wayBack(routes, r) != nil || n > 4*len(g.ran)+64 {
		panic(g.circular(routes, r))
	}
}

// uncountRetries forgets the retries counted since there were n, because what was
// written has been undone by a Try.
func (g *Graph) uncountRetries(n int) {
	for _, e := range g.retries[n:] {
		g.retried[e.target]--
	}
	g.retries = g.retries[:n]
}

// created returns the rule's place in the order of creation; 0 for a Computed.
func (r *rule) created() uint64 {
	if r.flags&isCompute != 0 {
		return 0
	}
	return r.asLiving().seq
}

// writer returns the rule in whose name is written now, or nil.
func (g *Graph) writer() *rule { return g.ruleOf(g.frame.serial) }

// ruleOf returns the rule of a run of this pass.
func (g *Graph) ruleOf(serial uint64) *rule {
	for i := len(g.ran) - 1; i >= 0; i-- {
		if g.ran[i].serial == serial {
			return g.ran[i].rule
		}
	}
	return nil
}

// rewind undoes the runs from g.ran[g.retryAt] on.
func (g *Graph) rewind() {
	k := g.retryAt
	g.retryAt = -1
	g.backTo(k, g.ran[k].height, g.ran[k].serial)
}

// backTo undoes the runs from g.ran[k] on, and what else was done since the log
// was at height and the serial number was taken, and schedules what was scheduled
// at that point.
func (g *Graph) backTo(k, height int, serial uint64) {
	g.undoTo(height)
	unschedule := func(r *rule) {
		if r.flags&isDirty != 0 && r.mark >= serial {
			r.flags &^= isDirty | isLate
		}
	}
	g.queue.each(unschedule)
	for _, r := range g.observers.rules {
		unschedule(r)
	}
	for _, run := range slices.Backward(g.ran[k:]) {
		switch {
		case run.tries:
			continue
		case run.by >= serial:
			run.rule.mark = 0
			continue
		case run.late:
			run.rule.flags |= isLate
		}
		run.rule.flags |= isDirty
		run.rule.mark = run.by
		g.queue.push(run.rule)
	}
	if g.tracing != nil {
		g.traceRewind(g.ran[k:], serial)
	}
	g.ran = clearTail(g.ran, k)
}

// routes returns which rule of this pass has made which others run.
func (g *Graph) routes() map[*rule][]*rule {
	routes := map[*rule][]*rule{}
	add := func(from, to *rule) {
		if from != nil && !slices.Contains(routes[from], to) {
			routes[from] = append(routes[from], to)
		}
	}
	for _, run := range g.ran {
		if run.by != notScheduled && !run.tries {
			add(g.ruleOf(run.by), run.rule)
		}
	}
	for _, e := range g.retries {
		add(e.by, e.target)
	}
	for _, tos := range routes { // the order of a map is random
		slices.SortFunc(tos, func(a, b *rule) int { return cmp.Compare(a.created(), b.created()) })
	}
	return routes
}

// wayBack returns the shortest way from r back to r, or nil.
func wayBack(routes map[*rule][]*rule, r *rule) (path []*rule) {
	came := map[*rule]*rule{}
	for todo := []*rule{r}; len(todo) > 0; todo = todo[1:] {
		for _, next := range routes[todo[0]] {
			if next == r {
				for at := todo[0]; at != nil; at = came[at] {
					path = append(path, at)
				}
				slices.Reverse(path)
				return path
			}
			if _, seen := came[next]; !seen {
				came[next] = todo[0]
				todo = append(todo, next)
			}
		}
	}
	return nil
}

// circular describes the loop that keeps r from settling.
func (g *Graph) circular(routes map[*rule][]*rule, r *rule) *CircularityError {
	path := wayBack(routes, r)
	if path == nil {
		path = []*rule{r}
		if w := g.writer(); w != nil {
			path = append(path, w)
		}
	}
	err := circle(path)
	err.Routes = map[string][]string{}
	for from, tos := range routes {
		for _, to := range tos {
			err.Routes[nameOf(&from.node)] = append(err.Routes[nameOf(&from.node)], nameOf(&to.node))
		}
	}
	return err
}

// circle describes rules that each affect the next one, the last one the first.
func circle(path []*rule) *CircularityError {
	err := &CircularityError{Routes: map[string][]string{}}
	for _, r := range path {
		err.Path = append(err.Path, nameOf(&r.node))
	}
	for i, name := range err.Path {
		err.Routes[name] = append(err.Routes[name], err.Path[(i+1)%len(path)])
	}
	return err
}
