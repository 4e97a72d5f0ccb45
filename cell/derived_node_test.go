package cell_test

import (
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
)

// eyes look at cells, and make inputs of them or not.
type eyes struct {
	w    *dWorld
	r    cell.Reader
	peek bool
}

func (e eyes) get(c interface {
	Get(cell.Reader) int
	Peek(cell.Reader) int
}) int {
	if e.peek {
		return c.Peek(e.r)
	}
	return c.Get(e.r)
}

// dNode is one derived collection or number.
type dNode struct {
	name string
	set  cell.ReadableSet[int]
	dict cell.ReadableMap[int, int]
	num  cell.Readable[int]
	is   func(e eyes) any // its definition: map[int]bool, map[int]int or int
	base bool
}

// sizeOf is a number that depends on all of the contents of a node.
func sizeOf(v any) (n int) {
	switch v := v.(type) {
	case map[int]bool:
		for x := range v {
			n += x + 1
		}
	case map[int]int:
		for k, x := range v {
			n += (k + 1) * (x + 1)
		}
	case int:
		n = max(v, -(v + 1))
	}
	return n
}

// contents reads all of the node.
func (n *dNode) contents(r cell.Reader) any {
	switch {
	case n.set != nil:
		got := map[int]bool{}
		for x := range n.set.All(r) {
			if got[x] {
				panic(fmt.Sprintf("%s yields %d twice", n.name, x))
			}
			got[x] = true
		}
		if len(got) != n.set.Len(r) {
			panic(fmt.Sprintf("%s yields %v, but its length is %d", n.name, got, n.set.Len(r)))
		}
		return got
	case n.dict != nil:
		got := map[int]int{}
		for k, v := range n.dict.All(r) {
			if _, twice := got[k]; twice {
				panic(fmt.Sprintf("%s yields %d twice", n.name, k))
			}
			got[k] = v
		}
		if len(got) != n.dict.Len(r) {
			panic(fmt.Sprintf("%s yields %v, but its length is %d", n.name, got, n.dict.Len(r)))
		}
		return got
	}
	return n.num.Get(r)
}

// has says what the node has under one key, and asks for nothing else.
func (n *dNode) has(r cell.Reader, k int) any {
	switch {
	case n.set != nil:
		return n.set.Has(r, k)
	case n.dict != nil:
		v, ok := n.dict.Get(r, k)
		return fmt.Sprint(v, ok)
	}
	return n.num.Get(r)
}

func hasIn(v any, k int) any {
	switch v := v.(type) {
	case map[int]bool:
		return v[k]
	case map[int]int:
		x, ok := v[k]
		return fmt.Sprint(x, ok)
	}
	return v
}

// compare reads the node and compares it with its definition.
func (w *dWorld) compare(where string, r cell.Reader, n *dNode) any {
	got := n.contents(r)
	if diff := cmp.Diff(n.is(eyes{w, r, true}), got); diff != "" {
		w.fail("%s: %s (-definition +graph):\n%s", where, n.name, diff)
	}
	return got
}

func hasInt(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		return len(v)*7 + int(v[0])
	}
	return v
}
