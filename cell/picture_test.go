package cell_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

var draw = flag.Bool("draw", false, "write docs/cells.dot, of which docs/cells.svg is made")

// thermostat is the graph of the picture in docs/cells.md.
type thermostat struct {
	F, C    cell.Maintained[float64] // follow each other
	Target  cell.Value[float64]
	Cold    *cell.Computed[bool]
	Heating cell.Value[bool]
	Pin     cell.Value[string]
	Open    cell.Set[string] // windows
}

func (t *thermostat) start(tx cell.Tx, s *cell.Scope) {
	s.Describe(tx, t, func() string { return "kitchen" })
	t.F.Init(s.In(tx), 32, func(tx cell.Tx, _ float64) float64 { return t.C.Get(tx.Reader)*1.8 + 32 })
	t.C.Init(s.In(tx), 0, func(tx cell.Tx, _ float64) float64 { return (t.F.Get(tx.Reader) - 32) / 1.8 })
	t.Cold = cell.Compute(func(r cell.Reader) bool { return t.C.Get(r) < t.Target.Get(r) })
	cell.Rule(s.In(tx), func(tx cell.Tx) {
		t.Heating.Set(tx, t.Cold.Get(tx.Reader) && t.Open.Len(tx.Reader) == 0)
	}).Named("kitchen: switch the heating")
	cell.Effect(s.In(tx), func(r cell.Reader) func() {
		_ = t.Heating.Get(r)
		return func() {}
	}).Named("kitchen: burner")
	cell.Observe(s.In(tx), func(r cell.Reader) {
		_ = t.Pin.Get(r)
		for range t.Open.Added(r) {
		}
	}).Named("kitchen: guard")
}

func TestPicture(t *testing.T) {
	w := newWorld(t)
	var p cell.Profile
	w.SetTracer(&p)
	kitchen := &thermostat{}
	s := cell.NewScope(w)
	w.do(func(tx cell.Tx) {
		kitchen.start(tx, s)
		kitchen.Target.Set(tx, 20)
		kitchen.Pin.Set(tx, "1234")
	})
	set(w, &kitchen.C, 19.0)
	w.do(func(tx cell.Tx) { kitchen.Open.Add(tx, "north") })
	var got bytes.Buffer
	err := w.snapshot(cell.SnapshotOptions{Profile: &p, Format: func(n cell.SnapshotNode, v any) (string, bool) {
		if f, ok := v.(float64); ok {
			return fmt.Sprintf("%.1f°", f), true
		}
		return "", n.Name == "kitchen.Pin"
	}}).WriteDOT(&got)
	if err != nil {
		t.Fatal(err)
	}
	const file = "../docs/cells.dot"
	if *draw {
		if err := os.WriteFile(file, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("draw it again, as docs/cells.md says (-want +got):\n%s", diff)
	}
}
