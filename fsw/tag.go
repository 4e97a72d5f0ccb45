package fsw

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// A tag names the header that feeds a cell, and after a comma what else is to be said:
//
//	`fsw:"CC-Agent"`
//	`fsw:"Application,at=CHANNEL_EXECUTE"`
//	`fsw:"variable_billmsec,ms"`
//	`fsw:"Speak,not"`
//
// A tag that is misspelt would leave a cell empty for ever: whatever is not understood
// is a panic when the struct is bound.

var units = map[string]time.Duration{"s": time.Second, "ms": time.Millisecond, "us": time.Microsecond}

// tagged is what a tag has bound, for errors.
type tagged struct {
	field, header string
	at            word
}

// bind reads the tags of a struct, and of the structs in it.
func (a *attributes) bind(t reflect.Type, offset uintptr) {
	for i := range t.NumField() {
		f := t.Field(i)
		b := binding{field: t.Name() + "." + f.Name, offset: offset + f.Offset}
		tag, found := f.Tag.Lookup("fsw")
		switch {
		case found && tag == "-":
		case found:
			a.bindTo(b, tag, f.Type)
		case mistyped(f.Tag):
			b.wrong("the tag %s is to be of the form fsw:\"Header\"", f.Tag)
		case f.Type.Kind() == reflect.Struct:
			a.bind(f.Type, b.offset)
		case f.Anonymous && f.Type.Kind() == reflect.Pointer && hasTags(f.Type.Elem()):
			b.wrong("what has tags is to be embedded itself, not a pointer to it")
		}
	}
}

func (a *attributes) bindTo(b binding, tag string, t reflect.Type) {
	header, options, _ := strings.Cut(tag, ",")
	if header == "" || header != strings.TrimSpace(header) || strings.ContainsAny(header, ":\r\n") {
		b.wrong("%q is not the name of a header", header)
	}
	for _, other := range a.tags {
		if strings.EqualFold(other.header, header) {
			b.wrong("the header %s is bound to %s", header, other.field)
		}
	}
	if options == "" && strings.Contains(tag, ",") {
		b.wrong("the tag says nothing after its comma")
	}
	for i, o := range strings.Split(options, ",") {
		at, isAt := strings.CutPrefix(o, "at=")
		unit, isUnit := units[o]
		switch {
		case isAt && at != "" && b.at.name == "":
			b.at = wordOf(at)
		case isUnit && b.unit == 0:
			b.unit = unit
		case o == "not" && !b.not:
			b.not = true
		case o != "" || i > 0:
			b.wrong("the tag says %q, which is none of s, ms, us, at=… and not, or the second of them", o)
		}
	}
	a.add(header, b.setter(t))
	a.all[len(a.all)-1].at = b.at
	a.tags = append(a.tags, tagged{b.field, header, b.at})
}

// wrong says what is wrong with a tag.
func (b binding) wrong(format string, args ...any) {
	panic("fsw: " + b.field + ": " + fmt.Sprintf(format, args...))
}

// mistyped says whether a tag without fsw:"…" was meant to have one: without the quotes
// or with a space it is no tag for Go, and nobody has keys that are nearly fsw.
func mistyped(tag reflect.StructTag) bool {
	for part := range strings.FieldsSeq(string(tag)) {
		key, _, _ := strings.Cut(part, ":")
		letters := []byte(strings.ToLower(key))
		if slices.Sort(letters); string(letters) == "fsw" {
			return true
		}
	}
	return false
}

// hasTags says whether a struct has tags.
func hasTags(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if _, found := f.Tag.Lookup("fsw"); found || f.Type.Kind() == reflect.Struct && hasTags(f.Type) {
			return true
		}
	}
	return false
}
