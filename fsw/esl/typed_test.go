package esl

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestNumbersTimesAndWordsOfHeaders(t *testing.T) {
	e := NewEvent("CHANNEL_HANGUP_COMPLETE",
		"Caller-Channel-Created-Time", "1795370974858203", "Caller-Channel-Answered-Time", "0",
		"Unique-ID", "a", "Channel-State", "CS_HANGUP", "Channel-Call-State", "HANGUP",
		"Answer-State", "hangup", "Call-Direction", "inbound", "Hangup-Cause", "USER_BUSY",
		"Core-UUID", "c", "Max", "18446744073709551615", "Min", "-9223372036854775808",
		"Yes", "ON", "No", "disabled", "One", "1", "Zero", "0", "Odd", "1.5",
		"variable_billsec", "61", "variable_billusec", "61000001", "Variable_DP", "x",
		"Empty", "", "Big", "9223372036854775807")
	created := time.UnixMicro(1795370974858203)
	for name, got := range map[string]any{
		"created {1795370974858203 true}":                show(e.Int("Caller-Channel-Created-Time")),
		"max {18446744073709551615 true}":                show(e.Uint("Max")),
		"min {-9223372036854775808 true}":                show(e.Int("Min")),
		"max as int {0 false}":                           show(e.Int("Max")),
		"min as uint {0 false}":                          show(e.Uint("Min")),
		"absent {0 false}":                               show(e.Int("Nothing")),
		"empty {0 false}":                                show(e.Uint("Empty")),
		"odd {0 false}":                                  show(e.Int("Odd")),
		"yes {true true}":                                show(e.Bool("Yes")),
		"no {false true}":                                show(e.Bool("No")),
		"one {true true}":                                show(e.Bool("One")),
		"zero {false true}":                              show(e.Bool("Zero")),
		"no bool {false false}":                          show(e.Bool("Odd")),
		"no bool there {false false}":                    show(e.Bool("Nothing")),
		"empty bool {false false}":                       show(e.Bool("Empty")),
		"billsec {1m1s true}":                            show(e.Duration("variable_billsec", time.Second)),
		"billusec {1m1.000001s true}":                    show(e.Duration("variable_billusec", time.Microsecond)),
		"too long {0s false}":                            show(e.Duration("Big", time.Second)),
		"too long back {0s false}":                       show(e.Duration("Min", time.Second)),
		"no unit {0s false}":                             show(e.Duration("variable_billsec", 0)),
		"answered {0001-01-01 00:00:00 +0000 UTC false}": show(e.Time("Caller-Channel-Answered-Time")),
		fmt.Sprintf("created at {%v true}", created):     show(e.Time("Caller-Channel-Created-Time")),
		"variable {61 true}":                             show(e.Variable("billsec")),
		"variable of another case {x true}":              show(e.Variable("dp")),
		"no variable { false}":                           show(e.Variable("Unique-ID")),
	} {
		if want := name[strings.Index(name, "{"):]; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	got := fmt.Sprint(e.UniqueID(), e.CoreUUID(), e.ChannelState(), e.CallState(), e.AnswerState(), e.Direction(), e.HangupCause())
	if want := fmt.Sprint("a", "c", CSHangup, CallHangup, AnswerHangup, Inbound, CauseUserBusy); got != want {
		t.Errorf("words: %s, want %s", got, want)
	}
	if e := NewEvent("X"); e.UniqueID() != "" || e.HangupCause() != "" || e.ChannelState() != "" {
		t.Error("words that are not there")
	}
	var vars []string
	for name, value := range e.Variables() {
		vars = append(vars, name+"="+value)
	}
	if got := strings.Join(vars, " "); got != "billsec=61 billusec=61000001 DP=x" {
		t.Errorf("variables: %s", got)
	}
	for range e.Variables() {
		break
	}
}

func show(v any, ok bool) string { return fmt.Sprintf("{%v %v}", v, ok) }

// What a server sends twice, once as a time of a call and once in seconds, agrees.
func TestTimesOfRecordedCallsAgree(t *testing.T) {
	n := 0
	recordedEvents(t, func(session string, e *Event) {
		if e.Name() != EventChannelHangupComplete {
			return
		}
		ended, ok1 := e.Time("Caller-Channel-Hangup-Time")
		created, ok2 := e.Time("Caller-Channel-Created-Time")
		long, ok3 := e.Duration("variable_uduration", time.Microsecond)
		if !ok1 || !ok2 || !ok3 {
			return
		}
		n++
		if got := ended.Sub(created); got != long {
			t.Fatalf("%s: %v: from its times it took %v, the server says %v", session, e, got, long)
		}
		seconds, ok := e.Duration("variable_duration", time.Second)
		if !ok || (long-seconds).Abs() > time.Second {
			t.Fatalf("%s: %v: %v and %v", session, e, long, seconds)
		}
	})
	if n < 100 {
		t.Errorf("only %d calls", n)
	}
}

func FuzzTyped(f *testing.F) {
	for _, s := range []string{"", "0", "1", "-1", "+5", "18446744073709551615", "9223372036854775808", "1e3", " 1", "TRUE", "off",
		"0x10", "1_000", "ARRAY::a|:b", "_undef_", "%31", "\x00", "١"} {
		f.Add(s, int64(time.Second))
	}
	f.Fuzz(func(t *testing.T, value string, unit int64) {
		e := NewEvent("X", "H", value, "variable_v", value, "Event-Date-Timestamp", value,
			"Event-Sequence", value, "Hangup-Cause", value)
		n, ok := e.Int("H")
		want, err := strconv.ParseInt(value, 10, 64)
		if ok != (err == nil) || ok && n != want || !ok && n != 0 {
			t.Fatalf("%q is %d, %v", value, n, ok)
		}
		u, uok := e.Uint("H")
		if ok && uok && (n < 0 || uint64(n) != u) || !uok && u != 0 {
			t.Fatalf("%q is %d and %d", value, n, u)
		}
		if b, ok := e.Bool("H"); b && !ok {
			t.Fatalf("%q is true, and is not", value)
		}
		d, dok := e.Duration("H", time.Duration(unit))
		if dok && (!ok || unit <= 0 || int64(d)/unit != n || n != 0 && (d < 0) != (n < 0)) || !dok && d != 0 {
			t.Fatalf("%q times %d is %v, %v", value, unit, d, dok)
		}
		at, tok := e.Time("H")
		if tok != (ok && n != 0) || tok && at.UnixMicro() != n {
			t.Fatalf("%q is %v, %v", value, at, tok)
		}
		if v, ok := e.Variable("V"); !ok || v != value {
			t.Fatalf("%q is the variable %q", value, v)
		}
		if c, ok := e.HangupCause().Q850(); c < 0 || c > math.MaxInt8 || ok != e.HangupCause().Known() {
			t.Fatalf("%q has code %d, %v", value, c, ok)
		}
	})
}
