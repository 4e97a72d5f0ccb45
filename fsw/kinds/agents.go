package kinds

import (
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Agent is who answers the calls of the queues of mod_callcenter. Its key is its name.
//
// mod_callcenter does not tell when an agent is deleted: one that was ends, with
// fsw.CauseLost, at the next comparison with its table, after a gap.
type Agent struct {
	fsw.Handler
	Status  cell.Value[AgentStatus] `fsw:"CC-Agent-Status"` // what the agent has chosen
	State   cell.Value[AgentState]  `fsw:"CC-Agent-State"`  // what the queues do with it
	Type    cell.Value[string]      `fsw:"CC-Agent-Type"`   // callback or uuid-standby
	Contact cell.Value[string]      `fsw:"CC-Agent-Contact"`

	// StatusSince is when Status became what it is, by the clock of the server; zero if
	// that is not known.
	StatusSince cell.Value[time.Time] `fsw:"last_status_change,s"`
}

// AgentStatus is whether an agent takes calls.
type AgentStatus string

// The statuses of an agent, as mod_callcenter writes them.
const (
	AgentLoggedOut         AgentStatus = "Logged Out"
	AgentAvailable         AgentStatus = "Available"
	AgentAvailableOnDemand AgentStatus = "Available (On Demand)" // after the next call idle again
	AgentOnBreak           AgentStatus = "On Break"
)

// AgentState is what an agent is doing for the queues.
type AgentState string

// The states of an agent, as mod_callcenter writes them.
const (
	AgentIdle        AgentState = "Idle"
	AgentWaiting     AgentState = "Waiting"
	AgentReceiving   AgentState = "Receiving"
	AgentReserved    AgentState = "Reserved"
	AgentInQueueCall AgentState = "In a queue call"
)

// Agents are made by any event that is about one.
var Agents = fsw.NewKind[Agent]("agent").
	Key("CC-Agent").
	On(callcenter, (*Agent).info).
	Snapshot(listOf("agent list"), fsw.JSONRows(map[string]string{
		"name": "CC-Agent", "status": "CC-Agent-Status", "state": "CC-Agent-State", "type": "CC-Agent-Type", "contact": "CC-Agent-Contact",
	}))

const callcenter = "callcenter::info"

// listOf is the API command that shows a table of mod_callcenter as JSON. Its other
// form separates values by what may be in a value, too.
func listOf(arguments string) string {
	return `json {"command":"callcenter_config","data":{"arguments":"` + arguments + `"}}`
}

func (a *Agent) info(tx cell.Tx, ev *esl.Event) {
	switch ev.Value("CC-Action") {
	case "agent-add": // what it begins with, which the event does not tell
		a.Status.Set(tx, AgentLoggedOut)
		a.State.Set(tx, AgentWaiting)
	case "agent-status-change":
		a.StatusSince.Set(tx, happenedAt(ev))
	}
}

// happenedAt is when an event was fired, to the second, which is what the tables have.
func happenedAt(ev *esl.Event) time.Time {
	t, _ := ev.Time("Event-Date-Timestamp")
	return t.Truncate(time.Second)
}
