package fsw

import "github.com/freeswytch/freeswytch/cell"

// Differences are what comparing the model with the server has found and mended, in
// channels, conferences and members.
type Differences struct {
	Appeared int // that the server had and the model had not
	Changed  int // channels that had got another id, state, application or other leg
	Ended    int // that the model had and the server had not
}

// difference is one of them, as it is counted.
type difference string

const (
	channelAppeared    difference = "channel appeared"
	channelChanged     difference = "channel changed"
	channelEnded       difference = "channel ended"
	conferenceAppeared difference = "conference appeared"
	conferenceEnded    difference = "conference ended"
	memberAppeared     difference = "member appeared"
	memberEnded        difference = "member ended"
)

// differs takes note of a difference.
func (sw *Switch) differs(tx cell.Tx, d difference) {
	if sw.mirror != nil {
		return // its source has found it
	}
	all := sw.Differences.Peek(tx.Reader)
	switch d {
	case channelAppeared, conferenceAppeared, memberAppeared:
		all.Appeared++
	case channelChanged:
		all.Changed++
	default:
		all.Ended++
	}
	sw.Differences.Set(tx, all)
	sw.countDifference(tx, string(d))
}

// facts are what a channel cannot have got wrong without having missed an event.
type facts struct{ uuid, state, callState, answerState, otherLeg, application, callUUID string }

func (ch *Channel) facts(r cell.Reader) facts {
	return facts{ch.UUID.Peek(r), string(ch.State.Peek(r)), string(ch.CallState.Peek(r)), string(ch.AnswerState.Peek(r)),
		ch.OtherLeg.Peek(r), ch.Application.Peek(r), ch.CallUUID.Peek(r)}
}
