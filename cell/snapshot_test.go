package cell_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

func (w *world) snapshot(o cell.SnapshotOptions) (s *cell.Snapshot) {
	w.View(func(r cell.Reader) { s = w.Snapshot(r, o) })
	return s
}

func TestSnapshotShowsEveryKind(t *testing.T) {
	w := newWorld(t)
	value := cell.NewValue(1).Named("value")
	fn := cell.NewValueFunc([]int{1, 2}, nil).Named("func")
	pulse := cell.NewPulse("none").Named("pulse")
	members := cell.NewSet("ann", "bob").Named("members")
	var scores cell.Map[string, int]
	scores.Named("scores")
	list := cell.NewList(3, 4).Named("list")
	custom := &Counter{n: 3}
	custom.c.Named("counter")
	computed := cell.Compute(func(r cell.Reader) string { return fmt.Sprint(value.Get(r)) }).Named("computed")
	scope := cell.NewScope(w)
	w.do(func(tx cell.Tx) {
		scores.Set(tx, "cid", 3)
		scores.Set(tx, "ann", 1)
		m := cell.Maintain(tx, 0.5, func(tx cell.Tx, _ float64) float64 { return float64(value.Get(tx.Reader)) }).Named("maintained")
		cell.Rule(scope.In(tx), func(tx cell.Tx) { m.Get(tx.Reader); computed.Get(tx.Reader) }).Named("rule")
		cell.Observe(tx, func(r cell.Reader) {
			fn.Get(r)
			pulse.Get(r)
			for range members.Added(r) {
			}
			members.Len(r)
			scores.Len(r)
			list.Len(r)
			custom.Get(r)
		}).Named("observer")
		cell.Effect(tx, func(r cell.Reader) func() { value.Get(r); return nil }).Named("effect")
		scope.Describe(tx, &struct{}{}, func() string { return "room" })
	})
	want := `Value value = 1
Maintained maintained = 1; reads value
Computed computed = "1"; reads value
Rule rule; reads maintained, computed
ValueFunc func = [1 2]
Pulse pulse = "none"
Set members = ["ann" "bob"]
Map scores = map["ann":1 "cid":3]
List list = [3 4]
Custom counter
Observer observer; reads func, pulse, members (deltas), members, scores, list, counter
Effect effect; reads value
`
	s := w.snapshot(cell.SnapshotOptions{})
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	n := s.Nodes[3]
	if diff := cmp.Diff(cell.SnapshotNode{ID: 4, Kind: "Rule", Name: "rule", Scope: 2, Level: 1,
		Reads: []cell.SnapshotLink{{Node: 2}, {Node: 3}}}, n); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]cell.SnapshotScope{{ID: 1}, {ID: 2, Parent: 1, Labels: []string{"room"}}}, s.Scopes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := s.Nodes[2]; n.Type != "string" {
		t.Error(n.Type)
	}
	// It survives JSON, and looks the same at the next look.
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back cell.Snapshot
	if err := json.Unmarshal(text, &back); err != nil || !cmp.Equal(s, &back) {
		t.Error(err, cmp.Diff(s, &back))
	}
	if again := w.snapshot(cell.SnapshotOptions{}); !cmp.Equal(s, again) {
		t.Error(cmp.Diff(s, again))
	}
	if got := w.snapshot(cell.SnapshotOptions{Scope: scope}).String(); strings.Contains(got, "observer") || !strings.Contains(got, "Rule rule") {
		t.Error(got)
	}
}

func TestSnapshotInsideATransaction(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue(1).Named("v")
	c := cell.Compute(func(r cell.Reader) int { return v.Get(r) }).Named("c")
	cell.Observe(w, func(r cell.Reader) { c.Get(r) }).Named("o")
	w.do(func(tx cell.Tx) {
		v.Set(tx, 2)
		want := "Value v = 2\nComputed c = 1, dirty; reads v\nObserver o; reads c\n"
		if got := w.Snapshot(tx.Reader, cell.SnapshotOptions{}).String(); got != want {
			t.Error(got)
		}
	})
	misuse(t, func() {
		cell.NewGraph().View(func(r cell.Reader) { w.Snapshot(r, cell.SnapshotOptions{}) })
	})
	other := cell.NewScope(cell.NewGraph())
	misuse(t, func() { w.snapshot(cell.SnapshotOptions{Scope: other}) })
}

