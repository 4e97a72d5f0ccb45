package cell

import "runtime"

// refuseNested panics if this goroutine is already inside a transaction, of this
// or another graph: waiting for the lock could then last for ever. It is only
// asked when the lock is taken, because looking at the stack costs microseconds;
// Go has no cheaper way to know one's own goroutine.
func refuseNested() {
	pcs := make([]uintptr, 64)
	for {
		n := runtime.Callers(2, pcs)
		if n < len(pcs) {
			pcs = pcs[:n]
			break
		}
		pcs = make([]uintptr, 4*len(pcs))
	}
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		if f.Function == transactName || f.Function == lookName {
			panic(&UsageError{Problem: "a transaction was started inside a transaction; " +
				"inside a rule, an observer or Update, pass its Tx or Reader on instead of calling Update, View, Read or Stop, " +
				"and do the rest in an Effect or AfterCommit"})
		}
		if !more {
			return
		}
	}
}

// The functions whose frame on a stack means "inside a transaction".
const (
	transactName = "github.com/freeswytch/freeswytch/cell.(*Graph).transact"
	lookName     = "github.com/freeswytch/freeswytch/cell.(*Graph).look"
)
