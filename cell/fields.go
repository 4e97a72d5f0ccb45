package cell

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// A cell without a given name is called after the field that it is, or that
// points to it. Looking for that field is looking for an address.

// span is a piece of memory that belongs to a described struct: the struct
// itself, or a cell that one of its fields points to.
type span struct {
	start, end uintptr
	scope      *Scope
	in         *description
	field      string // of the pointer
	object     reflect.Value
}

// at returns the name of the cell at the address.
func (s span) at(addr uintptr) (string, bool) {
	if addr < s.start || addr >= s.end {
		return "", false
	}
	field := s.field
	if field == "" {
		f, ok := fieldAt(s.object, addr)
		if !ok {
			return "", false
		}
		field = f
	}
	return s.in.name() + "." + field, true
}

// fieldNamed looks for n in the described structs of all scopes.
func (g *Graph) fieldNamed(n *node) (name string, ok bool) {
	addr := uintptr(n.pointer())
	g.root.spans(func(s span) bool {
		name, ok = s.at(addr)
		return !ok
	})
	return name, ok
}

// spans yields the spans of s and its children, until yield is false.
func (s *Scope) spans(yield func(span) bool) bool {
	for i := range s.described {
		d := &s.described[i]
		start := d.object.Addr().Pointer()
		if !yield(span{start, start + d.object.Type().Size(), s, d, "", d.object}) {
			return false
		}
		if d.points && !pointed(d.object, "", func(field string, cell reflect.Value) bool {
			return yield(span{cell.Pointer(), cell.Pointer() + cell.Type().Elem().Size(), s, d, field, cell.Elem()})
		}) {
			return false
		}
	}
	for c := s.children; c != nil; c = c.next {
		if !c.spans(yield) {
			return false
		}
	}
	return true
}

// fieldIndex finds the names of many cells.
type fieldIndex struct {
	spans []span // by start
	size  uintptr
}

func (g *Graph) fieldIndex() (x fieldIndex) {
	g.root.spans(func(s span) bool {
		x.spans = append(x.spans, s)
		x.size = max(x.size, s.end-s.start)
		return true
	})
	slices.SortStableFunc(x.spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return x
}

func (x fieldIndex) fieldNamed(_ *Graph, n *node) (string, bool) {
	name, s := x.find(n)
	return name, s != nil
}

// find returns the name of n by its field, and the scope with the description.
func (x fieldIndex) find(n *node) (string, *Scope) {
	addr := uintptr(n.pointer())
	i, _ := slices.BinarySearchFunc(x.spans, addr+1, func(s span, addr uintptr) int { return cmp.Compare(s.start, addr) })
	for i--; i >= 0 && x.spans[i].start+x.size > addr; i-- {
		if name, ok := x.spans[i].at(addr); ok {
			return name, x.spans[i].scope
		}
	}
	return "", nil
}

// fieldAt returns the name of the cell at the address in v, a struct.
func fieldAt(v reflect.Value, addr uintptr) (string, bool) {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		start, name := f.Addr().Pointer(), t.Name
		if addr < start || addr >= start+f.Type().Size() {
			continue
		}
		for f.Kind() == reflect.Array {
			i := (addr - start) / f.Type().Elem().Size()
			f, name = f.Index(int(i)), fmt.Sprintf("%s[%d]", name, i)
			start = f.Addr().Pointer()
		}
		if f.Kind() != reflect.Struct {
			return "", false
		}
		if isKind(f.Type()) {
			return name, true
		}
		inner, ok := fieldAt(f, addr)
		if ok && !t.Anonymous {
			inner = name + "." + inner
		}
		return inner, ok
	}
	return "", false
}

// pointed yields the cells that fields of v, a struct, point to.
func pointed(v reflect.Value, prefix string, yield func(field string, cell reflect.Value) bool) bool {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		if f.Kind() == reflect.Interface {
			f = f.Elem()
		}
		switch f.Kind() {
		case reflect.Pointer:
			if !f.IsNil() && isKind(f.Type().Elem()) && !yield(prefix+t.Name, f) {
				return false
			}
		case reflect.Struct:
			inner := prefix
			if !t.Anonymous {
				inner += t.Name + "."
			}
			if !isKind(f.Type()) && !pointed(f, inner, yield) {
				return false
			}
		}
	}
	return true
}

// mayPoint says whether a struct of type t may have fields that point to cells.
func mayPoint(t reflect.Type) bool {
	for i := range t.NumField() {
		f := t.Field(i).Type
		switch f.Kind() {
		case reflect.Interface:
			return true
		case reflect.Pointer:
			if isKind(f.Elem()) {
				return true
			}
		case reflect.Struct:
			if !isKind(f) && mayPoint(f) {
				return true
			}
		}
	}
	return false
}

// isKind says whether t is a kind of cell: one of this package, or a struct that
// keeps a Custom to itself.
func isKind(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	if t == customType || t.PkgPath() == customType.PkgPath() {
		_, named := reflect.PointerTo(t).MethodByName("Named")
		return named
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Type == customType && !f.IsExported() {
			return true
		}
	}
	return false
}

var customType = reflect.TypeFor[Custom]()
