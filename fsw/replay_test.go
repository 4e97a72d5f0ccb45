package fsw_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// replayed is a switch that a recording is fed to, and all that observers of it
// were called with.
type replayed struct {
	*fsw.Switch
	g    *cell.Graph
	seen []string
}

func newReplayed() *replayed {
	p := &replayed{g: cell.NewGraph()}
	p.Switch = fsw.NewListener(p.g)
	note := func(r cell.Reader, format string, args ...any) {
		p.seen = append(p.seen, fmt.Sprintf("%d.%d ", r.Transaction(), r.Pass())+fmt.Sprintf(format, args...))
	}
	cell.Observe(p.g, func(r cell.Reader) {
		for ch := range p.Channels.Added(r) {
			note(r, "added %s", ch.UUID.Peek(r))
		}
		for ch := range p.Channels.Removed(r) {
			note(r, "removed %s %s", ch.UUID.Peek(r), ch.Closed.Peek(r))
		}
	})
	cell.Observe(p.g, func(r cell.Reader) {
		for l := range p.LogData.All(r) {
			note(r, "log %q", l.Text)
		}
		for m := range p.Messages.All(r) {
			note(r, "message %s %d", m.ContentType, len(m.Body))
		}
	})
	cell.Rule(p.g, func(tx cell.Tx) {
		for ch := range p.Channels.Added(tx.Reader) {
			cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) { note(r, "%v", snapshotOf(r, ch)) })
			cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
				for ev := range ch.Events.All(r) {
					note(r, "event %v", ev)
				}
			})
		}
	})
	return p
}

// channelState is a channel as one value.
type channelState struct {
	UUID, User, Name, Number, Destination, ChannelName, State, CallState, AnswerState string
	Direction, CallUUID, Application, ApplicationData, HangupCause                    string
	Times                                                                             fsw.Timetable
	Read, Write                                                                       fsw.Codec
}

func snapshotOf(r cell.Reader, ch *fsw.Channel) channelState {
	return channelState{
		UUID: ch.UUID.Get(r), User: ch.User.Get(r), Name: ch.Name.Get(r), Number: ch.Number.Get(r),
		Destination: ch.Destination.Get(r), ChannelName: ch.ChannelName.Get(r), State: string(ch.State.Get(r)),
		CallState: string(ch.CallState.Get(r)), AnswerState: string(ch.AnswerState.Get(r)), Direction: string(ch.Direction.Get(r)),
		CallUUID: ch.CallUUID.Get(r), Application: ch.Application.Get(r), ApplicationData: ch.ApplicationData.Get(r),
		HangupCause: string(ch.HangupCause.Get(r)), Times: ch.Times.Get(r), Read: ch.ReadCodec.Get(r), Write: ch.WriteCodec.Get(r),
	}
}

func (p *replayed) channels() map[string]channelState {
	all := map[string]channelState{}
	p.g.View(func(r cell.Reader) {
		for ch := range p.Channels.All(r) {
			all[ch.UUID.Get(r)] = snapshotOf(r, ch)
		}
	})
	return all
}

// Any way of cutting a recording gives the same state, and observers are called
// with the same.
func TestSegmentationDoesNotMatter(t *testing.T) {
	for _, session := range captures.Sessions(t) {
		t.Run(session, func(t *testing.T) {
			t.Parallel()
			stream := captures.Read(t, session, "server.bin")
			whole := newReplayed()
			if err := whole.ReceivedBytes(stream); err != nil {
				t.Fatal(err)
			}
			feed := func(next func(left int) int) {
				p := newReplayed()
				for rest := stream; len(rest) > 0; {
					n := min(len(rest), max(1, next(len(rest))))
					if err := p.ReceivedBytes(rest[:n]); err != nil {
						t.Fatal(err)
					}
					rest = rest[n:]
				}
				if diff := cmp.Diff(whole.channels(), p.channels()); diff != "" {
					t.Errorf("other channels (-whole +cut):\n%s", diff)
				}
				for i := range max(len(whole.seen), len(p.seen)) {
					if i >= len(whole.seen) || i >= len(p.seen) || whole.seen[i] != p.seen[i] {
						t.Fatalf("observers saw something else from call %d of %d and %d on", i, len(whole.seen), len(p.seen))
					}
				}
			}
			if len(stream) < 300_000 {
				feed(func(int) int { return 1 })
			}
			rng := rand.New(rand.NewPCG(1, uint64(len(stream))))
			feed(func(int) int { return 1 + rng.IntN(5000) })
		})
	}
}

func TestCutsAtRandom(t *testing.T) {
	stream := captures.Read(t, "05_conference", "server.bin")
	stream = append(stream, captures.Read(t, "08_filters/unique_id", "server.bin")...)
	whole := newReplayed()
	if err := whole.ReceivedBytes(stream); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := newReplayed()
		for rest := stream; len(rest) > 0; {
			n := min(len(rest), rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(1, 100_000)).Draw(t, "n"))
			if err := p.ReceivedBytes(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if diff := cmp.Diff(whole.seen, p.seen); diff != "" {
			t.Fatal(diff)
		}
	})
}

// naive is the model as a child would write it: every header looked up by name, in
// every event.
type naive map[string]channelState

