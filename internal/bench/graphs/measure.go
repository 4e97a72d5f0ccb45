package graphs

import (
	"math"
	"runtime"
	"time"
)

// meter measures one case: the least of several times, since whatever else the
// machine does only adds to them.
type meter struct {
	Check
	budget time.Duration // to spend on this case, about
	part   int           // by which repetitions are divided, where values tell them
	scale  int           // by which sizes are divided, to try
	value  float64       // by op, see Case.Unit
	allocs float64       // by op
}

// steady measures something that can be repeated at will.
func (m *meter) steady(ops int, once func()) {
	const slices = 5
	for range 3 {
		once()
	}
	w := &watch{}
	n := 1
	for {
		w.start()
		for range n {
			once()
		}
		w.stop()
		if w.took >= m.budget/slices/2 || m.wrong != "" {
			break
		}
		n *= 2
	}
	best := watch{took: math.MaxInt64}
	for range slices {
		runtime.GC()
		w.start()
		for range n {
			once()
		}
		w.stop()
		best.keep(w)
	}
	m.result(best, n*ops)
}

// shots measures something that has to be prepared each time: shot starts and
// stops the watch itself. The first ones pay for memory that the process has not
// had before; so there are ten, as in the suites the graphs are from, if that does
// not take very long.
func (m *meter) shots(ops int, shot func(*watch)) {
	const enough = 10
	begin := cpuTime()
	best := watch{took: math.MaxInt64}
	for i := 0; ; i++ {
		w := &watch{collect: true}
		shot(w)
		best.keep(w)
		spent := cpuTime() - begin
		if m.wrong != "" || spent > 50*m.budget || i >= enough-1 && spent > m.budget {
			break
		}
	}
	m.result(best, ops)
}

func (m *meter) result(best watch, ops int) {
	m.value = float64(best.took.Nanoseconds()) / float64(ops)
	m.allocs = float64(best.mallocs) / float64(ops)
}

// watch takes the processor time and allocations between start and stop.
type watch struct {
	collect bool // garbage, before the start
	took    time.Duration
	mallocs uint64
}

func (w *watch) start() {
	if w.collect {
		runtime.GC()
	}
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	w.mallocs = s.Mallocs
	w.took = cpuTime()
}

func (w *watch) stop() {
	w.took = cpuTime() - w.took
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	w.mallocs = s.Mallocs - w.mallocs
}

// keep keeps the smaller of each.
func (w *watch) keep(o *watch) {
	if w.took == math.MaxInt64 {
		*w = *o
	}
	w.took, w.mallocs = min(w.took, o.took), min(w.mallocs, o.mallocs)
}
