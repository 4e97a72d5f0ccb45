package fsw

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// received applies a transaction of the source, and returns why that is closed, if it is.
func (m *mirror) received(n news, lag Lag) (closed error) {
	if !m.apply(func(tx cell.Tx) {
		m.sw.Link.Lag.Set(tx, lag)
		m.repeatAll(tx, n.passes)
	}) {
		m.in.spoil()
	}
	for _, p := range n.passes {
		if p.status != nil && p.status.closed != nil {
			return p.status.closed
		}
	}
	return nil
}

// apply runs do as a transaction. It is false if the model itself failed at it.
func (m *mirror) apply(do func(cell.Tx)) bool {
	return m.sw.contain(esl.Message{}, func(tx cell.Tx) error {
		do(tx)
		return nil
	})
}

// repeatAll repeats the passes, one after the other.
func (m *mirror) repeatAll(tx cell.Tx, passes []pass) {
	m.repeat(tx, &passes[0])
	if len(passes) > 1 {
		tx.OnCommit(func(tx cell.Tx) { m.repeatAll(tx, passes[1:]) })
	}
}

// repeat does what the source did in a pass.
func (m *mirror) repeat(tx cell.Tx, p *pass) {
	sw := m.sw
	if p.status != nil {
		m.take(tx, p.status)
	}
	for _, f := range p.facts {
		sw.learnFact(tx, f)
	}
	for _, a := range p.answers {
		m.answered(tx, a)
	}
	if len(p.events) > 0 {
		sw.eventsAt = p.at
		tx.AtCommit(func() { sw.eventsAt = time.Time{} })
		sw.Events.Append(tx, p.events...)
	}
	for _, l := range p.lines {
		sw.logged(tx, l)
	}
	sw.Messages.Append(tx, p.messages...)
	sw.Errors.Append(tx, p.errors...)
	if p.status != nil && p.status.closed != nil {
		sw.shut(tx, p.status.closed)
	}
}

// answered hands an answer to the command it belongs to.
func (m *mirror) answered(tx cell.Tx, a answer) {
	m.sw.owed.forget(tx, a.to)
	m.sw.countReply(tx, a.to, a.Text, a.Err)
	m.sw.queue(tx, &a.to.callbackOf, a.Reply)
}

// copyAgain makes the mirror what its source is, after it was too far behind to be told all
// that has happened, and returns why the source is closed, if it is.
func (m *mirror) copyAgain() (closed error) {
	sw := m.sw
	var now *image
	var kept []news
	var lost int
	m.source.graph.View(func(r cell.Reader) {
		now = m.source.image(r)
		kept, lost = m.in.refresh(sw.awaited)
	})
	sw.noteOutside(slog.LevelWarn, "the mirror lags, events were dropped", slog.Int("count", lost))
	ok := m.apply(func(tx cell.Tx) {
		count(tx, &sw.DroppedEvents, uint64(lost))
		sw.Link.Lag.Set(tx, Lag{})
		sw.Ready.Set(tx, false)
		for i := range kept { // what was kept is older than the copy
			for j := range kept[i].passes {
				m.repeat(tx, &kept[i].passes[j])
			}
		}
		m.copies++
		tx.OnUndo(func() { m.copies-- })
		tx.OnCommit(func(tx cell.Tx) {
			m.become(tx, now)
			forgetHandlers(tx, sw)
		})
	})
	if !ok {
		return &ConnectionError{Addr: m.addr(), Doing: "mirroring", Err: fmt.Errorf("%w: the model failed", ErrLag)}
	}
	return now.status.closed
}
