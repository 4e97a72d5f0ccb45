// Command incr measures github.com/wcharczuk/go-incr on one of the standard
// graphs. Inputs are given when a node is created, so a node that drops one is
// made by Bind, which builds what depends on a value anew.
package main

import (
	"context"
	"flag"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/wcharczuk/go-incr"
)

var cutoff = flag.Bool("cutoff", false, "put a Cutoff after every node: without it equal results are changes")

func main() { graphs.Main(library) }

var library = &graphs.Library{
	Avoidable: avoidable,
	Broad:     broad,
	Deep:      deep,
	Diamond:   diamond,
	Mux:       mux,
	Repeated:  repeated,
	Triangle:  triangle,
	Unstable:  unstable,
	Mol:       mol,
	Cellx:     cellx,
	SJS:       func() graphs.SJS { return (&sjs{g: newGraph()}).drive() },
	Dynamic:   dynamic,

	Transactions: transactions,
	Memory:       newMemory,
	Goroutines:   goroutines,
}

var background = context.Background()

// newGraph returns a graph that is high enough for cellx, and that numbers its
// nodes instead of drawing random identifiers, which would cost more than all
// else.
func newGraph() *incr.Graph {
	return incr.New(incr.OptGraphMaxHeight(24_000),
		incr.OptGraphIdentifierProvider(incr.NewSequentialIdentifierProvier(1)))
}

func stabilize(g *incr.Graph) {
	if err := g.Stabilize(background); err != nil {
		panic(err)
	}
}

func cut[T comparable](g incr.Scope, n incr.Incr[T]) incr.Incr[T] {
	if !*cutoff {
		return n
	}
	return incr.Cutoff(g, n, func(a, b T) bool { return a == b })
}

// effect calls fn when n has been computed.
func effect[T any](g *incr.Graph, n incr.Incr[T], fn func(T)) incr.IObserver {
	o := incr.MustObserve(g, n)
	o.OnUpdate(func(_ context.Context, v T) { fn(v) })
	return o
}

func set(g *incr.Graph, v incr.VarIncr[int]) func(int) {
	return func(x int) {
		v.Set(x)
		stabilize(g)
	}
}

func drive(g *incr.Graph, source incr.VarIncr[int], last incr.Incr[int], runs *int) graphs.Kairo {
	stabilize(g)
	return graphs.Kairo{Set: []func(int){set(g, source)}, Get: []func() int{last.Value}, Runs: runs}
}
