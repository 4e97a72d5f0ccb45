package esl

import (
	"bytes"
	"strings"
)

// A command/reply is written without a Content-Length, and with values in it as they are.
// So its block is read with less trust than others: a value of several lines, as getvar has,
// ends no connection, and a Content-Length in it is the value's, and not ours. An empty line
// in a value ends the reply, and cannot be told from the end; "api uuid_getvar" has a length.

// The replies to bgapi and userauth have further headers. The server makes these in 512 bytes,
// with a mark of one byte before and a NUL behind, their empty line included. What is longer is
// cut there, and the next message follows at once.
const cutReplyBlock = len(replyType) + 512 - 2

const replyType = "Content-Type: " + CommandReply + "\n"

// mayBeCut reports whether the beginning of a block is that of a reply that the server cuts.
func mayBeCut(block []byte) bool {
	rest, ok := bytes.CutPrefix(block, []byte(replyType+"Reply-Text: +OK "))
	if !ok {
		return false
	}
	first, rest, _ := bytes.Cut(rest, []byte("\n"))
	if bytes.HasPrefix(first, []byte("Job-UUID: ")) {
		return bytes.HasPrefix(rest, []byte("Job-UUID: "))
	}
	return string(first) == "accepted" && bytes.HasPrefix(rest, []byte("Allowed-Events: "))
}

// Cut reports whether the server has cut the message, a reply to userauth or to a bgapi whose
// Job-UUID is too long: its last header may be incomplete, and others are missing.
func (m Message) Cut() bool {
	return m.ContentType == CommandReply && m.Size() == cutReplyBlock && !strings.HasSuffix(m.text, "\n\n")
}

// A server that shuts down or gives up on a slow client writes its notice from another thread
// into whatever is just being sent, and closes. If less than the notice was missing of that,
// the beginning of the notice makes it look whole.
const noticeType = "Content-Type: " + DisconnectNotice + "\n"

// The texts of such notices.
var noticeBodies = []string{
	"The system is being shut down.\n",
	"killed listener because of lost events\n",
	"killed listener because of lost log lines\n",
}

// longestNotice is more than such a notice has, ids included.
const longestNotice = 512

// endsInNotice reports whether the header block of another type was completed by a notice.
func endsInNotice(contentType string, block []byte) bool {
	return contentType != DisconnectNotice && bytes.Contains(tailOf(block), []byte(noticeType))
}

// isTorn reports whether a message was completed by the beginning of a notice whose end is
// the rest of what has arrived. Notices are the last that comes, so that rest is short.
func isTorn(message, rest []byte) bool {
	if len(rest) == 0 || len(rest) > longestNotice {
		return false
	}
	tail := tailOf(message)
	if !bytes.Contains(tail, []byte(noticeType)) && !endsInPrefix(tail, noticeType) {
		return false
	}
	joint := len(tail)
	text := string(tail) + string(rest)
	at := strings.LastIndex(text, noticeType)
	if at < 0 || at >= joint {
		return false
	}
	block, body, whole := strings.Cut(text[at:], "\n\n")
	if !whole || !strings.Contains(block, "\nContent-Length: ") {
		return false
	}
	for _, b := range noticeBodies {
		if body == b || strings.HasPrefix(b, body) && at+len(block)+2 > joint {
			return true
		}
	}
	return false
}

// endsInPrefix reports whether b ends with the beginning of s.
func endsInPrefix(b []byte, s string) bool {
	for n := min(len(b), len(s)-1); n > 0; n-- {
		if string(b[len(b)-n:]) == s[:n] {
			return true
		}
	}
	return false
}

func tailOf(b []byte) []byte { return b[max(0, len(b)-longestNotice):] }
