package pipe_test

import (
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

type Key struct {
	Call, Digit string
	At          int
}

var (
	digit = pipe.By(func(k Key) string { return k.Digit })
	call  = pipe.By(func(k Key) string { return k.Call })
)

// Rules that want some of the keys that callers press, and run only for those.
func ExampleHub() {
	g := cell.NewGraph()
	keys := pipe.NewHub(digit, call) // calls are many, digits few
	cell.Observe(g, func(r cell.Reader) {
		for k := range keys.All(r, call.Is("anne"), digit.Is("#")) {
			fmt.Println("anne ends her message", k.At)
		}
	})
	cell.Observe(g, func(r cell.Reader) {
		for k := range keys.All(r, digit.Is("0")) {
			fmt.Println(k.Call, "wants an operator", k.At)
		}
	})
	_ = g.Update(func(tx cell.Tx) error {
		keys.Put(tx, Key{"anne", "5", 1}, Key{"bert", "0", 2}, Key{"anne", "#", 3}, Key{"anne", "0", 4})
		return nil
	})
	// Output:
	// anne ends her message 3
	// bert wants an operator 2
	// anne wants an operator 4
}
