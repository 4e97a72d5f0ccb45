package fsw_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// A user who may have many events gets a reply that the server has cut, without its empty line.
func TestLoginWhoseReplyIsCut(t *testing.T) {
	for _, events := range []string{
		strings.Join(fsw.ChannelEvents, " ") + " BACKGROUND_JOB HEARTBEAT CUSTOM conference::maintenance",
		strings.Join(fsw.ChannelEvents, ",") + ",BACKGROUND_JOB,HEARTBEAT," + strings.Repeat("X", 1000),
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: -1,
				Users: map[string]fswtest.User{"1000@default": {Password: "x", Events: events}}})
			defer srv.Close()
			srv.Handle("echo", func(s string) string { return s })
			call := srv.Call(fswtest.CallOptions{})
			sw := connect(t, toServer(srv), fsw.Options{User: "1000@default", Password: "x"})
			defer sw.Close()
			waitReady(t, sw)
			call.Answer()
			synctest.Wait()
			sameChannels(t, sw, srv)
			for i := range 3 {
				if out, err := sw.API(t.Context(), fmt.Sprint("echo ", i)); out != fmt.Sprint(i) || err != nil {
					t.Errorf("the answer to %d is %q, %v", i, out, err)
				}
			}
			if a := cell.Read(sw.Graph(), &sw.Allowed); a.API != "all" || !a.Log || len(events) > 1000 && a.Events != "all" {
				t.Errorf("what is not known is %+v", a)
			}
			if n := cell.Read(sw.Graph(), &sw.Link.Losses) + cell.Read(sw.Graph(), &sw.UnexpectedReplies); n != 0 {
				t.Errorf("%d losses and unexpected replies", n)
			}
		})
	}
}

// A job whose id is too long for the reply, a variable with several lines: what is asked
// afterwards gets its own answer.
func TestRepliesThatAreOddlyFramed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		srv.Handle("echo", func(s string) string { return s })
		call := srv.Call(fswtest.CallOptions{Vars: map[string]string{"sdp": "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nContent-Length: 77\r\na=x:y\r\n"}})
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		if reply, err := sw.Command(t.Context(), "myevents "+call.UUID()); err != nil || !strings.HasPrefix(reply, "+OK") {
			t.Fatal(reply, err)
		}
		replies := make(chan string, 1)
		for _, n := range []int{1, 200, 235, 236, 240, 256, 300} {
			err := sw.Graph().Update(func(tx cell.Tx) error {
				return sw.SendCommand(tx, "bgapi echo x", func(tx cell.Tx, r fsw.Reply) { replies <- r.Text },
					esl.Header{Name: "Job-UUID", Value: strings.Repeat("j", n)})
			})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := <-replies, "+OK Job-UUID: "+strings.Repeat("j", min(n, 256)); got != want {
				t.Errorf("the reply with %d is %q", n, got)
			}
			if reply, err := sw.Command(t.Context(), "getvar sdp"); reply != "v=0" || err != nil {
				t.Errorf("after %d: %q, %v", n, reply, err)
			}
			if out, err := sw.API(t.Context(), fmt.Sprint("echo ", n)); out != fmt.Sprint(n) || err != nil {
				t.Errorf("after %d: %q, %v", n, out, err)
			}
		}
		if n := cell.Read(sw.Graph(), &sw.Link.Losses); n != 0 {
			t.Errorf("%d losses", n)
		}
	})
}

// Close waits neither for the jobs that its connection has running nor for the notice, which
// comes only after them; and tells whoever waits for them.
func TestCloseWithAJobThatIsRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(quick)
		defer srv.Close()
		sw := connect(t, toServer(srv), fsw.Options{})
		waitReady(t, sw)
		got := make(chan error)
		go func() { _, err := sw.BgAPI(t.Context(), "msleep 60000"); got <- err }()
		synctest.Wait()
		began := time.Now()
		sw.Close()
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("it took %v", d)
		}
		if err := <-got; err != fsw.ErrClosed {
			t.Errorf("who waited was told %v", err)
		}
	})
}
