package esl

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const afterwards = "Content-Type: api/response\nContent-Length: 3\n\n+OK"

// framedWith frames text and what a server sends afterwards, in pieces of each size.
func framedWith(t *testing.T, text string) []Message {
	t.Helper()
	var all []Message
	for _, piece := range []int{1, 2, 3, 7, 28, 538, 1 << 16} {
		var f Framer
		ms, err := frame(&f, []byte(text+afterwards), piece)
		if err != nil || f.Buffered() != 0 {
			t.Fatalf("in pieces of %d: %d messages, %d bytes left over, error %v", piece, len(ms), f.Buffered(), err)
		}
		if last := ms[len(ms)-1]; last.Wire() != afterwards {
			t.Fatalf("in pieces of %d: what comes afterwards is %q", piece, last.Wire())
		}
		if all != nil && len(all) != len(ms)-1 {
			t.Fatalf("in pieces of %d: %d messages, not %d", piece, len(ms)-1, len(all))
		}
		all = ms[:len(ms)-1]
	}
	return all
}

// getvar writes a value as it is into its reply. What is in it ends no connection, and
// takes nothing away from what follows.
func TestReplyWithSeveralLines(t *testing.T) {
	for _, value := range []string{
		"one\ntwo", "one\ntwo: 2\nthree", "\n:\n: x", "v=0\r\no=FreeSWITCH 1 2 IN IP4 192.0.2.2\r\nm=audio 4000 RTP/AVP 0\r\n",
		"x\nContent-Length: 40", "x\nContent-Length: -1", "x\ncontent-length: abc", "x\nContent-Length: 1\nContent-Length: 2",
		"x\nContent-Length: 99999999999999999999", "x\nContent-Type: text/event-plain", " \n \n",
		"x\x00y\xff\n\x00",
	} {
		ms := framedWith(t, "Content-Type: command/reply\nReply-Text: "+value+"\n\n")
		if len(ms) != 1 || ms[0].ContentType != CommandReply || ms[0].Body != "" {
			t.Errorf("%q: %q", value, ms)
			continue
		}
		first, _, _ := strings.Cut(value, "\n")
		if got := ms[0].ReplyText(); got != strings.TrimSuffix(first, "\r") {
			t.Errorf("%q: the reply text is %q", value, got)
		}
	}
}

// Before it is known to be a reply, a block has to be one.
func TestLineWithoutColonBeforeTheType(t *testing.T) {
	for _, text := range []string{"Reply-Text: a\nb\nContent-Type: command/reply\n\n", "Content-Type: api/response\nb\n\n"} {
		var f Framer
		if _, err := frame(&f, []byte(text), 5); !errors.Is(err, ErrHeaderLine) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The server makes some replies in 512 bytes with their empty line, and cuts what is
// longer: the end is lost, and the next message follows at once.
func TestReplyThatTheServerCuts(t *testing.T) {
	list := func(n int) (events string) {
		for i := 0; len(events) <= n; i++ {
			events += fmt.Sprintf(" CHANNEL_%d", i)
		}
		return events[1 : n+1]
	}
	const typ, size = "Content-Type: command/reply\n", 510 // one is for the ~ that marks such a reply
	for n := 400; n < 700; n++ {
		for _, reply := range []string{
			"Reply-Text: +OK accepted\nAllowed-Events: " + list(n) + "\nAllowed-API: all\nAllowed-LOG: true\n\n",
			"Reply-Text: +OK Job-UUID: " + list(n) + "\nJob-UUID: " + list(n) + "\n\n",
		} {
			if strings.Contains(reply, "Job-UUID") && n > 256 {
				continue // it keeps no more
			}
			cut := len(reply) > size
			reply = reply[:min(len(reply), size)]
			ms := framedWith(t, typ+reply)
			if len(ms) != 1 || ms[0].Wire() != typ+reply || ms[0].Cut() != cut {
				t.Fatalf("%d: %q", n, ms)
			}
			if text := ms[0].ReplyText(); !strings.HasPrefix(text, "+OK") {
				t.Fatalf("%d: the reply is %q", n, text)
			}
			if _, ok := ms[0].Get("Allowed-LOG"); ok == cut && strings.Contains(reply, "accepted") && n > 470 {
				t.Fatalf("%d: the headers are %q", n, ms[0].Headers())
			}
		}
	}
}

// Others are cut before their empty line, and may be as long: nothing else is taken for
// one that is cut.
func TestLongReplyIsWhole(t *testing.T) {
	for n := 450; n < 512; n++ {
		for _, begin := range []string{"", "+OK accepted", "+OK Job-UUID: ", "+OK accepted\nx: ", "-ERR invalid\nAllowed-Events: "} {
			text := "Content-Type: command/reply\nReply-Text: " + (begin + strings.Repeat("x", n))[:n] + "\n\n"
			ms := framedWith(t, text)
			if len(ms) != 1 || ms[0].Wire() != text {
				t.Fatalf("%q, %d: %q", begin, n, ms)
			}
		}
	}
}
