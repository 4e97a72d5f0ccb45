package graphs

import "fmt"

// Cellx drives cellx: four sources 1, 2, 3, 4 under layers of four cells, which
// from the layer a, b, c, d below compute b, a-c, b+d, c; each observed.
type Cellx struct {
	Set  func(values ...int) // writes the sources, in one transaction
	Read func() [4]int       // the last layer, from outside
}

var cellxCases = []Case{cellx(1000), cellx(2500), cellx(5000)}

// cellx takes the time of reading the last layer, an update of all four sources
// and reading it again, by computed cell.
func cellx(layers int) Case {
	return Case{Suite: "cellx", Name: fmt.Sprintf("cellx%d", layers), run: func(l *Library, m *meter) bool {
		if l.Cellx == nil {
			return false
		}
		layers := layers / m.scale
		before, after := layer(layers, [4]int{1, 2, 3, 4}), layer(layers, [4]int{4, 3, 2, 1})
		m.shots(4*layers, func(w *watch) {
			x := l.Cellx(layers)
			w.start()
			b := x.Read()
			x.Set(4, 3, 2, 1)
			a := x.Read()
			w.stop()
			m.holds(b == before && a == after, fmt.Sprint("got ", b, " before and ", a, " after, want ", before, after))
		})
		return true
	}}
}

// layer is the last layer, computed directly.
func layer(layers int, v [4]int) [4]int {
	for range layers {
		v = [4]int{v[1], v[0] - v[2], v[1] + v[3], v[2]}
	}
	return v
}
