package fsw_test

import (
	"errors"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

type mood string

type level int

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low":
		*l = 1
	case "high":
		*l = 2
	default:
		return errors.New("no level")
	}
	return nil
}

type agent struct {
	fsw.Handler
	Name    cell.Value[string]        `fsw:"CC-Agent"`
	Mood    cell.Value[mood]          `fsw:"CC-Agent-Status"`
	Calls   cell.Value[int]           `fsw:"CC-Calls"`
	Big     cell.Value[uint64]        `fsw:"CC-Big"`
	Load    cell.Value[float64]       `fsw:"CC-Load"`
	Busy    cell.Value[bool]          `fsw:"CC-Busy"`
	Since   cell.Value[time.Time]     `fsw:"CC-Since"`
	Epoch   cell.Value[time.Time]     `fsw:"CC-Epoch,s"`
	Talked  cell.Value[time.Duration] `fsw:"CC-Talked"`
	Waited  cell.Value[time.Duration] `fsw:"CC-Waited,ms"`
	Level   cell.Value[level]         `fsw:"CC-Level"`
	Offered cell.Value[string]        `fsw:"CC-Caller,at=CHANNEL_PARK"`

	seen []string
	any  int
	tags *fsw.Handlers[*tag]
}

type tag struct {
	fsw.Handler
	Text cell.Value[string] `fsw:"Tag-Text"`
}

var tagKind = fsw.NewKind[tag]("tag").Key("Tag-ID").On("callcenter::info", nil)

var agentKind = fsw.NewKind[agent]("agent").
	Key("CC-Agent").
	On("callcenter::info", func(a *agent, tx cell.Tx, ev *esl.Event) { a.seen = append(a.seen, ev.Value("CC-Action")) }).
	On("CHANNEL_PARK", nil).
	Any(func(a *agent, tx cell.Tx, ev *esl.Event) { a.any++ }).
	Begins(func(ev *esl.Event) bool { return ev.Value("CC-Action") != "ghost" }).
	Ends(func(ev *esl.Event) string {
		if ev.Value("CC-Action") == "agent-logout" {
			return "LOGOUT"
		}
		return ""
	}).
	Made(func(a *agent, tx cell.Tx) { a.tags = fsw.Handle(tx, a, tagKind) })

// desk is a switch whose events a test makes.
type desk struct {
	*fsw.Switch
	g      *cell.Graph
	agents *fsw.Handlers[*agent]
}

func newDesk(t *testing.T) *desk {
	g := cell.NewGraph()
	d := &desk{Switch: fsw.New(g), g: g}
	d.do(func(tx cell.Tx) { d.agents = fsw.Handle(tx, d.Switch, agentKind) })
	return d
}

func (d *desk) do(f func(tx cell.Tx)) {
	if err := d.g.Update(func(tx cell.Tx) error { f(tx); return nil }); err != nil {
		panic(err)
	}
}

func (d *desk) event(name string, headers ...string) {
	d.ReceivedMessage(esl.NewEvent(name, headers...).PlainMessage())
}

func (d *desk) info(headers ...string) {
	d.event("CUSTOM", append([]string{"Event-Subclass", "callcenter::info"}, headers...)...)
}

func (d *desk) agent(key string) (a *agent) {
	d.g.View(func(r cell.Reader) { a, _ = d.agents.Get(r, key) })
	return a
}

func TestHandlerAttributes(t *testing.T) {
	d := newDesk(t)
	d.info("CC-Agent", "ann", "CC-Agent-Status", "Available", "CC-Calls", "3", "CC-Big", "9", "CC-Load", "0.5", "CC-Busy", "yes",
		"CC-Since", "1700000000123456", "CC-Epoch", "1700000000", "CC-Talked", "90", "CC-Waited", "1500", "CC-Level", "high",
		"CC-Caller", "nobody", "CC-Action", "agent-status-change")
	a := d.agent("ann")
	if a == nil {
		t.Fatal("no agent")
	}
	check := func(what string, ok bool) {
		if !ok {
			t.Error(what)
		}
	}
	d.g.View(func(r cell.Reader) {
		check("name", a.Name.Get(r) == "ann")
		check("mood", a.Mood.Get(r) == "Available")
		check("calls", a.Calls.Get(r) == 3)
		check("big", a.Big.Get(r) == 9)
		check("load", a.Load.Get(r) == 0.5)
		check("busy", a.Busy.Get(r))
		check("since", a.Since.Get(r).Equal(time.UnixMicro(1700000000123456)))
		check("epoch", a.Epoch.Get(r).Equal(time.Unix(1700000000, 0)))
		check("talked", a.Talked.Get(r) == 90*time.Second)
		check("waited", a.Waited.Get(r) == 1500*time.Millisecond)
		check("level", a.Level.Get(r) == 2)
		check("offered", a.Offered.Get(r) == "")
		check("misfits", d.Misfits.Get(r) == 0)
	})
	d.event("CHANNEL_PARK", "CC-Agent", "ann", "CC-Caller", "100", "CC-Calls", "many", "CC-Level", "none", "CC-Load", "x")
	d.g.View(func(r cell.Reader) {
		check("offered", a.Offered.Get(r) == "100")
		check("what does not fit changes nothing", a.Calls.Get(r) == 3 && a.Level.Get(r) == 2 && a.Load.Get(r) == 0.5)
		check("misfits", d.Misfits.Get(r) == 3)
	})
	check("functions", len(a.seen) == 1 && a.any == 2)
}

