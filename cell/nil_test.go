package cell_test

import (
	"context"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

// What is handed over as nil is refused where it is handed over, and zero values of
// what has to be made where they are used: with words.
func TestNilAndZero(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	var set cell.Set[int]
	var m cell.Map[int, int]
	var list cell.List[int]
	var s cell.Scope
	scope := cell.NewScope(w)
	for name, fn := range map[string]func(){
		"Compute":     func() { cell.Compute[int](nil) },
		"ComputeFunc": func() { cell.ComputeFunc[int](nil, nil) },
		"Observe":     func() { cell.Observe(w, nil) },
		"Effect":      func() { cell.Effect(w, nil) },
		"Feed":        func() { cell.Feed(w, nil) },
		"Publish":     func() { cell.Publish[int](w, nil) },
		"Maintain":    func() { cell.Maintain(w, 0, nil) },
		"Init":        func() { new(cell.Maintained[int]).Init(w, 0, nil) },
		"Rule":        func() { cell.Rule(w, nil) },
		"Since":       func() { cell.Since(w, nil) },
		"Wait":        func() { _ = cell.Wait(ctx, w, nil) },
		"no waiter":   func() { _ = cell.Wait(ctx, nil, func(cell.Reader) bool { return true }) },
		"Changes":     func() { cell.Changes[int](ctx, w, nil) },
		"NewCache":    func() { cell.NewCache[int, int](nil) },
		"NewMap":      func() { cell.NewMap[int, int](nil) },
		"NewTodo":     func() { cell.NewTodo[int](nil, nil) },
		"no clone":    func() { cell.NewTodo(func() int { return 0 }, nil) },
		"Update":      func() { _ = w.Update(nil) },
		"UpdateCtx":   func() { _ = w.UpdateContext(ctx, nil) },
		"Attempt":     func() { _ = w.Attempt(nil) },
		"View":        func() { w.View(nil) },
		"Read":        func() { cell.Read[int](w.Graph, nil) },
		"Filter":      func() { cell.Filter(&set, nil) },
		"FilterMap":   func() { cell.FilterMap(&m, nil) },
		"MapSet":      func() { cell.MapSet[int, int](&set, nil) },
		"MapValues":   func() { cell.MapValues[int, int, int](&m, nil) },
		"GroupBy":     func() { cell.GroupBy[int, int](&set, nil) },
		"Observing":   func() { cell.Observing[int, int](&set, nil) },
		"JoinBy":      func() { cell.JoinBy[int, int, int](&set, nil, &set, nil) },
		"Count":       func() { cell.Count(&set, nil) },
		"Sum":         func() { cell.Sum[int, int](&set, nil) },
		"Min":         func() { cell.Min[int, int](&set, nil) },
		"Sorted":      func() { cell.Sorted(&set, nil, strings.Compare) },
		"no cmp": func() {
			cell.Sorted(&set, func(_ cell.Reader, x int) int { return x }, nil)
		},
		"LimitBy":   func() { cell.LimitBy(&list, nil) },
		"Reversed":  func() { cell.Reversed(&list, nil) },
		"NewSubSet": func() { cell.NewSubSet[int](w, nil) },

		"no owner":       func() { cell.NewScope(nil) },
		"zero Graph":     func() { cell.NewScope(&cell.Graph{}) },
		"zero Scope":     func() { cell.NewScope(&s) },
		"Scope.Stop":     s.Stop,
		"Lane.Stop":      new(cell.Lane).Stop,
		"Lane.Flush":     func() { _ = new(cell.Lane).Flush(ctx) },
		"Lane.Backlog":   func() { new(cell.Lane).Backlog() },
		"Observer.Stop":  new(cell.Observer).Stop,
		"Published.Stop": func() { new(cell.Published[int]).Stop() },
		"Cache.Get":      func() { new(cell.Cache[int, int]).Get(1) },
		"LiveSet.Named":  func() { new(cell.LiveSet[int]).Named("") },
		"LiveMap.Named":  func() { new(cell.LiveMap[int, int]).Named("") },
		"LiveList.Named": func() { new(cell.LiveList[int]).Named("") },
		"SubSet.Named":   func() { new(cell.SubSet[int]).Named("") },
		"of a LiveSet":   func() { cell.Union(&set, &cell.LiveSet[int]{}) },
	} {
		t.Run(name, func(t *testing.T) { t.Log(misuse(t, fn)) })
	}
	for name, fn := range map[string]func(tx cell.Tx){
		"OnCommit":      func(tx cell.Tx) { tx.OnCommit(nil) },
		"AtCommit":      func(tx cell.Tx) { tx.AtCommit(nil) },
		"AfterCommit":   func(tx cell.Tx) { tx.AfterCommit(nil) },
		"OnUndo":        func(tx cell.Tx) { tx.OnUndo(nil) },
		"Untracked":     func(tx cell.Tx) { tx.Untracked(nil) },
		"Try":           func(tx cell.Tx) { _ = tx.Try(nil) },
		"Manage":        func(tx cell.Tx) { tx.Manage(nil) },
		"label":         func(tx cell.Tx) { scope.Describe(tx, &struct{}{}, nil) },
		"DeleteFunc":    func(tx cell.Tx) { list.DeleteFunc(tx, nil) },
		"SortFunc":      func(tx cell.Tx) { list.SortFunc(tx, nil) },
		"Computed.Get":  func(tx cell.Tx) { new(cell.Computed[int]).Get(tx.Reader) },
		"Computed.Peek": func(tx cell.Tx) { new(cell.Computed[int]).Peek(tx.Reader) },
		"in a rule": func(tx cell.Tx) {
			var c cell.Computed[int]
			cell.Observe(tx, func(r cell.Reader) { c.Get(r) })
		},
		"in a Computed": func(tx cell.Tx) {
			var c cell.Computed[int]
			cell.Observe(tx, func(r cell.Reader) { cell.Compute(c.Get).Get(r) })
		},
		"LiveSet.Len":      func(tx cell.Tx) { new(cell.LiveSet[int]).Len(tx.Reader) },
		"LiveMap.Get":      func(tx cell.Tx) { new(cell.LiveMap[int, int]).Get(tx.Reader, 1) },
		"LiveMap.Updated":  func(tx cell.Tx) { new(cell.LiveMap[int, int]).Updated(tx.Reader) },
		"LiveList.Len":     func(tx cell.Tx) { new(cell.LiveList[int]).Len(tx.Reader) },
		"SubSet.Add":       func(tx cell.Tx) { new(cell.SubSet[int]).Add(tx, 1) },
		"SubSet.Len":       func(tx cell.Tx) { new(cell.SubSet[int]).Len(tx.Reader) },
		"SetBase":          func(tx cell.Tx) { cell.NewSubSet(tx, &set).SetBase(tx, nil) },
		"Maintained.Get":   func(tx cell.Tx) { new(cell.Maintained[int]).Get(tx.Reader) },
		"Sensor.Get":       func(tx cell.Tx) { new(cell.Sensor[int]).Get(tx.Reader) },
		"Effector.Set":     func(tx cell.Tx) { new(cell.Effector[int]).Set(tx, 1) },
		"Todo.Get":         func(tx cell.Tx) { new(cell.Todo[int]).Get(tx.Reader) },
		"Todo.Peek":        func(tx cell.Tx) { new(cell.Todo[int]).Peek(tx.Reader) },
		"Todo.Future":      func(tx cell.Tx) { new(cell.Todo[int]).Future(tx) },
		"Observer.StopIn":  func(tx cell.Tx) { new(cell.Observer).StopIn(tx) },
		"Scope.StopIn":     s.StopIn,
		"Scope.Stopped":    func(tx cell.Tx) { s.Stopped(tx.Reader) },
		"Scope.In":         func(tx cell.Tx) { cell.NewScope(s.In(tx)) },
		"Scope.Describe":   func(tx cell.Tx) { s.Describe(tx, &struct{}{}, func() string { return "" }) },
		"no owner in a tx": func(tx cell.Tx) { cell.Rule(nil, func(cell.Tx) {}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Log(misuse(t, func() { _ = w.Update(func(tx cell.Tx) error { fn(tx); return nil }) }))
			w.check()
		})
	}
}
