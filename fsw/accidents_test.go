package fsw_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/pipe"
)

// accidents are what has happened to users of other clients, and the tests that show that
// it does not happen here.
var accidents = []struct{ what, tests string }{
	{"a reply goes to another caller", "TestAnswersFindTheirCallersPastTimeouts"},
	{"a late reply answers the next command", "TestLateReplyIsDiscarded TestAnswersFindTheirCallersPastTimeouts"},
	{"a reply that nobody claims stalls the reader", "TestWrongInput TestLateReplyIsDiscarded"},
	{"the reply to a message is the next event", "TestRunsAtTheSameTimeFindTheirCallers"},
	{"an error of one command is another's", "TestAnswersFindTheirCallersPastTimeouts TestAnswersThatLookLikeErrors"},
	{"an answer with -ERR in it is taken for an error", "TestAnswersThatLookLikeErrors"},
	{"-ERR ends the connection", "TestAnswersThatLookLikeErrors TestRefusalsAreErrors"},
	{"a short or empty reply is a panic", "TestAnswersThatLookLikeErrors TestCheckReply"},
	{"a percent sign makes a reply empty", "TestAnswersThatLookLikeErrors TestMessageHeadersAreVerbatim TestDecode"},
	{"the deadline of one command stays for the next ones", "TestAnswersFindTheirCallersPastTimeouts"},
	{"a command in the middle of reading events is never answered", "TestAskingWhileEventsWait"},
	{"a result of a job that nobody reads freezes the client", "TestJobsNobodyWaitsFor"},
	{"the Job-UUID is lost when there is a body", "TestJobs TestAPIAndJobsFindTheirCallers"},
	{"jobs of a lost connection are waited for, for ever", "TestALostConnectionEndsWhatWaits TestConnectMakesUpForAGap"},
	{"events come in another order", "TestSegmentationDoesNotMatter TestManyEventsWhileTheModelIsHeldUp"},
	{"a slow handler makes goroutines and memory without bound", "TestManyEventsWhileTheModelIsHeldUp TestHeapIsBounded"},
	{"a slow handler blocks the reader", "TestManyEventsWhileTheModelIsHeldUp TestBlockingEffectHoldsUpNobody"},
	{"a full queue drops the newest event in silence", "TestInboxTellsALossThatNothingFollows TestModelThatLagsResynchronises TestLagIsMadeUpForKnownChannels"},
	{"every event of a call is kept", "TestHeapIsBounded"},
	{"a negative or huge Content-Length is a panic", "TestFramerErrors TestFramerLyingLength"},
	{"a header block without end fills the memory", "TestFramerAtLimits"},
	{"Content-Length counts characters", "TestTextForgesNothing TestFramerCaptures"},
	{"a character that is cut is spoilt", "TestTextForgesNothing TestFramerByteByByte"},
	{"an unknown content type, or a log line, ends the reader or the process", "TestWrongInput TestXMLIsRefused"},
	{"a refusing access list makes the login wait for ever", "TestDialErrors"},
	{"an end during the login is a nil dereference", "TestDialErrors TestCutAnywhere"},
	{"bytes behind the login are lost", "TestCutAnywhere TestSegmentationDoesNotMatter"},
	{"the loss of a connection is not noticed", "TestLossWakesWhoeverWaits TestCutAnywhere TestConnectSurvives"},
	{"a command in flight at the loss is a deadlock", "TestALostConnectionEndsWhatWaits TestLossWakesWhoeverWaits"},
	{"a command in flight at the loss is a timeout", "TestALostConnectionEndsWhatWaits"},
	{"the disconnect notice is ignored", "TestLossIsNamedAfterTheNotice"},
	{"the notice of lingering is taken for the end", "TestOutbound_CallerLeaves TestOutbound_Recorded"},
	{"seconds of linger are nanoseconds", "TestOutbound_Recorded"},
	{"goroutines are left behind", "TestMain TestCutAnywhere"},
	{"two goroutines race, for the race detector too", "TestAnswersFindTheirCallersPastTimeouts TestOutbound_ThousandSessions"},
	{"waiting for DTMF is a panic at the hang-up", "TestGatherDTMFEndsWithTheCallAndItsContext"},
	{"names of headers are changed, merged, or lose their order", "TestCaseVariants TestOddNames TestDuplicateHeaders"},
	{"an odd name drops the event, or the connection", "TestTextForgesNothing TestOddNames"},
	{"values stay encoded, or are decoded twice", "TestDecode TestJSONAgreesWithPlain"},
	{"values are decoded before lines are split, and forge headers", "TestTextForgesNothing"},
	{"a value with a colon and a space in it is cut", "TestTextForgesNothing"},
	{"bytes that are not UTF-8 are an exception", "TestTextForgesNothing TestDecode FuzzEvent"},
	{"the body of an event is split at an empty line, or loses its last byte", "TestTextForgesNothing TestPlainBody"},
	{"the output of an API command is taken for headers", "TestAnswersThatLookLikeErrors"},
	{"headers of plain events are lost", "TestPlainCapturesRoundTrip"},
	{"arrays in JSON are lost, or a panic", "TestParseJSON TestJSONCapturesRoundTrip"},
	{"numbers that are missing are a panic", "TestNumbersTimesAndWordsOfHeaders"},
	{"an argument with a line feed is another command", "TestCommandIsOneCommand TestCommandErrors"},
	{"a comma in a variable breaks the dial string", "TestServersReadDialStringsAsTheyWereMeant"},
	{"data of an application comes twice", "TestApps"},
	{"CUSTOM subclasses are ignored", "TestEventsOrder TestSubscriptionFollowsTheWatchedEvents"},
	{"the completion is that of another run of the same application", "TestRunsAtTheSameTimeFindTheirCallers"},
	{"a reconnect changes the caller's options", "TestOptionsStayTheCallers"},
	{"the log is written to stderr unasked", "TestOptionsStayTheCallers"},
	{"passwords are in errors and logs", "TestCommandErrorsKeepPasswords TestWhatIsLogged TestRedact"},
	{"the buffer is scanned or moved again after every message", "TestFramerDoesNotRescan"},
}

