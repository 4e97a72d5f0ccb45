package esl

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/internal/captures"
	"pgregory.net/rapid"
)

const uuid = "7401d446-578f-4e87-a400-390e3f3583cf"

// The bytes of the developer's guide of 2008, and of the protocol's table 5.
func TestCommands(t *testing.T) {
	tests := []struct {
		c    Command
		want string
	}{
		{Command{Line: "help"}, "help\n\n"},
		{Exit(), "exit\n\n"},
		{Command{Line: "SendMsg 123-456-789", Headers: []Header{{"call-command", "execute"},
			{"execute-app-name", "transfer"}, {"execute-app-arg", "conf217"}}},
			"SendMsg 123-456-789\ncall-command: execute\nexecute-app-name: transfer\nexecute-app-arg: conf217\n\n"},
		{BgAPI("conference conf217 list", ""), "bgapi conference conf217 list\n\n"},
		{Auth("super-sekret-password"), "auth super-sekret-password\n\n"},
		{NoLog(), "nolog\n\n"},
		{NoEvents(), "noevents\n\n"},
		{Events("plain", []string{"BACKGROUND_JOB"}, nil), "event plain BACKGROUND_JOB\n\n"},
		{Events("plain", []string{"ALL"}, nil), "event plain ALL\n\n"},
		{Log(42), "log 42\n\n"},
		{Log(0), "log 0\n\n"},
		{SendMsg(uuid, Header{"call-command", "X"}), "SendMsg " + uuid + "\ncall-command: X\n\n"},
		{Hangup(uuid, "NO_ANSWER"), "SendMsg " + uuid + "\ncall-command: hangup\nhangup-cause: NO_ANSWER\n\n"},
		{Hangup(uuid, ""), "SendMsg " + uuid + "\ncall-command: hangup\n\n"},
		{Execute(uuid, "transfer", "conf217", 1),
			"SendMsg " + uuid + "\ncall-command: execute\nexecute-app-name: transfer\nexecute-app-arg: conf217\n\n"},
		{Execute(uuid, "playback", "beep.wav", 3),
			"SendMsg " + uuid + "\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: beep.wav\nloops: 3\n\n"},
		{Execute(uuid, "hold", "", 1), "SendMsg " + uuid + "\ncall-command: execute\nexecute-app-name: hold\n\n"},

		{Execute("", "playback", "x", -1, Header{"event-lock", "true"}),
			"SendMsg\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: x\nloops: -1\nevent-lock: true\n\n"},
		{Execute(uuid, "hold", "", 0), "SendMsg " + uuid + "\ncall-command: execute\nexecute-app-name: hold\n\n"},
		{UserAuth("1000@test.local", "Clue:Con@x y"), "userauth 1000@test.local:Clue:Con@x y\n\n"},
		{API("status"), "api status\n\n"},
		{BgAPI("version", "my-own-job-1"), "bgapi version\nJob-UUID: my-own-job-1\n\n"},
		{Filter("Unique-ID", uuid), "filter Unique-ID " + uuid + "\n\n"},
		{Filter("delete", "x y"), "filter add delete x y\n\n"},
		{Filter("Add", "x"), "filter add Add x\n\n"},
		{FilterDelete("Unique-ID", ""), "filter delete Unique-ID\n\n"},
		{FilterDelete("Unique-ID", "a b"), "filter delete Unique-ID a b\n\n"},
		{FilterDelete("all", "x"), "filter delete all x\n\n"},
		{FilterDeleteAll(), "filter delete all\n\n"},
		{Connect(), "connect\n\n"},
		{MyEvents("", ""), "myevents\n\n"},
		{MyEvents("", FormatJSON), "myevents json\n\n"},
		{MyEvents(uuid, FormatJSON), "myevents " + uuid + "\n\n"},
		{Linger(0), "linger\n\n"},
		{Linger(30), "linger 30\n\n"},
		{NoLinger(), "nolinger\n\n"},
		{DivertEvents(true), "divert_events on\n\n"},
		{DivertEvents(false), "divert_events off\n\n"},
		{Resume(), "resume\n\n"},
		{SendEvent("CUSTOM", Header{"Event-Subclass", "a::b"}), "sendevent CUSTOM\nEvent-Subclass: a::b\n\n"},
		{Command{Line: "sendevent X", Headers: []Header{{"a", ""}}, Body: "é\n\n"}, "sendevent X\na: \nContent-Length: 4\n\né\n\n"},
		{NixEvents([]string{"heartbeat"}, []string{"b", "a", "b"}), "nixevent HEARTBEAT CUSTOM a b\n\n"},
	}
	for _, tt := range tests {
		got, err := tt.c.Encode()
		if err != nil || got != tt.want {
			t.Errorf("got %q, %v, want %q", got, err, tt.want)
		}
	}
}

