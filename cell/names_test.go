package cell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

type account struct {
	Balance cell.Value[int]
	Limits
	Owner   struct{ Name cell.Value[string] }
	Tags    cell.Set[string]
	history cell.Map[int, int]
	Total   cell.Maintained[int]
}

type Limits struct{ Limit cell.Value[int] }

func namedFunction(cell.Reader) int { return 0 }

func TestNames(t *testing.T) {
	w := newWorld(t)
	var a account
	s := cell.NewScope(w)
	w.do(func(tx cell.Tx) {
		s.Describe(tx, &a, func() string { return "account 7" })
		a.Balance.Set(tx, 1)
		a.Limit.Set(tx, 1)
		a.Owner.Name.Set(tx, "x")
		a.Tags.Add(tx, "x")
		a.history.Set(tx, 1, 1)
		a.Total.Init(tx, 0, func(cell.Tx, int) int { return 0 })
	})
	var unnamed cell.Value[int]
	named := cell.Compute(namedFunction)
	for name, got := range map[string]string{
		"account 7.Balance":       cell.NameOf(&a.Balance),
		"account 7.Limit":         cell.NameOf(&a.Limit),
		"account 7.Owner.Name":    cell.NameOf(&a.Owner.Name),
		"account 7.Tags":          cell.NameOfSet(&a.Tags),
		"account 7.history":       cell.NameOfMap(&a.history),
		"account 7.Total":         cell.NameOf(&a.Total),
		"a value without a name":  cell.NameOf(&unnamed),
		"given":                   cell.NameOf(cell.NewValue(1).Named("not this").Named("given")),
		"cell_test.namedFunction": strings.Split(cell.NameOf(named), " (")[0],
	} {
		if got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
	if got := cell.NameOf(cell.Rule(w, func(cell.Tx) {})); !strings.HasPrefix(got, "cell_test.TestNames.func") {
		t.Error(got)
	}
	if got := cell.NameOf(named); !strings.Contains(got, "(names_test.go:") {
		t.Error(got)
	}
	// A given name comes first; when the scope ends the description does, too.
	a.Limit.Named("mine")
	if got := cell.NameOf(&a.Limit); got != "mine" {
		t.Error(got)
	}
	s.Stop()
	if got := cell.NameOf(&a.Balance); got != "a value without a name" {
		t.Error(got)
	}
	misuse(t, func() { w.do(func(tx cell.Tx) { s.Describe(tx, a.Balance.Get(tx.Reader), nil) }) })
}

func TestErrorsNameCells(t *testing.T) {
	w := newWorld(t)
	var a account
	s := cell.NewScope(w)
	bad := false
	describe := func(tx cell.Tx) {
		s.Describe(tx, &a, func() string {
			if bad {
				panic("label")
			}
			return "account 7"
		})
	}
	_ = w.Update(func(tx cell.Tx) error { describe(tx); return errTest })
	w.do(describe)
	v := cell.NewValue(0)
	cell.Rule(s, func(tx cell.Tx) { a.Balance.Set(tx, v.Get(tx.Reader)) }).Named("deposit")
	cell.Rule(s, func(tx cell.Tx) { a.Balance.Set(tx, v.Get(tx.Reader)*2) })
	err := w.fails(func(tx cell.Tx) { v.Set(tx, 1) })
	var ce *cell.ConflictError
	if !errors.As(err, &ce) || ce.Cell != "account 7.Balance" || ce.Writers[0] != "deposit" || !strings.Contains(ce.Writers[1], "TestErrorsNameCells") {
		t.Error(err)
	}
	bad = true // a label that fails must not hide the error, nor keep the lock
	err = w.fails(func(tx cell.Tx) { v.Set(tx, 1) })
	if !errors.As(err, &ce) || ce.Cell != "(label: label).Balance" {
		t.Error(err)
	}
}

var global cell.Value[int]

func TestNameOfAGlobal(t *testing.T) {
	if got := cell.NameOf(global.Named("global")); got != "global" {
		t.Error(got)
	}
}

// gauge is a kind of its own.
type gauge struct {
	unit string
	c    cell.Custom
}

func TestNamesOfEveryFieldThatIsOrPointsToACell(t *testing.T) {
	w := newWorld(t)
	type line struct{ State cell.Value[string] }
	var room struct {
		Temp    cell.Value[float64]
		lines   [3]line
		grid    [2][2]cell.Value[int]
		Warm    *cell.Computed[bool]
		Any     cell.Readable[int]
		Nothing *cell.Value[int]
		Func    cell.ValueFunc[[]int]
		Bell    cell.Pulse[string]
		Guests  cell.Set[string]
		gauge   gauge
		far     *gauge
		Rule    *cell.Maintained[int]
	}
	room.Warm = cell.Compute(func(r cell.Reader) bool { return room.Temp.Get(r) > 20 })
	any := cell.NewValue(1)
	room.Any, room.far = any, &gauge{unit: "V"}
	s := cell.NewScope(w)
	var unnamed *cell.Observer
	w.do(func(tx cell.Tx) {
		room.Rule = cell.Maintain(s.In(tx), 0, func(cell.Tx, int) int { return 0 })
		s.Describe(tx, &room, func() string { return "room" })
		unnamed = cell.Observe(s.In(tx), func(r cell.Reader) {
			room.Warm.Get(r)
			room.lines[2].State.Get(r)
			room.grid[1][0].Get(r)
			room.Func.Get(r)
			room.Bell.Get(r)
			for range room.Guests.Added(r) {
			}
			room.Guests.Len(r)
			any.Get(r)
			room.gauge.c.Read(r)
			room.far.c.Read(r)
			room.Rule.Get(r)
		})
	})
	for i, want := range []string{"room.Warm", "room.lines[2].State", "room.grid[1][0]", "room.Func", "room.Bell",
		"room.Guests", "room.Guests", "room.Any", "room.gauge", "room.far", "room.Rule"} {
		if got := cell.NameOfSource(unnamed, i); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := cell.NameOf(unnamed); !strings.HasPrefix(got, "room: cell_test.TestNamesOfEvery") {
		t.Error(got)
	}
	room.Guests.Named("guests")
	if got := cell.NameOfSource(unnamed, 5); got != "guests" { // the deltas
		t.Error(got)
	}
}