// Each test that is named exists.
func TestAccidentsHaveTests(t *testing.T) {
	have := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			have[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accidents {
		for name := range strings.FieldsSeq(a.tests) {
			if !have[name] {
				t.Errorf("%s: there is no %s", a.what, name)
			}
		}
	}
}

// Whoever reads events may ask for something at each of them, however many are waiting.
func TestAskingWhileEventsWait(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{NoChannels: true, Watch: []string{"TRAP"}})
	const n = 500
	answers := make(chan string, n)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	events := pipe.Subscribe(ctx, sw.Graph(), &sw.Events, pipe.Fail(4*n))
	go func() {
		defer close(done)
		for ev := range events.All() {
			if ev.Name() != "TRAP" {
				continue
			}
			out, err := sw.API(t.Context(), "echo "+ev.Value("X"))
			if err != nil {
				out = err.Error()
			}
			answers <- out
		}
	}()
	srv.Handle("echo", func(args string) string { return args })
	for i := range n {
		srv.Fire("TRAP", "X", strconv.Itoa(i))
	}
	for i := range n {
		if got := <-answers; got != strconv.Itoa(i) {
			t.Fatalf("answer %d is %q", i, got)
		}
	}
	cancel()
	<-done
}

// Outputs of API commands are texts, whatever they look like.
func TestAnswersThatLookLikeErrors(t *testing.T) {
	srv := fswtest.New(t, quick)
	sw := dial(t, srv, fsw.Options{})
	for _, out := range []string{"-ERR", "-", "+", "+OK", "+OK 100% done%41%zz", "all is well\n-ERR is only mentioned\n",
		"Content-Length: 5\n\nContent-Type: command/reply\nReply-Text: -ERR forged\n\n", "a: b\nc: d\n", "\n\n\n", "caf\xe9 \xed\xa0\x80 ü€"} {
		srv.Handle("say", func(string) string { return out })
		got, err := sw.API(t.Context(), "say")
		if err != nil || got != out {
			t.Errorf("%q came as %q, %v", out, got, err)
		}
		got, err = sw.BgAPI(t.Context(), "say")
		if err != nil || got != out {
			t.Errorf("a job: %q came as %q, %v", out, got, err)
		}
	}
	srv.Handle("say", func(string) string { return "" })
	if got, err := sw.API(t.Context(), "say"); err != nil || strings.TrimSpace(got) != "-ERR no reply" {
		t.Errorf("nothing came as %q, %v", got, err)
	}
	for _, line := range []string{"nonsense", "filter", "nolog"} {
		if got, err := sw.Command(t.Context(), line); err != nil || !strings.HasPrefix(got, "-ERR") {
			t.Errorf("%s: %q, %v", line, got, err)
		}
	}
	sw.Graph().View(func(r cell.Reader) {
		if sw.UnexpectedReplies.Get(r) != 0 || sw.Link.Losses.Get(r) != 0 || !sw.Ready.Get(r) {
			t.Error("the connection has suffered")
		}
	})
}

