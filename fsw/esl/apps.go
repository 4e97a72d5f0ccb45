package esl

import (
	"strconv"
	"strings"
	"time"
)

// AppAnswer returns answer.
func AppAnswer() App { return App{name: "answer"} }

// AppPreAnswer returns pre_answer: audio before the answer.
func AppPreAnswer() App { return App{name: "pre_answer"} }

// AppRingReady returns ring_ready: the caller hears ringing.
func AppRingReady() App { return App{name: "ring_ready"} }

// AppPark returns park.
func AppPark() App { return App{name: "park"} }

// AppEcho returns echo.
func AppEcho() App { return App{name: "echo"} }

// AppHold returns hold: the channel's phone is put on hold.
func AppHold() App { return App{name: "hold"} }

// AppUnhold returns unhold.
func AppUnhold() App { return App{name: "unhold"} }

// AppBreak returns break.
func AppBreak() App { return App{name: "break"} }

// AppHangup returns hangup. An empty cause leaves it to the server.
func AppHangup(cause HangupCause) App {
	var a args
	if cause != "" {
		a.word("hangup cause", string(cause))
	}
	return a.app("hangup", "", string(cause))
}

// AppSleep returns sleep, in whole milliseconds.
func AppSleep(d time.Duration) App {
	var a args
	return a.app("sleep", "", a.milliseconds("time", d))
}

// AppPlayback returns playback of a file, or of what else the server can play, such as
// "tone_stream://%(200,100,440)" or "silence_stream://1000".
func AppPlayback(path string) App {
	var a args
	a.text("path", path)
	return a.app("playback", "", path)
}

// AppRecord returns record: what the channel says goes to a file, until silence, a digit, or
// the limit in whole seconds; 0 is without limit. threshold is the energy below which there
// is silence, and silence how long it lasts until the end, in whole seconds; 0 is the server's
// default.
func AppRecord(path string, limit time.Duration, threshold int, silence time.Duration) App {
	var a args
	a.text("path", path)
	data := []string{quoteWord(path)}
	if limit != 0 || threshold != 0 || silence != 0 {
		data = append(data, a.wholeSeconds("limit", limit))
	}
	if threshold != 0 || silence != 0 {
		if threshold < 0 {
			a.fail("threshold", "is negative", strconv.Itoa(threshold))
		}
		data = append(data, strconv.Itoa(threshold), a.wholeSeconds("silence", silence))
	}
	return a.app("record", " ", data...)
}

// AppRecordSession returns record_session: the call goes to a file from now on, whatever else
// the channel does.
func AppRecordSession(path string) App {
	var a args
	a.text("path", path)
	return a.app("record_session", "", path)
}

// AppStopRecordSession returns stop_record_session. The path "all" ends all recordings.
func AppStopRecordSession(path string) App {
	var a args
	a.text("path", path)
	return a.app("stop_record_session", "", path)
}

// AppBridge returns bridge: it calls somebody and lets the two talk.
func AppBridge(d DialString) App {
	var a args
	text, err := d.Encode()
	if err != nil {
		a.err = err.(*CommandError)
	}
	if !d.Raw() {
		text = Literal(text)
	}
	return a.app("bridge", "", text)
}

// AppTransfer returns transfer; see [UUIDTransfer] for the arguments.
func AppTransfer(legs Legs, extension, dialplan, context string) App {
	var a args
	words := a.transfer(legs, extension, dialplan, context)
	for len(words) > 0 && words[len(words)-1] == "" {
		words = words[:len(words)-1]
	}
	for i, w := range words {
		words[i] = quoteWord(w)
	}
	return a.app("transfer", " ", words...)
}

// AppSet returns set. An empty value unsets the variable.
func AppSet(name, value string) App { return setApp("set", name, value) }

// AppExport returns export: set, for the channels, too, that this one will call.
func AppExport(name, value string) App { return setApp("export", name, value) }

func setApp(app, name, value string) App {
	var a args
	a.variableName(name)
	if reason := badByte(value); reason != "" {
		a.fail("variable "+name, reason, "")
	}
	return App{name: app, data: name + "=" + value, err: a.err}
}

// AppUnset returns unset.
func AppUnset(name string) App {
	var a args
	a.variableName(name)
	return a.app("unset", "", name)
}

// AppConference returns conference. An empty profile is "default", and an empty pin none; flags
// are such as "mute" and "moderator".
func AppConference(name, profile, pin string, flags ...string) App {
	var a args
	a.conferencePart("conference name", name)
	data := name
	if profile != "" {
		a.conferencePart("conference profile", profile)
		data += "@" + profile
	}
	if pin != "" {
		a.conferencePart("conference pin", pin)
		data += "+" + pin
	}
	for _, f := range flags {
		a.conferencePart("conference flag", f)
	}
	if len(flags) > 0 {
		data += "+flags{" + strings.Join(flags, "|") + "}"
	}
	return a.app("conference", "", data)
}

func (a *args) conferencePart(name, s string) {
	a.word(name, s)
	if strings.ContainsAny(s, "@+{}|,") {
		a.fail(name, "contains a character of the syntax around it", "")
	}
}

// AppSay returns say: it reads text aloud with a module of phrases ("en"), as a type
// ("NUMBER") by a method ("PRONOUNCED").
func AppSay(module, kind, method, text string) App {
	var a args
	a.word("module", module)
	a.word("type", kind)
	a.word("method", method)
	a.text("text", text)
	return a.app("say", " ", module, kind, method, quoteWord(text))
}

// AppSendDTMF returns send_dtmf; see [UUIDSendDTMF] for the digits.
func AppSendDTMF(digits string) App {
	var a args
	a.digits(digits)
	return a.app("send_dtmf", "", digits)
}

// milliseconds returns a time in whole milliseconds, rounded up.
func (a *args) milliseconds(name string, d time.Duration) string {
	if d < 0 {
		a.fail(name, "is negative", d.String())
	}
	return strconv.FormatInt(int64((d+time.Millisecond-1)/time.Millisecond), 10)
}
