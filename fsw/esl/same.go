package esl

// SameFrom reports whether the headers of e from index i on are, as received, the
// same as those of o from index j on: a quick way to see that a channel's
// variables, which end its events, have not changed. It does not allocate. Events
// of different formats are never the same in this sense.
func (e *Event) SameFrom(i int, o *Event, j int) bool {
	return e.format == o.format && len(e.index)-i == len(o.index)-j && e.tail(i) == o.tail(j)
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
