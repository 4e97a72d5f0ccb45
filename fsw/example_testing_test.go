package fsw_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

//doc:monitor

// talking is how many channels are answered: the program that is tested below.
func talking(sw *fsw.Switch) *cell.Computed[int] {
	return cell.Count(&sw.Channels, func(r cell.Reader, ch *fsw.Channel) bool {
		return ch.AnswerState.Get(r) == "answered"
	})
}

//doc:end

//doc:test

func TestTalking(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{}) // a FreeSWITCH on a port of its own
	sw, err := fsw.Connect(t.Context(), srv.Addr(), fsw.Options{Password: "ClueCon"})
	if err != nil {
		t.Fatal(err)
	}
	defer sw.Close()
	if err := sw.Wait(t.Context(), sw.Ready.Get); err != nil {
		t.Fatal(err)
	}
	seen := celltest.New(t, sw.Graph())
	number := talking(sw)
	celltest.Watch(seen, "talking", number)
	seen.Want("talking=0")

	call := srv.Call(fswtest.CallOptions{From: "1000", To: "5000"})
	call.Answer()
	srv.Inflict(fswtest.Fault{Kind: fswtest.Cut}) // a bad moment
	err = sw.Wait(t.Context(), func(r cell.Reader) bool {
		return sw.Link.Losses.Get(r) == 1 && sw.Ready.Get(r) && number.Get(r) == 1
	})
	if err != nil {
		t.Fatal(err)
	}
	seen.Want("talking=1") // the loss changed nothing
	if truth := srv.Truth(); len(truth.Channels) != 1 || truth.Channels[0].AnswerState != "answered" {
		t.Errorf("the server says %+v", truth)
	}
}

//doc:end
