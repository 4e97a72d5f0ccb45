package fsw_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
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

// sample returns one sample, the zero Sample if there is none.
func sample(m *fsw.Metrics, name, value string) fsw.Sample {
	for s := range m.All() {
		if s.Name == name && s.Value == value {
			return s
		}
	}
	return fsw.Sample{}
}

func numbers(m *fsw.Metrics, name string) map[string]float64 {
	all := map[string]float64{}
	for s := range m.All() {
		if s.Name == name {
			all[s.Value] = s.Number
		}
	}
	return all
}

// countingConn counts what passes.
type countingConn struct {
	net.Conn
	in, out *atomic.Int64
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in.Add(int64(n))
	return n, err
}

func (c countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	return n, err
}

// Every number of a recording is what can be counted in its bytes, though a rule fails
// at one of the events, which is applied again.
func TestMetricsOfARecording(t *testing.T) { synctest.Test(t, testMetricsOfARecording) }

func testMetricsOfARecording(t *testing.T) {
	raw := captures.Read(t, "10_load", "server.bin")
	s := &recordedServer{points: make([]truthPoint, 2)}
	var text strings.Builder
	for m := range messages(t, raw) {
		if m.ContentType == esl.EventPlain {
			s.events = append(s.events, m.Wire())
			text.WriteString(m.Body)
		}
	}
	s.points[0].Channels, s.points[0].Conferences = []byte("[]"), []byte("[]")
	s.points[1].Events = len(s.events)
	client, server := net.Pipe()
	go s.serve(server)
	m := new(fsw.Metrics)
	var in, out atomic.Int64
	sw, err := fsw.Dial(t.Context(), "recording:8021", fsw.Options{Password: "ClueCon", Metrics: m,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return countingConn{client, &in, &out}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	answers := 0
	cell.Rule(sw.Graph(), func(tx cell.Tx) {
		for ev := range sw.Events.All(tx.Reader) {
			if ev.Name() == "CHANNEL_ANSWER" {
				if answers++; answers == 20 {
					panic("broken")
				}
			}
		}
	})
	if _, err := sw.API(t.Context(), "go on"); err != nil {
		t.Fatal(err)
	}
	events := map[string]float64{}
	for _, name := range regexp.MustCompile(`(?m)^Event-Name: (\S+)$`).FindAllStringSubmatch(text.String(), -1) {
		events[name[1]]++
	}
	for _, name := range regexp.MustCompile(`(?m)^Event-Subclass: (\S+)$`).FindAllStringSubmatch(text.String(), -1) {
		events[strings.ReplaceAll(name[1], "%3A", ":")]++
		events["CUSTOM"]--
	}
	delete(events, "CUSTOM")
	if diff := cmp.Diff(events, numbers(m, "fsw_events_total")); diff != "" {
		t.Errorf("events (-bytes +metrics):\n%s", diff)
	}
	causes := map[string]float64{}
	for _, ev := range strings.Split(text.String(), "Event-Name: ") {
		if strings.HasPrefix(ev, "CHANNEL_DESTROY\n") {
			causes[regexp.MustCompile(`(?m)^variable_hangup_cause: (\S+)$`).FindStringSubmatch(ev)[1]]++
		}
	}
	if diff := cmp.Diff(causes, numbers(m, "fsw_channels_ended_total")); diff != "" || len(causes) == 0 {
		t.Errorf("ends (-bytes +metrics):\n%s", diff)
	}
	want := map[string]float64{"fsw_faults_total": 1, "fsw_channels": 0, "fsw_calls": 0, "fsw_conferences": 0,
		"fsw_received_bytes_total": float64(in.Load()), "fsw_sent_bytes_total": float64(out.Load()), "fsw_logins_total": 1,
		"fsw_connection_attempts_total": 1, "fsw_losses_total": 0, "fsw_dropped_events_total": 0}
	sw.Graph().View(func(r cell.Reader) {
		want["fsw_unknown_ids_total"] = float64(sw.UnknownIDs.Get(r))
		want["fsw_misfits_total"] = float64(sw.Misfits.Get(r))
		want["fsw_malformed_lines_total"] = float64(sw.MalformedLines.Get(r))
	})
	for name, n := range want {
		if got := sample(m, name, "").Number; got != n {
			t.Errorf("%s is %v, want %v", name, got, n)
		}
	}
	if want["fsw_unknown_ids_total"] == 0 {
		t.Error("no unknown ids: the test tests less than it should")
	}
	types := numbers(m, "fsw_messages_total")
	if types["text/event-plain"] != float64(len(s.events)) || types["auth/request"] != 1 {
		t.Errorf("messages: %v", types)
	}
	for command, want := range map[string][2]uint64{"auth": {1, 0}, "api show": {1, 0}, "api go": {1, 0}, "api global_getvar": {1, 1}} {
		sent, refused := sample(m, "fsw_commands_total", command).Number, sample(m, "fsw_commands_refused_total", command).Number
		times := sample(m, "fsw_reply_seconds", command).Times
		if [2]uint64{uint64(sent), uint64(refused)} != want || times.Count != want[0] {
			t.Errorf("%s: %v sent, %v refused, %+v", command, sent, refused, times)
		}
	}
	_ = sw.Close()
}

// Times, timeouts, losses and what a gap has left, in time that is none.
func TestMetricsOfAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: -1})
		defer srv.Close()
		stays, ends := srv.Call(fswtest.CallOptions{}), srv.Call(fswtest.CallOptions{})
		m := new(fsw.Metrics)
		sw := connect(t, toServer(srv), fsw.Options{Metrics: m})
		defer sw.Close()
		is := func(name, value string, want float64) {
			t.Helper()
			if s := sample(m, name, value); s.Name != name || s.Number != want {
				t.Errorf("%s{%s} is %v, want %v", name, value, s.Number, want)
			}
		}
		waitReady(t, sw)
		time.Sleep(5 * time.Second)
		is("fsw_switches", "", 1)
		is("fsw_ready", "", 1)
		is("fsw_channels", "", 2)
		is("fsw_differences_total", "channel appeared", 2)
		srv.Handle("slow", func(args string) string { d, _ := time.ParseDuration(args); time.Sleep(d); return "+OK" })
		for _, d := range []string{"3ms", "800ms", "2s"} {
			if _, err := sw.API(t.Context(), "slow "+d); err != nil {
				t.Fatal(err)
			}
		}
		if got := sample(m, "fsw_reply_seconds", "api slow").Times; got != (fsw.Times{Count: 3, Sum: 2803 * time.Millisecond,
			Within: [12]uint64{0, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3}}) {
			t.Errorf("replies: %+v", got)
		}
		if _, err := sw.BgAPI(t.Context(), "slow 90s"); err != nil {
			t.Fatal(err)
		}
		if got := sample(m, "fsw_job_seconds", "bgapi slow").Times; got.Count != 1 || got.Sum.Round(time.Second) != 90*time.Second {
			t.Errorf("jobs: %+v", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := sw.API(ctx, "slow 2s"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		is("fsw_commands_given_up_total", "api slow", 1)
		is("fsw_commands_total", "api slow", 4)
		time.Sleep(10 * time.Second)
		if n := sample(m, "fsw_reply_seconds", "api slow").Times.Count; n != 4 {
			t.Errorf("a late reply is a reply: %d", n)
		}
		srv.SetAccept(fswtest.AcceptRefuse)
		go func() { _, _ = sw.API(t.Context(), "slow 1s") }()
		synctest.Wait()
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		is("fsw_losses_total", "", 1)
		is("fsw_switches", "", 1)
		is("fsw_ready", "", 0)
		is("fsw_commands_lost_total", "api slow", 1)
		stays.Answer()
		ends.Hangup("USER_BUSY")
		srv.Call(fswtest.CallOptions{})
		time.Sleep(10 * time.Second)
		srv.Heal()
		waitReady(t, sw)
		time.Sleep(5 * time.Second)
		is("fsw_logins_total", "", 2)
		is("fsw_ready", "", 1)
		is("fsw_differences_total", "channel appeared", 3)
		is("fsw_differences_total", "channel changed", 1)
		is("fsw_differences_total", "channel ended", 1)
		is("fsw_channels_ended_total", fsw.CauseLost, 1)
		is("fsw_channels", "", 2)
		if n := sample(m, "fsw_connection_attempts_total", "").Number; n < 4 {
			t.Errorf("%v attempts", n)
		}
		for look, n := range map[string]uint64{"first": 2, "second": 2} {
			if got := sample(m, "fsw_snapshot_seconds", look).Times; got.Count != n {
				t.Errorf("%s looks: %+v", look, got)
			}
		}
		if got, want := cell.Read(sw.Graph(), &sw.Differences), (fsw.Differences{Appeared: 1, Changed: 1, Ended: 1}); got != want {
			t.Errorf("differences: %+v", got)
		}
		second := connect(t, toServer(srv), fsw.Options{Metrics: m, NoChannels: true})
		waitReady(t, second)
		is("fsw_switches", "", 2)
		is("fsw_ready", "", 2)
		_ = second.Close()
		is("fsw_switches", "", 1)
		is("fsw_ready", "", 1)
		_ = sw.Close()
		is("fsw_switches", "", 0)
		is("fsw_ready", "", 0)
		is("fsw_channels", "", 0)
		is("fsw_calls", "", 0)
		is("fsw_channels_ended_total", fsw.CauseSwitch, 2)
	})
}