// BACKGROUND_JOB first, the others sorted, CUSTOM and its subclasses last, for
// after that word there are only subclasses (7.1). ALL alone.
func TestEventsOrder(t *testing.T) {
	tests := []struct {
		names, subclasses []string
		want              string
	}{
		{[]string{"HEARTBEAT", "CHANNEL_CREATE", "BACKGROUND_JOB", "API"}, nil, "event BACKGROUND_JOB API CHANNEL_CREATE HEARTBEAT\n\n"},
		{[]string{"b", "a", "B", "background_job", "BACKGROUND_JOB"}, nil, "event BACKGROUND_JOB A B\n\n"},
		{[]string{"CUSTOM", "API"}, nil, "event API CUSTOM\n\n"},
		{[]string{"API"}, []string{"sofia::register", "conference::maintenance", "A::b"}, "event API CUSTOM A::b conference::maintenance sofia::register\n\n"},
		{nil, []string{"a::b"}, "event CUSTOM a::b\n\n"},
		{[]string{"CUSTOM"}, []string{"a::b"}, "event CUSTOM a::b\n\n"},
		{[]string{"API", "all", "CUSTOM"}, []string{"a::b"}, "event ALL\n\n"},
	}
	for _, tt := range tests {
		if got, err := Events("", tt.names, tt.subclasses).Encode(); err != nil || got != tt.want {
			t.Errorf("%q, %q: got %q, %v, want %q", tt.names, tt.subclasses, got, err, tt.want)
		}
	}
}

// Nothing that would end a line gets in, and nothing the server would take for
// something else.
func TestCommandErrors(t *testing.T) {
	long := strings.Repeat("x", 11<<20)
	tests := []struct {
		name string
		c    Command
		part CommandPart
	}{
		{"empty line", Command{}, PartLine},
		{"space", Command{Line: " log 5"}, PartLine},
		{"tab", Command{Line: "\tlog 5"}, PartLine},
		{"LF", Command{Line: "api status\nexit"}, PartLine},
		{"CR", Command{Line: "api status\rexit"}, PartLine},
		{"NUL", Command{Line: "api status\x00exit"}, PartLine},
		{"long line", Command{Line: long}, PartLine},
		{"no header name", Command{Line: "x", Headers: []Header{{"", "y"}}}, PartHeaderName},
		{"colon", Command{Line: "x", Headers: []Header{{"a:b", "y"}}}, PartHeaderName},
		{"name LF", Command{Line: "x", Headers: []Header{{"a\n\nexit", "y"}}}, PartHeaderName},
		{"name space", Command{Line: "x", Headers: []Header{{" a", "y"}}}, PartHeaderName},
		{"name space behind", Command{Line: "x", Headers: []Header{{"a ", "y"}}}, PartHeaderName},
		{"length", Command{Line: "x", Headers: []Header{{"content-length", "5"}}}, PartHeaderName},
		{"value LF", Command{Line: "x", Headers: []Header{{"a", "b\nexit"}}}, PartHeaderValue},
		{"value CR", Command{Line: "x", Headers: []Header{{"a", "b\r"}}}, PartHeaderValue},
		{"value NUL", Command{Line: "x", Headers: []Header{{"a", "\x00"}}}, PartHeaderValue},
		{"long headers", Command{Line: "x", Headers: []Header{{"a", long}}}, PartLine},
		{"body NUL", Command{Line: "x", Body: "a\x00b"}, PartBody},
		{"long body", Command{Line: "x", Body: strings.Repeat("x", 16<<20+1)}, PartBody},

		{"password LF", Auth("a\nb"), PartArgument},
		{"no password", Auth(""), PartArgument},
		{"no user", UserAuth("", "x"), PartArgument},
		{"no domain", UserAuth("a", "x"), PartArgument},
		{"empty domain", UserAuth("a@", "x"), PartArgument},
		{"user space", UserAuth("a b@c", "x"), PartArgument},
		{"user colon", UserAuth("a:b@c", "x"), PartArgument},
		{"user password LF", UserAuth("a@b", "x\nexit"), PartArgument},
		{"api LF", API("status\n\nexit"), PartArgument},
		{"api space", API(" status"), PartArgument}, // 12.1: answers -ERR
		{"api empty", API(""), PartArgument},
		{"bgapi empty", BgAPI("", "x"), PartArgument},
		{"job LF", BgAPI("status", "a\nb"), PartArgument},
		{"job space", BgAPI("status", "a b"), PartArgument},
		{"job long", BgAPI("status", strings.Repeat("x", 236)), PartArgument}, // 4.3
		{"event space", Events("plain", []string{"API ALL"}, nil), PartArgument},
		{"event empty", Events("plain", []string{""}, nil), PartArgument},
		{"event LF", Events("plain", []string{"API\n"}, nil), PartArgument},
		{"no events", Events("plain", nil, nil), PartArgument},
		{"subclass space", Events("plain", nil, []string{"a b"}), PartArgument},
		{"subclass with ALL", Events("plain", []string{"ALL"}, []string{"a\nb"}), PartArgument},
		{"format", Events("yaml", []string{"API"}, nil), PartArgument},
		{"nix nothing", NixEvents(nil, nil), PartArgument},
		{"filter header", Filter("a b", "x"), PartArgument},
		{"filter value", Filter("a", ""), PartArgument},
		{"filter delete", FilterDelete("", ""), PartArgument},
		{"filter delete all", FilterDelete("ALL", ""), PartArgument},
		{"filter delete LF", FilterDelete("a", "b\n"), PartArgument},
		{"log", Log(-1), PartArgument},
		{"linger", Linger(-1), PartArgument},
		{"myevents", MyEvents("a b", ""), PartArgument},
		{"myevents format", MyEvents("", "a b"), PartArgument},
		{"sendevent", SendEvent("a b"), PartArgument},
		{"sendevent header", SendEvent("a", Header{"a", "b\n"}), PartHeaderValue},
		{"uuid space", SendMsg("a b"), PartArgument},
		{"uuid LF", Hangup("a\n\nexit", "X"), PartArgument},
		{"cause LF", Hangup("a", "X\n\nexit"), PartArgument},
		{"cause space", Hangup("a", "NO ANSWER"), PartArgument},
		{"app", Execute("a", "", "", 1), PartArgument},
		{"app LF", Execute("a", "b\n", "", 1), PartArgument},
		{"data LF", Execute("a", "b", "c\nd", 1), PartHeaderValue},
		{"execute uuid", Execute("a b", "b", "", 1), PartArgument},
	}
	for _, tt := range tests {
		text, err := tt.c.Encode()
		var ce *CommandError
		if text != "" || !errors.As(err, &ce) {
			t.Errorf("%s: %q, %v, want a *CommandError", tt.name, cut(text), err)
			continue
		}
		if ce.Part != tt.part {
			t.Errorf("%s: %v, want part %v", tt.name, ce, tt.part)
		}
		if s := ce.Error(); len(s) > 250 || strings.ContainsAny(s, "\r\n\x00") {
			t.Errorf("%s: error text %q", tt.name, cut(s))
		}
	}
}

