// Command alien measures github.com/delaneyj/alien-signals-go on one of the
// standard graphs.
package main

import (
	alien "github.com/delaneyj/alien-signals-go"
	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

func main() { graphs.Main(library) }

var library = &graphs.Library{
	Avoidable: scoped(avoidable),
	Broad:     scoped(broad),
	Deep:      scoped(deep),
	Diamond:   scoped(diamond),
	Mux:       scoped(mux),
	Repeated:  scoped(repeated),
	Triangle:  scoped(triangle),
	Unstable:  scoped(unstable),
	Mol:       scoped(mol),
	Cellx: func(layers int) graphs.Cellx {
		return scoped(func(rs *alien.ReactiveSystem) graphs.Cellx { return cellx(rs, layers) })()
	},
	SJS: func() graphs.SJS { return (&sjs{rs: newSystem()}).drive() },
	Dynamic: func(p *graphs.Plan) graphs.Dynamic {
		return scoped(func(rs *alien.ReactiveSystem) graphs.Dynamic { return dynamic(rs, p) })()
	},

	Transactions: transactions,
	Memory:       newMemory,
	Goroutines:   goroutines,
}

// scoped builds a graph in a scope that could end it, as the original benchmarks do.
func scoped[T any](build func(*alien.ReactiveSystem) T) func() T {
	return func() (t T) {
		rs := newSystem()
		alien.EffectScope(rs, func() error { t = build(rs); return nil })
		return t
	}
}

// readable is a signal of either kind.
type readable[T any] interface{ Value() T }

func newSystem() *alien.ReactiveSystem {
	return alien.CreateReactiveSystem(func(_ alien.SignalAware, err error) { panic(err) })
}

func set(rs *alien.ReactiveSystem, s *alien.WriteableSignal[int]) func(int) {
	return func(x int) {
		rs.StartBatch()
		s.SetValue(x)
		rs.EndBatch()
	}
}

func drive(rs *alien.ReactiveSystem, source *alien.WriteableSignal[int], last readable[int], runs *int) graphs.Kairo {
	return graphs.Kairo{Set: []func(int){set(rs, source)}, Get: []func() int{last.Value}, Runs: runs}
}
