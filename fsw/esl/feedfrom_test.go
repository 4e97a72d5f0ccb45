package esl

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/freeswytch/freeswytch/internal/captures"
	"pgregory.net/rapid"
)

// readFrames frames all that r has to give.
func readFrames(f *Framer, r io.Reader) (ms []Message, read []byte, err error) {
	for {
		p, readErr := f.FeedFrom(r)
		read = append(read, p...)
		for {
			m, ok, err := f.Next()
			if err != nil {
				return ms, read, err
			}
			if !ok {
				break
			}
			ms = append(ms, m)
		}
		if readErr != nil {
			return ms, read, readErr
		}
	}
}

// pieces is a reader of pieces that are drawn.
type pieces struct {
	rt   *rapid.T
	rest []byte
}

func (p *pieces) Read(b []byte) (int, error) {
	n := rapid.SampledFrom([]int{0, 1, 7, 50, 5000, 100_000}).Draw(p.rt, "piece")
	n = copy(b, p.rest[:min(n, len(p.rest))])
	p.rest = p.rest[n:]
	if len(p.rest) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// What is read in place gives the messages that it gives when it is fed.
func TestFeedFrom(t *testing.T) {
	data := captures.Read(t, "05_conference", "server.bin")
	want := messages(t, "05_conference")
	check := func(t rapid.TB, r io.Reader) {
		var f Framer
		got, read, err := readFrames(&f, r)
		if err != io.EOF {
			t.Fatal(err)
		}
		if !bytes.Equal(read, data) {
			t.Fatal("what was read is not what is there")
		}
		sameMessages(t, got, want)
	}
	check(t, iotest.OneByteReader(bytes.NewReader(data)))
	rapid.Check(t, func(rt *rapid.T) { check(rt, &pieces{rt, data}) })
}

// A large message that comes in small pieces is not moved for each of them, and
// leaves no large buffer behind.
func TestFeedFromMovesLittle(t *testing.T) {
	const size, piece = 8 << 20, 100
	data := fmt.Sprintf("Content-Type: api/response\nContent-Length: %d\n\n", size) + strings.Repeat("x", size)
	r := strings.NewReader(data)
	var f Framer
	moved := 0
	for r.Len() > 0 {
		before := cap(f.buf)
		start := f.start
		if _, err := f.FeedFrom(io.LimitReader(r, piece)); err != nil {
			t.Fatal(err)
		}
		if cap(f.buf) != before || f.start != start {
			moved += f.Buffered()
		}
		if cap(f.buf) > size+1<<20 {
			t.Fatalf("a buffer of %d bytes for a message of %d", cap(f.buf), size)
		}
		if _, _, err := f.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if moved > 4*size {
		t.Errorf("%d bytes were moved for a message of %d", moved, size)
	}
	if f.Buffered() != 0 || cap(f.buf) > keepBuffer {
		t.Errorf("a buffer of %d bytes for %d", cap(f.buf), f.Buffered())
	}
}

// Nothing is read after an error.
func TestFeedFromAfterAnError(t *testing.T) {
	var f Framer
	r := strings.NewReader("no colon\n\nrest")
	_, _, err := readFrames(&f, io.LimitReader(r, 10))
	if _, again := f.FeedFrom(r); again == nil || again != err {
		t.Errorf("error %v, want %v", again, err)
	}
	if r.Len() != 4 {
		t.Errorf("%d bytes are left to read, want 4", r.Len())
	}
}
