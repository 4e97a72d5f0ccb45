package cell_test

// expr is a function of cells, with dynamic dependencies.
type expr struct{ cond, a, b int }

func (e expr) eval(get func(ref int) int) int {
	if get(e.cond)%2 == 0 {
		return (get(e.a) + 1) % 7
	}
	return (2*get(e.a) + get(e.b)) % 7
}
