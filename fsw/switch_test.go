package fsw_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// transmitted collects what a switch sends.
func (s guide) transmitted() *[]string {
	sent := new([]string)
	cell.Observe(s.g, func(r cell.Reader) {
		for data := range s.Transmit.All(r) {
			*sent = append(*sent, data)
		}
	})
	return sent
}

func TestJobs(t *testing.T) {
	s := readyGuide()
	var got []string
	job := func(name string) {
		s.do(func(tx cell.Tx) error {
			return s.SendBgAPI(tx, name, func(_ cell.Tx, r fsw.Reply) { got = append(got, name+": "+r.Text) })
		})
	}
	job("refused")
	s.callback("-ERR permission denied")
	job("slow")
	job("fast")
	s.callback("+OK Job-UUID: 1")
	s.callback("+OK Job-UUID: 2")
	s.appendOne(esl.NewEvent("BACKGROUND_JOB", "Job-UUID", "somebody else's").WithBody("x"))
	s.appendOne(esl.NewEvent("BACKGROUND_JOB", "Job-UUID", "2").WithBody("+OK\n"))
	s.appendOne(esl.NewEvent("BACKGROUND_JOB", "Job-UUID", "1"))
	s.appendOne(esl.NewEvent("BACKGROUND_JOB", "Job-UUID", "1").WithBody("again"))
	want := []string{"refused: -ERR permission denied", "fast: +OK\n", "slow: "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Bytes that complete several messages, and callbacks that send: everything in
// order.
func TestSeveralMessagesAtOnce(t *testing.T) {
	s := readyGuide()
	sent := s.transmitted()
	var got []string
	again := 3
	var callback fsw.Callback
	callback = func(tx cell.Tx, r fsw.Reply) {
		got = append(got, r.Text)
		if again--; again > 0 {
			if err := s.SendCommand(tx, fmt.Sprint("again ", again), callback); err != nil {
				tx.Fail(err)
			}
		}
	}
	s.command("first", callback)
	reply := "Content-Type: command/reply\nReply-Text: +OK %d\n\n"
	s.receivedBytes(fmt.Sprintf(reply, 1) + fmt.Sprintf(reply, 2) + fmt.Sprintf(reply, 3) + fmt.Sprintf(reply, 4))
	if diff := cmp.Diff([]string{"+OK 1", "+OK 2", "+OK 3"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"first\n\n", "again 2\n\n", "again 1\n\n"}, *sent); diff != "" {
		t.Error(diff)
	}
	if n := cell.Read(s.g, &s.UnexpectedReplies); n != 1 {
		t.Errorf("%d unexpected replies", n)
	}
}

func TestSubscriptionFollowsTheWatchedEvents(t *testing.T) {
	s := readyGuide()
	sent := s.transmitted()
	watch := func(change func(tx cell.Tx)) {
		*sent = nil
		s.do(func(tx cell.Tx) error { change(tx); return nil })
	}
	for _, step := range []struct {
		name   string
		change func(cell.Tx)
		want   []string
	}{
		{"sorted, subclasses last", func(tx cell.Tx) {
			s.WatchEvents.Add(tx, "conference::maintenance", "HEARTBEAT", "CUSTOM plain", "CHANNEL_ANSWER")
		}, []string{"noevents\n\n", "event plain BACKGROUND_JOB CHANNEL_ANSWER HEARTBEAT CUSTOM conference::maintenance plain\n\n"}},
		{"no change", func(tx cell.Tx) { s.WatchEvents.Add(tx, "HEARTBEAT") }, nil},
		{"there and back", func(tx cell.Tx) { s.WatchEvents.Remove(tx, "HEARTBEAT"); s.WatchEvents.Add(tx, "HEARTBEAT") }, nil},
		{"fewer", func(tx cell.Tx) {
			s.WatchEvents.Clear(tx)
			s.WatchEvents.Add(tx, "DTMF")
		}, []string{"noevents\n\n", "event plain BACKGROUND_JOB DTMF\n\n"}},
		{"all alone", func(tx cell.Tx) { s.WatchEvents.Add(tx, "ALL") }, []string{"noevents\n\n", "event plain ALL\n\n"}},
	} {
		watch(step.change)
		if diff := cmp.Diff(step.want, *sent); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
}

func TestNothingIsToldBeforeTheLogin(t *testing.T) {
	s := newGuide()
	sent := s.transmitted()
	s.do(func(tx cell.Tx) error {
		s.WatchEvents.Add(tx, "DTMF")
		s.LogLevel.Set(tx, 7)
		s.User.Set(tx, "1000@default")
		s.Credential.Set(tx, "pw")
		return nil
	})
	if len(*sent) > 0 {
		t.Fatal(*sent)
	}
	s.ReceivedMessage(esl.NewMessage(esl.AuthRequest, ""))
	s.callback("+OK accepted")
	want := []string{"userauth 1000@default:pw\n\n", "log 7\n\n", "noevents\n\n", "event plain BACKGROUND_JOB DTMF\n\n"}
	if diff := cmp.Diff(want, *sent); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalsAreErrors(t *testing.T) {
	s := readyGuide()
	var refused []string
	cell.Observe(s.g, func(r cell.Reader) {
		for e := range s.Errors.All(r) {
			refused = append(refused, e.Text+" ("+e.Command+")")
		}
	})
	s.do(func(tx cell.Tx) error {
		s.LogLevel.Set(tx, 7)
		s.WatchEvents.Add(tx, "DTMF", "no\nsuch")
		return nil
	})
	s.callback("-ERR permission denied")
	if len(refused) != 2 || !strings.HasPrefix(refused[0], "-ERR esl: ") || refused[1] != "-ERR permission denied (log 7)" {
		t.Errorf("%q", refused)
	}
}

func channelEvent(name, id string, pairs ...string) *esl.Event {
	return esl.NewEvent(name, append([]string{"Unique-ID", id}, pairs...)...)
}

func TestIdentityOfChannels(t *testing.T) {
	s := newGuide()
	var log []string
	cell.Observe(s.g, func(r cell.Reader) {
		for ch := range s.Channels.Added(r) {
			log = append(log, "+"+ch.UUID.Peek(r))
		}
		for ch := range s.Channels.Removed(r) {
			log = append(log, "-"+ch.UUID.Peek(r)+" "+ch.Closed.Peek(r))
		}
	})
	channel := func(id string) (ch *fsw.Channel) {
		s.g.View(func(r cell.Reader) { ch = s.Channel(r, id) })
		return ch
	}
	s.appendOne(channelEvent("CODEC", "a"))
	s.appendOne(channelEvent("CHANNEL_UUID", "b", "Old-Unique-ID", "a"))
	s.appendOne(channelEvent("CHANNEL_STATE", "b", "Channel-State", "CS_INIT"))
	if channel("a") != nil || channel("b") != nil {
		t.Error("a channel before its CHANNEL_CREATE")
	}
	s.appendOne(channelEvent("CHANNEL_CREATE", "b"))
	b := channel("b")
	s.appendOne(channelEvent("CHANNEL_UUID", "c", "Old-Unique-ID", "b", "Channel-State", "CS_EXECUTE"))
	if channel("b") != nil || channel("c") != b || cell.Read(s.g, &b.State) != "CS_EXECUTE" {
		t.Error("the renamed channel is not the same one")
	}
	s.do(func(tx cell.Tx) error { return b.SendHangup(tx, "", nil) })
	s.appendOne(channelEvent("CHANNEL_DESTROY", "c", "variable_hangup_cause", "USER_BUSY"))
	s.appendOne(channelEvent("CHANNEL_STATE", "c", "Channel-State", "CS_DESTROY"))
	if channel("c") != nil || cell.Read(s.g, &b.State) == "CS_DESTROY" {
		t.Error("an event after the end was taken")
	}
	s.appendOne(channelEvent("CHANNEL_CREATE", "c"))
	if channel("c") == nil || channel("c") == b {
		t.Error("an id that came back is the old channel")
	}
	s.appendOne(channelEvent("CHANNEL_CREATE", "c")) // its end was missed
	s.g.View(func(r cell.Reader) {
		if n := s.Channels.Len(r); n != 1 {
			t.Errorf("%d channels", n)
		}
	})
	if diff := cmp.Diff([]string{"+b", "-c USER_BUSY", "+c", "+c", "-c LOST"}, log); diff != "" {
		t.Error(diff)
	}
	if n := cell.Read(s.g, &s.UnknownIDs); n != 4 {
		t.Errorf("%d events of unknown ids", n)
	}
}

func TestExpectedChannel(t *testing.T) {
	s := newGuide()
	var ch, again *fsw.Channel
	s.do(func(tx cell.Tx) error {
		ch, again = s.Expect(tx, "x"), s.Expect(tx, "x")
		return nil
	})
	var states []string
	cell.Observe(s.g, func(r cell.Reader) { states = append(states, string(ch.State.Get(r))) })
	s.appendOne(channelEvent("CHANNEL_CREATE", "x", "Channel-State", "CS_INIT"))
	s.do(func(tx cell.Tx) error {
		if ch != again || s.Expect(tx, "x") != ch || s.Channel(tx.Reader, "x") != ch {
			t.Error("not the same channel")
		}
		return nil
	})
	if diff := cmp.Diff([]string{"", "CS_INIT"}, states); diff != "" {
		t.Error(diff)
	}
	// Expecting is bounded.
	var first *fsw.Channel
	s.do(func(tx cell.Tx) error {
		first = s.Expect(tx, "first")
		for i := range 10_000 {
			s.Expect(tx, fmt.Sprint(i))
		}
		return nil
	})
	if c := cell.Read(s.g, &first.Closed); c != fsw.CauseLost {
		t.Errorf("the oldest is %q", c)
	}
}

// A rule in a channel's scope sees its end, and ends with it.
func TestScopeEndsWithItsChannel(t *testing.T) {
	s := newGuide()
	var seen []string
	cell.Rule(s.g, func(tx cell.Tx) {
		for ch := range s.Channels.Added(tx.Reader) {
			cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
				seen = append(seen, string(ch.State.Get(r))+ch.Closed.Get(r))
			})
		}
	})
	s.appendOne(channelEvent("CHANNEL_CREATE", "x", "Channel-State", "CS_INIT"))
	s.appendOne(channelEvent("CHANNEL_DESTROY", "x", "Channel-State", "CS_REPORTING", "Hangup-Cause", "NO_ANSWER"))
	if diff := cmp.Diff([]string{"CS_INIT", "CS_REPORTINGNO_ANSWER"}, seen); diff != "" {
		t.Error(diff)
	}
	s.g.View(func(r cell.Reader) {
		if l := s.g.Living(r); len(l) != 0 {
			t.Error("still living:", l)
		}
	})
}

func TestBothLegsKnowTheBridge(t *testing.T) {
	s := newGuide()
	legs := func() (a, b string) {
		s.g.View(func(r cell.Reader) { a, b = s.Channel(r, "a").OtherLeg.Get(r), s.Channel(r, "b").OtherLeg.Get(r) })
		return a, b
	}
	bridge := []string{"Bridge-A-Unique-ID", "a", "Bridge-B-Unique-ID", "b", "Other-Leg-Unique-ID", "b"}
	s.appendOne(channelEvent("CHANNEL_CREATE", "a"))
	s.appendOne(channelEvent("CHANNEL_CREATE", "b", "Other-Leg-Unique-ID", "a"))
	s.appendOne(channelEvent("CHANNEL_BRIDGE", "a", bridge...))
	if a, b := legs(); a != "b" || b != "a" {
		t.Errorf("bridged: %q %q", a, b)
	}
	s.appendOne(channelEvent("CHANNEL_UNBRIDGE", "a", bridge...))
	s.appendOne(channelEvent("CHANNEL_EXECUTE", "a", "Other-Leg-Unique-ID", "b"))
	if a, b := legs(); a != "" || b != "" {
		t.Errorf("unbridged: %q %q", a, b)
	}
	s.appendOne(channelEvent("CHANNEL_BRIDGE", "a", bridge...))
	if a, b := legs(); a != "b" || b != "a" {
		t.Errorf("bridged again: %q %q", a, b)
	}
}

func TestVariables(t *testing.T) {
	s := newGuide()
	s.appendOne(channelEvent("CHANNEL_CREATE", "a", "variable_x", "1", "variable_y", "2"))
	var ch *fsw.Channel
	s.g.View(func(r cell.Reader) { ch = s.Channel(r, "a") })
	runs := 0
	cell.Observe(s.g, func(r cell.Reader) { ch.Variables.Get(r); runs++ })
	s.appendOne(channelEvent("CHANNEL_STATE", "a"))
	s.appendOne(channelEvent("CHANNEL_ANSWER", "a", "variable_x", "1", "variable_y", "2"))
	if runs != 1 {
		t.Errorf("the observer ran %d times though nothing changed", runs)
	}
	s.appendOne(channelEvent("CHANNEL_ANSWER", "a", "variable_y", "3"))
	v := cell.Read(s.g, &ch.Variables)
	_, hasX := v.Get("x")
	if y, ok := v.Get("y"); hasX || !ok || y != "3" || runs != 2 {
		t.Errorf("x %v, y %q, %d runs", hasX, y, runs)
	}
	for name, value := range v.All() {
		if name != "y" || value != "3" {
			t.Error(name, value)
		}
	}
}

func TestConnectedSwitchOnlyAddsToItsSubscription(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{NoChannels: true, Format: esl.FormatJSON})
	var sent []string
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		for data := range sw.Transmit.All(r) {
			sent = append(sent, data)
		}
	})
	heard := func(name esl.EventName) {
		t.Helper()
		got := make(chan string, 10)
		o := cell.Effect(sw.Graph(), func(r cell.Reader) func() {
			for ev := range sw.Events.All(r) {
				if ev.Name() == name {
					return func() { got <- ev.Value("X") }
				}
			}
			return nil
		})
		defer o.Stop()
		srv.Fire(string(name), "X", "a b%41")
		if x := <-got; x != "a b%41" {
			t.Errorf("%s: %q", name, x)
		}
	}
	change := func(fn func(tx cell.Tx)) {
		_ = sw.Graph().Update(func(tx cell.Tx) error { fn(tx); return nil })
		_ = sw.Wait(t.Context(), func(r cell.Reader) bool { return len(sw.CommandsSent(r)) == 0 })
	}
	change(func(tx cell.Tx) { sw.WatchEvents.Add(tx, "TRAP") })
	heard("TRAP")
	change(func(tx cell.Tx) { sw.WatchEvents.Add(tx, "TALK") })
	change(func(tx cell.Tx) { sw.WatchEvents.Remove(tx, "TRAP") })
	heard("TALK")
	heard("TRAP")
	want := []string{"event json BACKGROUND_JOB TRAP\n\n", "event json BACKGROUND_JOB TALK TRAP\n\n"}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Error(diff)
	}
}

func TestUserauth(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{Users: map[string]fswtest.User{
		"1000@default": {Password: "pw"},
	}})
	sw, err := fsw.Dial(t.Context(), srv.Addr(), fsw.Options{User: "1000@default", Password: "pw"})
	if err != nil {
		t.Fatal(err)
	}
	_ = sw.Close()
	_, err = fsw.Dial(t.Context(), srv.Addr(), fsw.Options{User: "1000@default", Password: "wrong"})
	if !errors.Is(err, fsw.ErrAuthentication) {
		t.Error(err)
	}
}
