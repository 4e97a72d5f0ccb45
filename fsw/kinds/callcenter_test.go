package kinds_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/kinds"
)

// callcenter is mod_callcenter: it changes its tables, then it fires, with the headers
// and in the order of its source code.
type callcenter struct {
	server
	agents, members *table
	count           int
}

func newCallcenter(s server) *callcenter {
	c := &callcenter{server: s, agents: newTable(), members: newTable()}
	s.Server.Handle("json", func(args string) string {
		switch {
		case strings.Contains(args, `"agent list"`):
			return `{"command":"callcenter_config","data":{"arguments":"agent list"},"status":"success","response":` + asText(c.agents.all()) + "}\n"
		case strings.Contains(args, `"member list"`):
			return `{"command":"callcenter_config","data":{"arguments":"member list"},"status":"success","response":` + asText(c.members.all()) + "}\n"
		}
		return `{"status":"error","message":"Invalid request or non-existant command","response":null}` + "\n"
	})
	return c
}

func (c *callcenter) fire(action string, headers ...string) {
	c.FireCustom("callcenter::info", append(headers, "CC-Action", action)...)
}

func (c *callcenter) addAgent(name string) {
	c.agents.set(name, "name", name, "instance_id", "single_box", "type", "callback", "contact", "", "status", "Logged Out", "state", "Waiting",
		"last_status_change", "0", "calls_answered", "0")
	c.fire("agent-add", "CC-Agent", name, "CC-Agent-Type", "callback")
}

func (c *callcenter) deleteAgent(name string) { c.agents.delete(name) } // and no event

func (c *callcenter) status(name, status string) {
	c.agents.set(name, "status", status, "last_status_change", fmt.Sprint(time.Now().Unix()))
	c.fire("agent-status-change", "CC-Agent", name, "CC-Agent-Status", status)
}

func (c *callcenter) state(name, state string) {
	c.agents.set(name, "state", state)
	c.fire("agent-state-change", "CC-Agent", name, "CC-Agent-State", state)
}

func (c *callcenter) contact(name, contact string) {
	c.agents.set(name, "contact", contact)
	c.fire("agent-contact-change", "CC-Agent", name, "CC-Agent-Contact", contact)
}

func (c *callcenter) join(queue, name string) (member string) {
	c.count++
	member = fmt.Sprint("member-", c.count)
	c.members.set(member, "queue", queue, "uuid", member, "session_uuid", "session-"+member, "cid_name", name, "cid_number", "100",
		"joined_epoch", fmt.Sprint(time.Now().Unix()), "serving_agent", "", "state", "Waiting")
	c.fire("member-queue-start", c.member(member, queue, name)...)
	c.fire("members-count", "CC-Queue", queue, "CC-Count", fmt.Sprint(len(c.members.all())), "CC-Selection", "Single-Queue")
	return member
}

func (c *callcenter) member(member, queue, name string, more ...string) []string {
	return append([]string{"CC-Queue", queue, "CC-Member-UUID", member, "CC-Member-Session-UUID", "session-" + member,
		"CC-Member-CID-Name", name, "CC-Member-CID-Number", "100"}, more...)
}

func (c *callcenter) offer(member, queue, name, agent string) {
	c.members.set(member, "serving_agent", agent, "state", "Trying")
	c.fire("agent-offering", c.member(member, queue, name, "CC-Agent", agent, "CC-Agent-System", "single_box")...)
}

func (c *callcenter) answer(member, queue, name, agent string) {
	c.members.set(member, "serving_agent", agent, "state", "Answered")
	c.fire("bridge-agent-start", c.member(member, queue, name, "CC-Agent", agent)...)
}

func (c *callcenter) refuse(member, queue, name, agent string) {
	c.members.set(member, "serving_agent", "", "state", "Waiting")
	c.fire("bridge-agent-fail", c.member(member, queue, name, "CC-Agent", agent, "CC-Hangup-Cause", "USER_BUSY")...)
}

