package fsw

import (
	"context"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/pipe"
)

// news is what the source has applied in one transaction.
type news struct {
	passes []pass
	size   int       // of all of it, in bytes, about
	at     time.Time // when it was committed
}

// pass is a pass of such a transaction, which a mirror repeats: what is learned otherwise
// than by events, and what callbacks do, comes before the rules, events are applied by one.
type pass struct {
	status   *mirrorStatus // nil if it has not changed
	facts    []fact
	answers  []answer
	events   []*esl.Event
	at       time.Time // of the events
	lines    []esl.LogLine
	messages []esl.Message
	errors   []*esl.ReplyError
}

// answer is what has become of a command of the mirror.
type answer struct {
	to *sent
	Reply
}

// answers are those that the source has got, for one mirror.
type answers = pipe.Pipe[answer]

// mirrorFeed is the sink, on the graph of the source, that feeds the mirror.
type mirrorFeed mirror

// Look takes what is new in a pass.
func (f *mirrorFeed) Look(r cell.Reader) bool {
	src := f.source
	p := pass{
		facts:    src.facts.Get(r),
		answers:  f.answers.Get(r),
		events:   src.Events.Get(r),
		at:       src.followedAt,
		lines:    src.LogData.Get(r),
		messages: src.Messages.Get(r),
		errors:   src.Errors.Get(r),
	}
	if now := f.status.Get(r); now != f.seen {
		p.status, f.seen = now, now
	}
	size := p.size()
	if size == 0 {
		return false
	}
	f.looked.passes = append(f.looked.passes, p)
	f.looked.size += size
	return true
}

// What the parts of a pass count that have no size of their own.
const sizeOfSmall = 256

// size is 0 if there is nothing in the pass.
func (p *pass) size() (n int) {
	n = sizeOfSmall * (len(p.facts) + len(p.errors))
	for _, f := range p.facts {
		n += f.size
	}
	if p.status != nil {
		n += sizeOfSmall
	}
	for _, a := range p.answers {
		n += sizeOfSmall + len(a.Text)
	}
	for _, ev := range p.events {
		n += ev.Size()
	}
	for _, l := range p.lines {
		n += sizeOfSmall + len(l.Text)
	}
	for _, m := range p.messages {
		n += m.Size()
	}
	return n
}

// Commit hands over what the transaction has brought.
func (f *mirrorFeed) Commit() (full bool) {
	n := f.looked
	f.looked, f.told = news{}, f.seen
	n.at = time.Now()
	if !f.in.add(n, f.sw.awaited) {
		(*mirror)(f).stop(&ConnectionError{Addr: (*mirror)(f).addr(), Doing: "mirroring", Err: ErrLag})
	}
	return false
}

// Undo forgets it.
func (f *mirrorFeed) Undo() { f.looked, f.seen = news{}, f.told }

// End does nothing: that the source is closed has been told.
func (f *mirrorFeed) End() {}

// Wait is never called: the source does not wait.
func (f *mirrorFeed) Wait(context.Context) {}

// kept returns what must not be dropped, because somebody waits for it: answers, the ends
// of jobs and of applications, and that a connection was lost; nor what nobody would miss
// otherwise: messages that are not known, and refusals.
func (n *news) kept(a *awaited) (kept news, lost int) {
	for i := range n.passes {
		p := &n.passes[i]
		k := pass{answers: p.answers, messages: p.messages, errors: p.errors}
		for _, f := range p.facts {
			if f.all {
				k.facts = append(k.facts, f)
			}
		}
		for _, ev := range p.events {
			if ev.Name() == esl.EventBackgroundJob || a.inEvent(ev) {
				k.events = append(k.events, ev)
			} else {
				lost++
			}
		}
		lost += len(p.lines)
		if size := k.size(); size > 0 {
			kept.passes = append(kept.passes, k)
			kept.size += size
		}
	}
	return kept, lost
}
