package fsw_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// When so much comes that events are dropped, who waits for something is told of its end
// all the same.
func TestNobodyWaitsForEverAfterAnOverflow(t *testing.T) {
	for name, o := range map[string]fsw.Options{"plain": {}, "json": {Format: esl.FormatJSON}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := quick
				server.Playback = threeSeconds
				srv := fswtest.NewServer(server)
				defer srv.Close()
				o.ReceiveBuffer, o.Watch = 1<<20, []string{"TALK", "TRAP"}
				sw := connect(t, toServer(srv), o)
				defer sw.Close()
				waitReady(t, sw)
				time.Sleep(2 * time.Second)

				type end struct {
					what string
					got  string
					err  error
				}
				ends := make(chan end)
				run := func(what string, ch *fsw.Channel, app esl.App, options ...fsw.ExecuteOption) {
					go func() {
						got, err := ch.Run(t.Context(), app, options...)
						ends <- end{what, got.Response, err}
					}()
				}
				calls := map[string]*fswtest.Channel{}
				channel := func(what string) (ch *fsw.Channel) {
					calls[what], ch = incoming(t, srv, sw)
					return ch
				}
				run("played", channel("played"), esl.AppPlayback("a"))
				run("looped", channel("looped"), esl.AppPlayback("a"), fsw.Loops(2))
				run("unknown", channel("unknown"), esl.RawApp("sleep", "1000"))
				run("hung up", channel("hung up"), esl.AppEcho())
				locked := channel("never begun")
				run("cut", locked, esl.AppPlayback("a"), fsw.EventLock())
				synctest.Wait()
				run("never begun", locked, esl.AppPlayback("a"), fsw.EventLock())
				go func() {
					out, err := sw.BgAPI(t.Context(), "msleep 1500")
					ends <- end{"job", out, err}
				}()
				ended := channel("ended")
				go func() {
					ends <- end{what: "ended", err: sw.Wait(t.Context(), func(r cell.Reader) bool { return ended.Closed.Get(r) != "" })}
				}()
				synctest.Wait()

				open := gate(sw)
				srv.Fire("TALK")
				overflow := func() {
					for i := range 5000 {
						srv.Fire("TRAP", "Padding", fmt.Sprintf("%0300d", i))
					}
					synctest.Wait()
				}
				overflow()
				time.Sleep(time.Second)
				calls["hung up"].Hangup("USER_BUSY")
				calls["never begun"].Hangup("USER_BUSY")
				calls["ended"].Hangup("USER_BUSY")
				overflow()
				time.Sleep(9 * time.Second) // all are done
				overflow()
				open()

				for range 8 {
					var e end
					select {
					case e = <-ends:
					case <-time.After(time.Hour):
						t.Fatal("somebody waits for ever")
					}
					var hungUp *fsw.HangupError
					switch e.what {
					case "played", "looped":
						if e.got != "FILE PLAYED" || e.err != nil {
							t.Errorf("%s: %q, %v", e.what, e.got, e.err)
						}
					case "job":
						if e.got != "+OK" || e.err != nil {
							t.Errorf("%s: %q, %v", e.what, e.got, e.err)
						}
					case "never begun":
						if !errors.As(e.err, &hungUp) || hungUp.UUID != calls["never begun"].UUID() {
							t.Errorf("%s: %q, %v", e.what, e.got, e.err)
						}
					default: // had an end, or nothing to say
						if e.err != nil {
							t.Errorf("%s: %q, %v", e.what, e.got, e.err)
						}
					}
				}
				if cell.Read(sw.Graph(), &sw.DroppedEvents) < 10000 {
					t.Error("hardly anything was dropped: the test tests nothing")
				}
				waitReady(t, sw)
				time.Sleep(2 * time.Second)
				synctest.Wait()
				sameChannels(t, sw, srv)
				none(t, sw)
			})
		})
	}
}

// A channel that has been hung up is not known to the server any more, whose answer may
// overtake the news of the end.
func TestHangupOfWhatIsEnding(t *testing.T) {
	connected(t, fswtest.Options{}, func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch) {
		call, ch := incoming(t, srv, sw)
		// Who controls a call holds up its CHANNEL_DESTROY.
		holder, err := fsw.Dial(t.Context(), "pipe", fsw.Options{Password: "ClueCon", DialContext: srv.DialContext, NoChannels: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"myevents " + call.UUID(), "linger"} {
			if reply, err := holder.Command(t.Context(), line); err != nil || esl.CheckReply(reply) != nil {
				t.Fatalf("%s: %q, %v", line, reply, err)
			}
		}
		call.Hangup("USER_BUSY")
		synctest.Wait()
		result := make(chan error, 1)
		go func() { result <- ch.Hangup(t.Context(), "") }()
		time.Sleep(time.Minute)
		select {
		case err := <-result:
			t.Fatalf("before the end: %v", err)
		default:
		}
		holder.Close()
		if err := <-result; err != nil {
			t.Errorf("%v", err)
		}
		if c := cell.Read(sw.Graph(), &ch.Closed); c != "USER_BUSY" {
			t.Errorf("closed %q", c)
		}
		none(t, sw)
	})
}