func (c *callcenter) leave(member, queue, name, cause, reason string) {
	c.members.delete(member)
	more := []string{"CC-Cause", cause}
	if reason != "" {
		more = append(more, "CC-Cancel-Reason", reason)
	}
	c.fire("member-queue-end", c.member(member, queue, name, more...)...)
}

func agentText(r cell.Reader, a *kinds.Agent) string {
	return fmt.Sprint(a.Status.Get(r), "/", a.State.Get(r), "/", a.Type.Get(r), "/", a.Contact.Get(r), "/", max(a.StatusSince.Get(r).Unix(), 0))
}

func (c *callcenter) agentTexts() map[string]string {
	texts := map[string]string{}
	for _, a := range c.agents.all() {
		texts[a["name"]] = fmt.Sprint(a["status"], "/", a["state"], "/", a["type"], "/", a["contact"], "/", a["last_status_change"])
	}
	return texts
}

func TestAgents(t *testing.T) {
	inBubble(t, func(t *testing.T, s server) {
		c := newCallcenter(s)
		c.addAgent("ann") // before the switch asks
		agents := handle(s, kinds.Agents)
		s.ready(t)
		c.addAgent("bob")
		c.status("ann", "Available")
		c.state("bob", "Idle")
		c.contact("bob", "user/1000|user/1001")
		c.fire("members-count", "CC-Queue", "q", "CC-Count", "1", "CC-Selection", "Single-Queue")
		synctest.Wait()
		ann, bob := at(s, agents, "ann"), at(s, agents, "bob")
		s.sw.Graph().View(func(r cell.Reader) {
			if agents.Len(r) != 2 || ann.Status.Get(r) != kinds.AgentAvailable || ann.State.Get(r) != kinds.AgentWaiting ||
				!ann.StatusSince.Get(r).Equal(time.Now().Truncate(time.Second)) || bob.State.Get(r) != kinds.AgentIdle || bob.Contact.Get(r) != "user/1000|user/1001" {
				t.Error(agents.Len(r), agentText(r, ann), agentText(r, bob))
			}
		})
		s.outage(t, func() {
			c.deleteAgent("bob")
			c.state("ann", "In a queue call")
			c.addAgent("eve")
		})
		if at(s, agents, "ann") != ann || cell.Read(s.sw.Graph(), &bob.Closed) != fsw.CauseLost || at(s, agents, "eve") == nil {
			t.Error("the gap was not made up for")
		}
		same(t, s, agents, agentText, c.agentTexts())
	})
}

func TestAgentsFollowTheirTable(t *testing.T) {
	inBubble(t, func(t *testing.T, s server) {
		c := newCallcenter(s)
		agents := handle(s, kinds.Agents)
		statuses := []string{"Available", "On Break", "Logged Out", "Available (On Demand)"}
		states := []string{"Waiting", "Receiving", "In a queue call", "Idle"}
		act := func(rng *rand.Rand) {
			name, ok := c.agents.pick(rng)
			switch n := rng.IntN(10); {
			case n < 2 || !ok:
				if name := fmt.Sprint("agent", rng.IntN(10)); c.agents.column("name")[name] == "" {
					c.addAgent(name)
				}
			case n < 5:
				c.status(name, statuses[rng.IntN(4)])
			case n < 8:
				c.state(name, states[rng.IntN(4)])
			default:
				c.contact(name, fmt.Sprint("user/", rng.IntN(1000)))
			}
		}
		follow(t, s, agents, func(a *kinds.Agent) *cell.Value[string] { return &a.Closed }, act,
			func() { same(t, s, agents, agentText, c.agentTexts()) })
	})
}

