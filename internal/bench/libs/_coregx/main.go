// Command coregx measures github.com/coregx/signals on kairo's graphs. Inputs are
// listed when a signal is created. Every path from a source to an effect runs it
// once, which on the other graphs takes too long to be measured.
package main

import (
	"github.com/coregx/signals"
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
}

func drive(source signals.Signal[int], last signals.ReadonlySignal[int], runs *int) graphs.Kairo {
	return graphs.Kairo{Set: []func(int){source.Set}, Get: []func() int{last.Get}, Runs: runs}
}
