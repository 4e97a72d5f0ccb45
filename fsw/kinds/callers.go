package kinds

import (
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Caller is who waits in a queue of mod_callcenter or talks to an agent: what it calls a
// member. Its key is the CC-Member-UUID.
//
// Closed becomes "Terminated" after a talk with an agent; of who leaves without one it
// is why: TIMEOUT, NO_AGENT_TIMEOUT, BREAK_OUT, EXIT_WITH_KEY, or "Cancel" for who has
// hung up.
type Caller struct {
	fsw.Handler
	Queue   cell.Value[string] `fsw:"CC-Queue"`
	Channel cell.Value[string] `fsw:"CC-Member-Session-UUID"` // its id, for Switch.Channel
	Name    cell.Value[string] `fsw:"CC-Member-CID-Name"`
	Number  cell.Value[string] `fsw:"CC-Member-CID-Number"`

	// Joined is when it came to the queue, by the clock of the server.
	Joined cell.Value[time.Time] `fsw:"joined_epoch,s"`
	// Agent is the key of the agent that it talks to, or is being offered to; "" while
	// it is only waiting.
	Agent cell.Value[string]
	// Answered says that it talks.
	Answered cell.Value[bool]
}

// Callers begin when they come to a queue, and end when they leave it.
var Callers = fsw.NewKind[Caller]("caller").
	Key("CC-Member-UUID").
	On(callcenter, (*Caller).info).
	Begins(func(ev *esl.Event) bool {
		action := ev.Value("CC-Action")
		return action == "member-queue-start" || action == "member-queue-resume"
	}).
	Ends(whyLeft).
	Snapshot(listOf("member list"), readCallers).
	Listed(func(c *Caller, tx cell.Tx, row *esl.Event) {
		c.serve(tx, row.Value("serving_agent"), row.Value("state") == "Answered")
	})

// readCallers reads the table. Who has hung up stays in it for a while, to be let in at
// the same place.
func readCallers(output string) (callers []*esl.Event, err error) {
	rows, err := fsw.JSONRows(map[string]string{
		"queue": "CC-Queue", "uuid": "CC-Member-UUID", "session_uuid": "CC-Member-Session-UUID",
		"cid_name": "CC-Member-CID-Name", "cid_number": "CC-Member-CID-Number",
	})(output)
	for _, row := range rows {
		if row.Value("state") != "Abandoned" {
			callers = append(callers, row)
		}
	}
	return callers, err
}

func (c *Caller) info(tx cell.Tx, ev *esl.Event) {
	switch ev.Value("CC-Action") {
	case "member-queue-start", "member-queue-resume":
		c.Joined.Set(tx, happenedAt(ev))
		c.serve(tx, "", false)
	case "agent-offering":
		c.serve(tx, ev.Value("CC-Agent"), false)
	case "bridge-agent-start":
		c.serve(tx, ev.Value("CC-Agent"), true)
	case "bridge-agent-fail":
		if c.Agent.Peek(tx.Reader) == ev.Value("CC-Agent") { // of several that are called at once
			c.serve(tx, "", false)
		}
	}
}

func (c *Caller) serve(tx cell.Tx, agent string, answered bool) {
	c.Agent.Set(tx, strings.Clone(agent)) // not a piece of the event
	c.Answered.Set(tx, answered)
}

func whyLeft(ev *esl.Event) string {
	if ev.Value("CC-Action") != "member-queue-end" {
		return ""
	}
	if why := ev.Value("CC-Cancel-Reason"); why != "" && why != "NONE" {
		return why
	}
	if why := ev.Value("CC-Cause"); why != "" {
		return why
	}
	return "member-queue-end"
}