// A password is in no error, whatever is wrong.
func TestCommandErrorsKeepPasswords(t *testing.T) {
	const secret = "sekret"
	for _, c := range []Command{
		Auth(secret + "\n"), Auth("\r" + secret), UserAuth("a@b", secret+"\n"), UserAuth("a@b:"+secret, ""),
		UserAuth("a:"+secret+"@b", "x"),
		{Line: "auth " + secret + "\n"}, {Line: " auth " + secret}, {Line: "\tuserauth a@b:" + secret},
		{Line: "AUTH " + secret + "\x00"}, {Line: "\nauth " + secret},
		{Line: "auth " + secret, Headers: []Header{{"a", secret + "\n"}}},
		{Line: "sendevent X", Headers: []Header{{"Password", secret + "\n"}}},
		{Line: "sendevent X", Body: secret + "\x00"},
	} {
		_, err := c.Encode()
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("error %v", err)
		}
	}
	if got := (&CommandError{Part: PartHeaderValue, Name: `of "a"`, Reason: "contains an LF"}).Error(); got != `esl: command header value of "a" contains an LF` {
		t.Errorf("error text %q", got)
	}
}

// parseCommands splits text the way mod_event_socket does (3.1, 3.4, M1277), as far
// as it takes LF for the end of a line.
func parseCommands(text string) (commands []Command, rest string) {
	for {
		text = strings.TrimLeft(text, "\r\n")
		block, after, ok := strings.Cut(text, "\n\n")
		if !ok {
			return commands, text
		}
		ls := strings.Split(block, "\n")
		c := Command{Line: ls[0]}
		length := 0
		for _, l := range ls[1:] {
			name, value, ok := strings.Cut(l, ":")
			if !ok {
				continue
			}
			value = strings.TrimLeft(value, " ")
			if strings.EqualFold(name, "content-length") {
				for _, d := range value {
					length = length*10 + int(d-'0')
				}
				continue
			}
			c.Headers = append(c.Headers, Header{name, value})
		}
		if len(after) < length {
			return commands, text
		}
		c.Body, text = after[:length], after[length:]
		commands = append(commands, c)
	}
}

