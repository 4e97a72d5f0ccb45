package fsw_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

type embedded struct {
	A cell.Value[string] `fsw:"A"`
}

// Whatever a tag says that is not understood is told when the kind is made, with the
// name of the field: it would leave a cell empty for ever.
func TestTagsThatAreMisspelt(t *testing.T) {
	type (
		noHeader struct {
			fsw.Handler
			X cell.Value[string] `fsw:""`
		}
		spaced struct {
			fsw.Handler
			X cell.Value[string] `fsw:" A"`
		}
		option struct {
			fsw.Handler
			X cell.Value[string] `fsw:"A,minutes"`
		}
		spacedOption struct {
			fsw.Handler
			X cell.Value[time.Duration] `fsw:"A, ms"`
		}
		comma struct {
			fsw.Handler
			X cell.Value[string] `fsw:"A,"`
		}
		unitOfText struct {
			fsw.Handler
			X cell.Value[string] `fsw:"A,ms"`
		}
		unitOfNumber struct {
			fsw.Handler
			X cell.Value[int] `fsw:"A,s"`
		}
		twoUnits struct {
			fsw.Handler
			X cell.Value[time.Duration] `fsw:"A,s,ms"`
		}
		notOfText struct {
			fsw.Handler
			X cell.Value[string] `fsw:"A,not"`
		}
		noEvent struct {
			fsw.Handler
			X cell.Value[string] `fsw:"A,at="`
		}
		twoEvents struct {
			fsw.Handler
			X cell.Value[string] `fsw:"A,at=DTMF,at=CODEC"`
		}
		twice struct {
			fsw.Handler
			X cell.Value[string] `fsw:"A"`
			Y cell.Value[string] `fsw:"a"`
		}
		noCell struct {
			fsw.Handler
			X string `fsw:"A"`
		}
		otherCell struct {
			fsw.Handler
			X cell.Set[string] `fsw:"A"`
		}
		otherType struct {
			fsw.Handler
			X cell.Value[complex128] `fsw:"A"`
		}
		key struct {
			fsw.Handler
			X cell.Value[string] `json:"x" fws:"A"`
		}
		pointer struct {
			fsw.Handler
			*embedded
		}
		late struct {
			X cell.Value[string] `fsw:"A"`
			fsw.Handler
		}
	)
	for what, make := range map[string]func(){
		"noHeader.X":     func() { fsw.NewKind[noHeader]("x") },
		"spaced.X":       func() { fsw.NewKind[spaced]("x") },
		"option.X":       func() { fsw.NewKind[option]("x") },
		"spacedOption.X": func() { fsw.NewKind[spacedOption]("x") },
		"comma.X":        func() { fsw.NewKind[comma]("x") },
		"unitOfText.X":   func() { fsw.NewKind[unitOfText]("x") },
		"unitOfNumber.X": func() { fsw.NewKind[unitOfNumber]("x") },
		"twoUnits.X":     func() { fsw.NewKind[twoUnits]("x") },
		"notOfText.X":    func() { fsw.NewKind[notOfText]("x") },
		"noEvent.X":      func() { fsw.NewKind[noEvent]("x") },
		"twoEvents.X":    func() { fsw.NewKind[twoEvents]("x") },
		"twice.Y":        func() { fsw.NewKind[twice]("x") },
		"noCell.X":       func() { fsw.NewKind[noCell]("x") },
		"otherCell.X":    func() { fsw.NewKind[otherCell]("x") },
		"otherType.X":    func() { fsw.NewKind[otherType]("x") },
		"key.X":          func() { fsw.NewKind[key]("x") },
		"pointer.":       func() { fsw.NewKind[pointer]("x") },
		"late":           func() { fsw.NewKind[late]("x") },
	} {
		t.Run(what, func(t *testing.T) {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, what) {
					t.Errorf("it panics with %q", said)
				}
			}()
			make()
		})
	}
}

