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
// the name of a field is found by looking for the cell in the structs described
// to its graph. A rule without either is named after its function.

var names sync.Map // weak.Pointer[node] -> string

func setName(n *node, name string) {
	key := weak.Make(n)
	if _, had := names.Swap(key, name); !had {
		runtime.AddCleanup(n, func(key weak.Pointer[node]) { names.Delete(key) }, key)
	}
}

// titled is a cell of the graph's own, which nobody can name.
type titled interface{ title() string }

const (
	namelessValue = "a value without a name"
	namelessRule  = "a rule without a name"
)

// nameOf returns the name of a cell or rule for errors. The caller holds the lock.
func nameOf(n *node) string { return n.name((*Graph).fieldNamed) }

// name returns the name of a cell or rule; field looks for the struct it is in.
func (n *node) name(field func(*Graph, *node) (string, bool)) string {
	whole := n.whole()
	if name, ok := names.Load(weak.Make(whole)); ok {
		return name.(string)
	}
	if g := n.graph.Load(); g != nil {
		if name, ok := field(g, whole); ok {
			return name
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
		if s := r.asLiving().scope; s != nil && s.parent != nil && len(s.described) > 0 {
			name = s.described[0].name() + ": " + name // one of many that share the function
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

// description says that the fields of a struct are named after it.
type description struct {
	label  func() string
	object reflect.Value
	points bool // it may have fields that point to cells
}

// Describe names the cells that are fields of the struct that object points to,
// and those that its fields point to: an error says label() + "." + the field's
// name. Rules of the scope that have no name of their own are called label() +
// ": " + the name of their function. It lasts as long as the scope. Embedded and
// nested structs and arrays are searched, but no field must be changed outside of
// transactions of the graph any more. The graph calls label only to print.
func (s *Scope) Describe(tx Tx, object any, label func() string) {
	v := reflect.ValueOf(object)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(&UsageError{Problem: "Describe wants a pointer to a struct"})
	}
	tx.enter()
	s.described = append(s.described, description{label, v.Elem(), mayPoint(v.Elem().Type())})
	tx.OnUndo(func() { s.described = clearTail(s.described, len(s.described)-1) })
}

// name calls label, which is the user's and may fail.
func (d description) name() (name string) {
	defer func() {
		if p := recover(); p != nil {
			name = fmt.Sprintf("(label: %v)", p)
		}
	}()
	return d.label()
}