func TestCallers(t *testing.T) {
	inBubble(t, func(t *testing.T, s server) {
		c := newCallcenter(s)
		early := c.join("support", "Early")
		callers := handle(s, kinds.Callers)
		s.ready(t)
		ada, bob := c.join("support", "Ada"), c.join("sales", "Bob")
		c.offer(ada, "support", "Ada", "ann")
		c.refuse(ada, "support", "Ada", "ann")
		c.offer(ada, "support", "Ada", "eve")
		c.answer(ada, "support", "Ada", "eve")
		synctest.Wait()
		one, two := at(s, callers, ada), at(s, callers, bob)
		s.sw.Graph().View(func(r cell.Reader) {
			if !one.Answered.Get(r) || one.Agent.Get(r) != "eve" || one.Queue.Get(r) != "support" || one.Name.Get(r) != "Ada" ||
				one.Channel.Get(r) != "session-"+ada || one.Joined.Get(r).IsZero() || two.Agent.Get(r) != "" || two.Answered.Get(r) {
				t.Errorf("%v", one)
			}
			if e, _ := callers.Get(r, early); e == nil || e.Name.Get(r) != "Early" || e.Joined.Get(r).IsZero() {
				t.Error("who came first is not known")
			}
		})
		c.leave(ada, "support", "Ada", "Terminated", "")
		c.leave(bob, "sales", "Bob", "Cancel", "TIMEOUT")
		c.leave(early, "support", "Early", "Cancel", "NONE")
		synctest.Wait()
		if a, b := cell.Read(s.sw.Graph(), &one.Closed), cell.Read(s.sw.Graph(), &two.Closed); a != "Terminated" || b != "TIMEOUT" || at(s, callers, early) != nil {
			t.Error(a, b)
		}
		s.outage(t, func() {
			gone := c.join("support", "Gone")
			c.members.set(gone, "state", "Abandoned")
			c.answer(c.join("support", "Kim"), "support", "Kim", "eve")
		})
		s.sw.Graph().View(func(r cell.Reader) {
			if callers.Len(r) != 1 {
				t.Error(callers.Len(r), "callers")
			}
			for _, kim := range callers.All(r) {
				if kim.Name.Get(r) != "Kim" || !kim.Answered.Get(r) || kim.Agent.Get(r) != "eve" {
					t.Error(kim.Name.Get(r), kim.Answered.Get(r), kim.Agent.Get(r))
				}
			}
		})
	})
}

func TestCallersFollowTheirTable(t *testing.T) {
	inBubble(t, func(t *testing.T, s server) {
		c := newCallcenter(s)
		callers := handle(s, kinds.Callers)
		act := func(rng *rand.Rand) {
			member, ok := c.members.pick(rng)
			queue, name, agent := c.members.column("queue")[member], c.members.column("cid_name")[member], fmt.Sprint("agent", rng.IntN(3))
			switch n := rng.IntN(10); {
			case n < 3 || !ok:
				c.join(fmt.Sprint("queue", rng.IntN(3)), fmt.Sprint("name|", rng.IntN(100)))
			case n < 5:
				c.leave(member, queue, name, "Cancel", "NONE")
			case c.members.column("state")[member] == "Answered":
			case n < 7:
				c.offer(member, queue, name, agent)
			case n < 8 && c.members.column("serving_agent")[member] != "":
				c.refuse(member, queue, name, c.members.column("serving_agent")[member])
			default:
				c.answer(member, queue, name, agent)
			}
		}
		text := func(r cell.Reader, c *kinds.Caller) string {
			return fmt.Sprint(c.Queue.Get(r), "/", c.Name.Get(r), "/", c.Agent.Get(r), "/", c.Answered.Get(r), "/", c.Joined.Get(r).Unix())
		}
		follow(t, s, callers, func(c *kinds.Caller) *cell.Value[string] { return &c.Closed }, act, func() {
			want := map[string]string{}
			for _, m := range c.members.all() {
				want[m["uuid"]] = fmt.Sprint(m["queue"], "/", m["cid_name"], "/", m["serving_agent"], "/", m["state"] == "Answered", "/", m["joined_epoch"])
			}
			same(t, s, callers, text, want)
		})
	})
}
