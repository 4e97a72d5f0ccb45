package fsw_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/internal/captures"
)

func TestAllowedAsRecorded(t *testing.T) {
	for session, want := range map[string]fsw.Allowed{
		"02_auth_bad/userauth_limited": {Events: "CHANNEL_CREATE CHANNEL_ANSWER HEARTBEAT CUSTOM test::allowed", API: "status show bgapi uptime"},
		"02_auth_bad/userauth_ok":      {Events: "all", API: "all", Log: true},
		"01_auth_ok":                   {Events: "all", API: "all", Log: true},
	} {
		g := cell.NewGraph()
		sw := fsw.New(g)
		_ = g.Update(func(tx cell.Tx) error { sw.Credential.Set(tx, "x"); return nil })
		n := 0
		for m := range messages(t, captures.Read(t, session, "server.bin")) {
			if n++; n <= 2 {
				sw.ReceivedMessage(m)
			}
		}
		if got := cell.Read(g, &sw.Allowed); got != want {
			t.Errorf("%s: %+v", session, got)
		}
	}
	// What the server said in userauth_limited to events and commands.
	limited := fsw.Allowed{Events: "CHANNEL_CREATE CHANNEL_ANSWER HEARTBEAT CUSTOM test::allowed", API: "status show bgapi uptime"}
	for word, want := range map[string]bool{"ALL": false, "CHANNEL_CREATE": true, "channel_answer": true, "CHANNEL_HANGUP": false,
		"CUSTOM test::allowed": true, "test::allowed": true, "test::denied": false, "test::ALLOWED": false, "CUSTOM CHANNEL_CREATE": false} {
		if limited.Event(word) != want {
			t.Errorf("%s is %v", word, !want)
		}
	}
	for line, want := range map[string]bool{"version": false, "status": true, "show channels": true, "Status": false, "eval ${x}": false, "": false} {
		if limited.Command(line) != want {
			t.Errorf("%s is %v", line, !want)
		}
	}
	if commas := (fsw.Allowed{Events: "TALK,NOTALK", API: "a,b"}); !commas.Event("NOTALK") || !commas.Command("b") || commas.Event("DTMF") {
		t.Error("commas")
	}
}

// untold hides from the client what the server says about limits.
type untoldConn struct{ net.Conn }

func (c untoldConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	copy(p, bytes.ReplaceAll(p[:n], []byte("Allowed-"), []byte("Untold--")))
	return n, err
}

// A user who may not have all events, or may not run all commands: what can be had is had,
// the rest is named, and so is a model that lacks some of its events. It makes no
// difference whether the server has told the limits at the login.
func TestUserWithLimits(t *testing.T) {
	for _, told := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: -1, Users: map[string]fswtest.User{
				"1000@default": {Password: "pw", NoLog: true, API: "show uuid_dump uuid_exists status bgapi",
					Events: "CHANNEL_CREATE CHANNEL_ANSWER CHANNEL_STATE CHANNEL_CALLSTATE CHANNEL_DESTROY HEARTBEAT CUSTOM callcenter::info"}}})
			defer srv.Close()
			before := srv.Call(fswtest.CallOptions{})
			d := dialer(func() (net.Conn, error) {
				if told {
					return srv.Pipe(), nil
				}
				return untoldConn{srv.Pipe()}, nil
			})
			sw := connect(t, d, fsw.Options{User: "1000@default", Password: "pw", Watch: []string{"callcenter::info", "sofia::register"}})
			defer sw.Close()
			var sent []string
			cell.Observe(sw.Graph(), func(r cell.Reader) { sent = sw.Transmit.AppendTo(r, sent) })
			waitReady(t, sw)
			time.Sleep(5 * time.Second)
			during := srv.Call(fswtest.CallOptions{})
			during.Answer()
			before.Hangup("USER_BUSY")
			synctest.Wait()
			sameChannels(t, sw, srv)

			var unheard []string
			sw.Graph().View(func(r cell.Reader) {
				for word, err := range sw.Unheard.All(r) {
					unheard = append(unheard, word)
					var denied *fsw.PermissionError
					if !errors.As(err, &denied) || !strings.Contains(err.Error(), word) || denied.Sent == told {
						t.Errorf("%s: %v", word, err)
					}
				}
				if got := slices.Collect(sw.Degraded.All(r)); !slices.Equal(got, []fsw.Degradation{fsw.DegradedEvents}) {
					t.Errorf("degraded: %v", got)
				}
				if s := sw.Snapshot.Get(r); s != fsw.SnapshotChecked {
					t.Errorf("snapshot %q", s)
				}
			})
			want := []string{"BACKGROUND_JOB", "CUSTOM sofia::register"}
			if !told {
				want = append(want, "CUSTOM conference::maintenance") // told, it is not even asked for
			}
			for _, e := range fsw.ChannelEvents {
				if !slices.Contains([]string{"CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_DESTROY"}, e) {
					want = append(want, e)
				}
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, slices.Sorted(slices.Values(unheard))); diff != "" {
				t.Errorf("unheard: %s", diff)
			}

			sent = nil
			refused := func(err error, wantSent bool) {
				t.Helper()
				var denied *fsw.PermissionError
				if !errors.As(err, &denied) || denied.Sent != wantSent {
					t.Errorf("got %v", err)
				}
			}
			_, err := sw.API(t.Context(), "version")
			refused(err, !told)
			_, err = sw.API(t.Context(), "bgapi version") // the limit of what bgapi may run is the server's to find
			refused(err, true)
			_, err = sw.BgAPI(t.Context(), "status") // nobody would tell of its end
			refused(err, !told)
			if out, err := sw.API(t.Context(), "status"); err != nil || !strings.HasPrefix(out, "UP ") {
				t.Errorf("%q, %v", out, err)
			}
			if told && len(sent) != 2 {
				t.Errorf("sent %q", sent)
			}
		})
	}
}

