package esl

import (
	"bytes"
	"fmt"
	"io"
	"math"
)

// A Framer cuts the byte stream of an event socket into messages. Bytes are
// pushed in with [Framer.Feed] in pieces of any size, or read with
// [Framer.FeedFrom]; messages are pulled out with [Framer.Next]. The zero Framer is
// ready to use with default [Limits].
//
// A message is header lines, an empty line and then, only if there is a
// Content-Length, exactly that many bytes. Servers end lines with LF; CRLF is
// accepted too. Empty lines before a message are skipped: a header block is never
// empty, so they can mean nothing else, and a body whose last line end was not
// counted does no harm then.
//
// When Next is called until it has no more after every Feed, a Framer holds no
// more than the limits plus one fed piece allow, and it grows only with bytes that
// have really arrived, whatever length a header announces. The work done is linear
// in the number of bytes, however they are cut up.
//
// A Framer must not be used by several goroutines at once.
type Framer struct {
	limits Limits
	ready  bool // limits have their defaults filled in

	buf   []byte
	start int   // in buf: where the message in progress starts
	off   int64 // in the stream: the same place
	piece int   // size of the last Feed

	cur block
	err error
}

// block is what is known about the header block in progress. Positions are
// relative to the start of the message.
type block struct {
	line, scan int // start of the current line; first byte of it not looked at yet
	headers    int
	length     int64 // from Content-Length
	hasLength  bool
	typ        string // Content-Type, interned if known
	hasType    bool
	end        int // length of the block with its empty line, 0 while incomplete
}

// keepBuffer is the size up to which a drained buffer is kept for reuse; what a
// larger message needed is given back.
const keepBuffer = 256 << 10

// NewFramer returns a Framer with the given limits.
func NewFramer(l Limits) *Framer { return &Framer{limits: l.withDefaults(), ready: true} }

// Feed appends received bytes. It copies what it keeps, so p may be reused at
// once. Bytes fed after an error are dropped.
func (f *Framer) Feed(p []byte) {
	if f.err != nil || len(p) == 0 {
		return
	}
	f.piece = len(p)
	if len(f.buf)+len(p) > cap(f.buf) {
		f.makeRoom(len(p))
	}
	f.buf = append(f.buf, p...)
}

// readSize is how many bytes FeedFrom makes room for. It does so when there is room for
// less than half of it, or small pieces of a large message would have it moved for each.
const readSize = 64 << 10

// FeedFrom reads from r, once, what Feed would then have to copy. It returns what was
// read, which is valid until the next call of a method, and the error of r.
func (f *Framer) FeedFrom(r io.Reader) ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	if cap(f.buf)-len(f.buf) < readSize/2 {
		f.makeRoom(readSize)
	}
	before := len(f.buf)
	n, err := r.Read(f.buf[before:cap(f.buf)])
	f.buf = f.buf[:before+n]
	f.piece = max(n, readSize)
	return f.buf[before:], err
}

// makeRoom moves the unread bytes to the front of the buffer or of a larger one,
// so that n more fit. It moves at most as much as was read since the last time, or
// doubles the size, which keeps the copying linear in total.
func (f *Framer) makeRoom(n int) {
	live := f.buf[f.start:]
	need := len(live) + n
	if need <= cap(f.buf) && len(live) <= f.start {
		f.buf = f.buf[:copy(f.buf, live)]
		f.start = 0
		return
	}
	size := max(need, 2*len(live), 4096)
	if f.cur.end > 0 {
		// The message's full size is known: no use in growing past it. It is not
		// an excuse to grow up to it, either, before the bytes are here.
		if total := int64(f.cur.end) + f.cur.length; total < int64(size) {
			size = max(need, int(total))
		}
	}
	buf := make([]byte, len(live), size)
	copy(buf, live)
	f.buf, f.start = buf, 0
}

// Next returns the next complete message; ok is false if more bytes are needed.
// The first error is final: the Framer lets go of its memory and returns the same
// [*FrameError] from then on.
func (f *Framer) Next() (m Message, ok bool, err error) {
	if f.err != nil {
		return Message{}, false, f.err
	}
	if !f.ready {
		f.limits, f.ready = f.limits.withDefaults(), true
	}
	if f.cur.end == 0 {
		if done, err := f.scanBlock(); err != nil {
			f.err, f.buf, f.start = err, nil, 0
			return Message{}, false, f.err
		} else if !done {
			return Message{}, false, nil
		}
	}
	size := int64(f.cur.end) + f.cur.length
	if int64(len(f.buf)-f.start) < size {
		return Message{}, false, nil
	}
	if isTorn(f.buf[f.start:f.start+int(size)], f.buf[f.start+int(size):]) {
		f.err = &FrameError{ErrNotice, f.off, ""}
		f.buf, f.start = nil, 0
		return Message{}, false, f.err
	}
	// The one copy: what is read later cannot change it.
	text := string(f.buf[f.start : f.start+int(size)])
	m = Message{ContentType: f.cur.typ, Body: text[f.cur.end:], text: text, offset: f.off}
	f.start += int(size)
	f.off += size
	f.cur = block{}
	f.release()
	return m, true, nil
}

