package main

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
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
	if code != exitFailed || !strings.Contains(out.String(), "conference ghost: the server has u locked=false, the model nothing\n") ||
		!strings.Contains(out.String(), " 1 differences") || strings.Contains(out.String(), call.UUID()) {
		t.Error(code, out.String(), errs.String())
	}
}

func TestVerification(t *testing.T) {
	var out strings.Builder
	v := &verification{std: &streams{out: &output{w: &out}}, since: map[string]int{}}
	a, b := subject{ofChannel, "a"}, subject{ofChannel, "b"}
	right := facts{a: "x", b: "y"}
	wrong := facts{a: "x", b: "z"}
	for _, model := range []facts{right, wrong, wrong, right, wrong, wrong, wrong, wrong, right, {a: hungUp, b: "y"}, {a: hungUp, b: "y"}, {a: hungUp, b: "y"}} {
		v.compared(right, model)
	}
	want := "channel b: the server has y, the model z\nno more: channel b: the server has y, the model z\n"
	if out.String() != want || v.found != 1 || v.looks != 12 {
		t.Errorf("%q, %d found in %d looks", out.String(), v.found, v.looks)
	}
}
