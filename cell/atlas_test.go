package cell_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

// port is a struct that is described; its board contains another one, which may be
// described, too.
type port struct {
	State cell.Value[int]
	Link  *cell.Computed[int] // set after it was described
	Any   cell.Readable[int]
	Board struct {
		Lamp  cell.Value[int]
		Lamps [2]cell.Value[int]
	}
}

// TestAtlas describes structs, stops scopes and undoes both, before and after the
// graph has looked for a name for the first time. What it then knows must be what
// it would find out anew.
func TestAtlas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := cell.NewGraph()
		shared := cell.Compute(func(cell.Reader) int { return 1 })
		cell.Observe(g, func(cell.Reader) {}) // whose name Living looks for
		var scopes []*cell.Scope
		var ports []*port
		step := func(tx cell.Tx) {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				scopes = append(scopes, cell.NewScope(tx))
			case 1, 2:
				live := slices.DeleteFunc(slices.Clone(scopes), func(s *cell.Scope) bool { return s.Stopped(tx.Reader) })
				if len(live) == 0 {
					return
				}
				s := rapid.SampledFrom(live).Draw(t, "scope")
				p, no := &port{}, len(ports)
				if len(ports) > 0 && rapid.Bool().Draw(t, "again") {
					p = rapid.SampledFrom(ports).Draw(t, "port")
				}
				ports = append(ports, p)
				s.Describe(tx, p, func() string { return fmt.Sprint(no) })
				if rapid.Bool().Draw(t, "board") {
					s.Describe(tx, &p.Board, func() string { return fmt.Sprint("board of ", no) })
				}
				if p.Any == nil {
					p.Link, p.Any = shared, &rapid.SampledFrom(ports).Draw(t, "any").State
				}
			case 3:
				if len(scopes) > 0 {
					rapid.SampledFrom(scopes).Draw(t, "stop").StopIn(tx)
				}
			case 4:
				g.Living(tx.Reader)
			}
		}
		for range rapid.IntRange(1, 6).Draw(t, "transactions") {
			had := len(scopes)
			err := g.Update(func(tx cell.Tx) error {
				for range rapid.IntRange(0, 6).Draw(t, "steps") {
					step(tx)
				}
				before := len(scopes)
				if tx.Try(func(tx cell.Tx) error {
					for range rapid.IntRange(0, 3).Draw(t, "tried") {
						step(tx)
					}
					if rapid.Bool().Draw(t, "fail") {
						return errTest
					}
					return nil
				}) != nil {
					scopes = scopes[:before]
				}
				if rapid.IntRange(0, 3).Draw(t, "undo") == 0 {
					return errTest
				}
				return nil
			})
			if err != nil {
				scopes = scopes[:had]
			}
			if _, whole := cell.Atlas(g); !whole {
				t.Fatal("the atlas is not what it would be anew")
			}
		}
		for _, s := range scopes {
			s.Stop()
		}
		if size, _ := cell.Atlas(g); size != 0 {
			t.Fatalf("%d areas, pages and cells are left", size)
		}
	})
}

func TestNamesWhereMuchIsNested(t *testing.T) {
	w := newWorld(t)
	var p, q port
	s, first := cell.NewScope(w), cell.NewScope(w)
	shared := cell.Compute(func(r cell.Reader) int { return p.State.Get(r) })
	v := cell.NewValue(1)
	q.Link = cell.Compute(func(r cell.Reader) int { return v.Get(r) })
	names := func() []string {
		return []string{cell.NameOf(&p.State), cell.NameOf(&p.Board.Lamp), cell.NameOf(&p.Board.Lamps[1]), cell.NameOf(shared), cell.NameOf(v), cell.NameOf(&q.State)}
	}
	want := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, names()); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
	}
	w.do(func(tx cell.Tx) {
		first.Describe(tx, &q, func() string { return "q" })
		s.Describe(tx, &p, func() string { return "p" })
		s.Describe(tx, &p, func() string { return "later" })
		s.Describe(tx, &p.Board, func() string { return "board" })
		cell.Observe(tx, func(r cell.Reader) {
			shared.Get(r)
			q.Link.Get(r)
			q.State.Get(r)
			p.Board.Lamp.Get(r)
			p.Board.Lamps[1].Get(r)
		})
		g := w.Graph
		g.Living(tx.Reader) // looks for names before the fields are set
		p.Link, p.Any = shared, v
		q.Any = &p.State // has a name of its own
	})
	want("p.State", "board.Lamp", "board.Lamps[1]", "p.Link", "p.Any", "q.State")
	w.do(func(tx cell.Tx) { q.Link = shared; first.Describe(tx, &q, func() string { return "q" }) })
	want("p.State", "board.Lamp", "board.Lamps[1]", "p.Link", "p.Any", "q.State")
	s.Stop()
	want("q.Any", "a value without a name", "a value without a name", "q.Link", "a value without a name", "q.State")
	first.Stop()
	if size, _ := cell.Atlas(w.Graph); size != 0 {
		t.Errorf("%d areas, pages and cells are left", size)
	}
	misuse(t, func() { w.do(func(tx cell.Tx) { s.Describe(tx, &p, nil) }) })
	other := cell.NewGraph()
	misuse(t, func() {
		_ = other.Update(func(tx cell.Tx) error { cell.NewScope(w).Describe(tx, &p, nil); return nil })
	})
}

// The atlas is made while a scope is stopped, and that is undone.
func TestNamesOfAScopeThatWasStoppedInVain(t *testing.T) {
	w := newWorld(t)
	var p port
	old, young := cell.NewScope(w), cell.NewScope(w)
	w.do(func(tx cell.Tx) {
		old.Describe(tx, &p, func() string { return "old" })
		young.Describe(tx, &p, func() string { return "young" })
		cell.Observe(tx, func(r cell.Reader) { p.State.Get(r) })
	})
	w.do(func(tx cell.Tx) {
		_ = tx.Try(func(tx cell.Tx) error {
			old.StopIn(tx)
			if got := cell.NameOf(&p.State); got != "young.State" {
				t.Error(got)
			}
			return errTest
		})
	})
	if got := cell.NameOf(&p.State); got != "old.State" {
		t.Error(got)
	}
	if _, whole := cell.Atlas(w.Graph); !whole {
		t.Error("the atlas is not what it would be anew")
	}
}
