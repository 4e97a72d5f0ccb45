package pipe_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/cell/celltest"
	"github.com/freeswytch/freeswytch/pipe"
)

type event struct{ name, id string }

// hub counts how often its fields are looked at.
type hub struct {
	*pipe.Hub[event]
	name, id     *pipe.Field[event, string]
	byName, byID int
}

func newHub() *hub {
	h := &hub{}
	h.name = pipe.By(func(e event) string { h.byName++; return e.name })
	h.id = pipe.By(func(e event) string { h.byID++; return e.id })
	h.Hub = pipe.NewHub(h.name, h.id)
	return h
}

// watch records what an observer gets that asks for the matches.
func watch[T any](rec *celltest.Recorder, name string, h *pipe.Hub[T], matches ...pipe.Match[T]) *cell.Observer {
	return rec.Observe(name, func(r cell.Reader) any { return fmt.Sprint(h.Get(r, matches...)) })
}

func TestB73_WildcardAndOrder(t *testing.T) {
	g, h := cell.NewGraph(), newHub()
	rec := celltest.New(t, g)
	watch(rec, "both", h.Hub, h.name.Is("talk"), h.id.Is("1"))
	watch(rec, "left", h.Hub, h.name.Is("talk"))
	watch(rec, "right", h.Hub, h.id.Is("1"))
	watch(rec, "all", h.Hub) // nothing matters: defect 4 of Trellis
	rec.Skip()
	rec.Update(func(tx cell.Tx) {
		h.Put(tx, event{"talk", "1"}, event{"hold", "1"})
		h.Put(tx, event{"talk", "2"}, event{"talk", "1"})
	})
	rec.Want(`both="[{talk 1} {talk 1}]" left="[{talk 1} {talk 2} {talk 1}]" ` +
		`right="[{talk 1} {hold 1} {talk 1}]" all="[{talk 1} {hold 1} {talk 2} {talk 1}]"` +
		` | both=[] left=[] right=[] all=[]`)
	rec.Update(func(tx cell.Tx) { h.Put(tx, event{"hold", "2"}) })
	rec.Want(`all="[{hold 2}]" | all=[]`) // the others have not run
}

func TestB73_Length(t *testing.T) {
	// Rows of any length, of any fields: their length is a field like others.
	g := cell.NewGraph()
	length := pipe.By(func(row []any) int { return len(row) })
	at := func(i int) *pipe.Field[[]any, any] {
		return pipe.By(func(row []any) any {
			if i < len(row) {
				return row[i]
			}
			return nil
		})
	}
	first, second := at(0), at(1)
	h := pipe.NewHub(length, first, second)
	rec := celltest.New(t, g)
	watch(rec, "one", h, length.Is(1))
	watch(rec, "two", h, length.Is(2), second.Is(3.5))
	watch(rec, "none", h, second.Is(nil))
	rec.Skip()
	rec.Update(func(tx cell.Tx) {
		h.Put(tx, []any{"a"}, []any{"b", 3.5}, []any{"b", 3.5, "c"}, []any{3.5}, []any{1, nil})
	})
	rec.Want(`one="[[a] [3.5]]" two="[[b 3.5]]" none="[[a] [3.5] [1 <nil>]]" | one=[] two=[] none=[]`)
	func() { // what cannot be compared cannot be looked for
		defer func() { same(t, true, recover() != nil) }()
		_ = g.Update(func(tx cell.Tx) error { h.Put(tx, []any{"a", []int{1}}); return nil })
	}()
	rec.Empty()
}

func TestB73_IndexedByTheRightmostField(t *testing.T) {
	g, h := cell.NewGraph(), newHub()
	ran := 0
	for i := range 1000 {
		match := []pipe.Match[event]{h.name.Is("talk"), h.id.Is(fmt.Sprint(i))}
		cell.Observe(g, func(r cell.Reader) { h.Get(r, match...); ran++ })
	}
	for _, c := range []struct {
		put                event
		byName, byID, runs int
	}{
		{event{"talk", "no"}, 0, 1, 0},
		{event{"hold", "7"}, 1, 1, 0},
		{event{"talk", "7"}, 1, 1, 2},
	} {
		h.byName, h.byID, ran = 0, 0, 0
		_ = g.Update(func(tx cell.Tx) error { h.Put(tx, c.put); return nil })
		same(t, []int{c.byName, c.byID, c.runs}, []int{h.byName, h.byID, ran})
	}
}

