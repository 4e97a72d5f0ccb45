package pipe

// queue is a ring of items. It grows with its length, and lets go of what an
// unusual load has made of it when it is empty.
type queue[T any] struct {
	ring   []T // len(ring) is a power of two, or zero
	head   int // of the oldest
	length int
}

func (q *queue[T]) push(items []T) {
	if need := q.length + len(items); need > len(q.ring) {
		q.grow(need)
	}
	at := (q.head + q.length) & (len(q.ring) - 1)
	n := copy(q.ring[at:], items)
	copy(q.ring, items[n:])
	q.length += len(items)
}

func (q *queue[T]) grow(need int) {
	size := max(16, len(q.ring))
	for size < need {
		size *= 2
	}
	ring := make([]T, size)
	n := copy(ring, q.ring[q.head:min(q.head+q.length, len(q.ring))])
	copy(ring[n:], q.ring[:q.length-n])
	q.ring, q.head = ring, 0
}

// pop takes the oldest item. There must be one.
func (q *queue[T]) pop() T {
	var none T
	x := q.ring[q.head]
	q.ring[q.head] = none
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.length--
	if q.length == 0 && len(q.ring) > keep {
		*q = queue[T]{}
	}
	return x
}
