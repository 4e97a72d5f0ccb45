// Package cell keeps values, and what follows from them, consistent: you say how
// one cell depends on others, set some, and the rest follows, all or nothing.
//
//	g := cell.NewGraph()
//	price, count := cell.NewValue(20), cell.NewValue(2)
//	total := cell.Compute(func(r cell.Reader) int { return price.Get(r) * count.Get(r) })
//	cell.Observe(g, func(r cell.Reader) { fmt.Println(total.Get(r)) })            // 40
//	err := g.Update(func(tx cell.Tx) error { price.Set(tx, 10); count.Set(tx, 3); return nil }) // 30
//
// # Two handles
//
// Everything happens inside a transaction, and a handle says so. A [Reader] may
// look: it is given to Compute, Observe and [Graph.View]. A [Tx] may write, too:
// it is given to Maintain and [Graph.Update], and contains a Reader. What a rule
// reads through its Reader becomes its input, each time anew; it runs again when
// one of them has changed. Only the handle of the innermost running function is
// valid, another one panics with a [*UsageError]; so pass it on to helpers.
//
// # Kinds
//
//   - [Value] is set by hand; [ValueFunc] is one of any type, with a comparison.
//   - [Pulse] is a value for one pass, then its default again: an event.
//   - [Todo] is a value that the writers of a pass build together, for that pass.
//   - [Constant] is a value that never changes, where a cell is wanted.
//   - [Computed] follows from other cells by a pure function (see [Compute]).
//     While nobody listens it costs nothing.
//   - [Maintained] is kept by a rule that may write other cells and can also be
//     set by hand, even in a circle (see [Maintain]; [Rule] has no value).
//   - [Observer] looks at a consistent state and acts: inside the transaction
//     (see [Observe]), or after it, for the outside world (see [Effect]).
//   - [Set] and [Map] also tell what a pass has added, changed and removed.
//   - [Since] keeps since when something has been true; what follows in time is
//     asked of the graph's clock, by [Reader.Reached] and [Reader.Elapsed].
//   - [Sensor] gets its value from outside, and is connected while somebody listens;
//     an [Effector] can be set, too. A [Cache] has one such cell for each key.
//   - [Published] lets any goroutine read a value without the graph's lock.
//   - [Custom] is the base of further kinds, such as those of package pipe.
//   - [Scope] owns rules and observers and ends them together.
//
// Cells belong to the graph that first touches them. The zero Value, Pulse, Set
// and Map are ready for use, so cells can be plain fields of a struct; a
// Maintained field is made by Init. Names for errors are given by Named or taken
// from the struct's fields, see [Scope.Describe].
//
// # A transaction, step by step
//
//  1. [Graph.Update] takes the graph and runs your function. It sees at once what
//     it writes, and computed cells that follow from it; rules have not run yet.
//  2. Rules run, lowest level first, maintained ones of a level in the order of
//     their creation, until all is settled. If a rule turns out to have read what
//     another one writes, it is undone and runs again after it, from then on in
//     that order.
//  3. Observers run, each at most once: first those reached by what was written
//     from outside, then those reached by rules, by the rule's level; among
//     equals, by creation.
//  4. The functions given to [Tx.OnCommit] run. They may write. Pulses and pipes
//     are reset. If anything has changed by this, a further pass begins at 2.
//  5. The transaction is committed. Effects and [Tx.AfterCommit] are run outside
//     the graph, in commit order.
//
// If anything fails before 5, everything is undone: values, collections, links
// between cells, what was created and stopped. [Tx.Try] undoes a part.
//
// # Goroutines
//
// Any number of goroutines may use a graph: one transaction or View is inside at
// a time, the others wait, [Graph.UpdateContext] no longer than its context.
// Nothing that blocks belongs inside; [Wait] blocks outside until a condition
// holds, a loop over [Changes] follows a cell, effects start what takes time, and
// those that may block have a [Lane]. So a goroutine is sequential code over
// reactive state. A transaction started inside a transaction panics instead of
// waiting for itself. That a transaction waits for another goroutine which waits
// for the graph is not found out: nothing in Go tells that one waits for the other.
//
// A handle may be lent to another goroutine while its function waits for that, but
// not be used by two at a time, nor kept.
//
// # Time
//
// The time is a part of a graph's state: all of a transaction happens at one
// [Moment]. A rule that asks whether a moment has been reached runs again when it
// has, in a transaction of the clock's own; nobody sees a later time before. Tests
// and simulations have a manual clock, see [WithManualClock] and [Graph.Advance];
// the other one works inside testing/synctest.
//
// # Errors
//
// An error comes back to whoever called Update. That of a rule, by [Reader.Fail]
// or a panic with an error, is wrapped in a [*RuleError] that names the rule. A
// [*ConflictError] names two writers that disagree, a [*CircularityError] the
// rules of a loop that does not settle. Other panics, and runtime.Goexit, go on
// after the undo; [Graph.Attempt] returns them as a [*PanicError]. [Culprit] is
// the rule to blame. Misuse, such as the wrong handle, panics with a
// [*UsageError].
//
// The order of things, behaviour by behaviour, with the tests that show it and
// where it deviates from Trellis, is in docs/cells.md. Package celltest records
// what observers see.
package cell