func TestB73_PatternsAreForgotten(t *testing.T) {
	g, h := cell.NewGraph(), newHub()
	target := cell.NewValue("1")
	o := cell.Observe(g, func(r cell.Reader) { h.Get(r, h.name.Is("talk"), h.id.Is(target.Get(r))) })
	other := cell.Observe(g, func(r cell.Reader) { h.Get(r, h.name.Is("talk"), h.id.Is("1")) })
	set := func(id string, err error) {
		_ = g.Update(func(tx cell.Tx) error { target.Set(tx, id); h.Put(tx, event{"talk", id}); return err })
	}
	want := func(topics int) {
		t.Helper()
		same(t, topics, h.Topics())
	}
	want(1)
	for i := range 100 {
		set(fmt.Sprint(i+2), nil)
		want(2)
		set("failed", errTest)
		want(2)
	}
	g.View(func(r cell.Reader) { h.Get(r, h.id.Is("unseen")) })
	want(2)
	other.Stop()
	want(1)
	_ = g.Update(func(tx cell.Tx) error { o.StopIn(tx); return errTest })
	want(1)
	o.Stop()
	want(0)
	same(t, 1, h.Branches())
}

func TestHubReadLate(t *testing.T) {
	g, h := cell.NewGraph(), newHub()
	seen := ""
	saw := func(want string) {
		t.Helper()
		same(t, want, seen)
		seen = ""
	}
	_ = g.Update(func(tx cell.Tx) error {
		h.Put(tx, event{"talk", "1"}, event{"hold", "1"})
		same(t, "[{hold 1}]", fmt.Sprint(h.Get(tx.Reader, h.name.Is("hold"))))
		cell.Observe(tx, func(r cell.Reader) { seen += fmt.Sprint(h.Get(r, h.name.Is("talk"))) })
		h.Put(tx, event{"talk", "2"})
		return nil
	})
	saw("[{talk 1} {talk 2}][]")
	put := func(e event) {
		_ = g.Update(func(tx cell.Tx) error { h.Put(tx, e); return nil })
	}
	put(event{"hold", "3"})
	saw("") // it is not concerned any more
	put(event{"talk", "3"})
	saw("[{talk 3}][]")
}

func TestHubMisuse(t *testing.T) {
	g, h := cell.NewGraph(), newHub()
	weight := pipe.By(func(e event) float64 { return math.NaN() })
	for name, fn := range map[string]func(r cell.Reader){
		"other field": func(r cell.Reader) { h.Get(r, weight.Is(1)) },
		"field twice": func(r cell.Reader) { h.Get(r, h.id.Is("1"), h.id.Is("2")) },
		"NaN":         func(r cell.Reader) { weight.Is(math.NaN()) },
		"other graph": func(r cell.Reader) { cell.NewGraph().View(func(r cell.Reader) { h.Get(r, h.id.Is("1")) }) },
		"no handle":   func(r cell.Reader) { h.Get(cell.Reader{}, h.id.Is("1")) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(*cell.UsageError); !ok {
					t.Error(name, "was not refused")
				}
			}()
			g.View(func(r cell.Reader) { h.Get(r); fn(r) })
		}()
	}
}

func TestHubAllocatesNothing(t *testing.T) {
	g, h := cell.NewGraph(), newHub()
	matches := []pipe.Match[event]{h.name.Is("talk"), h.id.Is("7")}
	seen := 0
	cell.Observe(g, func(r cell.Reader) {
		for range h.All(r, matches...) {
			seen++
		}
	})
	id := "7"
	update := func(tx cell.Tx) error { h.Put(tx, event{"talk", id}, event{"hold", id}); return nil }
	if n := testing.AllocsPerRun(1000, func() { _ = g.Update(update) }); n != 0 {
		t.Error(n, "allocations")
	}
	same(t, 1001, seen)
}