// Jobs whose results nobody wants, or wants no more, are in nobody's way.
func TestJobsNobodyWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		srv.Handle("slow", func(string) string { time.Sleep(time.Minute); return "+OK" })
		for range 100 {
			_ = sw.Graph().Update(func(tx cell.Tx) error { return sw.SendBgAPI(tx, "slow", nil) })
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			if _, err := sw.BgAPI(ctx, "slow"); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			cancel()
		}
		if out, err := sw.BgAPI(t.Context(), "hostname"); err != nil || out != "fswtest" {
			t.Errorf("%q, %v", out, err)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		sw.Graph().View(func(r cell.Reader) {
			if n := sw.BackgroundJobs.Len(r); n != 0 {
				t.Errorf("%d jobs are left", n)
			}
		})
	})
}

// What a value holds is not syntax, wherever the stream is cut.
func TestTextForgesNothing(t *testing.T) {
	body := "Grüße\n\nEvent-Name: CHANNEL_DESTROY\nUnique-ID: a\n\n\xe9\xff"
	event := "Event-Name: CHANNEL_CREATE\nUnique-ID: a\nvariable_x: 1%0AUnique-ID%3A%20b%0A%0AEvent-Name%3A%20CHANNEL_DESTROY\n" +
		"variable_y: a%3A%20b%3A%20c\nvariable_route/primary: 1\nvariable_with space: 2\nvariable_bad: %ED%A0%80%E9%zz%\nvariable_utf8: %C3%BC\n" +
		"Content-Length: " + strconv.Itoa(len(body)) + "\n\n" + body
	wire := []byte("Content-Length: " + strconv.Itoa(len(event)) + "\nContent-Type: text/event-plain\n\n" + event)
	for cut := range len(wire) + 1 {
		g := cell.NewGraph()
		sw := fsw.NewListener(g)
		var got *esl.Event
		cell.Observe(g, func(r cell.Reader) {
			for ev := range sw.Events.All(r) {
				got = ev
			}
		})
		for _, part := range [][]byte{wire[:cut], wire[cut:]} {
			if err := sw.ReceivedBytes(bytes.Clone(part)); err != nil {
				t.Fatal(err)
			}
		}
		if got == nil || got.Body() != body {
			t.Fatalf("cut at %d: %v", cut, got)
		}
		for name, want := range map[string]string{"x": "1\nUnique-ID: b\n\nEvent-Name: CHANNEL_DESTROY", "y": "a: b: c", "route/primary": "1",
			"with space": "2", "bad": "\xed\xa0\x80\xe9%zz%", "utf8": "ü"} {
			if v, ok := got.Variable(name); !ok || v != want {
				t.Fatalf("cut at %d: %s is %q", cut, name, v)
			}
		}
		g.View(func(r cell.Reader) {
			if sw.Channel(r, "a") == nil || sw.Channel(r, "b") != nil || sw.Channels.Len(r) != 1 {
				t.Fatalf("cut at %d: another channel", cut)
			}
		})
	}
}

// Connecting again and again leaves what the caller gave as it was, and tells nobody
// who has not asked.
func TestOptionsStayTheCallers(t *testing.T) {
	h := newRecorder()
	before := slog.Default()
	slog.SetDefault(slog.New(h))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		watch, filters, variables := []string{"TRAP", "TALK"}, []fsw.Filter{{Header: "X", Value: "1"}}, []string{"b", "a"}
		o := fsw.Options{NoChannels: true, Watch: watch, Filters: filters, Variables: variables}
		sw := connect(t, toServer(srv), o)
		defer sw.Close()
		for range 5 {
			waitReady(t, sw)
			srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
			waitState(t, sw, fsw.LinkDown)
		}
		if !slices.Equal(watch, []string{"TRAP", "TALK"}) || !slices.Equal(filters, []fsw.Filter{{Header: "X", Value: "1"}}) ||
			!slices.Equal(variables, []string{"b", "a"}) {
			t.Error("the options have changed", watch, filters, variables)
		}
	})
	if lines := h.all(); len(lines) != 0 {
		t.Errorf("logged unasked: %q", lines)
	}
}
