package esl

// An AnswerState says how far the answer to a call has come: the Answer-State header.
// Unknown ones are kept as the server sent them.
type AnswerState string

// The states of an answer.
const (
	AnswerRinging  AnswerState = "ringing" // neither answered nor hung up, whether or not it rings
	AnswerEarly    AnswerState = "early"   // audio before the answer
	AnswerAnswered AnswerState = "answered"
	AnswerHangup   AnswerState = "hangup"
)

// Known reports whether FreeSWITCH has this state.
func (s AnswerState) Known() bool {
	switch s {
	case AnswerRinging, AnswerEarly, AnswerAnswered, AnswerHangup:
		return true
	}
	return false
}
