package esl

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// recordedEvents yields the events of every recording, those of a torn end left out.
func recordedEvents(t testing.TB, yield func(session string, e *Event)) {
	t.Helper()
	for _, session := range captures.Sessions(t) {
		var f Framer
		ms, _ := frame(&f, captures.Read(t, session, "server.bin"), 1<<20)
		for _, m := range ms {
			if e, err := m.Event(); err == nil {
				yield(session, e)
			}
		}
	}
}

// Every value that a real server was ever seen to send is a constant.
func TestWordsOfTheRecordingsAreKnown(t *testing.T) {
	type known interface{ Known() bool }
	words := map[string]func(string) known{
		"Event-Name":                  func(s string) known { return EventName(s) },
		"Channel-State":               func(s string) known { return ChannelState(s) },
		"Channel-Call-State":          func(s string) known { return CallState(s) },
		"Original-Channel-Call-State": func(s string) known { return CallState(s) },
		"Answer-State":                func(s string) known { return AnswerState(s) },
		"Call-Direction":              func(s string) known { return Direction(s) },
		"Presence-Call-Direction":     func(s string) known { return Direction(s) },
		"Other-Leg-Direction":         func(s string) known { return Direction(s) },
		"Hangup-Cause":                func(s string) known { return HangupCause(s) },
		"variable_hangup_cause":       func(s string) known { return HangupCause(s) },
	}
	seen := map[string]map[string]bool{}
	for header := range words {
		seen[header] = map[string]bool{}
	}
	recordedEvents(t, func(session string, e *Event) {
		if e.Name() == EventPrivateCommand {
			return // begins with the headers of a sendmsg: its sender's own words
		}
		for header, word := range words {
			if e.Name() == EventPresenceIn && header != "Event-Name" {
				continue // it has another kind of answer-state
			}
			for _, v := range e.Values(header) {
				if !word(v).Known() {
					t.Fatalf("%s: %v: %s is %q, which is not known", session, e, header, v)
				}
				seen[header][v] = true
			}
		}
	})
	for header, min := range map[string]int{"Event-Name": 40, "Channel-State": 13, "Channel-Call-State": 7,
		"Answer-State": 4, "Call-Direction": 2, "Hangup-Cause": 10} {
		if n := len(seen[header]); n < min {
			t.Errorf("%s: only %d different values were seen: %v", header, n, seen[header])
		}
	}
}

// The server itself translates causes into Q.850 in hangup_cause_q850.
func TestQ850IsWhatTheServerSays(t *testing.T) {
	n := 0
	recordedEvents(t, func(session string, e *Event) {
		want, ok := e.Get("variable_hangup_cause_q850")
		if !ok {
			return
		}
		n++
		cause := HangupCause(e.Value("variable_hangup_cause"))
		if got, ok := cause.Q850(); !ok || strconv.Itoa(got) != want {
			t.Fatalf("%s: %s is %d, %v; the server says %s", session, cause, got, ok, want)
		}
	})
	if n < 100 {
		t.Errorf("only %d events with a code", n)
	}
	if code, ok := HangupCause("SOMETHING_ELSE").Q850(); ok || code != 0 {
		t.Errorf("an unknown cause is %d, %v", code, ok)
	}
	if code, ok := CauseNone.Q850(); !ok || code != 0 {
		t.Errorf("no cause is %d, %v", code, ok)
	}
}

// Each constant of a type is in its type's list, and its name says its text.
func TestWordsAreInTheirLists(t *testing.T) {
	known := map[string]func(string) bool{
		"Event":  func(s string) bool { return EventName(s).Known() },
		"CS":     func(s string) bool { return ChannelState(s).Known() },
		"Call":   func(s string) bool { return CallState(s).Known() },
		"Answer": func(s string) bool { return AnswerState(s).Known() },
		"Cause":  func(s string) bool { return HangupCause(s).Known() },
	}
	for file, prefix := range map[string]string{"eventname.go": "Event", "channelstate.go": "CS",
		"callstate.go": "Call", "answerstate.go": "Answer", "hangupcause.go": "Cause"} {
		for name, text := range constants(t, file) {
			short, ok := strings.CutPrefix(name, prefix)
			if !ok {
				continue
			}
			letters := strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(text, "CS_"), "_", ""))
			if strings.ToUpper(short) != letters {
				t.Errorf("%s is %q", name, text)
			}
			if !known[prefix](text) {
				t.Errorf("%s = %q is not known", name, text)
			}
		}
	}
	for _, unknown := range []string{"", "X", "cs_new", "answered "} {
		for prefix, is := range known {
			if is(unknown) {
				t.Errorf("%s: %q is known", prefix, unknown)
			}
		}
	}
	if !Inbound.Known() || !Outbound.Known() || Direction("").Known() {
		t.Error("directions")
	}
}

// constants reads the string constants of a file of this package.
func constants(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[spec.Names[0].Name] = text
			}
		}
		return true
	})
	if len(out) < 3 {
		t.Fatalf("%s has %d constants", file, len(out))
	}
	return out
}

func TestChannelStatesAreInTheOrderOfALife(t *testing.T) {
	last := -1
	for _, s := range []ChannelState{CSNew, CSInit, CSRouting, CSExecute, CSReset, CSHangup, CSReporting, CSDestroy, CSNone} {
		n, ok := s.Number()
		if !ok || n <= last {
			t.Errorf("%s is number %d, %v, after %d", s, n, ok, last)
		}
		if s.Ended() != (n >= 10 && s != CSNone) {
			t.Errorf("%s ended: %v", s, s.Ended())
		}
		last = n
	}
	if n, ok := ChannelState("CS_OTHER").Number(); ok || n != 0 {
		t.Errorf("an unknown state is number %d, %v", n, ok)
	}
}
