package fsw_test

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Of a switch that keeps some variables channels have these and no others, and
// they change when these change.
func TestKeptVariables(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{Variables: []string{"colour", "variable_size", "none"}})
	call := srv.Call(fswtest.CallOptions{Vars: map[string]string{"colour": "red", "size": "10%", "other": "x"}})
	var seen []map[string]string
	var ch *fsw.Channel
	find := func(r cell.Reader) bool {
		ch = sw.Channel(r, call.UUID())
		return ch != nil && len(maps.Collect(ch.Variables.Get(r).All())) > 0
	}
	if err := sw.Wait(t.Context(), find); err != nil {
		t.Fatal(err)
	}
	cell.Observe(sw.Graph(), func(r cell.Reader) { seen = append(seen, maps.Collect(ch.Variables.Get(r).All())) })
	for _, set := range []string{"other y", "colour blue"} {
		if out, err := sw.API(t.Context(), "uuid_setvar "+call.UUID()+" "+set); err != nil {
			t.Fatal(out, err)
		}
	}
	call.Hangup("NORMAL_CLEARING")
	if err := sw.Wait(t.Context(), func(r cell.Reader) bool { return ch.Closed.Get(r) != "" }); err != nil {
		t.Fatal(err)
	}
	want := []map[string]string{{"colour": "red", "size": "10%"}, {"colour": "blue", "size": "10%"}}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}
