package fsw_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// checkCalls compares the calls with their definition: the legs of a call are
// bridged, or share a call UUID, or are what extra ties, perhaps by way of others.
func checkCalls(t interface{ Errorf(string, ...any) }, g *cell.Graph, sw *fsw.Switch, extra func(a, b *fsw.Channel) bool) {
	g.View(func(r cell.Reader) {
		channels := slices.Collect(sw.Channels.All(r))
		of := map[*fsw.Channel]int{}
		for i, ch := range channels {
			of[ch] = i
		}
		join := func(a, b *fsw.Channel) {
			from, to := of[a], of[b]
			for ch, n := range of {
				if n == from {
					of[ch] = to
				}
			}
		}
		for _, a := range channels {
			for _, b := range channels {
				id := a.CallUUID.Get(r)
				if a != b && (id != "" && id == b.CallUUID.Get(r) || sw.Bridges.Has(r, fsw.Bridge{A: a, B: b}) || extra(a, b)) {
					join(a, b)
				}
			}
		}
		seen := map[int]*fsw.Call{}
		for _, ch := range channels {
			call := ch.Call.Get(r)
			switch {
			case call == nil || call.Closed.Get(r) != "" || !sw.Calls.Has(r, call) || !slices.Contains(call.Legs.Get(r), ch):
				t.Errorf("channel %s is in no call", ch.Key())
			case seen[of[ch]] == nil:
				seen[of[ch]] = call
			case seen[of[ch]] != call:
				t.Errorf("channel %s is in another call than those it belongs to", ch.Key())
			}
		}
		legs := 0
		for call := range sw.Calls.All(r) {
			legs += len(call.Legs.Get(r))
		}
		if legs != len(channels) || sw.Calls.Len(r) != len(seen) {
			t.Errorf("%d legs of %d calls, but %d channels that make %d calls", legs, sw.Calls.Len(r), len(channels), len(seen))
		}
	})
}

func areTwins(ids map[string]string) func(a, b *fsw.Channel) bool {
	return func(a, b *fsw.Channel) bool { return ids[a.Key()] == b.Key() || ids[b.Key()] == a.Key() }
}

// At every quiet point of the recording the bridges are the server's own calls.
func TestBridgesEqualTheServersOwnRows(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	twins := map[string]string{}
	cell.Observe(g, func(r cell.Reader) {
		for ev := range sw.Events.All(r) {
			if other, ok := ev.Get("variable_other_loopback_leg_uuid"); ok {
				twins[ev.Value("Unique-ID")] = other
			}
		}
	})
	bridged := 0
	atQuietPoints(t, sw, func(point *truthPoint) {
		checkCalls(t, g, sw, areTwins(twins))
		// The table has a row for each bridge, and one for each channel in none.
		var got, want []string
		for _, c := range point.Calls {
			want = append(want, c.A+" "+c.B)
		}
		g.View(func(r cell.Reader) {
			in := map[*fsw.Channel]bool{}
			for b := range sw.Bridges.All(r) {
				got = append(got, b.A.UUID.Get(r)+" "+b.B.UUID.Get(r))
				in[b.A], in[b.B] = true, true
				bridged++
			}
			for ch := range sw.Channels.All(r) {
				if !in[ch] {
					got = append(got, ch.UUID.Get(r)+" ")
				}
			}
		})
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("point %d (-server +model):\n%s", point.Point, diff)
		}
	})
	if bridged < 100 {
		t.Errorf("only %d bridges: is the recording whole?", bridged)
	}
}

// Whatever happens to channels, calls are what their definition says, and keep
// their identity: a call that has two or more of its legs together keeps the first.
func TestCallsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := cell.NewGraph()
		sw := fsw.NewListener(g)
		var live []string
		n := 0
		event := func(name, id string, headers ...string) {
			headers = append([]string{"Unique-ID", id}, headers...)
			sw.ReceivedMessage(esl.NewEvent(name, headers...).PlainMessage())
		}
		pick := func(what string) string { return rapid.SampledFrom(live).Draw(t, what) }
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) { checkCalls(t, g, sw, func(a, b *fsw.Channel) bool { return false }) },
			"create": func(*rapid.T) {
				n++
				id := fmt.Sprint("c", n)
				event("CHANNEL_CREATE", id, "Channel-Call-UUID", fmt.Sprint("u", rapid.IntRange(1, n).Draw(t, "call")))
				live = append(live, id)
			},
			"move": func(t *rapid.T) {
				if len(live) > 0 {
					event("CHANNEL_STATE", pick("who"), "Channel-Call-UUID", fmt.Sprint("u", rapid.IntRange(1, n).Draw(t, "call")))
				}
			},
			"bridge": func(t *rapid.T) {
				if len(live) > 1 {
					a, b := pick("a"), pick("b")
					event("CHANNEL_BRIDGE", a, "Bridge-A-Unique-ID", a, "Bridge-B-Unique-ID", b)
				}
			},
			"unbridge": func(t *rapid.T) {
				if len(live) > 0 {
					event("CHANNEL_UNBRIDGE", pick("who"))
				}
			},
			"destroy": func(t *rapid.T) {
				if len(live) > 0 {
					id := pick("who")
					live = slices.DeleteFunc(live, func(s string) bool { return s == id })
					event("CHANNEL_DESTROY", id, "variable_hangup_cause", "NORMAL_CLEARING")
				}
			},
			"fail": func(t *rapid.T) { // nothing stays of a transaction that fails
				if len(live) > 1 {
					a, b := pick("a"), pick("b")
					_ = g.Update(func(tx cell.Tx) error {
						sw.Events.Append(tx, esl.NewEvent("CHANNEL_BRIDGE", "Unique-ID", a, "Bridge-A-Unique-ID", a, "Bridge-B-Unique-ID", b),
							esl.NewEvent("CHANNEL_DESTROY", "Unique-ID", b))
						tx.OnCommit(func(tx cell.Tx) { tx.Fail(errors.New("no")) })
						return nil
					})
				}
			},
		})
	})
}

