package pipe

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
)

// Policy says how many items a Subscription holds for its consumer, and what
// happens when a transaction has more than fit because the consumer is slow.
// Transactions are never held up inside, whatever the policy.
type Policy struct {
	mode     mode
	capacity int
}

type mode uint8

const (
	wait mode = iota + 1
	dropOldest
	dropNewest
	fail
)

// Wait loses nothing: items beyond the capacity are taken all the same, and the
// Update that has added them returns only when they fit: after its commit and its
// effects, outside the graph's lock, so that other goroutines go on; only those
// that add more wait, too. The waiting ends when the subscription does, or with
// the context of UpdateContext.
//
// Transactions made by effects, and those made inside the consumer's own loop, do
// not wait: nobody would ever make room for them. What the runtime cannot see is
// a loop that waits for another goroutine, which waits in Update for that loop to
// go on (with iter.Pull, the code between the calls is such a goroutine): both
// stand still until the context ends.
func Wait(capacity int) Policy { return Policy{wait, capacity} }

// DropOldest makes room by dropping the items that have waited longest. With a
// capacity of 1 the consumer gets the newest item.
func DropOldest(capacity int) Policy { return Policy{dropOldest, capacity} }

// DropNewest drops the items that do not fit.
func DropNewest(capacity int) Policy { return Policy{dropNewest, capacity} }

// Fail ends the subscription with an *OverflowError as soon as a transaction has
// more items than fit: those of earlier transactions are still delivered, those
// of that one are not.
func Fail(capacity int) Policy { return Policy{fail, capacity} }

func (p Policy) check() {
	switch {
	case p.mode == 0:
		panic(&cell.UsageError{Problem: "the zero Policy was used; choose Wait, DropOldest, DropNewest or Fail"})
	case p.capacity < 1:
		panic(&cell.UsageError{Problem: fmt.Sprintf("a Subscription with a capacity of %d", p.capacity)})
	}
}

// String returns the policy as it is written in Go.
func (p Policy) String() string {
	name := [...]string{"Policy", "Wait", "DropOldest", "DropNewest", "Fail"}[p.mode]
	return fmt.Sprintf("pipe.%s(%d)", name, p.capacity)
}

// OverflowError is how a Subscription with the policy Fail ends if its consumer
// is too slow.
type OverflowError struct {
	Capacity int // of the subscription
	Lost     int // items of the transaction that did not fit
}

func (e *OverflowError) Error() string {
	return fmt.Sprintf("pipe: the consumer is too slow: %d further items do not fit into a subscription for %d", e.Lost, e.Capacity)
}