// What a kind says is checked when it is described, or at the latest when it is handled.
func TestKindsThatCannotBe(t *testing.T) {
	type at struct {
		fsw.Handler
		X cell.Value[string] `fsw:"A,at=DTMF"`
	}
	g := cell.NewGraph()
	sw := fsw.New(g)
	none := func(string) ([]*esl.Event, error) { return nil, nil }
	for what, make := range map[string]func(tx cell.Tx){
		"no Key":       func(tx cell.Tx) { fsw.Handle(tx, sw, fsw.NewKind[tag]("x").On("DTMF", nil)) },
		"neither On":   func(tx cell.Tx) { fsw.Handle(tx, sw, fsw.NewKind[tag]("x").Key("A")) },
		"at=DTMF":      func(tx cell.Tx) { fsw.Handle(tx, sw, fsw.NewKind[at]("x").Key("A").On("CODEC", nil)) },
		"On(\"DTMF\")": func(tx cell.Tx) { fsw.NewKind[tag]("x").On("DTMF", nil).On("DTMF", nil) },
		"On(\"\")":     func(tx cell.Tx) { fsw.NewKind[tag]("x").On("", nil) },
		"API command":  func(tx cell.Tx) { fsw.NewKind[tag]("x").Snapshot("a\nb", none) },
		"no Switch": func(tx cell.Tx) {
			hs := fsw.Handle(tx, sw, fsw.NewKind[tag]("x").Key("A").On("DTMF", nil))
			fsw.Handle(tx, hs.Make(tx, "1"), fsw.NewKind[tag]("x").Key("A").Snapshot("x", none))
		},
	} {
		t.Run(what, func(t *testing.T) {
			var said string
			_ = g.Update(func(tx cell.Tx) error {
				defer func() { said = fmt.Sprint(recover()) }()
				make(tx)
				return nil
			})
			if !strings.Contains(said, what) {
				t.Errorf("it panics with %q", said)
			}
		})
	}
}

type typed struct {
	fsw.Handler
	embedded
	Part struct {
		Text cell.Value[string] `fsw:"Text"`
	}
	Skipped cell.Value[string]        `fsw:"-"`
	Other   cell.Value[string]        `json:"other"`
	Mood    cell.Value[mood]          `fsw:"Mood"`
	Level   cell.Value[level]         `fsw:"Level"`
	Int     cell.Value[int]           `fsw:"Int"`
	Int64   cell.Value[int64]         `fsw:"Int64"`
	Uint64  cell.Value[uint64]        `fsw:"Uint64"`
	Float   cell.Value[float64]       `fsw:"Float"`
	Bool    cell.Value[bool]          `fsw:"Bool"`
	Not     cell.Value[bool]          `fsw:"Not,not"`
	Time    cell.Value[time.Time]     `fsw:"Time"`
	TimeMS  cell.Value[time.Time]     `fsw:"Time-MS,ms"`
	TimeS   cell.Value[time.Time]     `fsw:"Time-S,s"`
	For     cell.Value[time.Duration] `fsw:"For"`
	ForUS   cell.Value[time.Duration] `fsw:"For-US,us"`
	Custom  cell.Value[string]        `fsw:"Custom,at=typed::two"`
}

var typedKind = fsw.NewKind[typed]("typed").Key("Key").On("typed::one", nil).On("typed::two", nil)

func (x *typed) show(r cell.Reader) string {
	return fmt.Sprint(x.A.Get(r), x.Part.Text.Get(r), x.Mood.Get(r), x.Level.Get(r), " ", x.Int.Get(r), x.Int64.Get(r), x.Uint64.Get(r), x.Float.Get(r), x.Bool.Get(r), x.Not.Get(r),
		x.Time.Get(r).UTC().Format(time.RFC3339Nano), x.TimeMS.Get(r).UTC().Format(time.RFC3339Nano), x.TimeS.Get(r).UTC().Format(time.RFC3339Nano), x.For.Get(r), x.ForUS.Get(r), x.Custom.Get(r), x.Skipped.Get(r), x.Other.Get(r))
}

// Each type takes what fits it, and what does not fit is counted and changes nothing.
func TestTypesOfAttributes(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.New(g)
	hs := handle(sw, typedKind)
	send := func(subclass string, headers ...string) string {
		sw.ReceivedMessage(esl.NewEvent("CUSTOM", append([]string{"Event-Subclass", subclass, "Key", "1"}, headers...)...).PlainMessage())
		var text string
		g.View(func(r cell.Reader) {
			h, _ := hs.Get(r, "1")
			text = h.show(r)
		})
		return text
	}
	good := []string{"A", "a", "Text", "b", "Mood", "c", "Level", "high", "Int", "-5", "Int64", "9223372036854775807", "Uint64", "18446744073709551615", "Float", "1e3",
		"Bool", "true", "Not", "true", "Time", "1700000000123456", "Time-MS", "1700000000123", "Time-S", "253402300799", "For", "90", "For-US", "1500", "Custom", "one", "-", "x", "Other", "y"}
	const want = "abc2 -5 9223372036854775807 18446744073709551615 1000 true false2023-11-14T22:13:20.123456Z2023-11-14T22:13:20.123Z9999-12-31T23:59:59Z1m30s 1.5ms"
	got := strings.TrimSpace(send("typed::one", good...))
	if got != want || cell.Read(g, &sw.Misfits) != 0 {
		t.Errorf("%s\nwas to be\n%s", got, want)
	}
	bad := []string{"Level", "x", "Int", "1.5", "Int64", "9223372036854775808", "Uint64", "-1", "Float", "x", "Time", "today", "Time-MS", "", "For", "9223372036854775807", "For-US", "1s"}
	if got := strings.TrimSpace(send("typed::one", bad...)); got != want || cell.Read(g, &sw.Misfits) != 9 {
		t.Errorf("%s\nhas become of\n%s\n%d misfits", got, want, cell.Read(g, &sw.Misfits))
	}
	if got := send("typed::two", "Custom", "two"); !strings.Contains(got, "1.5mstwo") {
		t.Errorf("what counts at one subclass: %s", got)
	}
}

