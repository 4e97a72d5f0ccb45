// Command cell measures our own runtime on one of the standard graphs, which it
// builds as a user of package cell would.
package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

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
	SJS:       func() graphs.SJS { return newSJS().drive() },
	Dynamic:   dynamic,

	Transactions: transactions,
	Memory:       newMemory,
	Goroutines:   goroutines,
	Collections:  collections,
}

func set(g *cell.Graph, v *cell.Value[int]) func(int) {
	return func(x int) {
		g.Update(func(tx cell.Tx) error { v.Set(tx, x); return nil })
	}
}

func get(g *cell.Graph, c cell.Readable[int]) func() int {
	return func() int { return cell.Read(g, c) }
}

// drive drives a graph of one source and one cell to look at.
func drive(g *cell.Graph, source *cell.Value[int], last cell.Readable[int], runs *int) graphs.Kairo {
	return graphs.Kairo{Set: []func(int){set(g, source)}, Get: []func() int{get(g, last)}, Runs: runs}
}
