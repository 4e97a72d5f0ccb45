package cell

import (
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A link knows the node of a cell, not its type: a zero cell must be ready for
// use, and types cost nothing per cell. But a node that is not of a rule has no
// use for its level, so there the number of its type is kept, from the first time
// that it is read. Snapshots use it to show what is in a cell.

// inspector is a cell or rule as snapshots and traces see it.
type inspector interface {
	// inspect says what it is. Of a collection the value is a slice or map of at
	// most limit of its items, and size counts all of them.
	inspect(limit int) inspection
}

type inspection struct {
	kind  string // Value, Set...
	typ   reflect.Type
	value any
	size  int // of a collection
}

func inspectionOf[T any](kind string, v T) inspection {
	return inspection{kind: kind, typ: reflect.TypeFor[T](), value: v}
}

// hasNoValue is the value of what has none.
type hasNoValue struct{}

// kindKey says that a node is offset bytes inside of a typ.
type kindKey struct {
	typ    reflect.Type // of a pointer
	offset uintptr
}

type kind struct {
	kindKey
	number int32 // from 1
}

// kinds are the types seen so far, replaced as a whole by every new one.
var kinds struct {
	sync.Mutex // for who replaces them
	known      atomic.Pointer[map[kindKey]*kind]
	byNumber   atomic.Pointer[[]*kind]
	last       atomic.Pointer[kind] // most cells have the type of the one before
}

// typed notes that n, not of a rule, is a node of the cell, offset bytes inside.
func (n *node) typed(cell any, offset uintptr) {
	if n.level == 0 {
		n.level = kindNumber(kindKey{reflect.TypeOf(cell), offset})
	}
}

func kindNumber(key kindKey) int32 {
	if k := kinds.last.Load(); k != nil && k.kindKey == key {
		return k.number
	}
	k := kindOf(key)
	kinds.last.Store(k)
	return k.number
}

func kindOf(key kindKey) *kind {
	if known := kinds.known.Load(); known != nil && (*known)[key] != nil {
		return (*known)[key]
	}
	kinds.Lock()
	defer kinds.Unlock()
	known, byNumber := map[kindKey]*kind{}, []*kind{nil}
	if had := kinds.known.Load(); had != nil {
		if k := (*had)[key]; k != nil {
			return k
		}
		maps.Copy(known, *had)
		byNumber = slices.Clone(*kinds.byNumber.Load())
	}
	k := &kind{key, int32(len(byNumber))}
	known[key], byNumber = k, append(byNumber, k)
	kinds.byNumber.Store(&byNumber)
	kinds.known.Store(&known)
	return k
}

// cell returns the cell or rule that n is a node of, nil if that is not known.
func (n *node) cell() any {
	if n.flags&(isRule|isActive) != 0 {
		return n.asRule().self
	}
	if n.level == 0 {
		return nil
	}
	k := (*kinds.byNumber.Load())[n.level]
	return reflect.NewAt(k.typ.Elem(), unsafe.Add(n.pointer(), -int(k.offset))).Interface()
}

// describe says what n is.
func (n *node) describe(limit int) inspection {
	if c, ok := n.cell().(inspector); ok {
		return c.inspect(limit)
	}
	return inspection{kind: "cell", value: hasNoValue{}}
}

// whole returns the first node of the cell that n is a node of.
func (n *node) whole() *node {
	if k, ok := n.ofKey(); ok {
		return k.collection()
	}
	if n.flags&isRule == 0 && n.level != 0 {
		k := (*kinds.byNumber.Load())[n.level]
		return (*node)(unsafe.Add(n.pointer(), -int(k.offset)))
	}
	return n
}

// ofKey returns the node of a key of a collection, if n is one.
func (n *node) ofKey() (k interface{ collection() *node }, ok bool) {
	if n.flags&isKeeper != 0 {
		k, ok = n.asRule().self.(interface{ collection() *node })
	}
	return k, ok
}
