package esl

// An event and its index are one allocation. The index of an event is found with
// a scratch array first, so its size is known then, and the sizes below are those
// that fill Go's allocation classes up (480, 768, 1152, 1792, 2688 and 4864 bytes).
// Events have 16 to 25 headers without a channel, 60 to 90 with one, and 140 to 230
// with variables.
type (
	event24 struct {
		Event
		entries [24]entry
	}
	event42 struct {
		Event
		entries [42]entry
	}
	event66 struct {
		Event
		entries [66]entry
	}
	event106 struct {
		Event
		entries [106]entry
	}
	event162 struct {
		Event
		entries [162]entry
	}
	event298 struct {
		Event
		entries [298]entry
	}
)

// allocEvent returns an event with room for n headers in its index.
func allocEvent(n int) *Event {
	switch {
	case n <= 24:
		x := new(event24)
		x.index = x.entries[:n]
		return &x.Event
	case n <= 42:
		x := new(event42)
		x.index = x.entries[:n]
		return &x.Event
	case n <= 66:
		x := new(event66)
		x.index = x.entries[:n]
		return &x.Event
	case n <= 106:
		x := new(event106)
		x.index = x.entries[:n]
		return &x.Event
	case n <= 162:
		x := new(event162)
		x.index = x.entries[:n]
		return &x.Event
	case n <= 298:
		x := new(event298)
		x.index = x.entries[:n]
		return &x.Event
	}
	return &Event{index: make([]entry, n)}
}

// newEvent makes an event of a text and an index into it, which it copies. named is
// the last header that has the hash of Event-Name, or -1.
func newEvent(f format, text, body string, index []entry, named, malformed int) *Event {
	e := allocEvent(len(index))
	copy(e.index, index)
	e.format, e.text, e.body, e.malformed = f, text, body, int32(malformed)
	if named >= 0 && !e.NameIs(named, keyEventName) { // another name with that hash
		i, ok := e.Lookup(keyEventName)
		if named = i; !ok {
			named = -1
		}
	}
	if named >= 0 {
		name, known := intern(e.raw(named))
		if !known {
			name = e.valueAt(named)
		}
		e.name = EventName(name)
	}
	return e
}

// findNamed is for those who have not noted it while they made the index.
func findNamed(index []entry) int {
	for i := len(index) - 1; i >= 0; i-- {
		if index[i].hash == keyEventName.hash {
			return i
		}
	}
	return -1
}
