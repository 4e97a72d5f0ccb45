package fswtest

// A queue is a bounded FIFO.
type queue[T any] struct {
	items []T
	head  int
	limit int
	lost  int    // in a row
	taken uint64 // from it so far, or dropped
}

func (q *queue[T]) len() int { return len(q.items) - q.head }

// push adds an item or loses it; false when too many were lost.
func (q *queue[T]) push(v T) bool {
	if q.len() >= q.limit {
		q.lost++
		return q.lost <= lostLimit
	}
	q.lost = 0
	if q.head > 64 && q.head > len(q.items)/2 {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, v)
	return true
}

func (q *queue[T]) pop() (v T, ok bool) {
	if q.len() == 0 {
		return v, false
	}
	var zero T
	v = q.items[q.head]
	q.items[q.head] = zero
	q.head++
	q.taken++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return v, true
}

func (q *queue[T]) drop() {
	q.taken += uint64(q.len())
	q.items, q.head, q.lost = nil, 0, 0
}
