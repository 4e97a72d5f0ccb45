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
// # Cells that are set
//
//   - [Value] is set by hand; [ValueFunc] is one of any type, with a comparison.
//   - [Pulse] is a value for one pass, then its default again: an event.
//   - [Todo] is a value that all writers of a pass build together.
//   - [Set], [Map] and [List] also tell what a pass has changed in them: items, a
//     [Change] of a value by key, a [Splice].
//   - [Sensor] is set by something outside, to which it is connected while
//     somebody listens; [Effector] can also be set here. A [Cache] has one by key.
//   - [Constant] never changes.
//
// Cells belong to the graph that first touches them. The zero Value, Pulse, Set,
// Map and List are ready for use, so cells can be plain fields of a struct; others
// are made by a function New…, or by a method Init.
//
// # Cells that follow
//
//   - [Computed] follows from other cells by a pure function (see [Compute] and
//     [ComputeFunc]). While nobody listens it costs nothing.
//   - [Maintained] is kept by a rule that may write other cells and can also be
//     set by hand, even in a circle (see [Maintain]; [Rule] has no value).
//   - [LiveSet] and [LiveMap] follow from collections by what changes in them, at
//     the cost of the change, not of the size: [Filter], [MapSet], [Union],
//     [Intersect], [Difference], [Flatten], [GroupBy], [Join], [JoinBy], [Keys],
//     [Values], [Entries], [FilterMap] and [MapValues]. [Count], [Sum], [Min] and
//     [Max] are numbers kept the same way. [Observing] is the map of what is
//     looked up for some keys. A [LiveList] is what [Sorted] makes of a set, and
//     [Limit], [LimitBy] and [Reversed] of any list. A [SubSet] is written, but has only what
//     its base has.
//
// # Rules
//
// A rule reads cells, and runs when one of them has changed. If it turns out to
// have read what another rule writes in the same pass, it is undone, with all
// that ran since, and runs again after that rule, from then on in that order. So a
// rule must leave the outside world alone, and may create rules, write, and queue:
// all of it is undone with it. It can ask for more: [Tx.Untracked] reads without
// tracking, [Tx.Try] fails alone, [Tx.Repeat] runs it once more, [Reader.Poll]
// makes it run with any change, [Maintained.WasSet] tells who has set its cell.
// [Value.Touch] tells of a change inside a value.
//
// # Observers and effects
//
// An [Observer] looks at a consistent state, after the rules, and acts: inside the
// transaction (see [Observe]), for tests and assertions; or after the commit, for
// the outside world (see [Effect]; a [Lane] keeps slow effects apart). [Feed] hands
// what is committed to a queue, and makes who fills it wait.
//
// # A transaction, step by step
//
//  1. [Graph.Update] takes the graph and runs your function. It sees at once what
//     it writes, and computed cells that follow from it; rules have not run yet.
//  2. Rules run, lowest level first, maintained ones of a level in the order of
//     their creation, until all is settled.
//  3. Observers run, each at most once: first those reached by what was written
//     from outside, then those reached by rules, by the rule's level; among
//     equals, by creation.
//  4. The functions given to [Tx.OnCommit] run. They may write. Pulses and pipes
//     are reset. If anything has changed by this, a further pass begins at 2.
//  5. The transaction is committed: functions given to [Tx.AtCommit] run. Effects
//     and [Tx.AfterCommit] are run outside the graph, in commit order.
//
// If anything fails before 5, everything is undone: values, collections, links
// between cells, what was created and stopped; [Tx.Try] undoes a part. What is
// outside the graph takes part by [Tx.OnUndo], or as a [Manager].
//
// # Owners and scopes
//
// What has a life (rules, observers, scopes) is created for an [Owner] and ends
// with it, or by Stop: for a [*Graph] or a [Scope] in a transaction of its own, for
// a [Tx] or [Scope.In] as a part of one. What a rule creates is undone with it.
// [Graph.Living] is for finding leaks.
//
// # Time
//
// The time is a part of a graph's state: all of a transaction happens at one
// [Moment], [Reader.Now]. A rule that asks whether a moment has been reached
// ([Reader.Reached]), or how much time has passed ([Reader.Elapsed]), runs again
// when that changes, in a transaction of the clock's own; nobody sees a later time
// before. [Since] keeps since when something has been true. Tests and simulations
// have a manual clock, see [WithManualClock] and [Graph.Advance]; the other one
// works inside testing/synctest. [At] is the moment of a time.
//
// # Goroutines
//
// Any number of goroutines may use a graph: one transaction or View is inside at
// a time, the others wait, [Graph.UpdateContext] no longer than its context.
// Nothing that blocks belongs inside; [Wait] blocks outside until a condition
// holds, a loop over [Changes] follows a cell, effects start what takes time, and
// those that may block have a [Lane]. So a goroutine is sequential code over
// reactive state. [Read] returns the value of one cell, a [Published] cell (see
// [Publish]) is read without waiting. What blocks until something happens to a
// graph asks [MustNotBlock] first; who takes from the queue of a Feed does so inside
// [Consume]. A transaction started
// inside a transaction panics instead of waiting for itself. That a transaction
// waits for another goroutine which waits for the graph is not found out: nothing
// in Go tells that one waits for the other.
//
// A handle may be lent to another goroutine while its function waits for that, but
// not be used by two at a time, nor kept.
//
// # Seeing inside
//
// Errors, traces and snapshots call a cell by the name given by Named, or by the
// field of a struct that it is in, see [Scope.Describe]; a rule without a name is
// called after its function. [Graph.Snapshot] shows what a graph consists of, as
// data, text, JSON or a drawing. [Graph.SetTracer] tells what happens, and why each
// rule runs: to a [Tracer], such as a [TextTracer], a [LogTracer], or a [Profile],
// which counts; or to several, see [Tracers].
//
// # Errors
//
// An error comes back to whoever called Update. That of a rule, by [Reader.Fail]
// or a panic with an error, is wrapped in a [*RuleError] that names the rule and
// what has reached it. A [*ConflictError] names two writers that disagree, a
// [*CircularityError] the rules of a loop that does not settle. Other panics, and
// runtime.Goexit, go on after the undo; [Graph.Attempt] returns them as a
// [*PanicError]. [Culprit] is the rule to blame. Misuse, such as the wrong handle,
// panics with a [*UsageError]. What fails after the commit is an [*EffectError],
// and never undoes. What fails where nobody called Update goes to
// [WithErrorHandler]: a [*ClockError], or an effect of a lane. That a sensor cannot
// connect is told by [Sensor.Err], as a [*ConnectorError].
//
// # Kinds of your own
//
// [Custom], with a [CustomKind], is the base of further kinds, such as those of
// package pipe. A type is a [Readable] if it has a Get like that of a cell;
// [ReadableSet], [ReadableMap] and [ReadableList] are what derived collections are
// made of. A [Sink] is where a Feed hands its items to.
//
// The order of things, behaviour by behaviour, with the tests that show it and
// where it deviates from Trellis, is in docs/cells.md. Package celltest records
// what observers see.
package cell