func TestSnapshotOfACircle(t *testing.T) {
	w := newWorld(t)
	f, c := converter(w)
	cell.Observe(w, func(r cell.Reader) { f.Get(r); c.Get(r) }).Named("print")
	want := "Maintained C = 0; reads F\nMaintained F = 32; reads C\nObserver print; reads F, C\n"
	if got := w.snapshot(cell.SnapshotOptions{}).String(); got != want {
		t.Error(got)
	}
}

func TestSnapshotIsBounded(t *testing.T) {
	w := newWorld(t)
	vs := make([]cell.Value[int], 5)
	for i := range 4 {
		cell.Observe(w, func(r cell.Reader) {
			for j := range vs {
				vs[j].Get(r)
			}
		}).Named(fmt.Sprint("o", i))
	}
	s := w.snapshot(cell.SnapshotOptions{Limit: 4})
	if len(s.Nodes) != 4 || s.More != 3 || s.Nodes[3].MoreReads != 2 {
		t.Error(s)
	}
	if got := s.String(); !strings.HasSuffix(got, "and 2 more\nand 3 more rules\n") {
		t.Error(got)
	}
	var dot bytes.Buffer
	if err := s.WriteDOT(&dot); err != nil || !strings.Contains(dot.String(), `"and 3 more rules"`) || !strings.Contains(dot.String(), "reads 2 more") {
		t.Error(err, dot.String())
	}
	if s := w.snapshot(cell.SnapshotOptions{}); len(s.Nodes) != 9 || s.More != 0 {
		t.Error(s)
	}
}

type level int

func (l level) String() string { return [...]string{"low", "high"}[l] }

func TestSnapshotValues(t *testing.T) {
	w := newWorld(t)
	type point struct {
		X, y int
		P    *int
	}
	one := 1
	long := cell.NewSet[int]()
	w.do(func(tx cell.Tx) {
		for i := range 1000 {
			long.Add(tx, i)
		}
	})
	show := func(v any) string {
		c := cell.NewValueFunc(v, nil)
		o := cell.Observe(w, func(r cell.Reader) { c.Get(r) })
		defer o.Stop()
		return w.snapshot(cell.SnapshotOptions{Length: 24}).Nodes[0].Value
	}
	var nobody *int
	for _, c := range []struct {
		v    any
		want string
	}{
		{nil, "nil"},
		{true, "true"},
		{"a\"b\n", `"a\"b\n"`},
		{"", `""`},
		{strings.Repeat("é", 1000), `"ééééééééééé…`},
		{&one, "(*int)"},
		{nobody, "nil"},
		{func() {}, "(func())"},
		{point{1, 2, &one}, "{X:1 y:2 P:(*int)}"},
		{[]point{{}, {}}, "[{X:0 y:0 P:nil} {X:0 y:…"},
		{[]byte("abc"), `"abc"`},
		{map[string]int{"b": 2, "a": 1}, `map["a":1 "b":2]`},
		{map[int]int{}, "map[]"},
		{make([]int, 1000000), "[0 0 0 0 0 0 0 0 0 0 0 0…"},
		{level(1), "high"},
		{level(7), "(String: runtime error: …"},
		{2 * time.Second, "2s"},
		{time.Date(2008, 5, 1, 0, 0, 0, 0, time.UTC), "2008-05-01T00:00:00Z"},
		{1.5, "1.5"},
		{complex(1, 2), "(1+2i)"},
		{errTest, "(*errors.errorString)"},
	} {
		if got := show(c.v); got != c.want {
			t.Errorf("%T: got %s, want %s", c.v, got, c.want)
		}
	}
	cell.Observe(w, func(r cell.Reader) { long.Len(r) })
	if got := w.snapshot(cell.SnapshotOptions{Length: 8}).Nodes[0].Value; got != "[0 1 2 3…" {
		t.Error(got)
	}
	if got := w.snapshot(cell.SnapshotOptions{Length: 8, Format: func(_ cell.SnapshotNode, v any) (string, bool) {
		return fmt.Sprint(len(v.([]int))), true
	}}).Nodes[0].Value; got != "8" {
		t.Error(got)
	}
	if got := w.snapshot(cell.SnapshotOptions{Format: func(cell.SnapshotNode, any) (string, bool) { panic("oh") }}).Nodes[0].Value; got != "(Format: oh)" {
		t.Error(got)
	}
}

