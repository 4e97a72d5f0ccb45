package main

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// connectModel uses all of fsw: the model of the switch, every event, and observers
// on the set of channels and on every attribute of each of them.
func connectModel(addr string, t *tally) (func() error, error) {
	want := t.states()
	sw, err := dial(addr, fsw.Options{Watch: []string{"ALL"}})
	if err != nil {
		return nil, err
	}
	w := &watcher{kept: make([]attributes, 0, len(want)/2)}
	err = sw.Graph().Update(func(tx cell.Tx) error {
		w.watch(sw.Scope().In(tx), sw)
		cell.Observe(sw.Scope().In(tx), func(r cell.Reader) {
			for e := range sw.Events.All(r) {
				v := read(e)
				t.saw(&v)
			}
		})
		return nil
	})
	return func() error {
		err := empty(sw)
		if e := sw.Close(); err == nil {
			err = e
		}
		if e := w.check(t.channels, want); err == nil {
			err = e
		}
		if t.overtaken > 0 && err == nil {
			err = errors.New("the events came in another order")
		}
		return err
	}, err
}

// dial connects a switch that never drops an event: the server sends as fast as it is
// read, which no FreeSWITCH does, so that all it sends may have to wait.
func dial(addr string, o fsw.Options) (*fsw.Switch, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	o.Password, o.ReceiveBuffer = password, 1<<30
	return fsw.Dial(ctx, addr, o)
}

// empty checks that nothing is left in the model, and that it missed nothing.
func empty(sw *fsw.Switch) (err error) {
	sw.Graph().View(func(r cell.Reader) {
		channels, calls, bridges, conferences := sw.Channels.Len(r), sw.Calls.Len(r), sw.Bridges.Len(r), sw.Conferences.Len(r)
		if channels+calls+bridges+conferences > 0 {
			err = fmt.Errorf("%d channels, %d calls, %d bridges and %d conferences are left", channels, calls, bridges, conferences)
		} else if n := sw.DroppedEvents.Get(r) + sw.MalformedEvents.Get(r) + sw.MalformedLines.Get(r); n > 0 {
			err = fmt.Errorf("%d events or lines were lost", n)
		}
	})
	return err
}

// watcher observes all channels of a switch.
type watcher struct {
	added, removed, changes int
	kept                    []attributes     // the first states, up to its capacity
	each                    func(attributes) // is told of each; may be nil
}

func (w *watcher) watch(o cell.Owner, sw *fsw.Switch) {
	cell.Observe(o, func(r cell.Reader) {
		for range sw.Channels.Added(r) {
			w.added++
		}
		for range sw.Channels.Removed(r) {
			w.removed++
		}
	})
	cell.Rule(o, func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			w.follow(tx, ch)
		}
	})
}

// follow reads all there is to be read of a channel whenever some of it has changed.
func (w *watcher) follow(tx cell.Tx, ch *fsw.Channel) {
	var last attributes
	cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
		now := attributesOf(r, ch)
		if now == last {
			return
		}
		last = now
		w.changes++
		if len(w.kept) < cap(w.kept) {
			w.kept = append(w.kept, now)
		}
		if w.each != nil {
			w.each(now)
		}
	})
}

// check compares what was seen, and what is kept of it, with what there was to see.
func (w *watcher) check(channels int, want []uint64) error {
	if w.added != channels || w.removed != channels || w.changes != len(want) {
		return fmt.Errorf("the observers saw %d channels come, %d go and %d states; want %d and %d",
			w.added, w.removed, w.changes, channels, len(want))
	}
	for i, a := range w.kept {
		if a.fingerprint() != want[i] {
			return fmt.Errorf("state %d of %d was another one, or has changed since: %+v", i, len(want), a.said)
		}
	}
	return nil
}

// states returns the fingerprints of the states that an observer of the stream must
// see, each made at once when it is seen.
func (s *stream) states() []uint64 {
	s.statesOnce.Do(func() {
		g := cell.NewGraph()
		sw := fsw.NewListener(g)
		w := &watcher{each: func(a attributes) { s.wantStates = append(s.wantStates, a.fingerprint()) }}
		w.watch(g, sw)
		if err := sw.ReceivedBytes(s.bytes); err != nil {
			panic(err) // newStream has read it
		}
	})
	return s.wantStates
}

// attributes are a channel as one value.
type attributes struct {
	said
	Variables fsw.Variables
}

type said struct {
	UUID, User, Name, Number, Destination, ChannelName, State, CallState, AnswerState string
	Direction, CallUUID, OtherLeg, Application, ApplicationData, HangupCause, Closed  string
	Times                                                                             fsw.Timetable
	Read, Write                                                                       fsw.Codec
}

func attributesOf(r cell.Reader, ch *fsw.Channel) attributes {
	return attributes{said{
		UUID: ch.UUID.Get(r), User: ch.User.Get(r), Name: ch.Name.Get(r), Number: ch.Number.Get(r),
		Destination: ch.Destination.Get(r), ChannelName: ch.ChannelName.Get(r), State: string(ch.State.Get(r)),
		CallState: string(ch.CallState.Get(r)), AnswerState: string(ch.AnswerState.Get(r)), Direction: string(ch.Direction.Get(r)),
		CallUUID: ch.CallUUID.Get(r), OtherLeg: ch.OtherLeg.Get(r), Application: ch.Application.Get(r),
		ApplicationData: ch.ApplicationData.Get(r), HangupCause: string(ch.HangupCause.Get(r)), Closed: ch.Closed.Get(r),
		Times: ch.Times.Get(r), Read: ch.ReadCodec.Get(r), Write: ch.WriteCodec.Get(r),
	}, ch.Variables.Get(r)}
}

func (a *attributes) fingerprint() uint64 {
	h := maphash.Comparable(seed, a.said)
	for name, value := range a.Variables.All() {
		h = h*1_000_003 + maphash.String(seed, name)
		h = h*1_000_003 + maphash.String(seed, value)
	}
	return h
}
