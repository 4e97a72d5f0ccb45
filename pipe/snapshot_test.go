package pipe_test

import (
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/pipe"
)

func TestSnapshotShowsPipesAndHubs(t *testing.T) {
	g := cell.NewGraph()
	sent := new(pipe.Pipe[string]).Named("sent")
	of := pipe.By(func(s string) int { return len(s) })
	hub := pipe.NewHub(of).Named("hub")
	all := cell.Observe(g, func(r cell.Reader) { sent.Len(r); hub.Get(r) }).Named("all")
	some := cell.Observe(g, func(r cell.Reader) { hub.Get(r, of.Is(3)) }).Named("some")
	var got string
	o := cell.Observe(g, func(r cell.Reader) {
		if sent.Len(r) > 0 {
			got = g.Snapshot(r, cell.SnapshotOptions{}).String()
		}
	})
	err := g.Update(func(tx cell.Tx) error {
		sent.Append(tx, "a", "b")
		hub.Put(tx, "one", "four")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []*cell.Observer{all, some, o} {
		o.Stop()
	}
	for _, want := range []string{`Pipe sent = ["a" "b"]`, `Hub hub = ["one" "four"]`, `Hub a value without a name = ["one"]`} {
		if !strings.Contains(got, want+"\n") && !strings.Contains(got, want+",") {
			t.Errorf("no line %s in\n%s", want, got)
		}
	}
}
