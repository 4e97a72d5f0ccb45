package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// busy is a simulated switch that is never silent: it has heartbeats and log lines
// all the time.
func busy(t *testing.T) *fswtest.Server {
	t.Helper()
	srv := fswtest.New(t, fswtest.Options{Heartbeat: time.Millisecond})
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				srv.Log(4, "something to say\n")
				srv.Log(7, "and its details\n")
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-stopped })
	return srv
}

func TestChannels(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{SnapshotLag: -1})
	if got := command(t, "channels", "--addr", srv.Addr(), "--json").succeeds(t).stdout; got != "[]\n" {
		t.Errorf("no channels are %q", got)
	}
	call := srv.Call(fswtest.CallOptions{From: "1000", FromName: "Ada\x1b[31m", To: "5000"})
	call.Answer()
	for _, args := range []string{"--json channels --addr " + srv.Addr(), "channels --addr " + srv.Addr() + " --json"} {
		got := decode[[]channelJSON](t, command(t, strings.Fields(args)...).succeeds(t).stdout)
		if len(got) != 1 || got[0].UUID != call.UUID() || got[0].CallState != "ACTIVE" || got[0].CallerIDNumber != "1000" {
			t.Errorf("%s: %+v", args, got)
		}
	}
	table := command(t, "channels", "--addr", srv.Addr()).succeeds(t).stdout
	if !strings.Contains(table, call.UUID()) || !strings.Contains(table, "ACTIVE") || strings.Contains(table, "\x1b") {
		t.Errorf("%q", table)
	}
}

func TestEvents(t *testing.T) {
	srv := busy(t)
	for _, args := range []string{
		"events HEARTBEAT -n 3 --json --addr",
		"--json -n 3 events heartbeat --addr",
		"events -n3 --json --addr",
		"events --count=3 foo::bar HEARTBEAT --json --addr",
	} {
		o := command(t, append(strings.Fields(args), srv.Addr())...).succeeds(t)
		lines := strings.SplitAfter(strings.TrimSuffix(o.stdout, "\n"), "\n")
		if len(lines) != 3 {
			t.Errorf("%s: %d lines", args, len(lines))
		}
		for _, line := range lines {
			if ev := decode[map[string]any](t, line); ev["Event-Name"] != "HEARTBEAT" && !strings.Contains(args, "-n3") {
				t.Errorf("%s: %v", args, ev)
			}
		}
	}
	o := command(t, "events", "-n", "1", "--addr", srv.Addr()).succeeds(t)
	if !strings.HasPrefix(o.stdout, "Event-Name: HEARTBEAT\n") || !strings.HasSuffix(o.stdout, "\n\n") {
		t.Errorf("%q", o.stdout)
	}
	commandUntil(t, []string{"Event-Name", "Event-Name"}, "events", "--addr", srv.Addr()).succeeds(t)
}

func TestLog(t *testing.T) {
	srv := busy(t)
	commandUntil(t, []string{"something to say", "details"}, "log", "--addr", srv.Addr()).succeeds(t)
	o := commandUntil(t, []string{"something", "something"}, "log", "--level", "Warning", "--json", "--addr", srv.Addr()).succeeds(t)
	line := decode[logJSON](t, o.stdout[:strings.Index(o.stdout, "\n")+1])
	if line.Level != 4 || line.LevelName != "warning" || !strings.HasSuffix(line.Text, "something to say") {
		t.Errorf("%+v", line)
	}
	if strings.Contains(o.stdout, "details") {
		t.Error("lines less severe than asked for")
	}
	commandUntil(t, []string{"details"}, "log", "--level=7", "--addr", srv.Addr()).succeeds(t)
}

func TestAPI(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{})
	srv.Handle("say", func(args string) string { return "<" + args + ">" })
	for _, c := range []struct{ args, want string }{
		{"api say hello world --addr ADDR", "<hello world>"},
		{"api --addr ADDR say hello", "<hello>"},
		{"--addr ADDR api say {x=y}loopback/1000 &park()", "<{x=y}loopback/1000 &park()>"},
		{"api say -1 -x --addr ADDR -- --json -h", "<-1 -x --json -h>"},
		{"--addr ADDR -- api say --addr", "<say --addr>"},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "ADDR", srv.Addr()))
		if strings.HasPrefix(c.args, "--addr ADDR --") {
			c.want = "<--addr>"
		}
		if o := command(t, args...).succeeds(t); o.stdout != c.want+"\n" {
			t.Errorf("%s: %q", c.args, o.stdout)
		}
	}
	got := decode[apiJSON](t, command(t, "api", "say", "it", "--json", "--addr", srv.Addr()).succeeds(t).stdout)
	if got != (apiJSON{"say it", true, "<it>"}) {
		t.Errorf("%+v", got)
	}

	o := command(t, "api", "no_such_thing", "--addr", srv.Addr()).fails(t, exitFailed, "-ERR")
	if !strings.HasPrefix(o.stdout, "-ERR no_such_thing") {
		t.Errorf("%q", o.stdout)
	}
	command(t, "api", "uuid_kill", "--addr", srv.Addr()).fails(t, exitFailed, "-USAGE")
	command(t, "api", "a\nb", "--addr", srv.Addr()).fails(t, exitFailed)
	refused := decode[apiJSON](t, command(t, "api", "no_such_thing", "--json", "--addr", srv.Addr()).stdout)
	if refused.OK || !strings.HasPrefix(refused.Output, "-ERR") {
		t.Errorf("%+v", refused)
	}

	hang := make(chan struct{})
	srv.Handle("hang", func(string) string { <-hang; return "" })
	t.Cleanup(func() { close(hang) })
	command(t, "api", "hang", "--timeout", "50ms", "--addr", srv.Addr()).fails(t, exitFailed, "--timeout")
}

