package fsw

import (
	"context"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// originationUUID is the variable that chooses the id of a channel that is dialled.
const originationUUID = "origination_uuid"

// Originate makes a call and waits until somebody has answered it, or sends audio before
// the answer (see the variable ignore_early_media). It returns the channel of the leg that
// did. Every leg gets an id of ours, unless it has an origination_uuid or the dial string is
// raw.
//
// The error is an *OriginateError if nobody did, a *esl.ReplyError if the server could not
// make anything of it, or as with BgAPI. If ctx ends, what rings is hung up with
// ORIGINATOR_CANCEL, and so is what is answered all the same.
func (sw *Switch) Originate(ctx context.Context, o esl.Originate) (*Channel, error) {
	var legs []*Channel
	var answered *Channel
	abandoned := false // both guarded by the graph
	_, err := sw.await(ctx, func(tx cell.Tx, callback Callback) (err error) {
		legs, err = sw.SendOriginate(tx, o, func(tx cell.Tx, r Reply) {
			id := answeredID(r)
			if r.Err == nil && abandoned {
				sw.cancelCall(tx, id)
			}
			ch := sw.legOf(tx.Reader, legs, id)
			tx.AtCommit(func() { answered = ch })
			callback(tx, r)
		})
		return err
	})
	switch {
	case err == nil && answered == nil:
		return nil, &HangupError{UUID: "", Doing: "originate", Cause: CauseLost}
	case err == nil:
		return answered, nil
	case ctx.Err() != nil:
		_ = sw.graph.Update(func(tx cell.Tx) error {
			abandoned = true
			for _, ch := range legs {
				if ch.Closed.Peek(tx.Reader) == "" {
					sw.cancelCall(tx, ch.UUID.Peek(tx.Reader))
				}
			}
			return nil
		})
	}
	return nil, err
}

// SendOriginate transmits originate, to be run in the background. It returns the channels
// of the legs, which do not exist yet: see Expect. callback, which may be nil, is called when
// one of them has answered, with its id in Text, or when none did: Err is as with Originate.
// Legs that were not even tried then close with CauseLost.
func (sw *Switch) SendOriginate(tx cell.Tx, o esl.Originate, callback Callback) (legs []*Channel, err error) {
	var ids []string
	o.Dial, ids = withIDs(o.Dial)
	cmdline, err := o.Command().Encode()
	if err != nil {
		return nil, err
	}
	_, err = sw.sendJob(tx, cmdline, func(tx cell.Tx, r Reply) {
		for _, ch := range legs {
			sw.unexpect(tx, ch)
		}
		if callback != nil {
			callback(tx, originated(r))
		}
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		legs = append(legs, sw.Expect(tx, id))
	}
	return legs, nil
}

// withIDs gives each leg an id that is known before it exists.
func withIDs(d esl.DialString) (esl.DialString, []string) {
	if id, ok := d.Variable(originationUUID); ok {
		return d, []string{id} // of the first leg: no two channels have the same
	}
	var ids []string
	d = d.MapLegs(func(l esl.Leg) esl.Leg {
		id, ok := l.Variable(originationUUID)
		if !ok {
			id = newUUID()
			l = l.With(originationUUID, id)
		}
		ids = append(ids, id)
		return l
	})
	return d, ids
}

// originated makes of the output of originate the id of the channel, or an error.
func originated(r Reply) Reply {
	if r.Err != nil {
		return r
	}
	if err, ok := esl.CheckReply(r.Text).(*esl.ReplyError); ok {
		r.Err = err
		if cause := esl.HangupCause(err.Reason()); cause.Known() {
			r.Err = &OriginateError{Cause: cause}
		}
		return r
	}
	r.Text = strings.TrimSpace(strings.TrimPrefix(r.Text, "+OK"))
	return r
}

// answeredID is the id that a successful originated reply brings.
func answeredID(r Reply) string {
	if r.Err != nil {
		return ""
	}
	return r.Text
}

// legOf finds the channel with this id, also if it has ended already.
func (sw *Switch) legOf(r cell.Reader, legs []*Channel, id string) *Channel {
	for _, ch := range legs {
		if ch.UUID.Peek(r) == id {
			return ch
		}
	}
	ch, _ := sw.byID.Peek(r, id)
	return ch
}

// cancelCall hangs up a leg that nobody waits for any more. It may not exist, or the
// connection may be gone.
func (sw *Switch) cancelCall(tx cell.Tx, id string) {
	_ = sw.SendRun(tx, esl.UUIDKill(id, esl.CauseOriginatorCancel), nil)
}

// unexpect forgets a channel that was expected and never came.
func (sw *Switch) unexpect(tx cell.Tx, ch *Channel) {
	if expected, ok := sw.expected.Peek(tx.Reader, ch.key); ok && expected == ch {
		sw.expected.Delete(tx, ch.key)
		ch.end(tx, CauseLost)
	}
}
