// Command sig measures github.com/AnatoleLucet/sig on one of the standard graphs.
package main

import (
	"github.com/AnatoleLucet/sig"
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
	SJS:       func() graphs.SJS { return (&sjs{owner: sig.NewOwner()}).drive() },
	Dynamic:   dynamic,

	Transactions: transactions,
	Memory:       newMemory,
}

// readable is a signal of either kind.
type readable[T any] interface{ Read() T }

func set(s *sig.Signal[int]) func(int) {
	return func(x int) { sig.NewBatch(func() { s.Write(x) }) }
}

func drive(source *sig.Signal[int], last readable[int], runs *int) graphs.Kairo {
	return graphs.Kairo{Set: []func(int){set(source)}, Get: []func() int{last.Read}, Runs: runs}
}