func TestHandlerIdentity(t *testing.T) {
	d := newDesk(t)
	d.info("CC-Agent", "ann")
	a := d.agent("ann")
	d.do(func(tx cell.Tx) {
		if d.agents.Make(tx, "ann") != a {
			t.Error("another one was made for the key")
		}
		if a.Switch() != d.Switch || a.Owner() != fsw.Owner(d.Switch) || a.Key() != "ann" {
			t.Error(a.Switch(), a.Owner(), a.Key())
		}
	})
	d.info("CC-Agent", "ann", "CC-Action", "x")
	if d.agent("ann") != a {
		t.Error("an event made another one")
	}
	d.info("CC-Agent", "bob", "CC-Action", "ghost")
	d.info("CC-Action", "no key")
	d.info("CC-Agent", "")
	d.g.View(func(r cell.Reader) {
		if n := d.agents.Len(r); n != 1 {
			t.Error(n, "agents")
		}
	})
}

func TestHandlerEnds(t *testing.T) {
	d := newDesk(t)
	d.info("CC-Agent", "ann", "Tag-ID", "1", "Tag-Text", "vip")
	a := d.agent("ann")
	var inner *tag
	var saw []string
	d.do(func(tx cell.Tx) {
		inner, _ = a.tags.Get(tx.Reader, "1")
		cell.Observe(a.Scope(tx).In(tx), func(r cell.Reader) { saw = append(saw, a.Closed.Get(r)) })
	})
	if inner == nil || cell.Read(d.g, &inner.Text) != "vip" {
		t.Fatal("the event did not come to the agent's tag", inner)
	}
	d.info("CC-Agent", "ann", "CC-Action", "agent-logout", "CC-Calls", "7")
	if d.agent("ann") != nil {
		t.Error("the agent is still there")
	}
	if cell.Read(d.g, &a.Closed) != "LOGOUT" || cell.Read(d.g, &a.Calls) != 7 || cell.Read(d.g, &inner.Closed) != "LOGOUT" {
		t.Error("it did not end as told")
	}
	if len(saw) != 2 || saw[1] != "LOGOUT" {
		t.Error("its observer saw", saw)
	}
	d.info("CC-Agent", "ann")
	if b := d.agent("ann"); b == nil || b == a {
		t.Error("the key did not come back with another agent")
	}
	b := d.agent("ann")
	d.do(func(tx cell.Tx) { d.agents.Close(tx) })
	if cell.Read(d.g, &b.Closed) != fsw.CauseClosed {
		t.Error(cell.Read(d.g, &b.Closed))
	}
	d.info("CC-Agent", "eve")
	if d.agent("eve") != nil {
		t.Error("closed Handlers made a handler")
	}
}

func TestHandlerEndsWithItsOwner(t *testing.T) {
	d := newDesk(t)
	const id = "7401d446-578f-4e87-a400-390e3f3583cf"
	d.event("CHANNEL_CREATE", "Unique-ID", id)
	var ofChannel *fsw.Handlers[*tag]
	d.do(func(tx cell.Tx) {
		ofChannel = fsw.Handle(tx, d.Channel(tx.Reader, id), fsw.NewKind[tag]("tag").Key("Tag-ID").On("DTMF", nil))
	})
	d.event("DTMF", "Unique-ID", id, "Tag-ID", "1", "Tag-Text", "a")
	d.event("DTMF", "Unique-ID", "another", "Tag-ID", "2")
	var one *tag
	d.g.View(func(r cell.Reader) {
		one, _ = ofChannel.Get(r, "1")
		if ofChannel.Len(r) != 1 {
			t.Error(ofChannel.Len(r), "handlers")
		}
	})
	d.event("CHANNEL_DESTROY", "Unique-ID", id, "variable_hangup_cause", "USER_BUSY")
	if got := cell.Read(d.g, &one.Closed); got != "USER_BUSY" {
		t.Error(got)
	}
	d.info("CC-Agent", "ann")
	a := d.agent("ann")
	if err := d.Switch.Close(); err != nil {
		t.Error(err)
	}
	if got := cell.Read(d.g, &a.Closed); got != fsw.CauseSwitch {
		t.Error(got)
	}
}

