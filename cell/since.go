package cell

import "time"

// BeginsWith returns since when a condition holds, if the moment is what was
// returned for it last time: NotYet if it does not hold; else the moment, but now
// if that is earlier. Since is a cell made of this.
func (m Moment) BeginsWith(r Reader, holds bool) Moment {
	now := r.Now()
	if !holds {
		return NotYet
	}
	return earlier(m, now)
}

// Since returns a cell that keeps since when cond holds, and is NotYet while it
// does not. What follows from it is said in terms of moments, for instance that
// something has been idle for too long:
//
//	idle := cell.Since(g, func(r cell.Reader) bool { return !busy.Get(r) })
//	tooLong := cell.Compute(func(r cell.Reader) bool {
//		return r.Reached(idle.Get(r).Add(timeout.Get(r)))
//	})
func Since(o Owner, cond func(Reader) bool) *Maintained[Moment] {
	need(cond != nil, "Since wants a condition, not nil")
	return maintainFor(o, cond, NotYet, func(tx Tx, since Moment) Moment {
		return since.BeginsWith(tx.Reader, cond(tx.Reader))
	})
}

// Elapsed returns how much time has passed since a moment, in whole steps, and 0
// before it. The rule that asks runs again when one more has passed.
func (r Reader) Elapsed(since Moment, step time.Duration) time.Duration {
	if step <= 0 {
		panic(&UsageError{Problem: "Elapsed counts steps of " + step.String()})
	}
	now := r.Now()
	if since == NotYet {
		return 0
	}
	passed := max(0, now.Sub(since)/step) * step
	r.Reached(since.Add(passed).Add(step))
	return passed
}
