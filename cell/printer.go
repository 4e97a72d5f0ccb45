package cell

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// printer prints values for snapshots. What a pointer points to may be changed by
// others at this moment, so it is not looked at.
type printer struct {
	strings.Builder
	limit int // of bytes
	size  int // of the collection, more than its items if these are only the first
}

const (
	maxDepth   = 4
	maxMapKeys = 256 // they are sorted
)

func (p *printer) text() string {
	s := p.String()
	if len(s) <= p.limit {
		return s
	}
	return strings.ToValidUTF8(s[:p.limit], "") + "…"
}

func (p *printer) full() bool { return p.Len() > p.limit }

func (p *printer) value(v reflect.Value, depth int) {
	if p.full() {
		return
	}
	switch v.Kind() {
	case reflect.Invalid:
		p.WriteString("nil")
	case reflect.Interface:
		p.value(v.Elem(), depth)
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		if v.IsZero() {
			p.WriteString("nil")
		} else {
			p.WriteString("(" + v.Type().String() + ")")
		}
	case reflect.Slice, reflect.Array:
		p.sequence(v, depth)
	case reflect.Map:
		p.keys(v, depth)
	default:
		if s, ok := ownText(v); ok {
			p.WriteString(s)
		} else {
			p.plain(v, depth)
		}
	}
}

// ownText returns what a number, string or struct says of itself.
func ownText(v reflect.Value) (text string, ok bool) {
	if !v.CanInterface() {
		return "", false
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339Nano), true
	case fmt.Stringer:
		defer func() {
			if p := recover(); p != nil {
				text, ok = fmt.Sprintf("(String: %v)", p), true
			}
		}()
		return x.String(), true
	}
	return "", false
}

func (p *printer) plain(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		s := v.String()
		p.WriteString(strconv.Quote(s[:min(len(s), p.limit)]))
	case reflect.Struct:
		if depth == maxDepth {
			p.WriteString("{…}")
			return
		}
		p.WriteByte('{')
		for i := range v.NumField() {
			if i > 0 {
				p.WriteByte(' ')
			}
			p.WriteString(v.Type().Field(i).Name + ":")
			p.value(v.Field(i), depth+1)
		}
		p.WriteByte('}')
	default:
		fmt.Fprint(p, v)
	}
}

func (p *printer) sequence(v reflect.Value, depth int) {
	switch {
	case v.Type().Elem().Kind() == reflect.Uint8:
		n := min(v.Len(), p.limit)
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(v.Index(i).Uint())
		}
		p.WriteString(strconv.Quote(string(b)))
		return
	case depth == maxDepth:
		p.WriteString("[…]")
		return
	}
	p.WriteByte('[')
	for i := 0; i < v.Len() && !p.full(); i++ {
		if i > 0 {
			p.WriteByte(' ')
		}
		p.value(v.Index(i), depth+1)
	}
	p.more(v.Len(), depth)
	p.WriteByte(']')
}

func (p *printer) keys(v reflect.Value, depth int) {
	if v.Len() > maxMapKeys || depth == maxDepth {
		fmt.Fprintf(p, "map[…%d keys]", v.Len())
		return
	}
	var entries []string
	for k, x := range v.Seq2() {
		e := printer{limit: p.limit}
		e.value(k, depth+1)
		e.WriteByte(':')
		e.value(x, depth+1)
		entries = append(entries, e.String())
	}
	slices.Sort(entries)
	p.WriteString("map[" + strings.Join(entries, " "))
	p.more(v.Len(), depth)
	p.WriteByte(']')
}

// more counts the items of a collection that were left out.
func (p *printer) more(shown, depth int) {
	if more := p.size - shown; depth == 0 && more > 0 {
		fmt.Fprintf(p, " …%d more", more)
	}
}
