package cell

import (
	"slices"
	"sort"
)

// Splice is one change of a sequence in a pass: old[Start:End], of what it was at
// the start of the pass, became the Size items that are now at new[At:At+Size].
// Those of a pass come in descending order, so that each can be applied to a
// copy of the old sequence without regard to the others:
//
//	for c := range queue.Splices(r) {
//		rows = slices.Replace(rows, c.Start, c.End, queue.Slice(r, c.At, c.At+c.Size)...)
//	}
//
// Changes that touch are one: between two there is something that has stayed.
type Splice struct {
	Start, End int // in the old sequence
	Size       int
	At         int // in the new sequence
}

func (s Splice) newEnd() int { return s.At + s.Size }

// script is what has happened to a sequence, as splices in ascending order.
type script []Splice

// then adds that removed items at a position of the new sequence were replaced by
// others.
func (s script) then(at, removed, inserted int) script {
	lo := sort.Search(len(s), func(i int) bool { return s[i].newEnd() >= at })
	hi := lo + sort.Search(len(s)-lo, func(i int) bool { return s[lo+i].At > at+removed })
	c := Splice{Start: at - s.shift(lo), End: at + removed - s.shift(hi), At: at}
	end := at + removed // of what c replaces, in the new sequence
	if lo < hi {        // it swallows splices
		if first := s[lo]; first.At <= at {
			c.Start, c.At = first.Start, first.At
		}
		if last := s[hi-1]; last.newEnd() >= end {
			c.End, end = last.End, last.newEnd()
		}
	}
	c.Size = end - c.At - removed + inserted
	for i := hi; i < len(s); i++ {
		s[i].At += inserted - removed
	}
	switch nothing := c.Start == c.End && c.Size == 0; {
	case nothing:
		return append(s[:lo], s[hi:]...)
	case lo == hi:
		s = append(s, Splice{})
		copy(s[lo+1:], s[lo:])
		s[lo] = c
		return s
	default:
		s[lo] = c
		return append(s[:lo+1], s[hi:]...)
	}
}

// shift returns how far what is between the splices i-1 and i has moved.
func (s script) shift(i int) int {
	if i == 0 {
		return 0
	}
	return s[i-1].newEnd() - s[i-1].End
}

// clip makes of the changes of a sequence those of its beginning, which was and is
// so many items long.
func (s script) clip(was, is int) script {
	clipped := s[:0]
	var o, n int // where what has stayed begins, then and now
	for _, c := range s {
		if c.Start >= was || c.At >= is {
			break
		}
		if c.End >= was || c.newEnd() >= is {
			return append(clipped, Splice{c.Start, was, is - c.At, c.At})
		}
		clipped = append(clipped, c)
		o, n = c.End, c.newEnd()
	}
	// What is behind the end of one of the two has come in, or gone out.
	stay := min(was-o, is-n)
	if o, n = o+stay, n+stay; o < was || n < is {
		clipped = append(clipped, Splice{o, was, is - n, n})
	}
	return clipped
}

// mirror makes of the changes of a sequence those of it read backward. It was and
// is so many items long.
func (s script) mirror(was, is int) {
	for i, c := range s {
		s[i] = Splice{was - c.End, was - c.Start, c.Size, is - c.newEnd()}
	}
	slices.Reverse(s)
}
