package cell

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"weak"
)

// Names cost nothing until they are used: a given name is in a side table, and
// the name of a field is found by the address of the cell, see describe.go. A rule
// without either is named after its function.

var names sync.Map // weak.Pointer, of a node or Scope -> string

func setName[T any](of *T, name string) {
	key := weak.Make(of)
	if _, had := names.Swap(key, name); !had {
		runtime.AddCleanup(of, func(key weak.Pointer[T]) { names.Delete(key) }, key)
	}
}

// titled is a cell of the graph's own, which nobody can name.
type titled interface{ title() string }

const (
	namelessValue = "a value without a name"
	namelessRule  = "a rule without a name"
)

// nameOf returns the name of a cell or rule for errors. The caller holds the lock.
func nameOf(n *node) string {
	whole := n.whole()
	if name, ok := names.Load(weak.Make(whole)); ok {
		return name.(string)
	}
	if g := n.graph.Load(); g != nil {
		if d, field := g.described(whole); d != nil {
			return d.name() + "." + field
		}
	}
	if n.flags&isRule == 0 {
		if c, ok := n.cell().(titled); ok {
			return c.title()
		}
		return namelessValue
	}
	r := n.asRule()
	name := namelessRule
	if f, ok := r.self.(interface{ function() any }); ok {
		name = functionName(f.function())
	}
	if n.flags&isCompute == 0 {
		if of := r.asLiving().scope.name(); of != "" {
			name = of + ": " + name // one of many that share the function
		}
	}
	return name
}

func functionName(fn any) string {
	if s, ok := fn.(Sink); ok {
		return fmt.Sprintf("a %T", s)
	}
	f := runtime.FuncForPC(reflect.ValueOf(fn).Pointer())
	if f == nil {
		return namelessRule
	}
	file, line := f.FileLine(f.Entry())
	return fmt.Sprintf("%s (%s:%d)", f.Name()[strings.LastIndexByte(f.Name(), '/')+1:],
		file[strings.LastIndexByte(file, '/')+1:], line)
}
