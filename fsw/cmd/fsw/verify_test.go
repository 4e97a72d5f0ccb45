package main

import (
	"context"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/internal/tables"
)

// Against a server that is busy nothing differs.
func TestVerify(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{SnapshotLag: -1})
	stop := srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: 50})
	defer stop()
	for range 3 {
		call := srv.Call(fswtest.CallOptions{Route: true})
		call.Answer()
		call.Execute("conference", "standup")
	}
	got := command(t, "verify", "--addr", srv.Addr(), "--every", "20ms", "--for", "1s").succeeds(t).stdout
	if !strings.Contains(got, " 0 differences") || strings.Contains(got, " 0 channels") || strings.Contains(got, " 0 conferences") {
		t.Error(got)
	}
}

// What differs for good is found, and nothing else.
func TestVerifyFindsDifferences(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{SnapshotLag: -1})
	call := srv.Call(fswtest.CallOptions{})
	call.Answer()
	var asked atomic.Int64
	srv.Handle("conference", func(string) string {
		if asked.Add(1) == 1 {
			return "[]" // when the model is made
		}
		return `[{"conference_name":"ghost","conference_uuid":"u","members":[]}]`
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out, errs strings.Builder
	code := run(ctx, []string{"verify", "--addr", srv.Addr(), "--every", "10ms", "--for", "500ms"}, nil, &out, &errs)
	if code != exitFailed || !strings.Contains(out.String(), "conference ghost: the server has u locked=false ") ||
		!strings.Contains(out.String(), " 2 differences") || strings.Contains(out.String(), call.UUID()) {
		t.Error(code, out.String(), errs.String())
	}
}

func TestVerification(t *testing.T) {
	var out strings.Builder
	v := &verification{std: &streams{out: &output{w: &out}}, since: map[string]int{}}
	about := func(id string) tables.Subject { return tables.Subject{Kind: tables.OfChannel, ID: id} }
	a, b, name := about("a"), about("b"), tables.Subject{Kind: tables.OfCallerID, ID: "room 1"}
	right := tables.Facts{a: "x", b: "y", name: "Eve"}
	wrong := tables.Facts{a: "x", b: "z", name: "Eve"}
	ending := tables.Facts{a: tables.HungUp, b: "y", name: "Eve"}
	renamed := tables.Facts{a: "x", b: "y", name: "Adam"}
	for _, model := range []tables.Facts{right, wrong, wrong, right, wrong, wrong, wrong, wrong, right, ending, ending, ending, renamed, renamed, renamed} {
		v.compared(maps.Clone(right), maps.Clone(model))
	}
	want := "channel b: the server has y, the model z\nno more: channel b: the server has y, the model z\n"
	if out.String() != want || v.found != 1 || v.looks != 15 {
		t.Errorf("%q, %d found in %d looks", out.String(), v.found, v.looks)
	}
}