// A server that says what the user may not have, and a user who may have nothing at all.
func TestUserWithoutEvents(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{Users: map[string]fswtest.User{"1@default": {Password: "pw", Events: "none"}}})
	for _, noChannels := range []bool{true, false} {
		sw, err := fsw.Dial(t.Context(), srv.Addr(), fsw.Options{User: "1@default", Password: "pw", NoChannels: noChannels})
		if err != nil {
			t.Fatal(err)
		}
		sw.Graph().View(func(r cell.Reader) {
			if n := sw.Degraded.Len(r); (n == 0) != noChannels {
				t.Errorf("degraded %d", n)
			}
		})
		_ = sw.Close()
	}
}

// A misspelt name costs itself alone, and is named.
func TestUnknownNamesOfEvents(t *testing.T) {
	srv := fswtest.New(t, quick)
	for _, format := range []esl.Format{esl.FormatPlain, esl.FormatJSON} {
		sw := dial(t, srv, fsw.Options{Format: format, Watch: []string{"CHANNEL_ANSWERD", "trap", "callcenter::info", "CUSTOM other"}})
		heard := make(chan struct{})
		cell.Effect(sw.Graph(), func(r cell.Reader) func() {
			for ev := range sw.Events.All(r) {
				if ev.Name() == "TRAP" {
					return func() { close(heard) }
				}
			}
			return nil
		})
		srv.Fire("TRAP")
		<-heard
		unheard := func() map[string]error {
			got := map[string]error{}
			sw.Graph().View(func(r cell.Reader) { got = maps.Collect(sw.Unheard.All(r)) })
			return got
		}
		var unknown *fsw.UnknownEventError
		if got := unheard(); len(got) != 1 || !errors.As(got["CHANNEL_ANSWERD"], &unknown) || unknown.Name != "CHANNEL_ANSWERD" {
			t.Errorf("unheard: %v", got)
		}
		_ = sw.Graph().Update(func(tx cell.Tx) error {
			sw.WatchEvents.Remove(tx, "CHANNEL_ANSWERD")
			sw.WatchEvents.Add(tx, "no name")
			return nil
		})
		if got := unheard(); len(got) != 1 || !errors.As(got["no name"], new(*esl.CommandError)) {
			t.Errorf("unheard: %v", got)
		}
		sw.Graph().View(func(r cell.Reader) {
			if sw.Degraded.Len(r) != 0 {
				t.Error("degraded")
			}
		})
	}
}

// Events in XML are refused before a connection is made, and counted if somebody has
// asked for them by hand. None of the recording is taken for anything else.
func TestXMLIsRefused(t *testing.T) {
	_, err := fsw.Connect(t.Context(), "nowhere:8021", fsw.Options{Password: "x", Format: esl.FormatXML})
	if !errors.Is(err, esl.ErrXML) || !errors.As(err, new(*esl.EventError)) || !strings.Contains(err.Error(), "plain or json") {
		t.Errorf("got %v", err)
	}
	if _, err := fsw.Dial(context.Background(), "nowhere:8021", fsw.Options{Password: "x", Format: "yaml"}); !errors.As(err, new(*esl.CommandError)) {
		t.Errorf("got %v", err)
	}
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	others := 0
	cell.Observe(g, func(r cell.Reader) { others += sw.Messages.Len(r) + sw.Events.Len(r) })
	n := uint64(0)
	for m := range messages(t, captures.Read(t, "07_event_xml", "server.bin")) {
		sw.ReceivedMessage(m)
		if m.ContentType == esl.EventXML {
			n++
			if _, err := m.Event(); !errors.Is(err, esl.ErrXML) {
				t.Error(err)
			}
		}
	}
	if got := cell.Read(g, &sw.MalformedEvents); got != n || n == 0 || others != 0 {
		t.Errorf("%d of %d were counted, %d were taken for something", got, n, others)
	}
}

// What a server refuses a user is the same error whichever way it was asked for.
func TestRefusedPermissionIsOneError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: -1, Users: map[string]fswtest.User{
			"1000@default": {Password: "pw", Events: "all", API: "show uuid_dump uuid_exists bgapi"}}})
		defer srv.Close()
		untold := dialer(func() (net.Conn, error) { return untoldConn{srv.Pipe()}, nil })
		sw := connect(t, untold, fsw.Options{User: "1000@default", Password: "pw"})
		defer sw.Close()
		waitReady(t, sw)
		srv.Call(inRoom)
		room := meeting(t, sw, 1)
		ctx := t.Context()
		var member *fsw.Member
		sw.Graph().View(func(r cell.Reader) {
			for _, m := range room.Members.All(r) {
				member = m
			}
		})
		_, api := sw.API(ctx, "conference room lock")
		_, run := sw.Run(ctx, esl.ConferenceLock("room"))
		sent := make(chan error, 1)
		err := sw.Graph().Update(func(tx cell.Tx) error {
			return sw.SendRun(tx, esl.ConferenceLock("room"), func(_ cell.Tx, r fsw.Reply) { sent <- r.Err })
		})
		if err != nil {
			t.Fatal(err)
		}
		for how, err := range map[string]error{"API": api, "Run": run, "SendRun": <-sent, "Do": room.Lock(ctx), "Member": member.Mute(ctx)} {
			var denied *fsw.PermissionError
			if !errors.As(err, &denied) || !denied.Sent || !strings.HasSuffix(denied.Doing, "api conference") {
				t.Errorf("%s: %v", how, err)
			}
		}
	})
}
