package fswtest

import (
	"slices"
	"strconv"
	"strings"
)

// ask finds out what a destination does.
func (s *Server) ask(d Destination) []Action {
	var actions []Action
	known := false
	if s.opt.Dialplan != nil {
		actions, known = s.opt.Dialplan(d)
		actions = slices.Clone(actions)
	}
	if !known {
		actions = DefaultDialplan(d)
	}
	for i, a := range actions {
		if a.App == "sleep" && a.Data == "" {
			actions[i].Data = strconv.FormatInt(s.opt.AnswerDelay.Milliseconds(), 10)
		}
	}
	return actions
}

// DefaultDialplan is the built-in dialplan. By the beginning of the number:
//
//	busy      is busy (USER_BUSY)
//	reject    rejects the call (CALL_REJECTED)
//	ring      rings and never answers
//	early     gives early media for two seconds, then answers
//	nosuch    does not exist (NO_ROUTE_DESTINATION)
//	park      answers and parks
//	silence   answers and plays silence without end
//	echo      answers and echoes
//	tone      answers and plays a tone for ten minutes
//	bridge-x  bridges to loopback/x/default, and hangs up after it
//	conf      answers and joins the conference of that name, if an extension
//
// Every other number rings for Options.AnswerDelay, answers, and, if it is an
// extension, parks. A sleep without argument lasts that AnswerDelay in any
// dialplan.
func DefaultDialplan(d Destination) []Action {
	far := d.Endpoint == "sofia" || d.Endpoint == "user"
	has := func(word string) bool { return strings.HasPrefix(d.Number, word) }
	answerAnd := func(app, data string) []Action {
		if far {
			return []Action{{"answer", ""}}
		}
		return []Action{{"answer", ""}, {app, data}}
	}
	switch {
	case has("busy"):
		return []Action{{"hangup", "USER_BUSY"}}
	case has("reject"):
		return []Action{{"hangup", "CALL_REJECTED"}}
	case has("ring"):
		return []Action{{"ring_ready", ""}, {"sleep", "600000"}}
	case has("early"):
		if far {
			return []Action{{"pre_answer", ""}, {"sleep", "2000"}, {"answer", ""}}
		}
		return []Action{{"pre_answer", ""}, {"playback", "tone_stream://%(2000,0,440,480)"}, {"answer", ""}, {"echo", ""}}
	case has("nosuch"):
		if far {
			return []Action{{"hangup", "NO_ROUTE_DESTINATION"}}
		}
		return nil
	case has("park"):
		return answerAnd("park", "")
	case has("silence"):
		return answerAnd("playback", "silence_stream://-1")
	case has("echo"):
		return answerAnd("echo", "")
	case has("tone"):
		return answerAnd("playback", "tone_stream://%(1000,0,440);loops=600")
	case has("conf"):
		return answerAnd("conference", d.Number+"@default")
	case has("bridge-") && !far:
		return []Action{{"set", "hangup_after_bridge=true"},
			{"bridge", "loopback/" + strings.TrimPrefix(d.Number, "bridge-") + "/default"}}
	}
	actions := []Action{{"ring_ready", ""}, {"sleep", ""}, {"answer", ""}}
	if !far {
		actions = append(actions, Action{"park", ""})
	}
	return actions
}
