package fsw_test

import (
	"fmt"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A rule that acts when no reply has come within five seconds, by the clock of the graph. The
// late reply finds nobody, and takes no other command's place.
func ExampleSwitch_SendAPI_timeout() {
	g := cell.NewGraph(cell.WithManualClock(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)))
	sw := fsw.New(g)
	//doc:timeout
	answered := cell.NewValue(false)
	_ = g.Update(func(tx cell.Tx) error {
		deadline := tx.Now().Add(5 * time.Second)
		cell.Rule(sw.Scope().In(tx), func(tx cell.Tx) {
			if !answered.Get(tx.Reader) && tx.Reached(deadline) {
				tx.AtCommit(func() { fmt.Println("no reply in five seconds") })
			}
		})
		return sw.SendAPI(tx, "status", func(tx cell.Tx, r fsw.Reply) {
			answered.Set(tx, true)
			tx.AtCommit(func() { fmt.Println("too late:", r.Text) })
		})
	})
	//doc:end
	_ = g.Advance(4 * time.Second)
	fmt.Println("four seconds")
	_ = g.Advance(time.Second)
	_ = g.Advance(time.Hour)
	sw.ReceivedMessage(esl.NewMessage(esl.APIResponse, "UP 1 year"))
	// Output:
	// four seconds
	// no reply in five seconds
	// too late: UP 1 year
}
