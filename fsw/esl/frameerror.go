package esl

import "fmt"

// A FrameErrorKind says what is wrong with a stream. Each kind is an error
// itself, so that errors.Is(err, esl.ErrBodyTooLarge) works on what
// [Framer.Next] returns.
type FrameErrorKind uint8

// The ways in which a stream can stop being a sequence of messages.
const (
	// ErrHeaderBlockTooLong means that a header block exceeds [Limits.HeaderBlock].
	ErrHeaderBlockTooLong FrameErrorKind = iota + 1
	// ErrTooManyHeaders means that a header block exceeds [Limits.Headers].
	ErrTooManyHeaders
	// ErrHeaderLine means that a line of a header block has no colon, or no
	// name before it. A FreeSWITCH that kills a slow client may write its notice
	// into the middle of a message, which looks like this just before the end.
	ErrHeaderLine
	// ErrContentLength means that a Content-Length is not a decimal number, is
	// negative, does not fit into 63 bits, or contradicts an earlier one of the
	// same block.
	ErrContentLength
	// ErrBodyTooLarge means that a Content-Length exceeds [Limits.Body] or, for
	// an api/response, [Limits.Reply].
	ErrBodyTooLarge
	// ErrNotice means that a server has written a notice of the end into the middle of
	// a message, so that the one is incomplete and the other hard to find.
	ErrNotice
)

// String names the kind in a few words.
func (k FrameErrorKind) String() string {
	switch k {
	case ErrHeaderBlockTooLong:
		return "header block too long"
	case ErrTooManyHeaders:
		return "too many headers"
	case ErrHeaderLine:
		return "header line without a name and a colon"
	case ErrContentLength:
		return "bad Content-Length"
	case ErrBodyTooLarge:
		return "body too large"
	case ErrNotice:
		return "notice in the middle of a message"
	}
	return fmt.Sprintf("frame error %d", uint8(k))
}

// Error makes a kind an error for errors.Is.
func (k FrameErrorKind) Error() string { return "esl: " + k.String() }

// A FrameError reports where and why a stream cannot be framed any further.
// There is no way to find the next message after one: the connection is of no
// more use.
type FrameError struct {
	Kind   FrameErrorKind
	Offset int64  // position in the stream, in bytes, of the text that is wrong
	Detail string // the beginning of that text or the numbers concerned; may be empty
}

// Error describes the error; it quotes at most the first few bytes of the
// offending text.
func (e *FrameError) Error() string {
	s := fmt.Sprintf("esl: %s at byte %d", e.Kind.String(), e.Offset)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap returns the Kind.
func (e *FrameError) Unwrap() error { return e.Kind }

// quoteLimit bounds how much text of a peer gets into an error: enough to see
// what it was, too little to flood a log.
const quoteLimit = 40

// excerpt quotes the beginning of text for an error.
func excerpt[T string | []byte](text T) string {
	if len(text) <= quoteLimit {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%q... (%d bytes)", text[:quoteLimit], len(text))
}
