package pipe

import "github.com/freeswytch/freeswytch/cell"

// Field is a part of the items of a Hub by which readers choose them.
type Field[T any, F comparable] struct{ get func(T) F }

// By returns the field that get finds in an item. get must be a pure function. If
// F is an interface, what it finds must be comparable: else putting the item
// panics.
func By[T any, F comparable](get func(T) F) *Field[T, F] {
	if get == nil {
		panic(&cell.UsageError{Problem: "By wants a function, not nil"})
	}
	return &Field[T, F]{get}
}

// Is matches the items whose field equals x.
func (f *Field[T, F]) Is(x F) Match[T] {
	if x != x {
		panic(&cell.UsageError{Problem: "a Field is never equal to NaN"})
	}
	return Match[T]{f, x}
}

// Match is a condition on a field of an item, made by Is.
type Match[T any] struct {
	field Selector[T]
	value any
}

// Selector is a *Field of any type.
type Selector[T any] interface {
	is(item T, value any) bool
	follow(branches map[any]*branch[T], item T) *branch[T]
}

func (f *Field[T, F]) is(item T, value any) bool { return any(f.get(item)) == value }

func (f *Field[T, F]) follow(branches map[any]*branch[T], item T) *branch[T] {
	return branches[f.get(item)]
}
