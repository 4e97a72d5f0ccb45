package fsw

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// attributes are the cells of a struct that are bound to headers of events. An
// event is walked once; a value that has not changed is compared in place and
// costs no allocation.
type attributes struct {
	all       []attribute
	byHash    []uint8                // by the low bits of a header's hash; no two of them meet
	variables func(u *update, i int) // takes the variables, which begin at header i; may be nil
	tags      []tagged
}

// attribute binds a header to a cell, or to a part of one.
type attribute struct {
	key esl.Key
	at  word // the only event whose header counts; the zero word if all do
	set func(u *update, i int)
}

// maxAttributes is how many fit the bits of update.seen.
const maxAttributes = 64

// update is one event on its way into the cells of a struct.
type update struct {
	sw    *Switch
	tx    cell.Tx
	of    unsafe.Pointer // the struct
	ev    *esl.Event
	first int    // index of the first header that counts
	seen  uint64 // attributes met: of repeated headers the first counts
	set   uint64 // attributes whose header counted
	row   bool   // it is a row of a table, and no event
	bad   uint64 // values that did not fit their cell

	// parts of cells of a Channel
	times       Timetable
	read, write Codec
}

func (a *attributes) add(header string, set func(u *update, i int)) {
	if len(a.all) == maxAttributes {
		panic(fmt.Sprintf("fsw: a struct binds more than %d headers", maxAttributes))
	}
	a.all = append(a.all, attribute{key: esl.MakeKey(header), set: set})
}

// index makes byHash, of a size such that no two attributes meet.
func (a *attributes) index() {
	for size := 256; ; size *= 2 {
		a.byHash = make([]uint8, size)
		clash := false
		for n, at := range a.all {
			slot := &a.byHash[int(at.key.Hash())%size]
			clash = clash || *slot != 0
			*slot = uint8(n + 1)
		}
		if !clash {
			return
		}
		if size > 1<<16 {
			panic("fsw: a struct binds a header twice, or two that have one hash")
		}
	}
}

// update sets the cells of the struct that the event speaks of. Cells keep what
// they had if a value does not fit them.
func (a *attributes) update(u *update) {
	ev := u.ev
	mask := len(a.byHash) - 1
	variables := -1
	for i := u.first; i < ev.Len(); i++ {
		hash := ev.NameHash(i)
		if n := int(a.byHash[int(hash)&mask]) - 1; n >= 0 {
			at := &a.all[n]
			if at.key.Hash() == hash && u.seen&(1<<n) == 0 && ev.NameIs(i, at.key) {
				u.seen |= 1 << n
				if at.at.name == "" || u.row || at.at.is(ev) {
					u.set |= 1 << n
					at.set(u, i)
				}
				continue
			}
		}
		if variables < 0 && a.variables != nil && strings.HasPrefix(ev.NameAt(i), variablePrefix) {
			variables = i
		}
	}
	if variables >= 0 {
		a.variables(u, variables)
	}
}

// binding is a field with a tag.
type binding struct {
	field  string
	offset uintptr
	at     word
	unit   time.Duration // 0 if the tag says none
	not    bool          // false if the header says true
}