func TestDOT(t *testing.T) {
	w := newWorld(t)
	v := cell.NewValue("a\"\\\nb").Named("quote \" and\nline")
	outer := cell.NewScope(w)
	inner := cell.NewScope(outer)
	var p cell.Profile
	w.SetTracer(&p)
	out := cell.NewValue(0).Named("out")
	cell.Rule(inner, func(tx cell.Tx) { out.Set(tx, len(v.Get(tx.Reader))) }).Named("rule")
	var b bytes.Buffer
	if err := w.snapshot(cell.SnapshotOptions{Profile: &p}).WriteDOT(&b); err != nil {
		t.Fatal(err)
	}
	want := `digraph cells {
	rankdir=LR
	node [fontname="Helvetica" fontsize=11]
	edge [fontname="Helvetica" fontsize=9]
	n1 [shape=box label="quote \" and\nline\nValue = \"a\\\"\\\\\\nb\""]
	n3 [shape=box label="out\nValue = 5"]
	subgraph cluster2 {
	label="scope 2" fontname="Helvetica" fontsize=10 style=rounded
	subgraph cluster3 {
	label="scope 3" fontname="Helvetica" fontsize=10 style=rounded
	n2 [shape=octagon label="rule\nRule\n1 runs"]
	}
	}
	n1 -> n2
	n2 -> n3 [label="writes" style=dotted]
}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProfileHoldsOnToNothing(t *testing.T) {
	w := newWorld(t)
	var p cell.Profile
	w.SetTracer(&p)
	for i := range 20_000 {
		if i%1000 == 0 {
			runtime.GC()
		}
		cell.Rule(w, func(cell.Tx) {}).Stop()
	}
	if n := cell.Profiled(&p); n > 15_000 {
		t.Error(n, "rules")
	}
}

func TestProfileForgetsCellsThatAreGone(t *testing.T) {
	w := newWorld(t)
	var p cell.Profile
	w.SetTracer(&p)
	v := cell.NewValue(0)
	cell.Rule(w, func(tx cell.Tx) { cell.NewValue(-1).Set(tx, v.Get(tx.Reader)) })
	for i := range 20_000 {
		if i%1000 == 0 {
			runtime.GC()
		}
		set(w, v, i)
	}
	if n := cell.ProfiledCells(&p); n > 15_000 {
		t.Error(n, "cells")
	}
}

// To look for the name of a cell takes as long as the graph is large.
func TestProfileLooksForNoNames(t *testing.T) {
	w := newWorld(t)
	var p cell.Profile
	w.SetTracer(&p)
	s := cell.NewScope(w)
	var o struct{ in, out cell.Value[int] }
	w.do(func(tx cell.Tx) {
		s.Describe(tx, &o, func() string { t.Error("named"); return "o" })
		cell.Rule(s.In(tx), func(tx cell.Tx) { o.out.Set(tx, o.in.Get(tx.Reader)) })
		cell.Effect(s.In(tx), func(r cell.Reader) func() { o.out.Get(r); return func() {} })
	})
	set(w, &o.in, 1)
	s.Stop()
	if n := cell.Profiled(&p); n != 2 {
		t.Error(n)
	}
}

func TestTracedViewsLeaveNothing(t *testing.T) {
	w := newWorld(t)
	w.SetTracer(&cell.Profile{})
	v := cell.NewValue(0)
	for range 10 {
		is(w, cell.Compute(func(r cell.Reader) int { return v.Get(r) }), 0)
	}
	if n := cell.Causes(w.Graph); n != 0 {
		t.Error(n, "rules")
	}
}

func TestDOTShapes(t *testing.T) {
	w := newWorld(t)
	set := cell.NewSet(1).Named("set")
	live := cell.Filter(set, func(cell.Reader, int) bool { return true }).Named("live")
	n := cell.Count(set, func(cell.Reader, int) bool { return true }).Named("n")
	cell.Observe(w, func(r cell.Reader) { live.Len(r) })
	p := cell.Publish(w, n).Named("published")
	defer p.Stop()
	next, stop := iter.Pull2(cell.Changes(t.Context(), w, n))
	defer stop()
	next()
	var b strings.Builder
	if err := w.snapshot(cell.SnapshotOptions{}).WriteDOT(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`shape=box label="set\n`, `shape=ellipse label="live\n`, `shape=ellipse label="n\n`, `shape=note label="published\n`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
	if strings.Count(b.String(), "shape=note") != 3 {
		t.Errorf("three observers in\n%s", b.String())
	}
}
