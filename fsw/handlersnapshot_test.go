package fsw_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// desks is a module of a server that has a table and tells of changes to it.
type desks struct {
	*fswtest.Server
	lag            time.Duration // of the table behind the events
	mu             sync.Mutex
	now            map[string]deskRow
	shown          map[string]deskRow
	lives          int
	asked          int
	version, shows int
}

type deskRow struct {
	Who, Mood string
	Life      int // which one it is
}

func newDesks(lag time.Duration) *desks {
	d := &desks{Server: fswtest.NewServer(quick), lag: lag, now: map[string]deskRow{}, shown: map[string]deskRow{}}
	d.Handle("desks", func(string) string {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.asked++
		rows := []map[string]any{}
		for name, row := range d.shown {
			rows = append(rows, map[string]any{"name": name, "who": row.Who, "mood": row.Mood, "life": row.Life, "unused": nil})
		}
		text, _ := json.Marshal(map[string]any{"row_count": len(rows), "rows": rows})
		return string(text)
	})
	return d
}

// change changes the table, tells what headers say of it, and shows it after a while.
func (d *desks) change(name string, f func(row *deskRow) (action string, headers []string)) {
	d.mu.Lock()
	row := d.now[name]
	action, headers := f(&row)
	if action == "closed" {
		delete(d.now, name)
	} else {
		d.now[name] = row
	}
	now := maps.Clone(d.now)
	d.version++
	version := d.version
	d.mu.Unlock()
	d.FireCustom("desks::info", append([]string{"Desk-Name", name, "Desk-Action", action}, headers...)...)
	show := func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if version > d.shows {
			d.shows, d.shown = version, now
		}
	}
	if d.lag > 0 {
		time.AfterFunc(d.lag, show)
	} else {
		show()
	}
}

func (d *desks) open(name, who string) {
	d.change(name, func(row *deskRow) (string, []string) {
		d.lives++
		*row = deskRow{Who: who, Mood: "calm", Life: d.lives}
		return "open", []string{"Desk-Who", who, "Desk-Mood", "calm", "Desk-Life", fmt.Sprint(row.Life)}
	})
}

func (d *desks) mood(name, mood string) {
	d.change(name, func(row *deskRow) (string, []string) {
		row.Mood = mood
		return "mood", []string{"Desk-Mood", mood}
	})
}

func (d *desks) shut(name string) {
	d.change(name, func(*deskRow) (string, []string) { return "closed", nil })
}

type deskOf struct {
	fsw.Handler
	Who    cell.Value[string] `fsw:"Desk-Who"`
	Mood   cell.Value[string] `fsw:"Desk-Mood"`
	Life   cell.Value[int]    `fsw:"Desk-Life"`
	listed int
}

func newDeskKind() *fsw.Kind[*deskOf] {
	return fsw.NewKind[deskOf]("desk").Key("Desk-Name").On("desks::info", nil).
		Begins(func(ev *esl.Event) bool { return ev.Value("Desk-Action") == "open" }).
		Ends(func(ev *esl.Event) string {
			if ev.Value("Desk-Action") == "closed" {
				return "SHUT"
			}
			return ""
		})
}

var deskKind = newDeskKind().
	Snapshot("desks", fsw.JSONRows(map[string]string{"name": "Desk-Name", "who": "Desk-Who", "mood": "Desk-Mood", "life": "Desk-Life"})).
	Listed(func(h *deskOf, tx cell.Tx, row *esl.Event) { h.listed++ })

func handle[H fsw.Handled](sw *fsw.Switch, kind *fsw.Kind[H]) (hs *fsw.Handlers[H]) {
	if err := sw.Graph().Update(func(tx cell.Tx) error { hs = fsw.Handle(tx, sw, kind); return nil }); err != nil {
		panic(err)
	}
	return hs
}

func deskRows(r cell.Reader, hs *fsw.Handlers[*deskOf]) map[string]deskRow {
	rows := map[string]deskRow{}
	for name, h := range hs.All(r) {
		rows[name] = deskRow{h.Who.Get(r), h.Mood.Get(r), h.Life.Get(r)}
	}
	return rows
}

func (d *desks) same(t *testing.T, sw *fsw.Switch, hs *fsw.Handlers[*deskOf]) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	var got map[string]deskRow
	sw.Graph().View(func(r cell.Reader) { got = deskRows(r, hs) })
	if diff := cmp.Diff(d.now, got); diff != "" {
		t.Errorf("the server (-) and the model: %s", diff)
	}
}

