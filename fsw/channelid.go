package fsw

import (
	"strconv"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// maxID is the longest id that FreeSWITCH gives to a channel.
const maxID = 256

// isID says whether a text can be the id of a channel: whoever may fire events can make some
// that are about anything, but what cannot be asked about cannot be kept true either.
func isID(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	if strings.Trim(s, "0123456789abcdef-") == "" {
		return true // as those that FreeSWITCH makes, without an allocation
	}
	_, err := esl.UUIDDump(s).API().Encode()
	return err == nil
}

var keyCreatedTime = esl.MakeKey("Caller-Channel-Created-Time")

// createdAt is when the channel of an event was made, 0 if the event does not say.
func createdAt(ev *esl.Event) Moment {
	n, err := strconv.ParseInt(valueOf(ev, keyCreatedTime), 10, 64)
	if err != nil {
		return 0
	}
	return Moment(n)
}

// isAnother says whether what was made at that moment is not this channel, but one that has
// come to its id. Rows have whole seconds, which may be the next one.
func (ch *Channel) isAnother(r cell.Reader, created Moment) bool {
	own := ch.Times.Peek(r).Created
	switch d := max(own, created) - min(own, created); {
	case own == 0 || created == 0:
		return false
	case own%1e6 == 0 || created%1e6 == 0:
		return d >= 2e6
	default:
		return d != 0
	}
}
