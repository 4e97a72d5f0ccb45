package cell_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// Components of Trellis are structs in Go, made by functions that take an Owner.

// purse has cells, a rule that runs from the beginning, and a view for others.
type purse struct {
	Limit   cell.Value[int]
	Balance cell.Maintained[int]
	Deposit cell.Pulse[int]
	over    cell.Value[bool]
}

// newPurse makes an purse. Its rules settle in the transaction it is made in.
func newPurse(tx cell.Tx, limit int, w *world) *purse {
	a := &purse{}
	a.Limit.Set(tx, limit)
	a.Balance.Init(tx, 0, func(tx cell.Tx, was int) int {
		w.add("balance")
		return was + a.Deposit.Get(tx.Reader)
	})
	cell.Rule(tx, func(tx cell.Tx) { a.over.Set(tx, a.Balance.Get(tx.Reader) > a.Limit.Get(tx.Reader)) })
	if limit < 0 {
		tx.Fail(errTest)
	}
	return a
}

// Over can be read by others, but not set.
func (a *purse) Over() cell.Readable[bool] { return &a.over }

func TestB78_RulesSettleInTheTransactionOfTheConstructor(t *testing.T) {
	w := newWorld(t)
	var a *purse
	w.do(func(tx cell.Tx) {
		a = newPurse(tx, 10, w)
		a.Deposit.Set(tx, 15)
		w.add("made")
	})
	w.saw("made", "balance", "balance")
	is(w, a.Over(), true)
	is(w, &a.Balance, 15)
	// One that fails leaves nothing.
	before := cell.Dump(w.Graph)
	w.fails(func(tx cell.Tx) { newPurse(tx, -1, w) })
	w.do(func(tx cell.Tx) {
		if err := tx.Try(func(tx cell.Tx) error { newPurse(tx, -1, w); return nil }); !errors.Is(err, errTest) {
			t.Error(err)
		}
	})
	if after := cell.Dump(w.Graph); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Error("something is left of a component that failed")
	}
}

func TestB78_MadeInARule(t *testing.T) {
	w := newWorld(t)
	limit := cell.NewValue(5)
	var a *purse
	rule := cell.Rule(w, func(tx cell.Tx) {
		a = newPurse(tx, limit.Get(tx.Reader), w)
		a.Deposit.Set(tx, 7)
	})
	is(w, a.Over(), true)
	if n := cell.Sources(rule); n != 1 {
		t.Error(n, "links: what the component reads is no input of the rule")
	}
}

func TestB79_InitialisationAndReadOnlyViews(t *testing.T) {
	w := newWorld(t)
	// Fields are given as in any struct; what is unknown does not compile.
	type config struct{ Name cell.Readable[string] }
	c := config{Name: cell.NewConstant("fixed")}
	d := config{Name: cell.NewValue("settable")}
	is(w, c.Name, "fixed")
	is(w, d.Name, "settable")
	for _, r := range []any{c.Name, (&purse{}).Over()} {
		_, settable := r.(interface{ Set(cell.Tx, string) })
		if _, value := r.(*cell.Value[bool]); settable && !value {
			t.Error("a constant can be set")
		}
	}
	// The zero struct is ready for use.
	var a purse
	set(w, &a.Limit, 3)
	is(w, &a.Limit, 3)
}

// knob and dial share one cell, whichever is made first.
type knob struct{ Level *cell.Value[int] }

func TestB80_SharedCells(t *testing.T) {
	w := newWorld(t)
	own := &knob{Level: cell.NewValue(1)}
	other := &knob{Level: own.Level}
	cell.Observe(w, func(r cell.Reader) { w.add("own ", own.Level.Get(r)) })
	cell.Observe(w, func(r cell.Reader) { w.add("other ", other.Level.Get(r)) })
	w.trace = nil
	set(w, own.Level, 2)
	set(w, other.Level, 3)
	w.saw("own 2", "other 2", "own 3", "other 3")
	// A computed cell or a constant in the place of a value: the Spinner of the README.
	spin := func(speed cell.Readable[int]) *cell.Computed[int] {
		return cell.Compute(func(r cell.Reader) int { return 10 * speed.Get(r) })
	}
	is(w, spin(own.Level), 30)
	is(w, spin(spin(own.Level)), 300)
	is(w, spin(cell.NewConstant(4)), 40)
}

