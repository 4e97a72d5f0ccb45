package fsw

import (
	"log/slog"
	"sync"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// MirrorOptions say how a mirror follows. The zero value will do.
type MirrorOptions struct {
	// ReceiveBuffer bounds, in bytes, what the source has applied and the mirror has not;
	// 0 means 64 MiB. If the mirror is further behind, that is dropped, counted in its
	// DroppedEvents, and the state of the source is copied again.
	ReceiveBuffer int
	// SendBuffer bounds, in bytes, the commands that wait for the source; 0 means 16 MiB.
	// More are refused with ErrOverflow.
	SendBuffer int
	// Logger is told of faults, lag and the end, see Options.Logger; nil discards.
	Logger *slog.Logger
	// Metrics counts what the mirror does; nil does not. It may be that of the source, or
	// of other mirrors: they are added.
	Metrics *Metrics
}

// NewMirror returns a Switch on g that follows another one, its source, which lives on a
// graph of its own: so several switches use several cores, and rules on g look at all of
// them, see Fleet. It begins with a copy of what the source knows at one moment, and from
// then on applies what the source has applied, in order, each transaction of the source in
// one of its own: events, and what the source learns otherwise, by a snapshot say. Nothing
// is lost around the copy, nor applied twice. NewMirror panics if called inside a
// transaction, or by an effect.
//
// A mirror is eventually consistent: each of its states is one that its source has been in,
// some time ago. Link.Lag tells how far it is behind, and all else in Link what is known of
// the connection of the source. Two mirrors may be behind by different times.
//
// Channels, calls, conferences and members of a mirror are objects of its own, which stay
// the same over their lives, with keys, order and causes of the source's; the causes of what
// has ended unseen, while the mirror was too far behind, are CauseLost. Rules, Handlers and
// commands work on them as on those of the source:
//
//   - Commands go to the source, in order, and by its connection to the server; replies come
//     back in order with the events. What the source refuses to send (ErrDown, say) comes as
//     Reply.Err, unless the mirror knows it already.
//   - The source subscribes to what the mirror's WatchEvents and Handlers need, as long as
//     there is the mirror. LogLevel is that of the source, and setting either sets both.
//   - Filters and Unheard are the source's alone, set and told there: they stay empty.
//   - Filters, Unheard, Degraded and Allowed are those of the source: AddFilter and
//     RemoveFilter act on it, setting Filters here does nothing.
//   - BackgroundJobs, CommandsSent, Transmit, Faults and Misfits are the mirror's own. User
//     and Credential stay empty. Cells of the source that something else than its events has
//     set by hand are copied in the beginning only.
//
// The source never waits for its mirrors: if one is further behind than its buffer holds, it
// drops what it holds and copies the source again, in which what has stayed keeps its
// identity. Copying holds up the source for as long as it takes to read its cells.
//
// A mirror ends with Close, which leaves the source as it is, or after its source: its Closed
// is then why that is closed. The source may be a mirror itself.
func NewMirror(g *cell.Graph, source *Switch, o MirrorOptions) *Switch {
	cell.MustNotBlock("NewMirror")
	of := &source.opts
	sw := newSwitch(g, modeMirror, Options{
		NoChannels: of.NoChannels, NoConferences: of.NoConferences, Variables: of.Variables, Format: of.Format,
		Logger: o.Logger, Metrics: o.Metrics, ReceiveBuffer: o.ReceiveBuffer, SendBuffer: o.SendBuffer,
	}.withDefaults())
	sw.awaited = source.awaited
	m := &mirror{sw: sw, source: source, stopped: make(chan struct{}), done: make(chan struct{})}
	sw.mirror = m
	m.in.init(sw.opts.ReceiveBuffer)
	m.out.init(sw.opts.SendBuffer)
	m.status = cell.ComputeFunc(source.statusNow, sameStatus)
	first := m.attach()
	if closed := first.status.closed; closed != nil {
		m.stop(closed)
	}
	attach := g.Detach(sw.effectFailed)
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		m.prepare(tx)
		m.become(tx, first)
		return nil
	})
	go m.follow(attach)
	return sw
}

