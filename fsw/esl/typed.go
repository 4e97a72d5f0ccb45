package esl

import (
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
)

var (
	keyUniqueID     = MakeKey("Unique-ID")
	keyCoreUUID     = MakeKey("Core-UUID")
	keyChannelState = MakeKey("Channel-State")
	keyCallState    = MakeKey("Channel-Call-State")
	keyAnswerState  = MakeKey("Answer-State")
	keyDirection    = MakeKey("Call-Direction")
	keyHangupCause  = MakeKey("Hangup-Cause")
)

// VariablePrefix is what the header of a channel variable's value begins with.
const VariablePrefix = "variable_"

// Int returns a header that is a whole number in decimal digits, and whether it is
// there and one.
func (e *Event) Int(name string) (n int64, ok bool) { return e.number(MakeKey(name)) }

// Uint is Int for numbers that are not negative, up to 18446744073709551615.
func (e *Event) Uint(name string) (n uint64, ok bool) {
	n, err := strconv.ParseUint(e.Value(name), 10, 64)
	if err != nil {
		return 0, false
	}
	return n, true
}

// Bool returns a header that is one of the words by which FreeSWITCH says true (yes,
// on, true, t, enabled, active, allow, in any case, or a whole number other than 0) or false
// (no, off, false, f, disabled, inactive, disallow, or 0), and whether it is one of them.
func (e *Event) Bool(name string) (b, ok bool) {
	v := e.Value(name)
	switch strings.ToLower(v) {
	case "yes", "on", "true", "t", "enabled", "active", "allow":
		return true, true
	case "no", "off", "false", "f", "disabled", "inactive", "disallow":
		return false, true
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return err == nil && n != 0, err == nil
}

// Time returns a header that counts microseconds since 1970, as those named
// Caller-...-Time and Event-Date-Timestamp do. It is false for 0, too, by which the server
// says that something has not happened.
func (e *Event) Time(name string) (t time.Time, ok bool) { return e.time(MakeKey(name)) }

func (e *Event) time(k Key) (time.Time, bool) {
	n, ok := e.number(k)
	if !ok || n == 0 {
		return time.Time{}, false
	}
	return time.UnixMicro(n), true
}

// Duration returns a header that counts units: time.Second for variable_billsec,
// time.Millisecond for variable_billmsec, time.Microsecond for variable_billusec. It is false
// for what is no whole number or more than 292 years, too.
func (e *Event) Duration(name string, unit time.Duration) (d time.Duration, ok bool) {
	n, ok := e.Int(name)
	if !ok || unit <= 0 || n > math.MaxInt64/int64(unit) || n < math.MinInt64/int64(unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// Variable returns a channel variable, which is named without "variable_", and
// whether the event has it. Not all events of a channel have its variables.
func (e *Event) Variable(name string) (value string, ok bool) { return e.Get(VariablePrefix + name) }

// Variables iterates over the channel variables, named without "variable_", in their
// order on the wire.
func (e *Event) Variables() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range e.index {
			name := e.NameAt(i)
			if !hasPrefixFold(name, VariablePrefix) {
				continue
			}
			if !yield(name[len(VariablePrefix):], e.valueAt(i)) {
				return
			}
		}
	}
}

// UniqueID returns the id of the channel that the event is about, or an empty string.
func (e *Event) UniqueID() string { return e.word(keyUniqueID) }

// CoreUUID returns the id of the server's process: one that is started again has
// another.
func (e *Event) CoreUUID() string { return e.word(keyCoreUUID) }

// ChannelState returns the Channel-State header, empty if there is none.
func (e *Event) ChannelState() ChannelState { return ChannelState(e.word(keyChannelState)) }

// CallState returns the Channel-Call-State header, empty if there is none.
func (e *Event) CallState() CallState { return CallState(e.word(keyCallState)) }

// AnswerState returns the Answer-State header, empty if there is none.
func (e *Event) AnswerState() AnswerState { return AnswerState(e.word(keyAnswerState)) }

// Direction returns the Call-Direction header, empty if there is none.
func (e *Event) Direction() Direction { return Direction(e.word(keyDirection)) }

// HangupCause returns the Hangup-Cause header, empty if there is none, as is the
// case before a hang-up. See [HangupCause.Q850] for its code.
func (e *Event) HangupCause() HangupCause { return HangupCause(e.word(keyHangupCause)) }

func (e *Event) word(k Key) string {
	i, ok := e.Lookup(k)
	if !ok {
		return ""
	}
	return e.valueAt(i)
}