// Handlers of a conference, of a member of it and of a call end with it, and get the
// events that are about it.
func TestOwners(t *testing.T) {
	s := newRoom(t)
	kind := fsw.NewKind[tag]("tag").Key("Tag-ID").On("conference::maintenance", nil).On("DTMF", nil)
	s.event("CHANNEL_CREATE", "Unique-ID", "one")
	s.action("add-member", "room", "u", "Member-ID", "1", "Unique-ID", "one")
	var of []*fsw.Handlers[*tag]
	_ = s.g.Update(func(tx cell.Tx) error {
		ch := s.Channel(tx.Reader, "one")
		for _, owner := range []fsw.Owner{s.Switch, s.Conference(tx.Reader, "room"), s.Conference(tx.Reader, "room").Member(tx.Reader, 1), ch, ch.Call.Get(tx.Reader)} {
			of = append(of, fsw.Handle(tx, owner, kind))
		}
		return nil
	})
	s.action("mute-member", "room", "u", "Member-ID", "1", "Unique-ID", "one", "Tag-ID", "mute")
	s.event("DTMF", "Unique-ID", "one", "Tag-ID", "dtmf")
	s.action("floor-change", "room", "u", "Old-ID", "1", "New-ID", "none", "Tag-ID", "floor")
	s.action("stop-talking", "other", "v", "Member-ID", "2", "Unique-ID", "two", "Tag-ID", "other")
	owners := []string{"switch", "conference", "member", "channel", "call"}
	want := []string{"dtmf floor mute other", "floor mute", "mute", "dtmf mute", "dtmf mute"}
	var all []*tag
	for i, hs := range of {
		var keys []string
		s.g.View(func(r cell.Reader) {
			for _, key := range []string{"dtmf", "floor", "mute", "other"} {
				if h, ok := hs.Get(r, key); ok {
					keys = append(keys, key)
					if key == "mute" {
						all = append(all, h)
					}
				}
			}
		})
		if got := strings.Join(keys, " "); got != want[i] {
			t.Errorf("of the %s: %s", owners[i], got)
		}
	}
	s.action("del-member", "room", "u", "Member-ID", "1", "Unique-ID", "one")
	s.action("conference-destroy", "room", "u")
	s.event("CHANNEL_DESTROY", "Unique-ID", "one", "variable_hangup_cause", "USER_BUSY")
	for i, h := range all {
		if got := cell.Read(s.g, &h.Closed); (got == "") != (i == 0) {
			t.Errorf("of the %s: closed with %q", owners[i], got)
		}
	}
}

// What nobody needs any more is ignored at once, and left out at the next connect. The
// server is not told before, since that would cost events.
func TestWhatNobodyNeedsIsLeftOutAtTheNextConnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(0)
		defer d.Close()
		sw := connect(t, toServer(d.Server), fsw.Options{NoChannels: true})
		defer sw.Close()
		var sent []string
		cell.Observe(sw.Graph(), func(r cell.Reader) {
			for _, c := range sw.Transmit.Get(r) {
				if strings.HasPrefix(c, "event") {
					sent = append(sent, c)
				}
			}
		})
		events := 0
		hs := handle(sw, fsw.NewKind[tag]("tag").Key("Desk-Name").On("desks::info", func(*tag, cell.Tx, *esl.Event) { events++ }))
		waitReady(t, sw)
		synctest.Wait() // it may be ready before its second subscription has arrived
		d.open("1", "ann")
		synctest.Wait()
		if events != 1 || !strings.Contains(strings.Join(sent, ""), "desks::info") {
			t.Fatal(events, sent)
		}
		told := len(sent)
		if err := sw.Graph().Update(func(tx cell.Tx) error { hs.Close(tx); return nil }); err != nil {
			t.Fatal(err)
		}
		d.mood("1", "sad")
		synctest.Wait()
		if events != 1 || len(sent) != told {
			t.Error("the event was not ignored, or the server was told:", events, sent)
		}
		d.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		waitReady(t, sw)
		if len(sent) == told || strings.Contains(strings.Join(sent[told:], ""), "desks::info") {
			t.Error("at the next connect:", sent)
		}
	})
}
