package cell

import (
	"fmt"
	"reflect"
	"sync"
)

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

// pointed yields the addresses of the nodes of cells that fields of v, a struct,
// point to.
func pointed(v reflect.Value, prefix string, yield func(field string, addr uintptr) bool) bool {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		if f.Kind() == reflect.Interface {
			f = f.Elem()
		}
		switch f.Kind() {
		case reflect.Pointer:
			if f.IsNil() || !isKind(f.Type().Elem()) {
				continue
			}
			for _, offset := range nodesIn(f.Type().Elem()) {
				if !yield(prefix+t.Name, f.Pointer()+offset) {
					return false
				}
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
	if may, known := pointing.Load(t); known {
		return may.(bool)
	}
	may := false
	for i := 0; i < t.NumField() && !may; i++ {
		f := t.Field(i).Type
		switch f.Kind() {
		case reflect.Interface:
			may = true
		case reflect.Pointer:
			may = isKind(f.Elem())
		case reflect.Struct:
			may = !isKind(f) && mayPoint(f)
		}
	}
	pointing.Store(t, may)
	return may
}

// isKind says whether t is a kind of cell: one of this package, or a struct that
// keeps a Custom to itself.
func isKind(t reflect.Type) bool { return t.Kind() == reflect.Struct && len(nodesIn(t)) > 0 }

// nodesIn returns where in t, a struct, its nodes are if it is a kind of cell.
func nodesIn(t reflect.Type) (offsets []uintptr) {
	if known, ok := kindNodes.Load(t); ok {
		return known.([]uintptr)
	}
	if t == customType || t.PkgPath() == customType.PkgPath() {
		if _, named := reflect.PointerTo(t).MethodByName("Named"); named {
			offsets = []uintptr{0}
		}
	} else {
		for i := range t.NumField() {
			if f := t.Field(i); f.Type == customType && !f.IsExported() {
				offsets = append(offsets, f.Offset)
			}
		}
	}
	kindNodes.Store(t, offsets)
	return offsets
}

var (
	kindNodes  sync.Map // reflect.Type -> []uintptr, see nodesIn
	pointing   sync.Map // reflect.Type -> bool, see mayPoint
	customType = reflect.TypeFor[Custom]()
)