// checkCommand checks that the server sees one command and not a word more or less.
func checkCommand(t interface {
	Helper()
	Fatalf(string, ...any)
}, c Command) {
	t.Helper()
	text, err := c.Encode()
	if err != nil {
		if text != "" {
			t.Fatalf("%q and error %v", text, err)
		}
		return
	}
	if strings.ContainsAny(text[:len(text)-len(c.Body)], "\r\x00") {
		t.Fatalf("%q is encoded", text)
	}
	got, rest := parseCommands(text)
	if len(got) != 1 || rest != "" || got[0].Line != c.Line || got[0].Body != c.Body || len(got[0].Headers) != len(c.Headers) {
		t.Fatalf("%q is understood as %q and %q, want %q", text, got, rest, c)
	}
	for i, h := range c.Headers {
		want := Header{h.Name, strings.TrimLeft(h.Value, " ")}
		if got[0].Headers[i] != want {
			t.Fatalf("%q: header %q, want %q", text, got[0].Headers[i], want)
		}
	}
}

func TestCommandIsOneCommand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(genText, rapid.StringMatching(`[a-zA-Z0-9_:@.-]{1,10}`))
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		h := Header{word.Draw(t, "name"), genText.Draw(t, "value")}
		for _, cmd := range []Command{
			{Line: a, Headers: []Header{h, {b, c}}, Body: c},
			Auth(a), UserAuth(a, b), API(a), BgAPI(a, b), Events(Format(a), []string{b}, []string{c}),
			Events(FormatJSON, []string{a, b}, []string{c}), NixEvents([]string{a}, nil), Filter(a, b),
			FilterDelete(a, b), SendMsg(a, h), Execute(a, b, c, 2, h), Hangup(a, b), SendEvent(a, h), MyEvents(a, Format(b)),
		} {
			checkCommand(t, cmd)
		}
	})
}

// Commands that real clients sent in the recordings can be made here.
func TestCommandsOfCaptures(t *testing.T) {
	n := 0
	for _, session := range captures.Sessions(t) {
		text := string(captures.Read(t, session, "client.bin"))
		if strings.Contains(text, "\r") {
			continue // the recordings of what servers make of such line ends
		}
		commands, _ := parseCommands(text)
		for _, c := range commands {
			if strings.HasPrefix(c.Line, " ") {
				continue // one that a server does not know
			}
			n++
			checkCommand(t, c)
			if _, err := c.Encode(); err != nil {
				t.Errorf("%s: %q: %v", session, c, err)
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d commands", n)
	}
}

func TestCommandString(t *testing.T) {
	for want, c := range map[string]Command{
		"auth ***":                      Auth("sekret"),
		"userauth a@b:***":              UserAuth("a@b", "sekret"),
		"SendMsg u":                     Hangup("u", "X"),
		"(" + Log(-1).err.Error() + ")": Log(-1),
	} {
		if got := fmt.Sprint(c); got != want {
			t.Errorf("String is %q, want %q", got, want)
		}
	}
}

func TestRedact(t *testing.T) {
	for wire, want := range map[string]string{
		"":                               "",
		"api status\n\n":                 "api status\n\n",
		"auth ClueCon\n\n":               "auth ***\n\n",
		"AUTH a b c\n\n":                 "AUTH ***\n\n",
		"auth\n\n":                       "auth\n\n",
		"auth \n\n":                      "auth \n\n",
		"auth pw":                        "auth ***",
		" auth pw\n":                     " auth ***\n",
		"\tauth\tpw\r\n":                 "\tauth\t***\r\n",
		"userauth 1000@d:pw\n\n":         "userauth 1000@d:***\n\n",
		"userauth 1000:pw@d\n\n":         "userauth 1000:***\n\n",
		"userauth 1000@d pw\n\n":         "userauth 1000@d ***\n\n",
		"userauth 1000@d\n\n":            "userauth 1000@d\n\n",
		"UserAuth a@b:c:d@e\n\n":         "UserAuth a@b:***\n\n",
		"exit\n\nauth pw\n\nlog 1\n\n":   "exit\n\nauth ***\n\nlog 1\n\n",
		"auth pw\rauth pw\r\n":           "auth ***\rauth ***\r\n",
		"api originate x auth\n\n":       "api originate x auth\n\n",
		"Content-Type: auth/request\n\n": "Content-Type: auth/request\n\n",
	} {
		if got := Redact(wire); got != want {
			t.Errorf("Redact(%q) is %q, want %q", wire, got, want)
		}
	}
	for _, c := range []Command{Auth("sekret"), UserAuth("a@b", "sekret")} {
		text, err := c.Encode()
		if err != nil || strings.Contains(Redact(text), "sekret") {
			t.Errorf("%q, %v", Redact(text), err)
		}
	}
}
