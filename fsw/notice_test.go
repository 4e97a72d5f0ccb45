package fsw_test

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

const (
	authRequest = "Content-Type: auth/request\n\n"
	accepted    = "Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
	shutDown    = "Content-Type: text/disconnect-notice\nContent-Length: 31\n\nThe system is being shut down.\n"
	killed      = "Content-Type: text/disconnect-notice\nContent-Length: 39\n\nkilled listener because of lost events\n"
	goodbye     = "Content-Type: text/disconnect-notice\nContent-Length: 67\n\nDisconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
)

// lossOf plays a stream that ends, and returns why the switch says that it did.
func lossOf(t *testing.T, stream string) (sw *fsw.Switch, reason error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sw = connect(t, func() (net.Conn, error) {
			if s := stream; s != "" {
				stream = ""
				return &tape{rest: []byte(s)}, nil
			}
			return nil, errors.New("connection refused")
		}, fsw.Options{})
		defer sw.Close()
		waitState(t, sw, fsw.LinkDown)
		reason = cell.Read(sw.Graph(), &sw.Link.LastError)
	})
	return sw, reason
}

// What is quoted in an event, a log line or an answer is not the server's own word.
func TestNoticeThatIsQuotedNamesNoLoss(t *testing.T) {
	for _, notice := range []string{shutDown, killed} {
		for _, m := range []esl.Message{
			esl.NewMessage(esl.LogData, notice, "Log-Level", "7"),
			esl.NewEvent("MESSAGE").WithBody(notice).PlainMessage(),
			esl.NewEvent("MESSAGE").WithBody("The system is being shut down.\n").JSONMessage(),
			esl.NewMessage(esl.APIResponse, notice),
		} {
			_, err := lossOf(t, authRequest+accepted+m.Wire())
			if !errors.Is(err, fsw.ErrHungUp) || errors.Is(err, fsw.ErrShutdown) || errors.Is(err, fsw.ErrKilled) {
				t.Errorf("%v: %v", m, err)
			}
		}
	}
}

// A notice names the loss, wherever it stands.
func TestNoticeNamesTheLoss(t *testing.T) {
	event := esl.NewEvent("HEARTBEAT", "Event-Info", "System Ready", "Up-Time", "0 years, 0 days").PlainMessage().Wire()
	for notice, want := range map[string]error{shutDown: fsw.ErrShutdown, killed: fsw.ErrKilled, goodbye: fsw.ErrHungUp} {
		for n := range event {
			if notice == goodbye && n > 0 {
				break
			}
			sw, err := lossOf(t, authRequest+accepted+event+event[:n]+notice)
			if len(event)-n != len(notice) && !errors.Is(err, want) {
				t.Errorf("after %d bytes of an event: %v, not %v", n, err, want)
			}
			if bad := cell.Read(sw.Graph(), &sw.MalformedEvents) + cell.Read(sw.Graph(), &sw.UnexpectedReplies); bad != 0 {
				t.Errorf("after %d bytes of an event: it was taken for one", n)
			}
		}
	}
}

// A server that is going down may say so before it asks for a login. It will be back.
func TestNoticeInThePlaceOfALogin(t *testing.T) {
	for notice, want := range map[string]error{shutDown: fsw.ErrShutdown, goodbye: fsw.ErrHungUp} {
		_, err := lossOf(t, notice)
		if !errors.Is(err, want) || fsw.Permanent(err) {
			t.Errorf("%v, permanent %t, not %v", err, fsw.Permanent(err), want)
		}
	}
}