func at[H fsw.Handled](sw *fsw.Switch, hs *fsw.Handlers[H], key string) (h H) {
	sw.Graph().View(func(r cell.Reader) { h, _ = hs.Get(r, key) })
	return h
}

// outage cuts the connection, and makes it again after f.
func (d *desks) outage(t *testing.T, sw *fsw.Switch, f func()) {
	t.Helper()
	d.SetAccept(fswtest.AcceptRefuse)
	d.Inflict(fswtest.Fault{Kind: fswtest.Cut})
	waitState(t, sw, fsw.LinkDown)
	f()
	d.Heal()
	waitReady(t, sw)
}

// Handlers with a snapshot are known when the switch is ready, also those that began
// before it connected, and a gap is made up for: what ended closes, what began appears,
// what stayed is the same object with what it missed.
func TestHandlersMakeUpForAGap(t *testing.T) {
	for _, noChannels := range []bool{false, true} {
		t.Run(fmt.Sprintf("NoChannels=%v", noChannels), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesks(0)
				defer d.Close()
				d.open("1", "ann")
				d.open("2", "bob")
				dial, open := gated(toServer(d.Server))
				sw := connect(t, dial, fsw.Options{NoChannels: noChannels})
				defer sw.Close()
				hs := handle(sw, deskKind)
				open()
				waitReady(t, sw)
				d.same(t, sw, hs)
				stays, ends := at(sw, hs, "1"), at(sw, hs, "2")
				if got := cell.Read(sw.Graph(), &hs.Snapshot); got != fsw.SnapshotDone {
					t.Error(got)
				}
				time.Sleep(2 * time.Second)
				if got := cell.Read(sw.Graph(), &hs.Snapshot); got != fsw.SnapshotChecked || stays.listed != 2 {
					t.Error(got, stays.listed)
				}
				d.outage(t, sw, func() {
					d.mood("1", "angry")
					d.shut("2")
					d.open("3", "eve")
				})
				d.same(t, sw, hs)
				if at(sw, hs, "1") != stays {
					t.Error("what stayed is another one")
				}
				if got := cell.Read(sw.Graph(), &ends.Closed); got != fsw.CauseLost {
					t.Errorf("what ended is closed with %q", got)
				}
				d.mood("3", "happy")
				d.shut("1")
				synctest.Wait()
				d.same(t, sw, hs)
				if got := cell.Read(sw.Graph(), &stays.Closed); got != "SHUT" {
					t.Error(got)
				}
			})
		})
	}
}

// A table may lag behind the events: these win, for each attribute.
func TestEventsWinOverRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(300 * time.Millisecond)
		defer d.Close()
		d.open("dead", "ann")
		d.open("moody", "bob")
		time.Sleep(time.Second)
		looks := 0
		dial, open := gated(toServer(d.Server))
		sw := connect(t, dial, fsw.Options{})
		defer sw.Close()
		hs := handle(sw, deskKind)
		cell.Observe(sw.Graph(), func(r cell.Reader) {
			if hs.Snapshot.Get(r) == fsw.SnapshotPending {
				looks++
			}
		})
		open()
		if err := sw.Wait(t.Context(), sw.LoggedIn.Get); err != nil {
			t.Fatal(err)
		}
		d.WaitSubscribed("CUSTOM")
		d.shut("dead")
		d.mood("moody", "angry")
		d.open("young", "eve")
		waitReady(t, sw)
		synctest.Wait()
		d.same(t, sw, hs)
		d.outage(t, sw, func() {})
		d.WaitSubscribed("CUSTOM")
		d.mood("moody", "glad")
		d.shut("young")
		time.Sleep(100 * time.Millisecond)
		d.open("late", "kim")
		synctest.Wait()
		d.same(t, sw, hs)
		if looks < 2 {
			t.Error(looks, "looks")
		}
		time.Sleep(5 * time.Second)
		d.same(t, sw, hs)
	})
}

