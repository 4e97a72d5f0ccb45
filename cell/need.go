package cell

// need panics with words if a caller has not given what it must. What is handed over
// is looked at then, so that using it costs nothing more.
func need(given bool, problem string) {
	if !given {
		panic(&UsageError{Problem: problem})
	}
}
