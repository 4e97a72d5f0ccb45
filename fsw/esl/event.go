package esl

import (
	"fmt"
	"iter"
	"strings"
	"time"
	"unsafe"
)

// An Event is one event of a FreeSWITCH server: a name, headers in the order in
// which they were sent, and perhaps a body. It is immutable and may be shared
// between goroutines. Events are made by [Message.Event], [ParsePlain],
// [ParseJSON] and [NewEvent].
//
// Header names are matched without regard to case, and kept as they were sent:
// one event may well hold both Channel-Read-Codec-Name and
// channel-read-codec-name. If a name occurs several times, the first header is the
// one that counts, except for those that the server adds to each event it fires
// (Event-Name, Event-Sequence, Event-UUID, Core-UUID, the Event-Date and
// Event-Calling group, and Content-Length): there the last one is the server's, and
// an earlier one was put in by whoever made the event.
//
// An event shares the text of the message it came in. Strings that it returns may
// be parts of that text and keep all of it alive; [Event.ValueString] returns one
// that does not.
type Event struct {
	text  string
	body  string
	name  EventName
	index []entry

	malformed int32
	format    format
}

// format is the encoding of the text that an event's index points into.
type format uint8

const (
	formatNative format = iota // as given to NewEvent
	formatPlain
	formatJSON
)

// entry locates one header in an event's text.
type entry struct {
	name    uint32 // offset
	nameLen uint32
	value   uint32 // length
	hash    uint16
	gap     uint8 // bytes between name and value
	flags   uint8
}

// Flags of headers in the JSON format.
const (
	escapedName  = 1 << iota // the name has escapes
	escapedValue             // the value has escapes
	jsonArray                // the value is an array with its brackets
)

var keyEventName, keySubclass, keySequence, keyTimestamp = MakeKey("Event-Name"),
	MakeKey("Event-Subclass"), MakeKey("Event-Sequence"), MakeKey("Event-Date-Timestamp")

// arrayPrefix starts a header value that is an array, and arrayDelim separates
// its elements. The server escapes neither inside of elements.
const (
	arrayPrefix = "ARRAY::"
	arrayDelim  = "|:"
)

// undef is what the plain format has in the place of an empty value.
const undef = "_undef_"

// Name returns the Event-Name header, such as "CHANNEL_ANSWER"; the last one if
// there are several. It is empty if there is none, as can be in events that were
// diverted from a session.
func (e *Event) Name() EventName { return e.name }

// Subclass returns the Event-Subclass header, such as "conference::maintenance",
// or an empty string.
func (e *Event) Subclass() string {
	i, ok := e.Lookup(keySubclass)
	if !ok {
		return ""
	}
	if s, ok := intern(e.raw(i)); ok {
		return s
	}
	return e.valueAt(i)
}

// Get returns the decoded value of a header, and whether the event has it. An
// empty value, which the plain format writes as "_undef_", is returned as empty;
// [Event.Raw] shows what was sent. An array is returned as FreeSWITCH itself
// writes it, "ARRAY::a|:b"; see [Event.Array].
func (e *Event) Get(name string) (value string, ok bool) {
	i, ok := e.Lookup(MakeKey(name))
	if !ok {
		return "", false
	}
	return e.valueAt(i), true
}

// Value is Get without telling an absent header from an empty one.
func (e *Event) Value(name string) string {
	v, _ := e.Get(name)
	return v
}

// Has reports whether the event has a header of this name, be it empty.
func (e *Event) Has(name string) bool {
	_, ok := e.Lookup(MakeKey(name))
	return ok
}

// Raw returns the value of a header as it is in the text the event was read from:
// URL-encoded in the plain format, with its escapes in the JSON format. Of several
// headers it picks the one that Get does.
func (e *Event) Raw(name string) (value string, ok bool) {
	i, ok := e.Lookup(MakeKey(name))
	if !ok {
		return "", false
	}
	return e.raw(i), true
}

