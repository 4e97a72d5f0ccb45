package cell

import (
	"runtime"
	"slices"
)

// The functions whose frame on a stack means "inside a transaction", "run by the
// outbox, after a commit", and "takes from a sink". They are not inlined.
const (
	transactName = "github.com/freeswytch/freeswytch/cell.(*Graph).transact"
	lookName     = "github.com/freeswytch/freeswytch/cell.(*Graph).look"
	sharedName   = "github.com/freeswytch/freeswytch/cell.runShared"
	laneName     = "github.com/freeswytch/freeswytch/cell.runInLane"
	lookAtName   = "github.com/freeswytch/freeswytch/cell.lookAt[...]"
	consumeName  = "github.com/freeswytch/freeswytch/cell.Consume"
)

// refuseNested panics if this goroutine is already inside a transaction, of this
// or another graph: waiting for the lock could then last for ever. It is only
// asked when the lock is taken, because looking at the stack costs microseconds;
// Go has no cheaper way to know one's own goroutine.
func refuseNested() {
	if onStack(transactName, lookName, lookAtName) {
		panic(&UsageError{Problem: "a transaction was started inside a transaction; " +
			"inside a rule, an observer or Update, pass its Tx or Reader on instead of calling Update, View, Read or Stop, " +
			"and do the rest in an Effect or AfterCommit"})
	}
}

// MustNotBlock panics with a *UsageError if this goroutine is inside a
// transaction or runs an effect: whatever it is about to wait for may then never
// come, since transactions wait for each other and so do effects. Functions that
// block until something has happened to a graph, like Wait, call it first; it
// takes some microseconds. name is that of the function.
func MustNotBlock(name string) {
	switch {
	case onStack(transactName, lookName, lookAtName):
		panic(&UsageError{Problem: name + " was called inside a transaction: what it waits for cannot happen before that ends"})
	case onStack(sharedName):
		panic(&UsageError{Problem: name + " was called by an effect: what it waits for may have to wait for that effect; start a goroutine"})
	}
}

// onStack says whether one of the functions is on this goroutine's stack.
func onStack(functions ...string) bool {
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
		if slices.Contains(functions, f.Function) {
			return true
		}
		if !more {
			return false
		}
	}
}
