package esl

import (
	"strings"
	"testing"
)

// The log line of the developer's guide of 2008, which has no headers, and the
// recorded ones (14.2).
func TestParseLog(t *testing.T) {
	const text = "2008-03-01 13:50:50 [DEBUG] switch_core.c:3028 switch_core_standard_on_loopback() Standard LOOPBACK\n"
	m := one(t, "Content-Type: log/data\nContent-Length: 100\n\n"+text)
	if got, want := ParseLog(m), (LogLine{Level: -1, Text: text}); got != want {
		t.Errorf("guide: %+v, want %+v", got, want)
	}
	found := 0
	for _, m := range messages(t, "01_auth_ok") {
		if m.ContentType != LogData {
			continue
		}
		found++
		l := ParseLog(m)
		if strings.Contains(l.Text, "hello from the capture, 100% sure") {
			want := LogLine{Level: 6, Channel: "3", File: "mod_commands.c", Func: "log_function", Line: 7247, Text: m.Body}
			if l != want {
				t.Errorf("%+v, want %+v", l, want)
			}
		}
		if l.Level != 6 || l.File == "" || l.Func == "" || l.Line == 0 || l.UserData != "" {
			t.Errorf("%+v", l)
		}
	}
	if found != 2 {
		t.Errorf("%d log lines, want 2", found)
	}
	m = NewMessage(LogData, "x\n", "Log-Level", "?", "log-line", "?", "User-Data", uuid)
	if got, want := ParseLog(m), (LogLine{Level: -1, UserData: uuid, Text: "x\n"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestLogLevels(t *testing.T) {
	for text, want := range map[string]LogLevel{
		"console": LogConsole, "ALERT": 1, "crit": 2, "err": LogErr, "Warning": 4, "notice": 5, "info": 6, "debug": LogDebug,
		"off": LogOff, "0": 0, "42": 42, "64": 64,
	} {
		got, err := ParseLogLevel(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		var read LogLevel
		written, _ := got.MarshalText()
		if err := read.UnmarshalText(written); err != nil || read != want || got.String() != string(written) {
			t.Errorf("%q is written %q and read %v, %v", text, written, read, err)
		}
	}
	for _, text := range []string{"", "-1", "warn", "7 ", "1e3", "99999999999999999999"} {
		l := LogInfo
		if err := l.UnmarshalText([]byte(text)); err == nil || l != LogInfo {
			t.Errorf("%q is %v", text, l)
		}
	}
	if s := LogLevel(42).String(); s != "42" {
		t.Error(s)
	}
}
