// Package graphs holds the standard graphs by which reactive libraries are
// compared: what each consists of, what is done to it, which values must come
// out, and how the time is taken. A library builds the graphs with its own API,
// see Library; nothing of it stands between a graph and the library but the
// handles through which a graph is driven from outside.
//
// The graphs are those of kairo with molBench, cellx, S.js and reactively, as
// gathered in js-reactivity-benchmark.
package graphs

// Library builds the graphs. A nil function: the library cannot express it.
type Library struct {
	Avoidable func() Kairo // see kairo.go for what each of these is
	Broad     func() Kairo
	Deep      func() Kairo
	Diamond   func() Kairo
	Mux       func() Kairo
	Repeated  func() Kairo
	Triangle  func() Kairo
	Unstable  func() Kairo
	Mol       func() Kairo

	Cellx   func(layers int) Cellx
	SJS     func() SJS
	Dynamic func(*Plan) Dynamic

	Transactions func(many int) Transactions
	Memory       func(n int) Memory
	Goroutines   func() Goroutines
	Collections  Collections
}
