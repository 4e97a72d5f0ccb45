package fsw_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Whoever fails inside a message of one switch is stopped and reported by the switch that
// it belongs to, and the message is applied, and all later ones of both.
func TestFaultsOfNeighbours(t *testing.T) {
	broken := errors.New("broken")
	type failing struct{ fsw.Handler }
	kind := fsw.NewKind[failing]("failing").Key("Key").On("TRAP", func(_ *failing, tx cell.Tx, _ *esl.Event) { tx.Fail(broken) })
	// at is called at the message, and then at the event that it makes sw receive.
	for name, install := range map[string]func(tx cell.Tx, sw *fsw.Switch, ch *fsw.Channel, at func(cell.Reader)){
		"rule": func(tx cell.Tx, sw *fsw.Switch, _ *fsw.Channel, at func(cell.Reader)) {
			cell.Rule(sw.Scope().In(tx), func(tx cell.Tx) { at(tx.Reader) })
		},
		"observer": func(tx cell.Tx, sw *fsw.Switch, _ *fsw.Channel, at func(cell.Reader)) {
			cell.Observe(sw.Scope().In(tx), at)
		},
		"observer of a channel": func(tx cell.Tx, _ *fsw.Switch, ch *fsw.Channel, at func(cell.Reader)) {
			cell.Observe(ch.Scope(tx).In(tx), at)
		},
		"effect": func(tx cell.Tx, sw *fsw.Switch, _ *fsw.Channel, at func(cell.Reader)) {
			cell.Effect(sw.Scope().In(tx), func(r cell.Reader) func() { at(r); return nil })
		},
		"handler": func(tx cell.Tx, sw *fsw.Switch, _ *fsw.Channel, _ func(cell.Reader)) {
			fsw.Handle(tx, sw, kind)
		},
		"handler of a channel": func(tx cell.Tx, _ *fsw.Switch, ch *fsw.Channel, _ func(cell.Reader)) {
			fsw.Handle(tx, ch, kind)
		},
		"callback": func(tx cell.Tx, _ *fsw.Switch, ch *fsw.Channel, _ func(cell.Reader)) {
			if err := ch.SendRun(tx, esl.AppEcho(), func(tx cell.Tx, _ fsw.Reply) { tx.Fail(broken) }); err != nil {
				t.Error(err)
			}
		},
	} {
		for _, of := range []int{0, 1} {
			t.Run(fmt.Sprintf("%s of switch %d", name, of), func(t *testing.T) {
				g := cell.NewGraph()
				switches := []*fsw.Switch{fsw.New(g), fsw.New(g)}
				owner, other := switches[of], switches[1-of]
				receiver := switches[0]
				faults := []*[]*fsw.Fault{faultsOf(g, switches[0]), faultsOf(g, switches[1])}
				owner.ReceivedMessage(channelEvent("CHANNEL_CREATE", "one").PlainMessage())
				ch := channelOf(owner, "one")
				// What is received makes the owner receive an event that is about its channel.
				cell.Rule(g, func(tx cell.Tx) {
					for ev := range receiver.Events.All(tx.Reader) {
						switch {
						case ev.Name() != "TALK":
						case name == "callback":
							owner.Events.Append(tx, channelEvent("CHANNEL_HANGUP_COMPLETE", "one", "Hangup-Cause", "USER_BUSY"))
						default:
							owner.Events.Append(tx, channelEvent("TRAP", "one", "Key", "k"))
						}
					}
				})
				if err := g.Update(func(tx cell.Tx) error {
					install(tx, owner, ch, func(r cell.Reader) {
						for ev := range receiver.Events.All(r) {
							if ev.Name() == "TALK" {
								r.Fail(broken)
							}
						}
					})
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				talks := 0
				cell.Observe(g, func(r cell.Reader) {
					for ev := range receiver.Events.All(r) {
						if ev.Name() == "TALK" {
							talks++
						}
					}
				})
				receiver.ReceivedMessage(esl.NewEvent("TALK").PlainMessage())
				if fs := *faults[1-of]; len(fs) != 0 {
					t.Errorf("the other switch reports %v", fs)
				}
				fs := *faults[of]
				if len(fs) != 1 || !fs[0].Stopped || !errors.Is(fs[0], broken) || fs[0].Message.ContentType != esl.EventPlain {
					t.Fatalf("the owner reports %v", fs)
				}
				for i, sw := range []*fsw.Switch{owner, other} {
					id := fmt.Sprint("later", i)
					sw.ReceivedMessage(channelEvent("CHANNEL_CREATE", id).PlainMessage())
					if channelOf(sw, id) == nil {
						t.Errorf("switch %d follows no more", i)
					}
				}
				receiver.ReceivedMessage(esl.NewEvent("TALK").PlainMessage())
				if len(*faults[of]) != 1 || talks < 2 {
					t.Errorf("%d messages were applied, then the owner reports %v", talks, *faults[of])
				}
			})
		}
	}
}

// What belongs to no switch is reported by the one whose message it was.
func TestFaultsOfNobody(t *testing.T) {
	g := cell.NewGraph()
	a, b := fsw.New(g), fsw.New(g)
	ofA, ofB := faultsOf(g, a), faultsOf(g, b)
	cell.Observe(g, func(r cell.Reader) {
		if b.Events.Len(r) > 0 {
			r.Fail(errors.New("broken"))
		}
	})
	b.ReceivedMessage(channelEvent("CHANNEL_CREATE", "one").PlainMessage())
	if len(*ofA) != 0 || len(*ofB) != 1 || channelOf(b, "one") == nil {
		t.Errorf("faults: %v and %v", *ofA, *ofB)
	}
}

// An effect that panics is reported by its owner, once, however many switches of the graph
// are connected.
func TestEffectsOfNeighbours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		g := cell.NewGraph()
		var switches []*fsw.Switch
		var faults []*[]*fsw.Fault
		for range 3 {
			sw := connect(t, toServer(srv), fsw.Options{Graph: g})
			defer sw.Close()
			waitReady(t, sw)
			switches, faults = append(switches, sw), append(faults, faultsOf(g, sw))
		}
		v := cell.NewValue(0)
		cell.Effect(switches[1].Scope(), func(r cell.Reader) func() {
			if v.Get(r) > 0 {
				return func() { panic("broken") }
			}
			return nil
		})
		for range 2 {
			_ = g.Update(func(tx cell.Tx) error { v.Set(tx, v.Peek(tx.Reader)+1); return nil })
			synctest.Wait()
		}
		if len(*faults[0]) != 0 || len(*faults[1]) != 1 || len(*faults[2]) != 0 || !(*faults[1])[0].Stopped {
			t.Errorf("faults: %v, %v, %v", *faults[0], *faults[1], *faults[2])
		}
	})
}