// Labels that come from outside are bounded, and everything is valid JSON.
func TestMetricsAreBounded(t *testing.T) {
	srv := fswtest.New(t, quick)
	m := new(fsw.Metrics)
	sw := dial(t, srv, fsw.Options{Metrics: m})
	names := 3000
	_ = sw.Graph().Update(func(tx cell.Tx) error {
		for i := range names {
			sw.Events.Append(tx, esl.NewEvent("E\xff"+strconv.Itoa(i)))
		}
		return nil
	})
	all := numbers(m, "fsw_events_total")
	sum := 0.0
	for _, n := range all {
		sum += n
	}
	if len(all) != 1001 || all["other"] < 1990 || sum < float64(names) {
		t.Errorf("%d names, %v others, %v in all", len(all), all["other"], sum)
	}
	if !json.Valid([]byte(m.String())) {
		t.Error("no JSON")
	}
}

// What Prometheus reads, to show that All has what it takes.
func ExampleMetrics_All() {
	write := func(w io.Writer, m *fsw.Metrics, only string) {
		for s := range m.All() {
			if !strings.HasPrefix(s.Name, only) {
				continue
			}
			label := ""
			if s.Label != "" {
				label = fmt.Sprintf("{%s=%q}", s.Label, s.Value)
			}
			if s.Kind != fsw.MetricTimes {
				fmt.Fprintf(w, "%s%s %v\n", s.Name, label, s.Number)
			}
		}
	}
	srv, err := fswtest.Listen("127.0.0.1:0", fswtest.Options{AnswerDelay: -1})
	if err != nil {
		panic(err)
	}
	defer srv.Close()
	m := new(fsw.Metrics)
	sw, err := fsw.Dial(context.Background(), srv.Addr(), fsw.Options{Password: "ClueCon", Metrics: m})
	if err != nil {
		panic(err)
	}
	defer sw.Close()
	for _, cause := range []string{"USER_BUSY", "USER_BUSY", "NO_ANSWER"} {
		srv.Call(fswtest.CallOptions{}).Hangup(cause)
	}
	srv.Call(fswtest.CallOptions{})
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool {
		return sw.Channels.Len(r) == 1 && sample(m, "fsw_channels_ended_total", "NO_ANSWER").Number == 1
	})
	write(logTo{}, m, "fsw_channels")
	// Output:
	// fsw_channels 1
	// fsw_channels_ended_total{cause="NO_ANSWER"} 1
	// fsw_channels_ended_total{cause="USER_BUSY"} 2
}

type logTo struct{}

func (logTo) Write(p []byte) (int, error) { return fmt.Print(string(p)) }
