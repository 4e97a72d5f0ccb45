package fsw_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
	"github.com/freeswytch/freeswytch/internal/tables"
)

// truthPoint is a quiet point of the recording, and the server's own tables there.
type truthPoint struct {
	Point, Events         int
	Dirty                 bool // something happened between the question and the answer
	Channels, Conferences json.RawMessage
	Calls                 []struct {
		A string `json:"uuid"`
		B string `json:"b_uuid"`
	}
	facts tables.Facts
}

// showChannels is what the server answered to `show channels as json`.
func (p *truthPoint) showChannels() string {
	var rows []json.RawMessage
	if err := json.Unmarshal(p.Channels, &rows); err != nil {
		panic(err) // of the test's own making
	}
	return fmt.Sprintf(`{"row_count":%d,"rows":%s}`, len(rows), p.Channels)
}

func truth(t *testing.T) (points []truthPoint) {
	d := json.NewDecoder(bytes.NewReader(captures.Read(t, "17_truth_a", "truth.jsonl")))
	for d.More() {
		var p truthPoint
		err := d.Decode(&p)
		if err == nil && !p.Dirty {
			p.facts, err = tables.Server(p.showChannels(), string(p.Conferences))
		}
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	return points
}

// atQuietPoints feeds the recording to sw, and calls f at each of its quiet points.
func atQuietPoints(t *testing.T, sw *fsw.Switch, f func(*truthPoint)) {
	framer := esl.NewFramer(esl.Limits{})
	framer.Feed(captures.Read(t, "17_truth_a", "server.bin"))
	events := 0
	for _, point := range truth(t) {
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
		if !point.Dirty {
			f(&point)
		}
	}
}

// untold are members whose caller id has been changed, as of a point, by commands
// about which the server tells nobody (uuid_setvar and the like).
var untold = map[int][]string{15: {"conf500 46", "conf300 56"}, 17: {"conf302 62"}, 39: {"conf217 126"}}

// compare compares the model with the tables, both ways.
func (p *truthPoint) compare(t *testing.T, r cell.Reader, sw *fsw.Switch) {
	t.Helper()
	model := tables.Model(r, sw)
	for _, id := range untold[p.Point] {
		about := tables.Subject{Kind: tables.OfCallerID, ID: id}
		model[about] = p.facts[about]
	}
	for _, difference := range tables.Differences(p.facts, model) {
		t.Errorf("point %d: %s", p.Point, difference)
	}
}

// At every quiet point of the recording the model's channels, conferences and
// members are the server's own.
func TestModelEqualsTheServersOwnTables(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	compared, channels, members := 0, 0, 0
	atQuietPoints(t, sw, func(point *truthPoint) {
		g.View(func(r cell.Reader) { point.compare(t, r, sw) })
		compared++
		n := map[tables.Kind]int{}
		for about := range point.facts {
			n[about.Kind]++
		}
		channels, members = max(channels, n[tables.OfChannel]), members+n[tables.OfMember]
	})
	if compared < 50 || channels < 100 || members < 600 {
		t.Errorf("compared %d points with up to %d channels, and %d members: is the recording whole?", compared, channels, members)
	}
}
