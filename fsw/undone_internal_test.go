package fsw

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// What was begun by a transaction that a rule has failed is not there to be ended: the
// need for digits is that of somebody else.
func TestEndOfWhatWasUndone(t *testing.T) {
	g := cell.NewGraph()
	sw := New(g)
	var armed cell.Value[bool]
	failed := errors.New("a rule has failed")
	cell.Rule(g, func(tx cell.Tx) {
		if armed.Get(tx.Reader) {
			panic(failed)
		}
	})
	var ch *Channel
	nothing := func(cell.Tx, Gathered, error) {}
	err := g.Update(func(tx cell.Tx) error {
		ch = sw.Expect(tx, "one")
		return ch.StartGather(tx, Gather{}, nothing)
	})
	if err != nil {
		t.Fatal(err)
	}
	var x *gathering
	var e *execution
	err = g.Update(func(tx cell.Tx) (err error) {
		armed.Set(tx, true)
		if x, err = ch.gather(tx, Gather{}, nothing); err == nil {
			e, err = ch.run(tx, esl.RawApp("park", ""), func(cell.Tx, Reply) { t.Error("called back") }, nil)
		}
		return err
	})
	if x == nil || e == nil || !errors.Is(err, failed) {
		t.Fatal(x, e, err)
	}
	err = g.Update(func(tx cell.Tx) error {
		x.end(tx, nil)
		e.end(tx, Reply{})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if needs := Needs(sw); len(needs) != 1 || needs[0] != "DTMF" {
		t.Errorf("needed: %q", needs)
	}
}

// When what was dropped was the last, nothing is behind any more.
func TestNoLagAfterADrop(t *testing.T) {
	sw := New(cell.NewGraph())
	_ = sw.graph.Update(func(tx cell.Tx) error { sw.Link.Lag.Set(tx, Lag{Messages: 7}); return nil })
	sw.lagged(7, Lag{})
	if lag := cell.Read(sw.graph, &sw.Link.Lag); lag != (Lag{}) {
		t.Errorf("%+v behind", lag)
	}
}
