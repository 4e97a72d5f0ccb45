package esl

import (
	"strconv"
	"strings"
)

// The methods in this file give access to headers by their index. They are for
// code that reads many events and keeps what it finds: it can walk an event once,
// dispatch on NameHash, and compare a value with the one it already has before
// making a string of it.

// Lookup returns the index of a header, the one whose value [Event.Get] returns.
func (e *Event) Lookup(k Key) (i int, ok bool) {
	if k.last {
		for i := len(e.index) - 1; i >= 0; i-- {
			if e.index[i].hash == k.hash && e.nameIs(i, k.name) {
				return i, true
			}
		}
		return 0, false
	}
	for i := range e.index {
		if e.index[i].hash == k.hash && e.nameIs(i, k.name) {
			return i, true
		}
	}
	return 0, false
}

// NameHash returns the hash of the name of header i, to be compared with
// [Key.Hash]. Equal hashes do not make equal names: check with NameIs.
func (e *Event) NameHash(i int) uint16 { return e.index[i].hash }

// NameIs reports whether header i has the name of k, without regard to case.
func (e *Event) NameIs(i int, k Key) bool {
	return e.index[i].hash == k.hash && e.nameIs(i, k.name)
}

// ValueIs reports whether the decoded value of header i equals s. It does not
// allocate.
func (e *Event) ValueIs(i int, s string) bool {
	raw := e.raw(i)
	switch e.format {
	case formatPlain:
		if raw == undef {
			return s == ""
		}
		return decodesTo(raw, s)
	case formatJSON:
		flags := e.index[i].flags
		switch {
		case flags&jsonArray != 0:
			return arrayIs(raw, s)
		case flags&escapedValue != 0:
			rest, ok := cutUnescaped(s, raw)
			return ok && rest == ""
		}
	}
	return raw == s
}

// ValueString returns the decoded value of header i as a string of its own: it
// shares no memory with the event, so that keeping it does not keep the event.
func (e *Event) ValueString(i int) string {
	raw := e.raw(i)
	switch e.format {
	case formatPlain:
		if raw == undef {
			return ""
		}
		if v, fresh := decode(raw); fresh {
			return v
		}
	case formatJSON:
		if e.index[i].flags != 0 {
			return strings.Clone(e.valueAt(i))
		}
	}
	return strings.Clone(raw)
}

// AppendValue appends the decoded value of header i to dst. It allocates only if dst
// has not enough room.
func (e *Event) AppendValue(dst []byte, i int) []byte {
	raw := e.raw(i)
	switch e.format {
	case formatPlain:
		if raw == undef {
			return dst
		}
		return appendDecoded(dst, raw)
	case formatJSON:
		if e.index[i].flags != 0 {
			return append(dst, e.valueAt(i)...)
		}
	}
	return append(dst, raw...)
}

// IntAt returns header i as Event.Int does: a whole number in decimal digits, and
// whether it is one.
func (e *Event) IntAt(i int) (n int64, ok bool) {
	raw := e.raw(i)
	if len(raw) > 0 && len(raw) <= 18 && e.index[i].flags == 0 {
		for j := range len(raw) {
			c := raw[j] - '0'
			if c > 9 {
				return e.parseInt(i)
			}
			n = n*10 + int64(c)
		}
		return n, true // as all of FreeSWITCH's times and counters are
	}
	return e.parseInt(i)
}

// parseInt is IntAt for signs, very large numbers, and what is encoded or none.
func (e *Event) parseInt(i int) (n int64, ok bool) {
	n, err := strconv.ParseInt(e.valueAt(i), 10, 64)
	if err != nil {
		return 0, false // not the limit that ParseInt returns for what is beyond it
	}
	return n, true
}

// raw returns the text of the value of header i.
func (e *Event) raw(i int) string {
	h := &e.index[i]
	at := int(h.name) + int(h.nameLen) + int(h.gap)
	return e.text[at : at+int(h.value)]
}

// rawName returns the text of the name of header i.
func (e *Event) rawName(i int) string {
	h := &e.index[i]
	return e.text[h.name : int(h.name)+int(h.nameLen)]
}

func (e *Event) nameIs(i int, name string) bool {
	n := e.rawName(i)
	return n == name || equalFold(n, name) ||
		e.index[i].flags&escapedName != 0 && equalFold(unescape(n), name)
}

// NameAt returns the name of header i as it was sent.
func (e *Event) NameAt(i int) string {
	if e.index[i].flags&escapedName != 0 {
		return unescape(e.rawName(i))
	}
	return e.rawName(i)
}

func (e *Event) valueAt(i int) string {
	raw := e.raw(i)
	switch e.format {
	case formatPlain:
		if raw == undef {
			return ""
		}
		return Decode(raw)
	case formatJSON:
		flags := e.index[i].flags
		switch {
		case flags&jsonArray != 0:
			return joinArray(jsonElements(raw))
		case flags&escapedValue != 0:
			return unescape(raw)
		}
	}
	return raw
}

// array returns the elements of header i, or its value as the only one.
func (e *Event) array(i int) []string {
	if e.index[i].flags&jsonArray != 0 {
		return jsonElements(e.raw(i))
	}
	v := e.valueAt(i)
	if rest, ok := strings.CutPrefix(v, arrayPrefix); ok && e.format != formatJSON {
		return strings.Split(rest, arrayDelim)
	}
	return []string{v}
}

// joinArray writes elements the way FreeSWITCH does outside of JSON.
func joinArray(elements []string) string {
	switch len(elements) {
	case 0:
		return ""
	case 1:
		return elements[0]
	}
	return arrayPrefix + strings.Join(elements, arrayDelim)
}
