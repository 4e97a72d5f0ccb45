package fsw_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// truthRow is what a row of `show channels as json` tells that events tell, too.
// The rest of a row is the server's own bookkeeping: it forgets the application at
// CHANNEL_HOLD, keeps the caller id of CS_ROUTING, and so on.
type truthRow struct {
	UUID      string `json:"uuid"`
	Direction string `json:"direction"`
	Name      string `json:"name"`
	State     string `json:"state"`
	CallState string `json:"callstate"`
}

// At every quiet point of the recording the model's channels are the server's own.
func TestChannelsEqualTheServersOwnRows(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	framer := esl.NewFramer(esl.Limits{})
	framer.Feed(captures.Read(t, "17_truth_a", "server.bin"))
	events, compared, most := 0, 0, 0
	points := json.NewDecoder(bytes.NewReader(captures.Read(t, "17_truth_a", "truth.jsonl")))
	for points.More() {
		var point struct {
			Point, Events int
			Dirty         bool
			Channels      []truthRow
		}
		if err := points.Decode(&point); err != nil {
			t.Fatal(err)
		}
		for events < point.Events {
			m, ok, err := framer.Next()
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			if m.ContentType == esl.EventPlain {
				events++
			}
			sw.ReceivedMessage(m)
		}
		if point.Dirty {
			continue // something happened between the question and the answer
		}
		got, want := map[string]truthRow{}, map[string]truthRow{}
		for _, row := range point.Channels {
			want[row.UUID] = row
		}
		g.View(func(r cell.Reader) {
			for ch := range sw.Channels.All(r) {
				row := truthRow{ch.UUID.Get(r), string(ch.Direction.Get(r)), ch.ChannelName.Get(r), string(ch.State.Get(r)), string(ch.CallState.Get(r))}
				if row.CallState == "HANGUP" {
					// The table is not told of a hang-up, only of the end.
					row.State, row.CallState = want[row.UUID].State, want[row.UUID].CallState
				}
				got[row.UUID] = row
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("point %d (-server +model):\n%s", point.Point, diff)
		}
		compared++
		most = max(most, len(want))
	}
	if compared < 50 || most < 100 {
		t.Errorf("compared %d points with up to %d channels: is the recording whole?", compared, most)
	}
}