// One that a lagging row has made, or that only a later row tells of, is put right by
// the second look.
func TestSecondLookAtHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(300 * time.Millisecond)
		defer d.Close()
		d.open("old", "joe")
		time.Sleep(time.Second)
		d.shut("old")
		d.open("new", "kim")
		sw := connect(t, toServer(d.Server), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		hs := handle(sw, deskKind) // on a live connection: its own looks
		synctest.Wait()
		old := at(sw, hs, "old")
		if old == nil || at(sw, hs, "new") != nil || cell.Read(sw.Graph(), &hs.Snapshot) != fsw.SnapshotDone {
			t.Fatal("the first look did not see what the table shows")
		}
		time.Sleep(2 * time.Second)
		d.same(t, sw, hs)
		d.mu.Lock()
		asked := d.asked
		d.mu.Unlock()
		if cell.Read(sw.Graph(), &old.Closed) != fsw.CauseLost || cell.Read(sw.Graph(), &hs.Snapshot) != fsw.SnapshotChecked || asked < 2 {
			t.Error(cell.Read(sw.Graph(), &old.Closed), cell.Read(sw.Graph(), &hs.Snapshot), asked)
		}
	})
}

// Just before the second look one ends, of which the table still tells, and an event is
// about one that nobody knows, since it ended before the gap and came back in it.
func TestEventsJustBeforeTheSecondLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(300 * time.Millisecond)
		defer d.Close()
		sw := connect(t, toServer(d.Server), fsw.Options{})
		defer sw.Close()
		hs := handle(sw, deskKind)
		waitReady(t, sw)
		d.open("ends", "ann")
		d.open("returns", "bob")
		time.Sleep(2 * time.Second)
		d.shut("returns")
		synctest.Wait()
		d.outage(t, sw, func() {
			d.open("returns", "eve")
			d.mood("ends", "glad")
			time.Sleep(time.Second)
		})
		if at(sw, hs, "returns") != nil {
			t.Error("a row was believed that may be an old one")
		}
		if h := at(sw, hs, "ends"); h == nil || cell.Read(sw.Graph(), &h.Mood) != "glad" {
			t.Error("what an event has said before the gap was believed")
		}
		time.Sleep(900 * time.Millisecond)
		d.shut("ends")
		d.mood("returns", "angry")
		time.Sleep(200 * time.Millisecond)
		if at(sw, hs, "ends") != nil || at(sw, hs, "returns") == nil {
			t.Error("the second look did not see what it should")
		}
		time.Sleep(2 * time.Second)
		d.same(t, sw, hs)
	})
}

// What an event has set before a gap is no reason to mistrust a row after it.
func TestRowsWinOverEventsBeforeTheGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(0)
		defer d.Close()
		sw := connect(t, toServer(d.Server), fsw.Options{})
		defer sw.Close()
		hs := handle(sw, deskKind)
		waitReady(t, sw)
		d.open("1", "ann")
		synctest.Wait()
		d.outage(t, sw, func() { d.mood("1", "glad") })
		d.change("1", func(row *deskRow) (string, []string) {
			row.Who, row.Mood = "bob", "sad"
			return "who", []string{"Desk-Who", "bob"} // it says nothing of the mood
		})
		time.Sleep(2 * time.Second)
		d.same(t, sw, hs)
	})
}

// The events are subscribed to before the table is asked for.
func TestHandlersSubscribeBeforeTheyAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(0)
		defer d.Close()
		sw := connect(t, toServer(d.Server), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		var sent []string
		cell.Observe(sw.Graph(), func(r cell.Reader) {
			for _, c := range sw.Transmit.Get(r) {
				if strings.Contains(c, "desks") {
					sent = append(sent, c[:6])
				}
			}
		})
		cell.Rule(sw.Graph(), func(tx cell.Tx) { // a rule is younger than that of the subscription
			if sw.Ready.Get(tx.Reader) {
				tx.Untracked(func(tx cell.Tx) { fsw.Handle(tx, sw, deskKind) })
			}
		})
		synctest.Wait()
		if !slices.Equal(sent, []string{"event ", "api de"}) {
			t.Errorf("%q", sent)
		}
	})
}

