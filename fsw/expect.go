package fsw

import (
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Expecting is bounded in number and time.
const (
	maxExpected = 10_000
	expectFor   = time.Minute
)

// Expect returns the channel with this id, live or not yet: a program that
// originates a call with an id of its own can observe it before it exists. The
// channel joins Channels when it is created. One that is not created within a
// minute (of a switch without a connection: when the next one is expected), or
// while 10,000 younger ones are expected, is forgotten: Closed becomes CauseLost.
func (sw *Switch) Expect(tx cell.Tx, uuid string) *Channel {
	if ch, live := sw.byID.Peek(tx.Reader, uuid); live {
		return ch
	}
	if ch, ok := sw.expected.Peek(tx.Reader, uuid); ok {
		return ch
	}
	sw.expire(tx, maxExpected-1)
	ch := newChannel(sw, uuid)
	ch.expectedAt = sw.now()
	ch.UUID.Set(tx, ch.key)
	if sw.Closed.Peek(tx.Reader) != nil {
		ch.end(tx, CauseSwitch)
		return ch
	}
	sw.expected.Set(tx, ch.key, ch)
	if sw.keeper != nil || sw.mirror != nil {
		tx.AtCommit(func() { sw.expireIn(expectFor) })
	}
	return ch
}

// expireIn sees to it that a timer runs while anything is expected: one, for the oldest.
func (sw *Switch) expireIn(d time.Duration) {
	if !sw.expiring {
		sw.expiring = true
		sw.timers.after(d, sw.expireNow)
	}
}

func (sw *Switch) expireNow() {
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		sw.expire(tx, maxExpected)
		tx.AtCommit(func() { sw.expiring = false })
		tx.Untracked(func(tx cell.Tx) {
			for _, oldest := range sw.expected.All(tx.Reader) {
				left := expectFor - sw.now().Sub(oldest.expectedAt)
				tx.AtCommit(func() { sw.expireIn(left) })
				return
			}
		})
		return nil
	})
}

// expire forgets the expected channels that have not come in time, and the oldest
// ones of more than keep.
func (sw *Switch) expire(tx cell.Tx, keep int) {
	tx.Untracked(func(tx cell.Tx) {
		for _, ch := range sw.expected.All(tx.Reader) {
			if sw.now().Sub(ch.expectedAt) < expectFor && sw.expected.Len(tx.Reader) <= keep {
				return
			}
			ch.end(tx, CauseLost)
		}
	})
}
