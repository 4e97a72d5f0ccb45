package fsw_test

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// wire is the connection of the switch, as its server sees it.
type wire struct {
	srv *fswtest.Server

	mu    sync.Mutex
	rng   *rand.Rand // what happens to new connections
	conn  *fswtest.Conn
	shape fswtest.Link // of connections to come
	early int          // so many of them are cut while they begin
	cuts  int
}

// dial connects the switch, after a while. Some connections do not get far.
func (w *wire) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	wait := time.Duration(50+w.rng.IntN(100)) * time.Millisecond
	w.mu.Unlock()
	time.Sleep(wait)
	w.mu.Lock()
	defer w.mu.Unlock()
	nc, err := w.srv.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	conns := w.srv.Conns()
	w.conn = conns[len(conns)-1]
	if w.shape != (fswtest.Link{}) {
		w.conn.Inflict(fswtest.Fault{Kind: fswtest.Slow, Link: w.shape})
	}
	if w.early > 0 {
		w.early--
		w.cuts++
		w.conn.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: 1 + w.rng.IntN(1<<(3+w.rng.IntN(15)))})
	}
	return nc, nil
}

// inflict lets a fault happen to the connection.
func (w *wire) inflict(f fswtest.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		w.conn.Inflict(f)
	}
}

// heal makes the wire a good one.
func (w *wire) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shape, w.early = fswtest.Link{}, 0
	if w.conn != nil {
		w.conn.Heal()
	}
}

// inflict lets something bad happen: mostly the connection is cut at a random byte.
func (e *equality) inflict() {
	e.harmed = true
	after := e.rng.IntN(1 << (2 + e.rng.IntN(15)))
	short := time.Duration(1+e.rng.IntN(3000)) * time.Millisecond
	f := fswtest.Fault{Kind: fswtest.Cut, After: after, For: short}
	e.harm(f)
	if e.rng.IntN(4) > 0 {
		return
	}
	switch n := e.rng.IntN(24); {
	case n < 5:
		f.Kind = fswtest.Stall
	case n < 7:
		f.Kind = fswtest.Deaf
	case n < 10:
		f.Kind = fswtest.Kill
	case n < 12:
		f.Kind = fswtest.Vanish
	case n < 15:
		f.Kind, f.Bytes = fswtest.Garbage, e.garbage()
	case n < 17:
		f.Kind = fswtest.Reload
	case n < 18:
		f.Kind = fswtest.Restart
		if e.rng.IntN(2) == 0 {
			f.For = 0
		}
	case n < 19:
		f.Kind = fswtest.Refuse
	case n < 20:
		f.Kind = fswtest.Silent
	case n < 21:
		e.note("fault: fsctl shutdown restart")
		e.faults["shutdown"]++
		e.srv.API("fsctl shutdown restart")
		return
	default:
		e.wire.mu.Lock()
		defer e.wire.mu.Unlock()
		e.wire.shape = fswtest.Link{BytesPerSecond: 1 << (13 + e.rng.IntN(9)), Latency: short / 20, Chunk: 1 + e.rng.IntN(1500)}
		e.wire.early = e.rng.IntN(4)
		e.note("link: %+v, %d cuts early", e.wire.shape, e.wire.early)
		return
	}
	e.harm(f)
}

func (e *equality) harm(f fswtest.Fault) {
	e.note("fault: %v", f)
	e.faults[f.Kind.String()]++
	switch {
	case f.Kind >= fswtest.Restart: // of the whole server
		e.srv.Inflict(f)
	default:
		e.wire.inflict(f)
	}
}

// garbage are bytes that belong to no message, or look as if they began one.
func (e *equality) garbage() []byte {
	texts := []string{"\n", "\n\n", "Content-Length: 7\n\n", "Content-Type: text/evContent-Type: text/event-plain\n\n", "\x00", "%", ": \n"}
	if e.rng.IntN(2) == 0 {
		return []byte(texts[e.rng.IntN(len(texts))])
	}
	b := make([]byte, 1+e.rng.IntN(100))
	for i := range b {
		b[i] = byte(e.rng.Uint32())
	}
	return b
}