// Values returns the values of all headers of this name in their order, each
// array as its elements; nil if there is none.
func (e *Event) Values(name string) []string {
	k := MakeKey(name)
	var vs []string
	for i := range e.index {
		if e.NameIs(i, k) {
			vs = append(vs, e.array(i)...)
		}
	}
	return vs
}

// Array returns the elements of a header that is an array, and whether the event
// has it. A value that is no array is returned as the only element, since the
// plain format does not tell an array of one from it.
func (e *Event) Array(name string) (elements []string, ok bool) {
	i, ok := e.Lookup(MakeKey(name))
	if !ok {
		return nil, false
	}
	return e.array(i), true
}

// Len returns the number of headers, repeated ones counted each time.
func (e *Event) Len() int { return len(e.index) }

// At returns the name and the decoded value of header i, in the order on the
// wire. It panics if i is not in [0, Len()).
func (e *Event) At(i int) (name, value string) { return e.NameAt(i), e.valueAt(i) }

// All iterates over the headers in their order on the wire, repeated ones
// included, with decoded values.
func (e *Event) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range e.index {
			if !yield(e.NameAt(i), e.valueAt(i)) {
				return
			}
		}
	}
}

// Body returns the body of the event, which is never encoded; empty if it has
// none. It is everything behind the first empty line of a plain event, whatever
// the Content-Length headers say.
func (e *Event) Body() string { return e.body }

// Size returns about how many bytes of memory the event takes.
func (e *Event) Size() int { return len(e.text) + len(e.index)*int(unsafe.Sizeof(entry{})) }

// HasBody reports whether the event has a body that is not empty. (The plain
// format does not tell an empty one from none.)
func (e *Event) HasBody() bool { return e.body != "" }

// Malformed returns the number of lines that were skipped when the event was
// read, because they had no name or no colon.
func (e *Event) Malformed() int { return int(e.malformed) }

// Sequence returns the Event-Sequence header. The server numbers events when it
// creates them, not when it sends them: numbers have gaps, and are not in order.
func (e *Event) Sequence() (n int64, ok bool) { return e.number(keySequence) }

// Timestamp returns the time at which the server fired the event, from
// Event-Date-Timestamp, which has microseconds.
func (e *Event) Timestamp() (t time.Time, ok bool) { return e.time(keyTimestamp) }

func (e *Event) number(k Key) (int64, bool) {
	i, ok := e.Lookup(k)
	if !ok {
		return 0, false
	}
	return e.IntAt(i)
}

// Equal reports whether two events have the same headers, decoded and in the
// same order, and the same body. It does not matter how they were encoded.
func (e *Event) Equal(o *Event) bool {
	if e == o || e == nil || o == nil {
		return e == o
	}
	if len(e.index) != len(o.index) || e.body != o.body {
		return false
	}
	for i := range e.index {
		if e.NameAt(i) != o.NameAt(i) || e.valueAt(i) != o.valueAt(i) {
			return false
		}
	}
	return true
}

// String describes the event in one line: name, subclass, sequence, channel and
// sizes, not its headers.
func (e *Event) String() string {
	if e == nil {
		return "<nil>"
	}
	var b strings.Builder
	b.WriteString(string(e.name))
	if e.name == "" {
		b.WriteString("(no Event-Name)")
	}
	if s := e.Subclass(); s != "" {
		b.WriteString(" " + short(s))
	}
	if n, ok := e.Sequence(); ok {
		fmt.Fprintf(&b, " #%d", n)
	}
	if id := e.Value("Unique-ID"); id != "" {
		b.WriteString(" " + short(id))
	}
	fmt.Fprintf(&b, " (%d headers", e.Len())
	if e.HasBody() {
		fmt.Fprintf(&b, ", body of %d bytes", len(e.body))
	}
	b.WriteString(")")
	return b.String()
}

// short cuts text for [Event.String].
func short(s string) string { return s[:min(len(s), quoteLimit)] }
