package fsw

import (
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// What there is to count is in cells and pipes anyway, which are undone with their
// transaction. So the numbers follow them by rules, and move at the commit.

// measured is what is a number in the model.
type measured struct {
	malformedEvents, malformedLines, droppedEvents uint64
	unknownIDs, misfits, unexpectedReplies, losses uint64
	switches, ready                                int
	channels, calls, conferences                   int
	lag                                            Lag
}

// keepMetrics adds the rules that count, if somebody wants to know.
func (sw *Switch) keepMetrics(tx cell.Tx) {
	m := sw.opts.Metrics
	if m == nil {
		return
	}
	kept := cell.Maintain(sw.scope.In(tx), measured{}, func(tx cell.Tx, before measured) measured {
		now := sw.measure(tx.Reader)
		if now != before {
			tx.AtCommit(func() { m.moved(before, now) })
		}
		return now
	})
	sw.rules[kept.Named("fsw: numbers")] = true
	sw.rule(tx, "counts", sw.countPasses)
}

func (sw *Switch) measure(r cell.Reader) measured {
	one := func(is bool) int {
		if is {
			return 1
		}
		return 0
	}
	return measured{
		switches: one(sw.Closed.Get(r) == nil), ready: one(sw.Ready.Get(r)),
		malformedEvents: sw.MalformedEvents.Get(r), malformedLines: sw.MalformedLines.Get(r),
		droppedEvents: sw.DroppedEvents.Get(r), unknownIDs: sw.UnknownIDs.Get(r), misfits: sw.Misfits.Get(r),
		unexpectedReplies: sw.UnexpectedReplies.Get(r), losses: sw.Link.Losses.Get(r),
		channels: sw.Channels.Len(r), calls: sw.Calls.Len(r), conferences: sw.Conferences.Len(r), lag: sw.Link.Lag.Get(r),
	}
}

// moved adds what has become different.
func (m *Metrics) moved(before, now measured) {
	counter := func(of metric, before, now uint64) { m.add(of, "", int64(now-before)) }
	counter(malformedEvents, before.malformedEvents, now.malformedEvents)
	counter(malformedLines, before.malformedLines, now.malformedLines)
	counter(droppedEvents, before.droppedEvents, now.droppedEvents)
	counter(unknownIDs, before.unknownIDs, now.unknownIDs)
	counter(misfits, before.misfits, now.misfits)
	counter(unexpectedReplies, before.unexpectedReplies, now.unexpectedReplies)
	counter(losses, before.losses, now.losses)
	gauge := func(of metric, before, now int) { m.add(of, "", int64(now-before)) }
	gauge(switchesNow, before.switches, now.switches)
	gauge(readyNow, before.ready, now.ready)
	gauge(channelsNow, before.channels, now.channels)
	gauge(callsNow, before.calls, now.calls)
	gauge(conferencesNow, before.conferences, now.conferences)
	gauge(lagMessages, before.lag.Messages, now.lag.Messages)
	gauge(lagBytes, before.lag.Bytes, now.lag.Bytes)
	gauge(lagSeconds, int(before.lag.Behind), int(now.lag.Behind))
}

// countPasses is the rule that counts what is there for one pass.
func (sw *Switch) countPasses(tx cell.Tx) {
	m := sw.opts.Metrics
	events, lines := sw.Events.Get(tx.Reader), sw.LogData.Get(tx.Reader)
	ended, failed := sw.ChannelRecords.Get(tx.Reader), sw.Faults.Len(tx.Reader)
	if len(events)+len(lines)+len(ended)+failed == 0 {
		return
	}
	tx.AtCommit(func() {
		for _, ev := range events {
			m.add(eventsReceived, wordOfEvent(ev).name, 1)
		}
		for _, l := range lines {
			m.add(logLinesReceived, l.Level.String(), 1)
		}
		for _, rec := range ended {
			m.add(channelsEnded, rec.Cause, 1)
		}
		m.add(faults, "", int64(failed))
	})
}

// countOne counts something without a label.
func (sw *Switch) countOne(tx cell.Tx, of metric) {
	if m := sw.opts.Metrics; m != nil {
		tx.AtCommit(func() { m.add(of, "", 1) })
	}
}

// countMessages counts what is being applied.
func (sw *Switch) countMessages(tx cell.Tx, ms []esl.Message) {
	if m := sw.opts.Metrics; m != nil {
		tx.AtCommit(func() {
			for i := range ms {
				m.add(messagesReceived, ms[i].ContentType, 1)
			}
		})
	}
}

// countSent counts a command, and remembers when it was sent.
func (sw *Switch) countSent(tx cell.Tx, s *sent) {
	if m := sw.opts.Metrics; m != nil {
		s.at = sw.sentAt()
		tx.AtCommit(func() { m.add(commandsSent, commandWord(s.line), 1) })
	}
}

// countReply counts what has become of a command: err is why there was no reply.
func (sw *Switch) countReply(tx cell.Tx, s *sent, text string, err error) {
	m := sw.opts.Metrics
	if m == nil || s.at.IsZero() {
		return
	}
	took := sw.now().Sub(s.at)
	tx.AtCommit(func() {
		word := commandWord(s.line)
		if err != nil {
			m.add(commandsLost, word, 1)
			return
		}
		m.took(replyTimes, word, took)
		if esl.CheckReply(text) != nil {
			m.add(commandsRefused, word, 1)
		}
	})
}

// countJob counts the end of a background job.
func (sw *Switch) countJob(tx cell.Tx, job *Job) {
	if m := sw.opts.Metrics; m != nil && !job.at.IsZero() {
		took := sw.now().Sub(job.at)
		tx.AtCommit(func() { m.took(jobTimes, commandWord("bgapi "+job.Command), took) })
	}
}

// countLook counts a look at the server's tables.
func (sw *Switch) countLook(tx cell.Tx, c *check) {
	if m := sw.opts.Metrics; m != nil {
		took := sw.now().Sub(c.began)
		tx.AtCommit(func() { m.took(snapshotTimes, c.look.String(), took) })
	}
}

// countDifference counts something that a comparison with the server has mended.
func (sw *Switch) countDifference(tx cell.Tx, what string) {
	if m := sw.opts.Metrics; m != nil {
		tx.AtCommit(func() { m.add(differences, what, 1) })
	}
}

// sentAt is the time, if it is wanted.
func (sw *Switch) sentAt() (t time.Time) {
	if sw.opts.Metrics != nil {
		t = sw.now()
	}
	return t
}

// commandWord is what commands are counted by: their first word, and of API commands
// that of the API.
func commandWord(line string) string {
	word, rest, _ := strings.Cut(line, " ")
	word = strings.ToLower(word)
	if word == "api" || word == "bgapi" {
		name, _, _ := strings.Cut(rest, " ")
		return word + " " + name
	}
	return word
}
