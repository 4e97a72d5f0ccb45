package bench

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// connectModel uses all of fsw: the model of the channels, every event, and
// observers on the set of channels and on every attribute of each of them.
func connectModel(addr string, t *tally) (func() error, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	sw, err := fsw.Dial(ctx, addr, fsw.Options{Password: password, Watch: []string{"ALL"}})
	if err != nil {
		return nil, err
	}
	var saw observed
	err = sw.Graph().Update(func(tx cell.Tx) error {
		saw.watch(tx, sw)
		cell.Observe(sw.Scope().In(tx), func(r cell.Reader) {
			for e := range sw.Events.All(r) {
				v := read(e)
				t.saw(&v)
			}
		})
		return nil
	})
	return func() error {
		if err := sw.Close(); err != nil {
			return err
		}
		// The recording is of 200 calls with two legs each.
		if saw.added != 400 || saw.removed != 400 || saw.changes < 10*400 {
			return fmt.Errorf("the observers saw too little: %+v", saw)
		}
		return nil
	}, err
}

// observed is what the observers saw.
type observed struct{ added, removed, changes int }

func (o *observed) watch(tx cell.Tx, sw *fsw.Switch) {
	cell.Observe(sw.Scope().In(tx), func(r cell.Reader) {
		for range sw.Channels.Added(r) {
			o.added++
		}
		for range sw.Channels.Removed(r) {
			o.removed++
		}
	})
	cell.Rule(sw.Scope().In(tx), func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			var last attributes
			cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
				if now := attributesOf(r, ch); now != last {
					last = now
					o.changes++
				}
			})
		}
	})
}

// attributes are a channel as one value.
type attributes struct {
	UUID, User, Name, Number, Destination, ChannelName, State, CallState, AnswerState string
	Direction, CallUUID, OtherLeg, Application, ApplicationData, HangupCause, Closed  string
	Times                                                                             fsw.Timetable
	Read, Write                                                                       fsw.Codec
	Variables                                                                         fsw.Variables
}

func attributesOf(r cell.Reader, ch *fsw.Channel) attributes {
	return attributes{
		UUID: ch.UUID.Get(r), User: ch.User.Get(r), Name: ch.Name.Get(r), Number: ch.Number.Get(r),
		Destination: ch.Destination.Get(r), ChannelName: ch.ChannelName.Get(r), State: string(ch.State.Get(r)),
		CallState: string(ch.CallState.Get(r)), AnswerState: string(ch.AnswerState.Get(r)), Direction: string(ch.Direction.Get(r)),
		CallUUID: ch.CallUUID.Get(r), OtherLeg: ch.OtherLeg.Get(r), Application: ch.Application.Get(r),
		ApplicationData: ch.ApplicationData.Get(r), HangupCause: string(ch.HangupCause.Get(r)), Closed: ch.Closed.Get(r),
		Times: ch.Times.Get(r), Read: ch.ReadCodec.Get(r), Write: ch.WriteCodec.Get(r), Variables: ch.Variables.Get(r),
	}
}