// Without a snapshot nobody knows what became of them in a gap: those of a switch end
// unless they are to stay, those of a channel are as sure as their channel.
func TestHandlersWithoutSnapshotAfterAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(0)
		defer d.Close()
		call := d.Call(fswtest.CallOptions{})
		sw := connect(t, toServer(d.Server), fsw.Options{})
		defer sw.Close()
		plain, staying := newDeskKind(), newDeskKind().Stays()
		ends, stays := handle(sw, plain), handle(sw, staying)
		waitReady(t, sw)
		_ = sw.Graph().Update(func(tx cell.Tx) error { ends.Make(tx, "0"); return nil })
		var ofChannel *fsw.Handlers[*tag]
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			ofChannel = fsw.Handle(tx, sw.Channel(tx.Reader, call.UUID()), fsw.NewKind[tag]("tag").Key("DTMF-Digit").On("DTMF", nil))
			return nil
		})
		synctest.Wait()
		d.open("1", "ann")
		d.Fire("DTMF", "Unique-ID", call.UUID(), "DTMF-Digit", "5")
		synctest.Wait()
		one, kept, digit := at(sw, ends, "1"), at(sw, stays, "1"), at(sw, ofChannel, "5")
		if one == nil || kept == nil || digit == nil || at(sw, ends, "0") == nil {
			t.Fatal(one, kept, digit)
		}
		d.outage(t, sw, func() {
			if cell.Read(sw.Graph(), &one.Closed) != "" {
				t.Error("it ended before anybody could know")
			}
		})
		if got := cell.Read(sw.Graph(), &one.Closed); got != fsw.CauseLost || at(sw, ends, "0") != nil {
			t.Errorf("%q", got)
		}
		if at(sw, stays, "1") != kept || at(sw, ofChannel, "5") != digit {
			t.Error("what was to stay did not")
		}
		d.open("1", "bob")
		synctest.Wait()
		if again := at(sw, ends, "1"); again == nil || again == one {
			t.Error("it did not come back as another one")
		}
	})
}

// A restarted server has none of them any more, whatever its table shows.
func TestRestartEndsHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(0)
		defer d.Close()
		sw := connect(t, toServer(d.Server), fsw.Options{})
		defer sw.Close()
		listed, plain, staying := handle(sw, deskKind), handle(sw, newDeskKind()), handle(sw, newDeskKind().Stays())
		waitReady(t, sw)
		d.open("1", "ann")
		synctest.Wait()
		var before []*deskOf
		for _, hs := range []*fsw.Handlers[*deskOf]{listed, plain, staying} {
			before = append(before, at(sw, hs, "1"))
		}
		d.Restart(time.Second)
		waitState(t, sw, fsw.LinkDown)
		waitReady(t, sw)
		for i, h := range before {
			if got := cell.Read(sw.Graph(), &h.Closed); got != fsw.CauseRestart {
				t.Errorf("%d: %q", i, got)
			}
		}
		if now := at(sw, listed, "1"); now == nil || now == before[0] {
			t.Error("the table of the new server was not taken")
		}
		d.same(t, sw, listed)
	})
}

// One made by hand need not be in the table before the next gap.
func TestHandlerMadeByHandIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(0)
		defer d.Close()
		sw := connect(t, toServer(d.Server), fsw.Options{})
		defer sw.Close()
		hs := handle(sw, deskKind)
		_ = sw.Graph().Update(func(tx cell.Tx) error { hs.Make(tx, "9"); return nil })
		waitReady(t, sw)
		time.Sleep(2 * time.Second)
		if at(sw, hs, "9") == nil {
			t.Error("it is lost")
		}
		d.outage(t, sw, func() {})
		if at(sw, hs, "9") != nil {
			t.Error("it is still there after a gap")
		}
	})
}

// A table that cannot be had, or be read, says so; what fails at it ends alone.
func TestHandlersWhoseSnapshotFails(t *testing.T) {
	none := func(string) ([]*esl.Event, error) { return nil, errors.New("unreadable") }
	bad := func(string) ([]*esl.Event, error) { panic("bad") }
	rows := fsw.JSONRows(map[string]string{"name": "Desk-Name"})
	for what, test := range map[string]struct {
		kind   *fsw.Kind[*deskOf]
		state  fsw.SnapshotState
		faults int
	}{
		"no such command": {newDeskKind().Snapshot("nosuch", rows), fsw.SnapshotUnavailable, 0},
		"unreadable":      {newDeskKind().Snapshot("desks", none), fsw.SnapshotUnavailable, 0},
		"panic":           {newDeskKind().Snapshot("desks", bad), fsw.SnapshotPending, 1},
		"Listed panics":   {newDeskKind().Snapshot("desks", rows).Listed(func(*deskOf, cell.Tx, *esl.Event) { panic("bad") }), fsw.SnapshotPending, 1},
		"Made panics":     {newDeskKind().Snapshot("desks", rows).Made(func(*deskOf, cell.Tx) { panic("bad") }), fsw.SnapshotPending, 1},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesks(0)
				defer d.Close()
				d.open("1", "ann")
				sw := connect(t, toServer(d.Server), fsw.Options{})
				defer sw.Close()
				faults := faultsOf(sw.Graph(), sw)
				failing, good := handle(sw, test.kind), handle(sw, deskKind)
				waitReady(t, sw)
				synctest.Wait()
				d.same(t, sw, good)
				if got := cell.Read(sw.Graph(), &failing.Snapshot); got != test.state || len(*faults) != test.faults {
					t.Error(got, *faults)
				}
				d.mood("1", "glad")
				d.outage(t, sw, func() { d.open("2", "bob") })
				d.same(t, sw, good)
			})
		})
	}
}