// What handlers need is subscribed to, and what nobody needs any more left out.
func TestHandlersSubscribe(t *testing.T) {
	d := newDesk(t)
	var sent []string
	cell.Observe(d.g, func(r cell.Reader) { sent = append(sent, d.Transmit.Get(r)...) })
	d.do(func(tx cell.Tx) { d.LoggedIn.Set(tx, true) })
	const want = "event plain BACKGROUND_JOB CHANNEL_PARK CUSTOM callcenter::info\n\n"
	if len(sent) == 0 || sent[len(sent)-1] != want {
		t.Errorf("%q", sent)
	}
	var second *fsw.Handlers[*agent]
	d.do(func(tx cell.Tx) { second = fsw.Handle(tx, d.Switch, agentKind) })
	n := len(sent)
	d.do(func(tx cell.Tx) { d.agents.Close(tx) })
	if len(sent) != n {
		t.Errorf("%q was sent though another one needs the events", sent[n:])
	}
	d.do(func(tx cell.Tx) { second.Close(tx) })
	if sent[len(sent)-1] != "event plain BACKGROUND_JOB\n\n" {
		t.Errorf("%q", sent[n:])
	}
}

// A function that fails ends its Handlers, and nothing else.
func TestHandlerThatFails(t *testing.T) {
	for what, kind := range map[string]*fsw.Kind[*agent]{
		"On":     fsw.NewKind[agent]("bad").On("CHANNEL_PARK", nil).Key("CC-Agent").On("callcenter::info", func(*agent, cell.Tx, *esl.Event) { panic("bad") }),
		"Any":    fsw.NewKind[agent]("bad").On("CHANNEL_PARK", nil).Key("CC-Agent").On("callcenter::info", nil).Any(func(_ *agent, tx cell.Tx, _ *esl.Event) { tx.Fail(errors.New("bad")) }),
		"Key":    fsw.NewKind[agent]("bad").On("CHANNEL_PARK", nil).KeyFunc(func(*esl.Event) string { panic("bad") }).On("callcenter::info", nil),
		"Begins": fsw.NewKind[agent]("bad").On("CHANNEL_PARK", nil).Key("CC-Agent").On("callcenter::info", nil).Begins(func(*esl.Event) bool { panic("bad") }),
		"Ends":   fsw.NewKind[agent]("bad").On("CHANNEL_PARK", nil).Key("CC-Agent").On("callcenter::info", nil).Ends(func(*esl.Event) string { panic("bad") }),
		"Made":   fsw.NewKind[agent]("bad").On("CHANNEL_PARK", nil).Key("CC-Agent").On("callcenter::info", nil).Made(func(*agent, cell.Tx) { panic("bad") }),
	} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t)
			var bad *fsw.Handlers[*agent]
			var faults []*fsw.Fault
			d.do(func(tx cell.Tx) { bad = fsw.Handle(tx, d.Switch, kind) })
			cell.Observe(d.g, func(r cell.Reader) { faults = append(faults, d.Faults.Get(r)...) })
			d.info("CC-Agent", "ann", "CC-Calls", "1")
			d.info("CC-Agent", "ann", "CC-Calls", "2")
			a := d.agent("ann")
			if a == nil || cell.Read(d.g, &a.Calls) != 2 || a.any != 2 && a.any != 3 {
				t.Error("the good ones have suffered")
			}
			if len(faults) != 1 || !faults[0].Stopped {
				t.Error(faults)
			}
			d.g.View(func(r cell.Reader) {
				if bad.Len(r) != 0 {
					t.Error("the bad ones are still there")
				}
			})
		})
	}
}

func TestChannelIsClosedByItsSwitchAlone(t *testing.T) {
	d := newDesk(t)
	d.event("CHANNEL_CREATE", "Unique-ID", "1")
	defer func() {
		if _, ok := recover().(*cell.UsageError); !ok {
			t.Error("a channel was closed by hand")
		}
	}()
	d.do(func(tx cell.Tx) { d.Channel(tx.Reader, "1").Handler.Close(tx, "x") })
}