func TestCallIdentity(t *testing.T) {
	d := newDesk(t)
	create := func(id string) *fsw.Channel {
		d.event("CHANNEL_CREATE", "Unique-ID", id, "Channel-Call-UUID", id)
		var ch *fsw.Channel
		d.g.View(func(r cell.Reader) { ch = d.Channel(r, id) })
		return ch
	}
	bridge := func(a, b string) {
		d.event("CHANNEL_BRIDGE", "Unique-ID", a, "Bridge-A-Unique-ID", a, "Bridge-B-Unique-ID", b)
	}
	a, b, c := create("a"), create("b"), create("c")
	of := func(ch *fsw.Channel) *fsw.Call { return cell.Read(d.g, &ch.Call) }
	callOfA, callOfB := of(a), of(b)
	bridge("b", "a")
	if of(a) != callOfA || of(b) != callOfA || cell.Read(d.g, &callOfB.Closed) != fsw.CauseMerged {
		t.Error("the older call should have stayed")
	}
	d.event("CHANNEL_UNBRIDGE", "Unique-ID", "b")
	if of(a) != callOfA || of(b) == callOfA {
		t.Error("the call should have stayed with its first leg")
	}
	bridge("a", "b")
	d.event("CHANNEL_DESTROY", "Unique-ID", "a", "variable_hangup_cause", "ATTENDED_TRANSFER")
	if of(b) != callOfA {
		t.Error("the call should go on without its first leg")
	}
	bridge("b", "c")
	if of(c) != callOfA {
		t.Error("the call should have got another leg")
	}
	d.event("CHANNEL_DESTROY", "Unique-ID", "c", "variable_hangup_cause", "USER_BUSY")
	d.event("CHANNEL_DESTROY", "Unique-ID", "b", "variable_hangup_cause", "NORMAL_CLEARING")
	if got := cell.Read(d.g, &callOfA.Closed); got != "NORMAL_CLEARING" {
		t.Errorf("the call ended with %q", got)
	}
	if of(b) != callOfA {
		t.Error("an ended channel should know the call it was in")
	}
}

// Each channel that has ended is in the record of one call, also if the one that it was
// a leg of has become another.
func TestRecordOfACallThatMerged(t *testing.T) {
	d := newDesk(t)
	legs := map[string][]string{}
	cell.Observe(d.g, func(r cell.Reader) {
		for rec := range d.CallRecords.All(r) {
			for _, leg := range rec.Legs {
				legs[rec.Call.Key()] = append(legs[rec.Call.Key()], leg.UUID)
			}
		}
	})
	bridge := func(a, b string) {
		d.event("CHANNEL_BRIDGE", "Unique-ID", a, "Bridge-A-Unique-ID", a, "Bridge-B-Unique-ID", b)
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		d.event("CHANNEL_CREATE", "Unique-ID", id, "Channel-Call-UUID", id)
	}
	bridge("a", "b")
	bridge("c", "d")
	d.event("CHANNEL_DESTROY", "Unique-ID", "c")
	d.event("CHANNEL_DESTROY", "Unique-ID", "b")
	bridge("a", "d")
	d.event("CHANNEL_DESTROY", "Unique-ID", "a")
	d.event("CHANNEL_DESTROY", "Unique-ID", "d")
	if diff := cmp.Diff(map[string][]string{"a": {"c", "b", "a", "d"}}, legs); diff != "" {
		t.Errorf("legs of calls (-want +got):\n%s", diff)
	}
}

func TestThreeWay(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{"a", "b"} {
		d.event("CHANNEL_CREATE", "Unique-ID", id, "Channel-Call-UUID", id)
	}
	together := func() (same bool) {
		d.g.View(func(r cell.Reader) { same = d.Channel(r, "a").Call.Get(r) == d.Channel(r, "b").Call.Get(r) })
		return same
	}
	d.event("CHANNEL_EXECUTE", "Unique-ID", "b", "Application", "three_way", "Application-Data", "a")
	if !together() {
		t.Error("who listens is no part of the call")
	}
	d.event("CHANNEL_EXECUTE_COMPLETE", "Unique-ID", "b", "Application", "three_way", "Application-Data", "a")
	if together() {
		t.Error("who listens no more is still a part of the call")
	}
}

// Thousands of channels may say that they are one call, as nothing keeps a program from it.
func TestCallOfThousands(t *testing.T) {
	const n = 5000
	s := newRoom(t)
	for i := range n {
		s.event("CHANNEL_CREATE", "Unique-ID", fmt.Sprint(i), "Channel-Call-UUID", "0")
	}
	legs := func() (legs, calls int) {
		s.g.View(func(r cell.Reader) {
			for call := range s.Calls.All(r) {
				calls++
				legs += len(call.Legs.Get(r))
			}
		})
		return legs, calls
	}
	if legs, calls := legs(); legs != n || calls != 1 {
		t.Errorf("%d legs in %d calls", legs, calls)
	}
	for i := range n - 1 {
		s.event("CHANNEL_DESTROY", "Unique-ID", fmt.Sprint(i))
	}
	if legs, calls := legs(); legs != 1 || calls != 1 {
		t.Errorf("%d legs in %d calls are left", legs, calls)
	}
}