// setter returns what sets a cell of the type t.
func (b binding) setter(t reflect.Type) func(u *update, i int) {
	peek, ok := reflect.PointerTo(t).MethodByName("Peek")
	if !ok || t.PkgPath() != reflect.TypeFor[cell.Value[int]]().PkgPath() || !strings.HasPrefix(t.Name(), "Value[") {
		b.wrong("it is no cell.Value")
	}
	held := peek.Type.Out(0)
	timed := held == reflect.TypeFor[time.Time]() || held == reflect.TypeFor[time.Duration]()
	switch {
	case b.unit != 0 && !timed:
		b.wrong("s, ms and us are for a time.Time and a time.Duration")
	case b.not && held != reflect.TypeFor[bool]():
		b.wrong("not is for a bool")
	}
	ownText := reflect.PointerTo(held).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	switch {
	case held == reflect.TypeFor[time.Time]():
		unit := int64(b.in(time.Microsecond))
		second := int64(time.Second) / unit
		return number(b, func(n int64) (t time.Time, ok bool) {
			if n != 0 {
				t = time.Unix(n/second, n%second*unit)
			}
			return t, true
		})
	case held == reflect.TypeFor[time.Duration]():
		unit := b.in(time.Second)
		return number(b, func(n int64) (d time.Duration, ok bool) {
			d = time.Duration(n) * unit
			return d, int64(d/unit) == n // else it is more than 290 years
		})
	case ownText:
		return b.unmarshal(t, held)
	case held.Kind() == reflect.String:
		// A string type of its own has the form and the == of string, and that is
		// all a Value knows of what it holds.
		return func(u *update, i int) { u.text((*cell.Value[string])(unsafe.Add(u.of, b.offset)), i) }
	case held == reflect.TypeFor[bool]():
		return func(u *update, i int) {
			_, v := u.ev.At(i)
			(*cell.Value[bool])(unsafe.Add(u.of, b.offset)).Set(u.tx, isTrue(v) != b.not)
		}
	case held == reflect.TypeFor[float64]():
		return func(u *update, i int) {
			_, v := u.ev.At(i)
			if x, err := strconv.ParseFloat(v, 64); err == nil {
				(*cell.Value[float64])(unsafe.Add(u.of, b.offset)).Set(u.tx, x)
			} else {
				u.bad++
			}
		}
	case held.Kind() == reflect.Int64:
		return number(b, func(n int64) (int64, bool) { return n, true })
	case held.Kind() == reflect.Int:
		return number(b, func(n int64) (int, bool) { return int(n), int64(int(n)) == n })
	case held.Kind() == reflect.Uint64:
		return func(u *update, i int) {
			_, v := u.ev.At(i)
			if n, err := strconv.ParseUint(v, 10, 64); err == nil {
				(*cell.Value[uint64])(unsafe.Add(u.of, b.offset)).Set(u.tx, n)
			} else {
				u.bad++
			}
		}
	}
	b.wrong("a header cannot be bound to a cell.Value of %v", held)
	return nil
}

func (b binding) in(usual time.Duration) time.Duration {
	if b.unit == 0 {
		return usual
	}
	return b.unit
}

// number is for what is made of a whole number, if that fits.
func number[T comparable](b binding, of func(int64) (T, bool)) func(u *update, i int) {
	return func(u *update, i int) {
		n, ok := u.number(i)
		if !ok {
			return
		}
		if x, fits := of(n); fits {
			(*cell.Value[T])(unsafe.Add(u.of, b.offset)).Set(u.tx, x)
		} else {
			u.bad++
		}
	}
}

// unmarshal is for types that read themselves. They are handed over by reflection,
// which allocates at each event that has the header.
func (b binding) unmarshal(t, held reflect.Type) func(u *update, i int) {
	return func(u *update, i int) {
		_, v := u.ev.At(i)
		x := reflect.New(held)
		if err := x.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(v)); err != nil {
			u.bad++
			return
		}
		set := reflect.NewAt(t, unsafe.Add(u.of, b.offset)).MethodByName("Set")
		set.Call([]reflect.Value{reflect.ValueOf(u.tx), x.Elem()})
	}
}

// text sets a cell of text.
func (u *update) text(c *cell.Value[string], i int) {
	if !u.ev.ValueIs(i, c.Peek(u.tx.Reader)) {
		c.Set(u.tx, u.sw.repeated.own(u.ev, i))
	}
}

// number reads a whole number. What is none is counted.
func (u *update) number(i int) (n int64, ok bool) {
	n, ok = u.ev.IntAt(i)
	if !ok {
		u.bad++
	}
	return n, ok
}

// isTrue is how FreeSWITCH reads a switch (switch_true in switch_utils.c).
func isTrue(s string) bool {
	switch strings.ToLower(s) {
	case "yes", "on", "true", "t", "enabled", "active", "allow":
		return true
	}
	if s == "" || s[0] > '9' {
		return false // "false", most often: an error of strconv would be an allocation
	}
	n, err := strconv.Atoi(s)
	return err == nil && n != 0
}
