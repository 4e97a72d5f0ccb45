package fsw

import (
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// What a mirror drops when it is too far behind is what is a part of the copy, and it is
// counted; all that waits counts for the buffer, what facts hold on to as well.
func TestMirrorKeepsWhatNoCopyBrings(t *testing.T) {
	n := news{passes: []pass{{
		facts:    []fact{{size: 5000}, {size: 100, all: true}},
		events:   []*esl.Event{esl.NewEvent("TRAP"), esl.NewEvent("BACKGROUND_JOB")},
		lines:    []esl.LogLine{{}},
		answers:  []answer{{}},
		messages: []esl.Message{framed(t, "text/unknown", "?")},
		errors:   []*esl.ReplyError{{Text: "-ERR no"}},
	}}}
	if size := n.passes[0].size(); size < 5100 {
		t.Errorf("it counts %d bytes", size)
	}
	kept, lost := n.kept(new(awaited))
	if lost != 2 {
		t.Errorf("%d are lost", lost)
	}
	p := kept.passes[0]
	if len(p.facts) != 1 || len(p.events) != 1 || len(p.answers) != 1 || len(p.messages) != 1 || len(p.errors) != 1 || len(p.lines) != 0 {
		t.Errorf("%+v", p)
	}
}
