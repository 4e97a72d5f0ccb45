package graphs

import "runtime"

const memoryCells = 1_000_000

// Memory drives a large number of cells, which it has room for from the start.
type Memory struct {
	Values  func() // creates values 0, 1, …
	Compute func() // creates a computed cell over each that adds 1, and reads each from outside
	Observe func() // creates one observer, which reads all computed cells and adds them to Sink
	Drop    func() // creates as many computed cells over value 0, reads each and keeps none
}

var memoryCases = append([]Case{
	memory("value", func(m Memory) (before, step func()) { return func() {}, m.Values }),
	memory("computed", func(m Memory) (before, step func()) { return m.Values, m.Compute }),
	memory("observed-pair", func(m Memory) (before, step func()) {
		return func() {}, func() {
			m.Values()
			m.Compute()
			Sink = 0
			m.Observe()
		}
	}),
	memory("dropped", func(m Memory) (before, step func()) { return m.Values, m.Drop }),
}, itemMemoryCases()...)

// memory takes what the heap grows by in a step, by cell.
func memory(name string, of func(Memory) (before, step func())) Case {
	return Case{Suite: "memory", Name: name, run: func(l *Library, m *meter) bool {
		if l.Memory == nil {
			return false
		}
		n := memoryCells / m.part
		cells := l.Memory(n)
		before, step := of(cells)
		before()
		empty := heap()
		step()
		m.value = (heap() - empty) / float64(n)
		if name == "observed-pair" {
			m.equal(Sink, n*(n+1)/2)
		}
		runtime.KeepAlive(cells)
		return true
	}}
}

// heap is what the heap holds, without garbage.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what the first has finalised
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return float64(s.HeapAlloc)
}