// release empties the buffer when all of it has been read, and gives back what
// only a large message needed.
func (f *Framer) release() {
	live := f.buf[f.start:]
	if len(live) > 0 && cap(f.buf) <= max(keepBuffer, 2*f.piece) {
		return // the usual case: something is left, and the buffer has a usual size
	}
	if cap(f.buf) > max(keepBuffer, 2*f.piece) {
		if len(live) > cap(f.buf)/4 {
			return // copying this pays off later
		}
		f.buf, f.start = append([]byte(nil), live...), 0
		return
	}
	f.buf, f.start = f.buf[:0], 0
}

// scanBlock looks at the lines of the header block that it has not seen yet. It
// decides line by line, so that what it finds does not depend on how the bytes
// were cut up.
func (f *Framer) scanBlock() (done bool, err error) {
	b := &f.cur
	for {
		data := f.buf[f.start:]
		cut := b.typ == CommandReply && len(data) >= cutReplyBlock && mayBeCut(data)
		if cut {
			data = data[:cutReplyBlock]
		}
		n := bytes.IndexByte(data[b.scan:], '\n')
		if n < 0 {
			if cut {
				b.end = len(data)
				return true, nil
			}
			b.scan = len(data)
			if len(data) > f.limits.HeaderBlock {
				return false, f.tooLong()
			}
			return false, nil
		}
		end := b.scan + n
		if end >= f.limits.HeaderBlock {
			return false, f.tooLong()
		}
		line := data[b.line:end]
		if len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		if len(line) > 0 {
			if err := f.header(line); err != nil {
				return false, err
			}
			b.line, b.scan = end+1, end+1
			continue
		}
		if b.headers == 0 {
			f.start += end + 1
			f.off += int64(end + 1)
			*b = block{}
			continue
		}
		if b.typ == CommandReply {
			b.length = 0
		}
		limit := f.limits.Body
		if b.typ == APIResponse {
			limit = f.limits.Reply
		}
		if b.length > limit {
			return false, &FrameError{ErrBodyTooLarge, f.off,
				fmt.Sprintf("%d bytes announced, %d allowed", b.length, limit)}
		}
		if endsInNotice(b.typ, data[:end+1]) {
			return false, &FrameError{ErrNotice, f.off, ""}
		}
		b.end = end + 1
		return true, nil
	}
}

// header takes note of one line of the block.
func (f *Framer) header(line []byte) error {
	b := &f.cur
	at := f.off + int64(b.line)
	if b.headers++; b.headers > f.limits.Headers {
		return &FrameError{ErrTooManyHeaders, at, fmt.Sprintf("more than %d", f.limits.Headers)}
	}
	colon := bytes.IndexByte(line, ':')
	isReply := b.typ == CommandReply
	if colon <= 0 {
		if isReply {
			return nil
		}
		return &FrameError{ErrHeaderLine, at, excerpt(line)}
	}
	// The two headers that matter here come in either order, and their names are
	// looked up without regard to case like all others.
	switch name, value := line[:colon], line[colon+1:]; len(name) {
	case len("Content-Type"):
		if !b.hasType && equalFold(name, "content-type") {
			b.typ, b.hasType = internType(bytes.TrimSpace(value)), true
		}
	case len("Content-Length"):
		if !isReply && equalFold(name, "content-length") {
			n, ok := parseLength(bytes.TrimSpace(value))
			if !ok || b.hasLength && n != b.length {
				return &FrameError{ErrContentLength, at, excerpt(line)}
			}
			b.length, b.hasLength = n, true
		}
	}
	return nil
}

func (f *Framer) tooLong() error {
	return &FrameError{ErrHeaderBlockTooLong, f.off, fmt.Sprintf("more than %d bytes", f.limits.HeaderBlock)}
}

// Buffered returns the number of bytes that were fed and not yet returned in a
// message. Once Next has no more, they are the beginning of an unfinished message:
// if the stream ends then and Buffered is not zero, it was cut off inside one.
func (f *Framer) Buffered() int { return len(f.buf) - f.start }

// Offset returns the position in the stream, in bytes, at which the next message
// starts, or at which the message started that could not be framed.
func (f *Framer) Offset() int64 { return f.off }

// parseLength reads a decimal number without a sign that fits into an int64.
func parseLength(s []byte) (n int64, ok bool) {
	if len(s) == 0 {
		return 0, false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		d := int64(c - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}