func TestConnecting(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{Password: "s3cret", Users: map[string]fswtest.User{
		"ada@default": {Password: "lovelace"},
		"bob@default": {Password: "b", Events: "HEARTBEAT", NoLog: true},
	}})
	for _, args := range []string{"top", "channels", "events", "log", "api status"} {
		argv := append(strings.Fields(args), "--addr", srv.Addr())
		command(t, append(argv, "--password", "wr0ng")...).fails(t, exitFailed, "login")
	}
	if o := command(t, "api", "status", "--addr", srv.Addr(), "--password", "wr0ng"); strings.Contains(o.stderr, "wr0ng") {
		t.Errorf("the password is in %q", o.stderr)
	}
	command(t, "api", "status", "--password", "s3cret", "--addr", srv.Addr()).succeeds(t)
	command(t, "api", "status", "--user", "ada@default", "--password=lovelace", "--addr", srv.Addr()).succeeds(t)
	for args, word := range map[string]string{"log": "-ERR", "events CHANNEL_CREATE": "may not", "events HEARTBEAT callcenter::info": "may not"} {
		argv := append(strings.Fields(args), "--addr", srv.Addr(), "--user", "bob@default", "--password", "b")
		command(t, argv...).fails(t, exitFailed, "refused", word)
	}
	command(t, "events", "NO_SUCH_EVENT", "--addr", srv.Addr(), "--password", "s3cret").fails(t, exitFailed, "NO_SUCH_EVENT")
	t.Setenv("FSW_PASSWORD", "s3cret")
	command(t, "api", "status", "--addr", srv.Addr()).succeeds(t)

	srv.SetAccept(fswtest.AcceptRude)
	command(t, "channels", "--addr", srv.Addr()).fails(t, exitFailed, "access list")
	srv.SetAccept(fswtest.AcceptHang)
	command(t, "channels", "--addr", srv.Addr(), "--timeout", "50ms").fails(t, exitFailed, srv.Addr())

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	command(t, "channels", "--addr", nobody).fails(t, exitFailed, nobody, "refused")
	command(t, "sim", "--addr", srv.Addr()).fails(t, exitFailed, srv.Addr(), "in use")
	command(t, "channels", "--addr", "127.0.0.1:nonsense").fails(t, exitFailed, "nonsense")
}

func TestLosingTheConnection(t *testing.T) {
	srv := busy(t)
	out := &watched{steps: []step{{"Event-Name", func() { go srv.DropConnections("") }}}}
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"events", "--addr", srv.Addr()}, strings.NewReader(""), out, &stderr)
	outcome{code, "", stderr.String()}.fails(t, exitFailed, srv.Addr())
}

func TestTop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	srv := fswtest.New(t, fswtest.Options{SnapshotLag: -1})
	old := srv.Call(fswtest.CallOptions{From: "1000", FromName: "Ada", To: "5000"})
	// One call is there already, the other one comes when the first is shown.
	begin := func() {
		go func() {
			call := srv.Call(fswtest.CallOptions{From: "1001", FromName: "Grace", To: "5001"})
			old.Answer()
			call.Answer()
			old.Bridge(call)
			call.Hangup("USER_BUSY")
		}()
	}
	out := &watched{steps: []step{
		{"RINGING", begin},
		{"hangup    ", func() { go old.Hangup("NORMAL_CLEARING") }},
		// It outlives the loss of its connection, and a restart of the server.
		{"hangup    ", func() {
			go func() {
				srv.DropConnections("")
				srv.Call(fswtest.CallOptions{From: "1002", FromName: "Edsger", To: "5002"})
			}()
		}},
		{"Edsger", func() { go srv.Restart(0) }},
		{"SERVER_RESTART", stop},
	}}
	var stderr bytes.Buffer
	if code := run(ctx, []string{"top", "--addr", srv.Addr()}, strings.NewReader(""), out, &stderr); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
	for _, word := range []string{srv.Addr(), "trying again", "connected again"} {
		if !strings.Contains(stderr.String(), word) {
			t.Errorf("no %q in:\n%s", word, stderr.String())
		}
	}
	text := out.String()
	for _, word := range []string{
		"created   inbound Ada <1000> → 5000", "created   inbound Grace <1001> → 5001", "answered  Ada",
		"bridged   with", "hangup    USER_BUSY", "hangup    NORMAL_CLEARING", "3 channels in", "2 answered, 2 bridged, 0 joined conferences, 3 hung up (NORMAL_CLEARING 1, SERVER_RESTART 1, USER_BUSY 1)",
	} {
		if !strings.Contains(text, word) {
			t.Errorf("no %q in:\n%s", word, text)
		}
	}
	if strings.Contains(text, "SWITCH_CLOSED") {
		t.Errorf("the end of the connection is shown as that of calls:\n%s", text)
	}
}

