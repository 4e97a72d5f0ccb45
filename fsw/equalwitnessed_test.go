package fsw_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Of a channel that had begun when the witness came, and is renamed, it knows that it
// does not know all; of one that gets its id before it is created, it does.
func TestWitnessKnowsWhatItHasNotSeen(t *testing.T) {
	w := newWitness(nil)
	event := func(name, id, state string, more ...string) {
		w.event(esl.NewEvent(name, append([]string{"Core-UUID", "core", "Unique-ID", id, "Channel-State", state}, more...)...))
	}
	event("CHANNEL_UUID", "b", "CS_EXECUTE", "Old-Unique-ID", "a")
	if l := w.lives["b"]; len(l) != 1 || !l[0].unsure || w.live["b"] != l[0] {
		t.Errorf("a channel that had begun: %+v", l)
	}
	event("CHANNEL_UUID", "d", "CS_NONE", "Old-Unique-ID", "c")
	event("CHANNEL_CREATE", "d", "CS_INIT")
	if l := w.lives["d"]; len(l) != 1 || l[0].unsure || w.live["d"] != l[0] {
		t.Errorf("a channel that has begun now: %+v", l)
	}
}
