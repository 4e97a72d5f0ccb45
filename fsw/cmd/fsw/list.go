package main

import (
	"slices"
	"sync"
)

// list keeps the rows of what is live, as it is now. Each has a rule of its own that puts it.
type list[T any] struct {
	mu   sync.Mutex
	rows []*item[T] // oldest first; those that have ended are swept out by look
}

type item[T any] struct {
	row          T
	known, ended bool
}

// put replaces a row.
func (l *list[T]) put(i *item[T], row T, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !i.known && !ended {
		l.rows = append(l.rows, i)
	}
	i.row, i.known, i.ended = row, true, ended
}

// look returns the live rows.
func (l *list[T]) look() (rows []T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = slices.DeleteFunc(l.rows, func(i *item[T]) bool { return i.ended })
	for _, i := range l.rows {
		rows = append(rows, i.row)
	}
	return rows
}
