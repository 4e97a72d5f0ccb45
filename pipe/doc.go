// Package pipe has cells that carry a stream of items: between rules, and out of
// the graph to goroutines.
//
//   - [Pipe] carries items to all its readers for one pass; [Contains] asks for one.
//   - [Hub] is a pipe whose readers say which items they want: by a [Match] of a
//     [Field], made by [By]. Each of its fields is a [Selector].
//   - [Subscription] hands what is committed to a goroutine, in order (see
//     [Subscribe]): from a [Source], which is a Pipe, or [Items] of anything else.
//     A [Policy] says what happens when the goroutine is slow: [Wait], [DropOldest],
//     [DropNewest], or [Fail] with an [*OverflowError].
//
// Package pipe/rx joins them to RxGo's observables.
package pipe