// greeter can be given another rule before its rules are made, or by embedding.
type greeter struct {
	Name     cell.Value[string]
	Greeting cell.Maintained[string]
}

func (g *greeter) greet(tx cell.Tx, _ string) string { return "Hello " + g.Name.Get(tx.Reader) }

func (g *greeter) start(o cell.Owner, rule func(cell.Tx, string) string) {
	g.Greeting.Init(o, "", rule)
}

type shouter struct{ greeter }

func (s *shouter) greet(tx cell.Tx, was string) string { return s.greeter.greet(tx, was) + "!" }

func TestB81_Overrides(t *testing.T) {
	w := newWorld(t)
	var plain greeter
	var loud shouter
	var off greeter
	w.do(func(tx cell.Tx) {
		plain.start(tx, plain.greet)
		loud.start(tx, loud.greet)
		off.start(tx, func(_ cell.Tx, was string) string { return was }) // by a plain value
		off.Greeting.Set(tx, "fixed")
		plain.Name.Set(tx, "Ann")
		loud.Name.Set(tx, "Ann")
		off.Name.Set(tx, "Ann")
	})
	is(w, &plain.Greeting, "Hello Ann")
	is(w, &loud.Greeting, "Hello Ann!")
	is(w, &off.Greeting, "fixed")
	misuse(t, func() { plain.start(w, plain.greet) }) // a rule cannot be replaced under its readers
}

func TestB48_CellsMadeInARuleCanBeSetUpThere(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(1)
	var a *purse
	cell.Rule(w, func(tx cell.Tx) {
		a = newPurse(tx, 10*v.Get(tx.Reader), w)
		a.Limit.Set(tx, 20*v.Get(tx.Reader)) // the same writer: no conflict
		a.Balance.Set(tx, 30*v.Get(tx.Reader))
	})
	is(w, &a.Limit, 20)
	is(w, &a.Balance, 30)
	set(w, v, 2)
	is(w, &a.Limit, 40)
	is(w, a.Over(), true)
	// Computed cells and observers have no Tx: they make cells with their values.
	c := cell.Compute(func(r cell.Reader) int {
		x, y := cell.NewValue(v.Get(r)), cell.NewSet(1, 2, 3)
		sum := cell.Compute(func(r cell.Reader) int { return x.Get(r) + y.Len(r) })
		return sum.Get(r)
	})
	is(w, c, 5)
	cell.Observe(w, func(r cell.Reader) {
		x := cell.NewValue(v.Get(r))
		w.add(c.Get(r), " ", x.Get(r))
	})
	w.trace = nil
	set(w, v, 3)
	w.saw("balance", "6 3")
}

// What a rule makes and reads belongs to its run: its writes are the rule's own.
func TestRuleThatMakesAndReadsWhatWritesItsInputs(t *testing.T) {
	for _, try := range []bool{false, true} {
		w := newWorld(t)
		in, x := cell.NewValue(1), cell.NewValue(0)
		cell.Rule(w, func(tx cell.Tx) {
			w.add("outer ", in.Get(tx.Reader), x.Get(tx.Reader))
			cell.Maintain(tx, 0, func(tx cell.Tx, _ int) int {
				write := func(tx cell.Tx) error { x.Set(tx, in.Peek(tx.Reader)); return nil }
				if try {
					return len(fmt.Sprint(tx.Try(write)))
				}
				_ = write(tx)
				return 0
			}).Get(tx.Reader)
		})
		w.saw("outer 1 0")
		is(w, x, 1)
		set(w, in, 2)
		w.saw("outer 2 1")
		is(w, x, 2)
		w.do(func(tx cell.Tx) { x.Touch(tx) }) // by others it is an input
		w.saw("outer 2 2")
	}
}