// mirror is what makes a switch follow another one: what the source commits is fed to in
// (see mirrorfeed.go), from where follow, a goroutine, applies it; what the mirror commits
// is put into out, from where serve, another one, does it at the source. No goroutine is
// inside of both graphs at a time.
type mirror struct {
	sw, source *Switch

	in      mirrorInbox
	out     mirrorOutbox
	serving sync.WaitGroup

	once    sync.Once
	stopped chan struct{} // closed by stop
	reason  error         // why, set before
	done    chan struct{} // closed when nothing is left

	// Guarded by the source's graph:
	feed    *cell.Observer
	status  *cell.Computed[*mirrorStatus]
	answers answers
	looked  news          // what feed has seen in the running transaction
	seen    *mirrorStatus // the last one it has seen
	told    *mirrorStatus // the last one that was committed
	words   string        // what the source was told to subscribe to

	// Guarded by the mirror's graph:
	level   cell.Value[LogLevel] // what the source is known to have, or was told
	limited bool                 // the source is a Session that is not Full
	copies  uint32               // how often the source was copied again
}

// attach begins to feed the mirror, and returns a copy of what the source knows before.
func (m *mirror) attach() (first *image) {
	src := m.source
	src.contain(esl.Message{}, func(tx cell.Tx) error {
		first = src.image(tx.Reader)
		if first.status.closed != nil {
			return nil
		}
		m.seen, m.told = nil, nil
		m.feed = cell.Feed(src.scope.In(tx), (*mirrorFeed)(m)).Named("fsw: mirror")
		src.rules[m.feed] = true
		src.mirrors++
		tx.OnUndo(func() { src.mirrors-- })
		return nil
	})
	return first
}

// detach is the inverse of attach.
func (m *mirror) detach() {
	if m.feed == nil {
		return
	}
	src := m.source
	src.contain(esl.Message{}, func(tx cell.Tx) error {
		m.want(tx, "")
		m.feed.StopIn(tx)
		delete(src.rules, m.feed)
		src.mirrors--
		tx.OnUndo(func() { src.mirrors++; src.rules[m.feed] = true })
		return nil
	})
}

// stop ends the mirror. The first reason counts.
func (m *mirror) stop(reason error) {
	m.once.Do(func() {
		m.reason = reason
		close(m.stopped)
	})
}

func (m *mirror) close() {
	m.stop(ErrClosed)
	<-m.done
}

// follow is the goroutine that applies what the source has applied. As long as it lasts
// the graph has another one for effects, as that of a keeper.
func (m *mirror) follow(attach func()) {
	sw := m.sw
	m.serving.Add(1)
	go m.serve()
	reason := error(&ConnectionError{Addr: m.addr(), Doing: "mirroring", Err: cell.ErrGoexit})
	defer func() {
		defer close(m.done)
		defer attach()
		m.stop(reason)
		reason = m.reason
		defer sw.endLife(reason) // if a rule has called runtime.Goexit below, nobody else says so
		m.serving.Wait()
		m.detach()
		sw.timers.stop()
		sw.closed(reason)
		sw.scope.Stop()
	}()
	for closed := error(nil); ; {
		switch n, lag, stale, ok := m.in.take(m.stopped); {
		case !ok:
			return
		case stale:
			closed = m.copyAgain()
		default:
			closed = m.received(n, lag)
		}
		if closed != nil {
			reason = closed
			return
		}
	}
}

func (m *mirror) addr() string {
	addr, _ := m.source.peer()
	return addr
}

// peer returns the address of the server that a switch connects to, if it does.
func (sw *Switch) peer() (addr string, connects bool) {
	switch {
	case sw.keeper != nil:
		return sw.keeper.addr, true
	case sw.mirror != nil:
		return sw.mirror.source.peer()
	}
	return "", false
}

// ofSession says whether it is the switch of a Session, or mirrors that.
func (sw *Switch) ofSession() bool {
	return sw.given != nil || sw.mirror != nil && sw.mirror.source.ofSession()
}

// limited says whether the server lets it control one channel only.
func (sw *Switch) limited() bool {
	if s := sw.given; s != nil {
		return s.Channel != nil && !s.Full
	}
	return sw.mirror != nil && sw.mirror.limited
}

// snapshots says whether the switch, or that which it mirrors, takes snapshots.
func (sw *Switch) snapshots() bool {
	return sw.mode == modeConnected || sw.mirror != nil && sw.mirror.source.snapshots()
}