func (n naive) event(ev *esl.Event) {
	id := ev.Value("Unique-ID")
	switch ev.Name() {
	case "CHANNEL_CREATE":
		n[id] = channelState{}
	case "CHANNEL_UUID":
		if s, ok := n[ev.Value("Old-Unique-ID")]; ok {
			delete(n, ev.Value("Old-Unique-ID"))
			n[id] = s
		}
	}
	s, ok := n[id]
	if !ok {
		return
	}
	get := ev.Get
	if ev.Name() == "PRIVATE_COMMAND" {
		// It begins with the headers of a sendmsg, whose sender may call them what he likes.
		get = func(header string) (v string, ok bool) {
			began := false
			for name, value := range ev.All() {
				began = began || name == "Event-Name"
				if began && !ok && strings.EqualFold(name, header) {
					v, ok = value, true
				}
			}
			return v, ok
		}
	}
	set := func(to *string, header string) {
		if v, ok := get(header); ok {
			*to = v
		}
	}
	number := func(to *fsw.Moment, header string) {
		if v, ok := get(header); ok {
			_, _ = fmt.Sscan(v, to)
		}
	}
	s.UUID = id
	set(&s.User, "Caller-Username")
	set(&s.Name, "Caller-Caller-ID-Name")
	set(&s.Number, "Caller-Caller-ID-Number")
	set(&s.Destination, "Caller-Destination-Number")
	set(&s.ChannelName, "Channel-Name")
	set(&s.State, "Channel-State")
	set(&s.CallState, "Channel-Call-State")
	set(&s.AnswerState, "Answer-State")
	set(&s.Direction, "Call-Direction")
	set(&s.CallUUID, "Channel-Call-UUID")
	set(&s.HangupCause, "Hangup-Cause")
	if ev.Name() == "CHANNEL_EXECUTE" {
		set(&s.Application, "Application")
		set(&s.ApplicationData, "Application-Data")
	}
	for prefix, c := range map[string]*fsw.Codec{"Channel-Read-Codec": &s.Read, "Channel-Write-Codec": &s.Write} {
		var rate, bits = fsw.Moment(c.Rate), fsw.Moment(c.BitRate)
		set(&c.Name, prefix+"-Name")
		number(&rate, prefix+"-Rate")
		number(&bits, prefix+"-Bit-Rate")
		c.Rate, c.BitRate = int(rate), int(bits)
	}
	for header, to := range map[string]*fsw.Moment{
		"Created": &s.Times.Created, "Progress": &s.Times.Progress, "Progress-Media": &s.Times.ProgressMedia,
		"Answered": &s.Times.Answered, "Bridged": &s.Times.Bridged, "Transfer": &s.Times.Transferred,
		"Resurrect": &s.Times.Resurrected, "Hangup": &s.Times.HungUp,
	} {
		number(to, "Caller-Channel-"+header+"-Time")
	}
	number(&s.Times.LastHold, "Caller-Channel-Last-Hold")
	if ev.Name() == "CHANNEL_DESTROY" {
		delete(n, id)
		return
	}
	n[id] = s
}

// After every event the live channels are the right ones, under their current id,
// with the state their last event gave.
func TestChannelsAfterEveryEvent(t *testing.T) {
	for session, want := range map[string]struct{ events, messages, mostLive int }{
		"04_call_lifecycle": {574, 623, 4},
		"07_event_json":     {72, 89, 2},
		"06_sendmsg":        {403, 449, 2},
		"10_load":           {11_447, 11_453, 208},
		"17_truth_a":        {20_582, 20_746, 149},
	} {
		t.Run(session, func(t *testing.T) {
			t.Parallel()
			g := cell.NewGraph()
			sw := fsw.NewListener(g)
			framer := esl.NewFramer(esl.Limits{})
			framer.Feed(captures.Read(t, session, "server.bin"))
			model := naive{}
			messages, events, most := 0, 0, 0
			for {
				m, ok, err := framer.Next()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					break
				}
				messages++
				sw.ReceivedMessage(m)
				if !strings.HasPrefix(m.ContentType, "text/event-") {
					continue
				}
				events++
				ev, err := m.Event()
				if err != nil {
					t.Fatal(err)
				}
				model.event(ev)
				most = max(most, len(model))
				if len(model) > 50 && events%100 != 0 {
					continue
				}
				got := map[string]channelState{}
				g.View(func(r cell.Reader) {
					for ch := range sw.Channels.All(r) {
						got[ch.UUID.Get(r)] = snapshotOf(r, ch)
					}
				})
				if !maps.Equal(got, model) {
					t.Fatalf("after event %d, %v (-want +got):\n%s", events, ev, cmp.Diff(map[string]channelState(model), got))
				}
			}
			if events != want.events || messages != want.messages || most != want.mostLive {
				t.Errorf("%d events, %d messages, at most %d channels; want %+v", events, messages, most, want)
			}
		})
	}
}

func TestAllCallsOfTheRecordingsEnd(t *testing.T) {
	for session, unknown := range map[string]uint64{"04_call_lifecycle": 0, "10_load": 0} {
		p := newReplayed()
		if err := p.ReceivedBytes(captures.Read(t, session, "server.bin")); err != nil {
			t.Fatal(err)
		}
		if left := p.channels(); len(left) > 0 {
			t.Errorf("%s: %d channels are left", session, len(left))
		}
		if n := cell.Read(p.g, &p.UnknownIDs); n <= unknown {
			t.Errorf("%s: no events of unknown ids were counted", session)
		}
		if n := cell.Read(p.g, &p.UnexpectedReplies); n == 0 {
			t.Errorf("%s: no replies were counted", session)
		}
		p.g.View(func(r cell.Reader) {
			if living := p.g.Living(r); len(living) != 2 {
				t.Errorf("%s: observers outlived their channels: %v", session, living)
			}
		})
	}
}
