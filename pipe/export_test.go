package pipe

// Next is the step of All.
func (s *Subscription[T]) Next() (T, bool) { return s.next() }
