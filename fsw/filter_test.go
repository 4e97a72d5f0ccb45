package fsw_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// heardOf collects what comes.
func heardOf(sw *fsw.Switch) func() []string {
	var names []string
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		for ev := range sw.Events.All(r) {
			if x := ev.Value("X"); x != "" {
				names = append(names, string(ev.Name())+x)
			}
		}
	})
	return func() []string {
		synctest.Wait()
		defer func() { names = nil }()
		return names
	}
}

// Filters are kept at the server, over a reconnect, too, until they are removed; what jobs
// need passes in any case.
func TestFiltersAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		sw := connect(t, toServer(srv), fsw.Options{NoChannels: true, Watch: []string{"TRAP", "TALK", "DTMF"},
			Filters: []fsw.Filter{{Header: "Event-Name", Value: "DTMF"}}})
		defer sw.Close()
		waitReady(t, sw)
		heard := heardOf(sw)
		fire := func(want ...string) {
			t.Helper()
			for _, name := range []string{"TRAP", "TALK", "DTMF"} {
				for _, x := range []string{"1", "2"} {
					srv.Fire(name, "X", x)
				}
			}
			if diff := cmp.Diff(want, heard()); diff != "" {
				t.Error(diff)
			}
		}
		fire("DTMF1", "DTMF2")
		if err := sw.AddFilter(t.Context(), fsw.Filter{Header: "Event-Name", Value: "/^TR/"}); err != nil {
			t.Fatal(err)
		}
		if err := sw.AddFilter(t.Context(), fsw.Filter{Header: "x", Value: "-2"}); err != nil {
			t.Fatal(err)
		}
		fire("TRAP1", "DTMF1")
		if out, err := sw.BgAPI(t.Context(), "hostname"); err != nil || out != "fswtest" {
			t.Errorf("a job: %q, %v", out, err)
		}
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		waitReady(t, sw)
		fire("TRAP1", "DTMF1")
		if err := sw.RemoveFilter(t.Context(), fsw.Filter{Header: "Event-Name"}); err != nil {
			t.Fatal(err)
		}
		fire() // only a negative one is left, and what jobs need
		if err := sw.RemoveFilter(t.Context(), fsw.Filter{Header: "X", Value: "-2"}); err != nil {
			t.Fatal(err)
		}
		fire("TRAP1", "TRAP2", "TALK1", "TALK2", "DTMF1", "DTMF2")
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			sw.Filters.Add(tx, fsw.Filter{Header: "Event-Name", Value: "TALK"})
			return nil
		})
		_ = sw.Wait(t.Context(), func(r cell.Reader) bool { return len(sw.CommandsSent(r)) == 0 })
		fire("TALK1", "TALK2")
		sw.Graph().View(func(r cell.Reader) {
			if sw.Degraded.Len(r) != 0 {
				t.Error("there is no model that could be degraded")
			}
		})
		for _, f := range []fsw.Filter{{Header: "", Value: "x"}, {Header: "a b", Value: "x"}, {Header: "a", Value: "x\n\nexit"}, {Header: "all", Value: "x"}} {
			if err := sw.AddFilter(t.Context(), f); !errors.As(err, new(*esl.CommandError)) {
				t.Errorf("%q: %v", f, err)
			}
		}
	})
}

// A model that is starved says so, and gets well.
func TestModelThatIsStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		degraded := func(want ...fsw.Degradation) {
			t.Helper()
			synctest.Wait()
			sw.Graph().View(func(r cell.Reader) {
				if got := slices.Collect(sw.Degraded.All(r)); !slices.Equal(got, want) {
					t.Errorf("degraded: %v, want %v", got, want)
				}
			})
		}
		degraded()
		f := fsw.Filter{Header: "Event-Name", Value: "CHANNEL_CREATE"}
		if err := sw.AddFilter(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		degraded(fsw.DegradedFilters)
		if err := sw.RemoveFilter(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		degraded()
		for _, line := range []string{"NOEVENTS", "nixevent CHANNEL_CREATE", "filter Event-Name X"} {
			if out, err := sw.Command(t.Context(), line); err != nil || !strings.HasPrefix(out, "+OK") {
				t.Fatal(out, err)
			}
			degraded(fsw.DegradedCommands)
			srv.Call(fswtest.CallOptions{})
			srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
			waitState(t, sw, fsw.LinkDown)
			waitReady(t, sw)
			degraded()
			sameChannels(t, sw, srv)
		}
		_ = sw.Graph().Update(func(tx cell.Tx) error { sw.WatchEvents.Remove(tx, "CHANNEL_DESTROY"); return nil })
		degraded() // it is still subscribed to
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		waitReady(t, sw)
		degraded(fsw.DegradedEvents)
	})
}
