package esl

import "fmt"

// An EventErrorKind says why no event could be read. Each kind is an error
// itself, for errors.Is.
type EventErrorKind uint8

// The ways in which reading an event can fail.
const (
	// ErrNoEvent means that the message is of a type that carries no event.
	ErrNoEvent EventErrorKind = iota + 1
	// ErrXML means that the event is in the XML format. FreeSWITCH's XML is not
	// always well formed, so it is not read here; subscribe in plain or JSON.
	ErrXML
	// ErrJSON means that the text is not a JSON object.
	ErrJSON
	// ErrNoHeader means that the text has not a single header.
	ErrNoHeader
	// ErrEventTooLarge means that the text has more than 65,536 headers or 4 GiB.
	ErrEventTooLarge
)

// maxEventHeaders bounds the index of an event, which for tiny headers is larger
// than their text. Real events have a few hundred.
const maxEventHeaders = 1 << 16

// String names the kind in a few words.
func (k EventErrorKind) String() string {
	switch k {
	case ErrNoEvent:
		return "message carries no event"
	case ErrXML:
		return "events in XML format are not supported, subscribe in plain or json"
	case ErrJSON:
		return "event is not a JSON object"
	case ErrNoHeader:
		return "event without any header"
	case ErrEventTooLarge:
		return "event too large"
	}
	return fmt.Sprintf("event error %d", uint8(k))
}

// Error makes a kind an error for errors.Is.
func (k EventErrorKind) Error() string { return "esl: " + k.String() }

// An EventError reports why no event could be read from a text. The message it
// came in was framed well, so the connection is not harmed.
type EventError struct {
	Kind   EventErrorKind
	Offset int    // position in the text, in bytes, where reading failed
	Detail string // what was found there, cut short; may be empty
}

// Error describes the error; it quotes at most a few bytes of the text.
func (e *EventError) Error() string {
	s := "esl: " + e.Kind.String()
	if e.Kind == ErrJSON {
		s += fmt.Sprintf(" at byte %d", e.Offset)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap returns the Kind.
func (e *EventError) Unwrap() error { return e.Kind }
