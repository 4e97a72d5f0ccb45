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
	colons, at := 0, 0
	for at < len(text) {
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
		if colon >= 0 {
			colons++
		}
		if colon <= 0 {
			malformed++
			at = next
			continue
		}
		if len(index) == maxEventHeaders {
			return nil, &EventError{Kind: ErrEventTooLarge}
		}
		gap := gapAfter(line, colon)
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
	if strings.Count(text[:min(at, len(text))], ":") > colons {
		named = lengthenNames(text, index, named)
	}
	return newEvent(formatPlain, text, body, index, named, malformed), nil
}

// gapAfter is how many bytes there are between a name and its value.
func gapAfter(line string, colon int) int {
	if colon+1 < len(line) && line[colon+1] == ' ' {
		return 2
	}
	return 1
}

// lengthenNames mends the headers whose names have a colon themselves, as those of variables
// may, since names are written as they are. Values are encoded: there is none in them, so
// that the last one with a space behind it is what ends the name. That is so rare that it is
// not looked for in every line.
func lengthenNames(text string, index []entry, named int) int {
	for n := range index {
		h := &index[n]
		line := text[h.name:][:int(h.nameLen)+int(h.gap)+int(h.value)]
		colon := strings.LastIndex(line, ": ")
		if colon <= int(h.nameLen) {
			continue
		}
		gap := gapAfter(line, colon)
		h.nameLen, h.value, h.gap = uint32(colon), uint32(len(line)-colon-gap), uint8(gap)
		h.hash = hashName(line[:colon])
		if h.hash == keyEventName.hash || n == named {
			named = findNamed(index)
		}
	}
	return named
}
