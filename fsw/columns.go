package fsw

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
)

// columns are what the cells of many structs of one type hold, a column a cell: all that
// hold no pointers, other than the embedded Handler's.
type columns []column

type column interface {
	// take adds what the cell of a struct holds, put sets that of another one to the
	// i-th that was taken.
	take(r cell.Reader, of unsafe.Pointer)
	put(tx cell.Tx, of unsafe.Pointer, i int)
}

type columnOf[T comparable] struct {
	offset uintptr
	held   []T
}

func (c *columnOf[T]) cell(of unsafe.Pointer) *cell.Value[T] {
	return (*cell.Value[T])(unsafe.Add(of, c.offset))
}

func (c *columnOf[T]) take(r cell.Reader, of unsafe.Pointer) {
	c.held = append(c.held, c.cell(of).Peek(r))
}

func (c *columnOf[T]) put(tx cell.Tx, of unsafe.Pointer, i int) { c.cell(of).Set(tx, c.held[i]) }

// columnsOf returns the columns of a type, without rows. Cells of a type that is not known
// here panic: they would not be mirrored.
func columnsOf[T any]() (all columns) {
	t := reflect.TypeFor[T]()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type.PkgPath() != reflect.TypeFor[cell.Value[int]]().PkgPath() || !strings.HasPrefix(f.Type.Name(), "Value[") {
			continue
		}
		get, _ := reflect.PointerTo(f.Type).MethodByName("Peek")
		switch held := get.Type.Out(0); {
		case held == reflect.TypeFor[time.Time]():
			all = append(all, &columnOf[time.Time]{offset: f.Offset})
		case held == reflect.TypeFor[Timetable]():
			all = append(all, &columnOf[Timetable]{offset: f.Offset})
		case held == reflect.TypeFor[Codec]():
			all = append(all, &columnOf[Codec]{offset: f.Offset})
		case held.Kind() == reflect.String: // see binding.setter
			all = append(all, &columnOf[string]{offset: f.Offset})
		case held.Kind() == reflect.Bool:
			all = append(all, &columnOf[bool]{offset: f.Offset})
		case held.Kind() == reflect.Int:
			all = append(all, &columnOf[int]{offset: f.Offset})
		case held.Kind() == reflect.Pointer: // see image
		default:
			panic(fmt.Sprintf("fsw: %v.%s cannot be mirrored", t, f.Name))
		}
	}
	return all
}

func (cs columns) take(r cell.Reader, of unsafe.Pointer) {
	for _, c := range cs {
		c.take(r, of)
	}
}

func (cs columns) put(tx cell.Tx, of unsafe.Pointer, i int) {
	for _, c := range cs {
		c.put(tx, of, i)
	}
}
