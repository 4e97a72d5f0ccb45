package fsw

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// mirrorOutbox holds what is to be done at the source.
type mirrorOutbox struct {
	mu      sync.Mutex
	waiting []errand
	bytes   atomic.Int64 // of the commands among them
	limit   int
	more    chan struct{}
}

// errand is something to be done at the source, in a transaction of that.
type errand struct {
	do   func(tx cell.Tx)
	size int
}

func (b *mirrorOutbox) init(limit int) { b.limit, b.more = limit, make(chan struct{}, 1) }

func (b *mirrorOutbox) add(e errand) {
	b.mu.Lock()
	b.waiting = append(b.waiting, e)
	b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
}

// take waits for something to do. It returns nil when stop is closed.
func (b *mirrorOutbox) take(stop <-chan struct{}) []errand {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		b.mu.Lock()
		all := b.waiting
		b.waiting = nil
		b.mu.Unlock()
		if len(all) > 0 {
			return all
		}
		select {
		case <-b.more:
		case <-stop:
		}
	}
}

// serve is the goroutine that does it.
func (m *mirror) serve() {
	finished := false
	defer func() {
		if !finished { // a rule of the source has called runtime.Goexit
			m.stop(&ConnectionError{Addr: m.addr(), Doing: "sending", Err: cell.ErrGoexit})
		}
		m.serving.Done()
	}()
	for all := m.out.take(m.stopped); all != nil; all = m.out.take(m.stopped) {
		m.source.contain(esl.Message{}, func(tx cell.Tx) error {
			for _, e := range all {
				e.do(tx)
			}
			return nil
		})
		for _, e := range all {
			m.out.bytes.Add(-int64(e.size))
		}
	}
	finished = true
}

// forward sends a command of the mirror by way of the source.
func (m *mirror) forward(tx cell.Tx, c esl.Command, s *sent, size int) error {
	if m.out.bytes.Load()+int64(size) > int64(m.out.limit) {
		return &ConnectionError{Addr: m.addr(), Doing: "sending", Err: ErrOverflow}
	}
	m.out.bytes.Add(int64(size))
	tx.OnUndo(func() { m.out.bytes.Add(-int64(size)) })
	e := errand{size: size, do: func(tx cell.Tx) {
		err := m.source.send(tx, c, func(tx cell.Tx, r Reply) { m.answers.Append(tx, answer{s, r}) })
		if err != nil {
			m.answers.Append(tx, answer{s, Reply{Err: err}})
		}
	}}
	tx.AtCommit(func() { m.out.add(e) })
	return nil
}

// prepare makes the rules that tell the source what the mirror wants.
func (m *mirror) prepare(tx cell.Tx) {
	sw := m.sw
	words := cell.Maintain(sw.scope.In(tx), "", func(tx cell.Tx, told string) string {
		var wanted []string
		for w := range wantedWords(sw, tx.Reader) {
			if _, err := sw.eventsCommand([]string{w}).Encode(); err != nil {
				sw.failed(tx, "subscribing", err)
			} else {
				wanted = append(wanted, wordOf(w).String())
			}
		}
		words := joinWords(wanted)
		if words != told {
			tx.AtCommit(func() { m.out.add(errand{do: func(tx cell.Tx) { m.want(tx, words) }}) })
		}
		return words
	})
	sw.rules[words.Named("fsw: subscription")] = true
	tables := cell.Maintain(sw.scope.In(tx), 0, func(tx cell.Tx, looked uint32) uint32 {
		if !sw.Ready.Get(tx.Reader) || looked == sw.gaps() {
			return looked
		}
		tx.OnCommit(func(tx cell.Tx) { // no rule: a callback may be telling of the last look
			for _, h := range sw.kids.all {
				sw.lookAtNew(tx, h)
			}
		})
		return sw.gaps()
	})
	sw.rules[tables.Named("fsw: tables of handlers")] = true
	sw.rule(tx, "log level", func(tx cell.Tx) {
		if level := sw.LogLevel.Get(tx.Reader); level != m.level.Get(tx.Reader) {
			m.level.Set(tx, level)
			tx.AtCommit(func() { m.out.add(errand{do: func(tx cell.Tx) { m.source.LogLevel.Set(tx, level) }}) })
		}
	})
}

// want makes the source need these words, instead of those that it was told before.
func (m *mirror) want(tx cell.Tx, words string) {
	before := m.words
	m.words = words
	tx.OnUndo(func() { m.words = before })
	m.source.need(tx, wordsOf(words), 1)
	m.source.need(tx, wordsOf(before), -1)
}

func wordsOf(lines string) (words []word) {
	for line := range strings.SplitSeq(lines, "\n") {
		if line != "" {
			words = append(words, wordOf(line))
		}
	}
	return words
}
