package cell

// Filter returns the items of s for which keep is true. keep may read cells: when
// they change, it runs again for the items that have read them, and only those.
//
// A change of s, or of what keep reads for an item, costs one call of keep and a
// look-up. Listening first to it costs a call for each item. It takes some 50
// bytes for each of its items, and some 180 more for each item of s for which keep
// reads cells.
func Filter[T comparable](s ReadableSet[T], keep func(r Reader, x T) bool) *LiveSet[T] {
	m := newImage(s.of(), func(r Reader, x T, _ struct{}) (v struct{}, ok bool) { return v, keep(r, x) }, same[struct{}], keep)
	return &LiveSet[T]{m}
}

// FilterMap returns the entries of m for which keep is true. It is to a map what
// Filter is to a set.
func FilterMap[K comparable, V any](m ReadableMap[K, V], keep func(r Reader, k K, v V) bool) *LiveMap[K, V] {
	return &LiveMap[K, V]{newImage(m.of(), func(r Reader, k K, v V) (V, bool) { return v, keep(r, k, v) }, nil, keep)}
}

// MapValues returns the map of fn's results for the entries of m. fn may read
// cells, and runs again when they change, for those entries only. Results are
// compared: an equal one is no change. It costs what Filter does.
func MapValues[K comparable, V any, W comparable](m ReadableMap[K, V], fn func(r Reader, k K, v V) W) *LiveMap[K, W] {
	return &LiveMap[K, W]{newImage(m.of(), func(r Reader, k K, v V) (W, bool) { return fn(r, k, v), true }, same[W], fn)}
}

// Count returns the number of items of s for which keep is true; what it costs is
// what Filter does. The number of all items is s.Len.
func Count[T comparable](s ReadableSet[T], keep func(r Reader, x T) bool) *Computed[int] {
	return Compute(Filter(s, keep).Len)
}

func same[V comparable](a, b V) bool { return a == b }