// Kinds are compared anew after events were dropped, too.
func TestHandlersAfterDroppedEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesks(0)
		defer d.Close()
		sw := connect(t, toServer(d.Server), fsw.Options{ReceiveBuffer: 20_000})
		defer sw.Close()
		hs, plain := handle(sw, deskKind), handle(sw, newDeskKind())
		waitReady(t, sw)
		d.open("gone", "ann")
		d.open("stays", "bob")
		synctest.Wait()
		stays, gone := at(sw, hs, "stays"), at(sw, plain, "gone")
		gate, once := make(chan struct{}), false
		cell.Observe(sw.Graph(), func(r cell.Reader) {
			if stays.Mood.Get(r) == "first" && !once {
				once = true
				<-gate
			}
		})
		d.mood("stays", "first")
		for i := range 200 {
			d.mood("stays", fmt.Sprint(i))
		}
		d.shut("gone")
		synctest.Wait()
		close(gate)
		synctest.Wait()
		if cell.Read(sw.Graph(), &sw.DroppedEvents) == 0 {
			t.Fatal("nothing was dropped")
		}
		waitReady(t, sw)
		time.Sleep(2 * time.Second)
		d.same(t, sw, hs)
		if at(sw, hs, "stays") != stays {
			t.Error("what stayed is another one")
		}
		if got := cell.Read(sw.Graph(), &gone.Closed); got == "" {
			t.Error("nobody knows of it, and it is not closed")
		}
	})
}

// Whatever happens to the table and to the connection: at a quiet point the handlers
// are what the table has, and who lives on is who it was.
func TestHandlersEqualTheTable(t *testing.T) {
	for _, lag := range []time.Duration{0, 200 * time.Millisecond} {
		for seed := range uint64(8) {
			t.Run(fmt.Sprint(lag, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { handlersEqualTheTable(t, lag, rand.New(rand.NewPCG(seed, 4))) })
			})
		}
	}
}

func handlersEqualTheTable(t *testing.T, lag time.Duration, rng *rand.Rand) {
	d := newDesks(lag)
	defer d.Close()
	sw := connect(t, toServer(d.Server), fsw.Options{})
	defer sw.Close()
	hs := handle(sw, deskKind)
	known, restarted := map[string]*deskOf{}, false
	for range 60 {
		for range rng.IntN(20) {
			name := fmt.Sprint(rng.IntN(8))
			d.mu.Lock()
			_, open := d.now[name]
			d.mu.Unlock()
			switch n := rng.IntN(10); {
			case !open:
				d.open(name, fmt.Sprint("who", rng.IntN(100)))
			case n < 3:
				d.shut(name)
			default:
				d.mood(name, fmt.Sprint("mood", rng.IntN(100)))
			}
			switch rng.IntN(12) {
			case 0:
				d.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: rng.IntN(3000)})
			case 1:
				d.Inflict(fswtest.Fault{Kind: fswtest.Stall, For: time.Duration(rng.IntN(3000)) * time.Millisecond})
			case 2, 3, 4:
				time.Sleep(time.Duration(rng.IntN(1500)) * time.Millisecond)
			}
			if rng.IntN(300) == 0 {
				d.Restart(0)
				restarted = true
			}
		}
		d.Heal()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		time.Sleep(3 * time.Second)
		err := sw.Wait(ctx, sw.Ready.Get)
		time.Sleep(3 * time.Second)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		d.same(t, sw, hs)
		sw.Graph().View(func(r cell.Reader) {
			for name, h := range hs.All(r) {
				if before := known[name]; before != nil && before != h && before.Life.Get(r) == h.Life.Get(r) && !restarted {
					if before.Closed.Get(r) == "" || before.Closed.Get(r) == fsw.CauseLost {
						t.Errorf("%s is another one, the first has ended with %q", name, before.Closed.Get(r))
					}
				}
				known[name] = h
			}
		})
		restarted = false
		if t.Failed() {
			return
		}
	}
}
