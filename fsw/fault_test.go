package fsw_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// Whatever users' code does while a message is applied, the message is applied.
func TestNoMessageIsSkipped(t *testing.T) {
	stream := captures.Read(t, "04_call_lifecycle", "server.bin")
	right := newReplayed()
	if err := right.ReceivedBytes(stream[:1_000_000]); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for name, fail := range map[string]func(r cell.Reader){
		"error":       func(r cell.Reader) { r.Fail(broken) },
		"panic":       func(cell.Reader) { panic("broken") },
		"panic error": func(cell.Reader) { panic(broken) },
		"nil":         func(cell.Reader) { var p *int; *p = 1 },
		"misuse":      func(r cell.Reader) { _ = r.Graph().Update(func(cell.Tx) error { return nil }) },
	} {
		for kind, install := range map[string]func(g *cell.Graph, sw *fsw.Switch, at func(cell.Reader)){
			"observer": func(g *cell.Graph, sw *fsw.Switch, at func(cell.Reader)) {
				cell.Observe(g, at)
			},
			"rule": func(g *cell.Graph, sw *fsw.Switch, at func(cell.Reader)) {
				cell.Rule(g, func(tx cell.Tx) { at(tx.Reader) })
			},
			"computed": func(g *cell.Graph, sw *fsw.Switch, at func(cell.Reader)) {
				c := cell.Compute(func(r cell.Reader) int { at(r); return sw.Channels.Len(r) })
				cell.Observe(g, func(r cell.Reader) { c.Get(r) })
			},
			"effect": func(g *cell.Graph, sw *fsw.Switch, at func(cell.Reader)) {
				cell.Effect(g, func(r cell.Reader) func() { at(r); return nil })
			},
		} {
			t.Run(name+" in "+kind, func(t *testing.T) {
				p := newReplayed()
				var faults []*fsw.Fault
				cell.Observe(p.g, func(r cell.Reader) {
					for f := range p.Faults.All(r) {
						faults = append(faults, f)
					}
				})
				install(p.g, p.Switch, func(r cell.Reader) {
					for ev := range p.Events.All(r) {
						if ev.Name() == "CHANNEL_HANGUP" {
							fail(r)
						}
					}
				})
				if err := p.ReceivedBytes(stream[:1_000_000]); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(right.channels(), p.channels()); diff != "" {
					t.Error(diff)
				}
				if len(faults) != 1 || !faults[0].Stopped || faults[0].Message.ContentType != esl.EventPlain {
					t.Fatalf("faults: %v", faults)
				}
				if strings.Contains(name, "error") && !errors.Is(faults[0], broken) {
					t.Errorf("the fault does not wrap its cause: %v", faults[0])
				}
			})
		}
	}
}

func TestFaultyCallbackLosesNothing(t *testing.T) {
	s := readyGuide()
	var log []string
	cell.Observe(s.g, func(r cell.Reader) {
		for f := range s.Faults.All(r) {
			log = append(log, fmt.Sprint("fault: ", f.Err))
		}
	})
	cell.Observe(s.g, func(r cell.Reader) {
		for ev := range s.Events.All(r) {
			log = append(log, string(ev.Name()))
		}
	})
	fail := func(tx cell.Tx, _ fsw.Reply) { tx.Fail(errors.New("broken")) }
	note := func(_ cell.Tx, r fsw.Reply) { log = append(log, r.Text) }
	s.do(func(tx cell.Tx) error {
		return errors.Join(s.SendCommand(tx, "a", fail), s.SendCommand(tx, "b", note), s.SendBgAPI(tx, "c", fail))
	})
	s.callback("1")
	s.callback("2")
	s.callback("+OK Job-UUID: 3")
	s.appendOne(esl.NewEvent("BACKGROUND_JOB", "Job-UUID", "3"))
	want := []string{"fault: broken", "2", "BACKGROUND_JOB", "fault: cell: fsw: events to state: broken", "BACKGROUND_JOB"}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Error(diff)
	}
	s.g.View(func(r cell.Reader) {
		if n, jobs := len(s.CommandsSent(r)), s.BackgroundJobs.Len(r); n != 0 || jobs != 0 {
			t.Errorf("%d commands and %d jobs are left", n, jobs)
		}
	})
}

// appendOne receives an event as a message.
func (s guide) appendOne(ev *esl.Event) { s.ReceivedMessage(ev.PlainMessage()) }

