package esl

import (
	"math"
	"slices"
	"strings"
)

// ParsePlain reads an event in the plain format: the body of a text/event-plain
// message, or the output of "uuid_dump". The event shares text. Lines without a
// colon are skipped and counted ([Event.Malformed]); the error, an [*EventError],
// is for text without any header, or with far too many.
func ParsePlain(text string) (*Event, error) {
	if uint64(len(text)) > math.MaxUint32 {
		return nil, &EventError{Kind: ErrEventTooLarge}
	}
	var scratch [298]entry
	index, body, named, malformed := scratch[:0], "", -1, 0
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		line := text[at : at+end]
		next := at + end + 1
		if len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		if len(line) == 0 {
			if next < len(text) {
				body = text[next:]
			}
			break
		}
		colon := strings.IndexByte(line, ':')
		if colon <= 0 {
			malformed++
			at = next
			continue
		}
		if len(index) == maxEventHeaders {
			return nil, &EventError{Kind: ErrEventTooLarge}
		}
		// A name is written as it is and may have a colon, as the name of a variable. Values are
		// encoded: there is none in them.
		for {
			next := strings.Index(line[colon+1:], ": ")
			if next < 0 {
				break
			}
			colon += 1 + next
		}
		gap := 1
		if colon+1 < len(line) && line[colon+1] == ' ' {
			gap = 2
		}
		// Written in place: a literal of parts of several sizes, copied as a whole, makes
		// the processor wait for the parts.
		n := len(index)
		if n == cap(index) {
			index = slices.Grow(index, n)
		}
		index = index[:n+1]
		h := &index[n]
		h.name, h.nameLen, h.value = uint32(at), uint32(colon), uint32(len(line)-colon-gap)
		h.hash, h.gap, h.flags = hashName(line[:colon]), uint8(gap), 0
		if h.hash == keyEventName.hash {
			named = n
		}
		at = next
	}
	if len(index) == 0 {
		return nil, &EventError{Kind: ErrNoHeader, Detail: excerpt(text)}
	}
	return newEvent(formatPlain, text, body, index, named, malformed), nil
}
