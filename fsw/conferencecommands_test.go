package fsw_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// inRoom is a call whose dialplan leads into a conference.
var inRoom = fswtest.CallOptions{Actions: []fswtest.Action{{App: "answer"}, {App: "conference", Data: "room@default"}}}

// meeting waits for a conference with n members.
func meeting(t *testing.T, sw *fsw.Switch, n int) (c *fsw.Conference) {
	t.Helper()
	waitFor(t, sw, func(r cell.Reader) bool {
		c = sw.Conference(r, "room")
		return c != nil && c.Members.Len(r) == n
	})
	return c
}

func waitFor(t *testing.T, sw *fsw.Switch, cond func(cell.Reader) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := sw.Wait(ctx, cond); err != nil {
		t.Fatal(err)
	}
}

// What is done to a conference of the simulated switch is seen in the model, and is
// the same as what the server knows.
func TestConferenceCommands(t *testing.T) {
	srv := fswtest.New(t, quick)
	first := srv.Call(inRoom)
	sw := dial(t, srv, fsw.Options{})
	c := meeting(t, sw, 1)
	srv.Call(inRoom)
	meeting(t, sw, 2)
	if c != meeting(t, sw, 2) {
		t.Fatal("the conference of the snapshot is another one")
	}
	var a, b *fsw.Member
	sw.Graph().View(func(r cell.Reader) {
		for _, m := range c.Members.All(r) {
			if m.UUID.Get(r) == first.UUID() {
				a = m
			} else {
				b = m
			}
		}
		if ch := a.Channel.Get(r); ch == nil || ch.UUID.Get(r) != first.UUID() {
			t.Error("the member does not know its channel")
		}
	})
	ctx := t.Context()
	for name, step := range map[string]struct {
		do   func() error
		then func(r cell.Reader) bool
	}{
		"mute":   {func() error { return b.Mute(ctx) }, b.Muted.Get},
		"deaf":   {func() error { return b.Deafen(ctx) }, b.Deaf.Get},
		"lock":   {func() error { return c.Lock(ctx) }, c.Locked.Get},
		"energy": {func() error { return a.SetEnergyLevel(ctx, 300) }, func(r cell.Reader) bool { return a.EnergyLevel.Get(r) == 300 }},
		"in":     {func() error { return a.SetVolumeIn(ctx, 2) }, func(r cell.Reader) bool { return a.VolumeIn.Get(r) == 2 }},
		"out":    {func() error { return a.SetVolumeOut(ctx, -2) }, func(r cell.Reader) bool { return a.VolumeOut.Get(r) == -2 }},
		"record": {func() error { return c.Record(ctx, "/tmp/a b.wav") }, c.Recording},
	} {
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		waitFor(t, sw, step.then)
	}
	if err := a.Relate(ctx, b, esl.RelateNoSpeak); err != nil {
		t.Error(err)
	}
	if err := b.DTMF(ctx, "12#"); err != nil {
		t.Error(err)
	}
	answered := make(chan fsw.Reply, 1)
	err := sw.Graph().Update(func(tx cell.Tx) error {
		return b.SendUnmute(tx, func(tx cell.Tx, r fsw.Reply) { tx.AtCommit(func() { answered <- r }) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := <-answered; r.Err != nil {
		t.Error(r.Err)
	}
	waitFor(t, sw, func(r cell.Reader) bool { return !b.Muted.Get(r) })
	if err := b.Kick(ctx); err != nil {
		t.Error(err)
	}
	waitFor(t, sw, func(r cell.Reader) bool { return b.Closed.Get(r) == "kick-member" })
	if err := b.Mute(ctx); !errors.Is(err, fsw.ErrNoMember) {
		t.Errorf("a member that has left: %v", err)
	}
	if _, err := c.Do(ctx, esl.ConferenceMute("room", esl.MemberID(999))); !errors.Is(err, fsw.ErrNoMember) || !errors.As(err, new(*esl.ReplyError)) {
		t.Errorf("a member that never was: %v", err)
	}
	if _, err := c.Do(ctx, esl.ConferenceLock("elsewhere")); !errors.Is(err, fsw.ErrNoConference) {
		t.Errorf("a conference that never was: %v", err)
	}
	if err := c.Say(ctx, "hello\nexit"); !errors.As(err, new(*esl.CommandError)) {
		t.Errorf("a text with a line feed: %v", err)
	}
	if err := c.Kick(ctx, esl.AllMembers); err != nil {
		t.Error(err)
	}
	waitFor(t, sw, func(r cell.Reader) bool { return c.Closed.Get(r) == "conference-destroy" })
	if err := c.Unlock(ctx); !errors.Is(err, fsw.ErrNoConference) {
		t.Errorf("a conference that is over: %v", err)
	}
}