func TestCommandThatIsUndoneIsNotOwed(t *testing.T) {
	s := newGuide()
	err := s.g.Update(func(tx cell.Tx) error {
		if err := s.SendCommand(tx, "status", nil); err != nil {
			return err
		}
		return errors.New("no")
	})
	if err == nil {
		t.Fatal("no error")
	}
	s.g.View(func(r cell.Reader) {
		if n := len(s.CommandsSent(r)); n != 0 {
			t.Errorf("%d replies are owed", n)
		}
	})
	for _, line := range []string{"a\nb", "a\rb", "a\x00b", ""} {
		err := s.g.Update(func(tx cell.Tx) error { return s.SendCommand(tx, line, nil) })
		if !errors.As(err, new(*esl.CommandError)) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// Wrong input is a typed error or counted, and nothing before it is lost.
func TestWrongInput(t *testing.T) {
	good := esl.NewEvent("CHANNEL_CREATE", "Unique-ID", "one", "Channel-State", "CS_INIT").PlainMessage().Wire()
	for name, test := range map[string]struct {
		bytes string
		want  error
	}{
		"no colon":         {"garbage\n\n", esl.ErrHeaderLine},
		"binary":           {"\x00\xff\x13\x37\n\n", esl.ErrHeaderLine},
		"negative length":  {"Content-Length: -5\nContent-Type: log/data\n\n", esl.ErrContentLength},
		"length in words":  {"Content-Length: five\nContent-Type: log/data\n\n", esl.ErrContentLength},
		"10 GB":            {"Content-Length: 10000000000\nContent-Type: log/data\n\n", esl.ErrBodyTooLarge},
		"megabyte header":  {"X: " + strings.Repeat("y", 2<<20) + "\n\n", esl.ErrHeaderBlockTooLong},
		"too many headers": {strings.Repeat("a: b\n", 20_000) + "\n", esl.ErrTooManyHeaders},
	} {
		t.Run(name, func(t *testing.T) {
			p := newReplayed()
			err := p.ReceivedBytes([]byte(good + test.bytes))
			if !errors.Is(err, test.want) || !errors.As(err, new(*esl.FrameError)) {
				t.Errorf("got %v", err)
			}
			if len(p.channels()) != 1 {
				t.Error("what came before is lost")
			}
		})
	}
	t.Run("bad events are counted", func(t *testing.T) {
		p := newReplayed()
		bad := []string{
			esl.NewMessage(esl.EventJSON, `{"Event-Name":`).Wire(),
			esl.NewMessage(esl.EventPlain, "Event-Name: CHANNEL_STATE\nno colon\nUnique-ID: one\nChannel-State: CS_\xff\xfe\n\n").Wire(),
			esl.NewMessage("text/something-new", "whatever").Wire(),
			esl.NewMessage(esl.EventPlain, "Event-Name: CHANNEL_STATE\nUnique-ID: nobody\n\n").Wire(),
		}
		if err := p.ReceivedBytes([]byte(good + strings.Join(bad, ""))); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]*cell.Value[uint64]{
			"events": &p.MalformedEvents, "lines": &p.MalformedLines, "ids": &p.UnknownIDs,
		} {
			if n := cell.Read(p.g, c); n != 1 {
				t.Errorf("%s: counted %d", name, n)
			}
		}
		if s := p.channels()["one"].State; s != "CS_\xff\xfe" {
			t.Errorf("state %q", s)
		}
	})
}

func FuzzSwitch(f *testing.F) {
	f.Add([]byte("Content-Type: auth/request\n\nContent-Type: command/reply\nReply-Text: +OK accepted\n\n"), uint8(3))
	f.Add(captures.Read(f, "07_event_json", "server.bin")[:20_000], uint8(100))
	f.Add(captures.Read(f, "05_conference", "server.bin")[:20_000], uint8(7))
	f.Add([]byte(esl.NewEvent("CHANNEL_UUID", "Old-Unique-ID", "a", "Unique-ID", "a").PlainMessage().Wire()), uint8(0))
	f.Fuzz(func(t *testing.T, stream []byte, cut uint8) {
		g := cell.NewGraph()
		sw := fsw.New(g)
		_ = g.Update(func(tx cell.Tx) error { sw.Credential.Set(tx, "x"); return nil })
		watchAll(g, sw)
		for rest := stream; len(rest) > 0; {
			n := min(len(rest), 1+int(cut))
			if err := sw.ReceivedBytes(rest[:n]); err != nil {
				break
			}
			rest = rest[n:]
		}
		g.View(func(r cell.Reader) {
			for range sw.Faults.All(r) {
				t.Error("a fault")
			}
			for ch := range sw.Channels.All(r) {
				if ch.Closed.Get(r) != "" || sw.Channel(r, ch.UUID.Get(r)) != ch {
					t.Error("a channel that should not be there")
				}
			}
		})
	})
}

// Memory does not grow with the number of calls that have been.
func TestHeapIsBounded(t *testing.T) {
	stream := captures.Read(t, "04_call_lifecycle", "server.bin")
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	watchAll(g, sw)
	for round := range byte(4) {
		feed(t, sw, captures.Renamed(stream, round))
	}
	before := heapInUse()
	for round := range byte(40) {
		feed(t, sw, captures.Renamed(stream, 4+round))
	}
	if after := heapInUse(); after > before+before/10+(1<<20) {
		t.Errorf("the heap grew from %d to %d bytes in 40 replays", before, after)
	}
	runtime.KeepAlive(sw)
}
