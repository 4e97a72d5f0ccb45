package pipe

// Next is the step of All.
func (s *Subscription[T]) Next() (T, bool) { return s.next() }

// Snapshot returns all items of the running pass.
func (h *Hub[T]) Snapshot() []T { return append([]T(nil), h.pipe.items...) }

// Topics returns how many patterns the hub remembers, Branches what that takes.
func (h *Hub[T]) Topics() (n int) { n, _ = h.root.count(); return n }

func (h *Hub[T]) Branches() (n int) { _, n = h.root.count(); return n }

func (b *branch[T]) count() (topics, branches int) {
	if b == nil {
		return 0, 0
	}
	branches = 1
	if b.topic != nil {
		topics = 1
	}
	add := func(b *branch[T]) {
		t, n := b.count()
		topics, branches = topics+t, branches+n
	}
	add(b.any)
	for _, b := range b.values {
		add(b)
	}
	return topics, branches
}
