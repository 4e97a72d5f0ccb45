package esl

import (
	"testing"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// notices that a server writes from another thread, wherever it is.
var splicedNotices = []string{
	"Content-Type: text/disconnect-notice\nContent-Length: 31\n\nThe system is being shut down.\n",
	"Content-Type: text/disconnect-notice\nContent-Length: 39\n\nkilled listener because of lost events\n",
	"Content-Type: text/disconnect-notice\nContent-Length: 42\n\nkilled listener because of lost log lines\n",
	"Content-Type: text/disconnect-notice\nControlled-Session-UUID: 651c7ac2-2176-4b13-83fe-6974fde2b7e3\n" +
		"Content-Disposition: disconnect\nContent-Length: 31\n\nThe system is being shut down.\n",
}

// A notice in the middle of a message completes it with text that is not its own. Such a
// message is none: it would be an event that never was, or a wrong answer.
func TestNoticeInTheMiddleOfAMessage(t *testing.T) {
	for _, session := range []string{"03_bgapi", "06_sendmsg", "07_event_json", "02_auth_bad/userauth_limited",
		"09_outbound/async_full_linger", "12_extra/pipelined"} {
		seen := map[string]int{}
		stream := captures.Read(t, session, "server.bin")
		for _, m := range messages(t, session) {
			if seen[m.ContentType]++; seen[m.ContentType] > 20 {
				continue
			}
			wire := stream[m.Offset() : m.Offset()+int64(m.Size())]
			for k := 1; k < len(wire); k++ {
				for _, notice := range splicedNotices {
					f := NewFramer(Limits{})
					torn := string(wire[:k]) + notice
					ms, err := frame(f, []byte(torn), len(torn))
					for _, got := range ms {
						if s := got.ContentType; isAnswerOrEvent(s) && len(wire)-k != len(notice) {
							t.Fatalf("%s, byte %d of %v: %v came out of %.300q, and the error %v", session, k, m, got, torn, err)
						}
					}
				}
			}
		}
	}
}

func isAnswerOrEvent(contentType string) bool {
	switch contentType {
	case CommandReply, APIResponse, EventPlain, EventJSON, EventXML, LogData:
		return true
	}
	return false
}

// Whoever can put the text of a notice into a message does not end a connection with it.
func TestNoticeThatIsQuoted(t *testing.T) {
	for _, notice := range splicedNotices {
		for k := 1; k <= len(notice); k++ {
			for _, body := range []string{notice[:k], notice + "x", "x\n" + notice[:k]} {
				for _, piece := range []int{1, 30, 1 << 16} {
					one, two := NewMessage(APIResponse, body), NewMessage(EventPlain, "Event-Name: X\n\n")
					var f Framer
					ms, err := frame(&f, []byte(one.Wire()+two.Wire()+one.Wire()), piece)
					if err != nil || len(ms) != 3 || ms[0].Body != body {
						t.Fatalf("%q: %v, %v", body, ms, err)
					}
				}
			}
		}
	}
}

// Headers of a notice come in any order, and in any case.
func TestNoticeInOtherOrder(t *testing.T) {
	for _, text := range []string{
		"Content-Length: 2\nContent-Type: text/disconnect-notice\n\nx\n",
		"Content-Disposition: linger\ncontent-length: 2\nCONTENT-TYPE:text/disconnect-notice\nLinger-Time: -1\n\nx\n",
	} {
		if m := one(t, text); m.ContentType != DisconnectNotice || m.Body != "x\n" {
			t.Errorf("%q: %v", text, m)
		}
	}
}