func TestDemo(t *testing.T) {
	o := commandUntil(t, []string{"created", "state", "answered", "hangup"}, "demo", "--rate", "200", "--faults", "0").succeeds(t)
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if sum := lines[len(lines)-1]; !strings.Contains(sum, "channels in") || !strings.Contains(sum, "live") {
		t.Errorf("the last line is %q", sum)
	}
	o = commandUntil(t, []string{`"bridged"`}, "demo", "--rate", "200", "--json", "--faults", "0").succeeds(t)
	for line := range strings.Lines(o.stdout) {
		if !json.Valid([]byte(line)) {
			t.Fatalf("%q", line)
		}
	}
	o = command(t, "demo", "--for", "20ms", "--rate", "0").succeeds(t)
	if !strings.HasPrefix(o.stdout, "0 channels") {
		t.Errorf("%q", o.stdout)
	}
}

func TestSim(t *testing.T) {
	var other outcome
	ctx, interrupt := context.WithCancel(t.Context())
	out := &watched{}
	out.steps = []step{{"\n", func() {
		addr := strings.Fields(out.text.String())[2]
		go func() {
			defer interrupt()
			other = command(t, "api", "status", "--addr", addr, "--password", "x")
		}()
	}}}
	code := run(ctx, strings.Fields("sim --addr 127.0.0.1:0 --password x --rate 100"), strings.NewReader(""), out, io.Discard)
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(other.succeeds(t).stdout, "UP") {
		t.Errorf("%q", other.stdout)
	}
	command(t, "sim", "--addr", "127.0.0.1:0", "--for", "1ms").succeeds(t)
}

// A reader that goes away, as in "fsw events | head -1", is no failure; a full disk is.
func TestOutputThatEnds(t *testing.T) {
	srv := busy(t)
	for _, c := range []struct {
		err  error
		code int
	}{{syscall.EPIPE, exitOK}, {io.ErrClosedPipe, exitOK}, {syscall.ENOSPC, exitFailed}} {
		for _, args := range []string{
			"events --addr ADDR", "log --json --addr ADDR", "demo --rate 100 --faults 0", "sim --addr 127.0.0.1:0", "--help",
			"replay " + capture("04_call_lifecycle"), "channels --json --addr ADDR", "api status --addr ADDR",
		} {
			var stderr bytes.Buffer
			argv := strings.Fields(strings.ReplaceAll(args, "ADDR", srv.Addr()))
			code := run(t.Context(), argv, strings.NewReader(""), brokenPipe{c.err}, &stderr)
			if code != c.code || code == exitOK && stderr.Len() > 0 || code != exitOK && strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("%s: %v gives %d, %q", args, c.err, code, stderr.String())
			}
		}
	}
}

type brokenPipe struct{ err error }

func (b brokenPipe) Write([]byte) (int, error) { return 0, b.err }

// The ends of background jobs come on every connection. Who did not ask for them
// does not see them.
func TestEventsShowsOnlyWhatWasAskedFor(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{Heartbeat: -1})
	stop := make(chan struct{})
	fired := make(chan struct{})
	go func() {
		defer close(fired)
		for {
			select {
			case <-stop:
				return
			default:
			}
			srv.WaitSubscribed("TRAP")
			srv.Fire("BACKGROUND_JOB", "Job-UUID", "somebody else's")
			srv.Fire("TRAP")
		}
	}()
	o := command(t, "events", "TRAP", "-n", "5", "--json", "--addr", srv.Addr()).succeeds(t)
	close(stop)
	srv.Close()
	<-fired
	if n := strings.Count(o.stdout, "BACKGROUND_JOB"); n > 0 || strings.Count(o.stdout, "TRAP") != 5 {
		t.Errorf("%d ends of jobs in %s", n, o.stdout)
	}
}
