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

// nameOf returns the name of a cell or rule for errors.
func nameOf(n *node) string {
	if name, ok := names.Load(weak.Make(n)); ok {
		return name.(string)
	}
	if g := n.graph.Load(); g != nil {
		if name, ok := g.root.find(n); ok {
			return name
		}
	}
	if n.flags&(isCompute|isMaintain|isObserver) != 0 {
		if f, ok := n.asRule().self.(interface{ function() any }); ok {
			return functionName(f.function())
		}
	}
	return "a value without a name"
}

func functionName(fn any) string {
	f := runtime.FuncForPC(reflect.ValueOf(fn).Pointer())
	if f == nil {
		return "a rule without a name"
	}
	file, line := f.FileLine(f.Entry())
	return fmt.Sprintf("%s (%s:%d)", f.Name()[strings.LastIndexByte(f.Name(), '/')+1:],
		file[strings.LastIndexByte(file, '/')+1:], line)
}

// description says that the fields of a struct are named after it.
type description struct {
	label  func() string
	object reflect.Value
}

// Describe names the cells that are fields of the struct that object points to:
// an error says label() + "." + the field's name. It lasts as long as the scope.
// Embedded and nested structs are searched. The graph calls label only to print.
func (s *Scope) Describe(tx Tx, object any, label func() string) {
	v := reflect.ValueOf(object)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(&UsageError{Problem: "Describe wants a pointer to a struct"})
	}
	tx.enter()
	s.described = append(s.described, description{label, v.Elem()})
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

// find looks for n among the described structs of s and its children.
func (s *Scope) find(n *node) (string, bool) {
	for _, d := range s.described {
		if field, ok := fieldAt(d.object, reflect.ValueOf(n).Pointer()); ok {
			return d.name() + "." + field, true
		}
	}
	for c := s.children; c != nil; c = c.next {
		if name, ok := c.find(n); ok {
			return name, true
		}
	}
	return "", false
}

// fieldAt returns the name of the innermost exported cell field at the address.
func fieldAt(v reflect.Value, addr uintptr) (string, bool) {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		if f.Kind() != reflect.Struct {
			continue
		}
		start := f.Addr().Pointer()
		if addr < start || addr >= start+f.Type().Size() {
			continue
		}
		if addr == start && strings.HasPrefix(f.Type().PkgPath(), "github.com/freeswytch/freeswytch/") {
			if _, isCell := f.Addr().Type().MethodByName("Named"); isCell {
				return t.Name, true
			}
		}
		name, ok := fieldAt(f, addr)
		if ok && !t.Anonymous {
			name = t.Name + "." + name
		}
		return name, ok
	}
	return "", false
}
