package esl

// SameFrom reports whether the headers of e from index i on are, as received, the
// same as those of o from index j on: a quick way to see that a channel's
// variables, which end its events, have not changed. It does not allocate. Events
// of different formats are never the same in this sense.
func (e *Event) SameFrom(i int, o *Event, j int) bool {
	if e.format != o.format || len(e.index)-i != len(o.index)-j || e.tail(i) != o.tail(j) {
		return false
	}
	if e.format == formatNative {
		// The text of an event from NewEvent does not show where a name ends.
		for k := range e.index[min(i, len(e.index)):] {
			a, b := &e.index[i+k], &o.index[j+k]
			if a.nameLen != b.nameLen || a.value != b.value {
				return false
			}
		}
	}
	return true
}

// tail returns the text from header i to the end of the last header.
func (e *Event) tail(i int) string {
	if i >= len(e.index) {
		return ""
	}
	last := &e.index[len(e.index)-1]
	end := int(last.name) + int(last.nameLen) + int(last.gap) + int(last.value)
	return e.text[e.index[i].name:end]
}
