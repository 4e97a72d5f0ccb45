package esl

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// builders are all functions of this package that make what is sent, and how many of their
// string arguments, from the last one, are the rest of a line: they may have spaces.
var builders = map[string]struct {
	build any
	rest  int
}{
	"API": {API, 1}, "BgAPI": {func(cmdline string) Command { return BgAPI(cmdline, "job") }, 1}, "RawAPI": {RawAPI, 1},
	"Auth": {Auth, 1}, "UserAuth": {func(user, password string) Command { return UserAuth("1000@"+user, password) }, 1},
	"Events": {Events, 0}, "NixEvents": {NixEvents, 0}, "NoEvents": {NoEvents, 0},
	"Filter": {Filter, 1}, "FilterDelete": {FilterDelete, 1}, "FilterDeleteAll": {FilterDeleteAll, 0},
	"Log": {Log, 0}, "NoLog": {NoLog, 0}, "Exit": {Exit, 0}, "Connect": {Connect, 0}, "MyEvents": {MyEvents, 0},
	"Linger": {Linger, 0}, "NoLinger": {NoLinger, 0}, "DivertEvents": {DivertEvents, 0}, "Resume": {Resume, 0},
	"SendEvent": {SendEvent, 0}, "SendMsg": {SendMsg, 0}, "Execute": {Execute, 0}, "Hangup": {Hangup, 0},

	"AppAnswer": {AppAnswer, 0}, "AppBreak": {AppBreak, 0}, "AppEcho": {AppEcho, 0}, "AppHold": {AppHold, 0}, "AppPark": {AppPark, 0},
	"AppPreAnswer": {AppPreAnswer, 0}, "AppRingReady": {AppRingReady, 0}, "AppUnhold": {AppUnhold, 0},
	"AppBridge": {AppBridge, 0}, "AppConference": {AppConference, 0}, "AppExport": {AppExport, 1}, "AppHangup": {AppHangup, 0},
	"AppPlayAndGetDigits": {AppPlayAndGetDigits, 0}, "AppRead": {AppRead, 0}, "AppPlayback": {AppPlayback, 1},
	"AppRecord": {AppRecord, 0}, "AppRecordSession": {AppRecordSession, 1}, "AppSay": {AppSay, 0}, "AppSendDTMF": {AppSendDTMF, 0},
	"AppSet": {AppSet, 1}, "AppSleep": {AppSleep, 0}, "AppStopRecordSession": {AppStopRecordSession, 1},
	"AppTransfer": {AppTransfer, 0}, "AppUnset": {AppUnset, 0}, "RawApp": {RawApp, 1},

	"ConferenceBgDial": {ConferenceBgDial, 0}, "ConferenceDTMF": {ConferenceDTMF, 0}, "ConferenceDeaf": {ConferenceDeaf, 0},
	"ConferenceDial": {ConferenceDial, 0}, "ConferenceEnergy": {ConferenceEnergy, 0}, "ConferenceFloor": {ConferenceFloor, 0},
	"ConferenceHup": {ConferenceHup, 0}, "ConferenceKick": {ConferenceKick, 0}, "ConferenceList": {ConferenceList, 0},
	"ConferenceLock": {ConferenceLock, 0}, "ConferenceMute": {ConferenceMute, 0}, "ConferenceNoRecord": {ConferenceNoRecord, 0},
	"ConferencePlay": {ConferencePlay, 0}, "ConferenceRecord": {ConferenceRecord, 0}, "ConferenceRelate": {ConferenceRelate, 0},
	"ConferenceSay": {ConferenceSay, 1}, "ConferenceSayMember": {ConferenceSayMember, 1}, "ConferenceStopPlaying": {ConferenceStopPlaying, 0},
	"ConferenceTransfer": {ConferenceTransfer, 0}, "ConferenceUndeaf": {ConferenceUndeaf, 0}, "ConferenceUnlock": {ConferenceUnlock, 0},
	"ConferenceUnmute": {ConferenceUnmute, 0}, "ConferenceVolumeIn": {ConferenceVolumeIn, 0}, "ConferenceVolumeOut": {ConferenceVolumeOut, 0},

	"UUIDAnswer": {UUIDAnswer, 0}, "UUIDAudioLevel": {UUIDAudioLevel, 0}, "UUIDAudioMute": {UUIDAudioMute, 0},
	"UUIDAudioStop": {UUIDAudioStop, 0}, "UUIDBreak": {UUIDBreak, 0}, "UUIDBridge": {UUIDBridge, 0}, "UUIDBroadcast": {UUIDBroadcast, 0},
	"UUIDDeflect": {UUIDDeflect, 0}, "UUIDDisplace": {UUIDDisplace, 0}, "UUIDDisplaceStop": {UUIDDisplaceStop, 0},
	"UUIDDualTransfer": {UUIDDualTransfer, 0}, "UUIDDump": {UUIDDump, 0}, "UUIDExists": {UUIDExists, 0}, "UUIDFlushDTMF": {UUIDFlushDTMF, 0},
	"UUIDGetVar": {UUIDGetVar, 0}, "UUIDHold": {UUIDHold, 0}, "UUIDKill": {UUIDKill, 0}, "UUIDMedia": {UUIDMedia, 0}, "UUIDPark": {UUIDPark, 0},
	"UUIDPhoneEvent": {UUIDPhoneEvent, 0}, "UUIDPreAnswer": {UUIDPreAnswer, 0}, "UUIDRecord": {UUIDRecord, 0},
	"UUIDRecordStop": {UUIDRecordStop, 0}, "UUIDSendDTMF": {UUIDSendDTMF, 0}, "UUIDSetVar": {UUIDSetVar, 0}, "UUIDSetVars": {UUIDSetVars, 1},
	"UUIDTransfer": {UUIDTransfer, 0}, "UUIDUnhold": {UUIDUnhold, 0},

	"Dial": {Dial, 0}, "Endpoint": {Endpoint, 0}, "ErrorLeg": {ErrorLeg, 0}, "Gateway": {Gateway, 0}, "Loopback": {Loopback, 0},
	"RawDial": {RawDial, 0}, "Sofia": {Sofia, 0}, "User": {User, 0},
	"Originate": {func(o Originate) APICommand { return o.Command() }, 0},
}

// Whatever has been added to the package is in the list.
func TestAllBuildersAreKnown(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil {
				continue
			}
			result, _ := f.Type.Results.List[0].Type.(*ast.Ident)
			if result == nil || !slices.Contains([]string{"Command", "APICommand", "App", "Leg", "DialString"}, result.Name) {
				continue
			}
			if _, ok := builders[f.Name.Name]; !ok {
				t.Errorf("%s is not in builders", f.Name.Name)
			}
		}
	}
}

// hostile are texts that would be more than an argument.
var hostile = []string{
	"a\nb", "a\r\nb", "a\rb", "\n", "\n\n", "x\n\napi fsctl crash\n\n", "\nContent-Length: 5", "a\x00b", "\x00", "x\nevent-lock: true",
	"a b", " a", "a ", "\ta", "a\tb", "'", "a'b", "''", "'a b", `\`, `a\`, `\'`, `\\'`, `a\ b`, `\n`, `\s`, `"a b"`, "^^:a:b", "^^", "^^ a",
	"", ":", "a: b", ",", "|", ";", "a=b", "{", "}", "[", "]", "(", ")", "${x}", "${system(x)}", "$${x}", "&", "&park()", "undef", "-both",
	"all", "off", "toggle", "list", "-1", "0", "1e9", "é\xff\xfe", "\u2028", "\v\f", strings.Repeat("x", 70_000), "reload mod_event_socket",
}

// argument is a value of a type whose texts are all s.
func argument(t reflect.Type, s string) reflect.Value {
	v := reflect.New(t).Elem()
	switch t {
	case reflect.TypeFor[App]():
		return reflect.ValueOf(RawApp(s, s))
	case reflect.TypeFor[Leg]():
		return reflect.ValueOf(Endpoint("user/"+s).With("name", s).With(s, "value"))
	case reflect.TypeFor[DialString]():
		return reflect.ValueOf(Dial(User(s), Sofia("internal", s)).Or(Gateway("gw", s).With("a", s)).With("b", s))
	case reflect.TypeFor[Header](), reflect.TypeFor[Variable]():
		v.Field(0).SetString("name")
		v.Field(1).SetString(s)
		return v
	case reflect.TypeFor[Format]():
		v.SetString(string(FormatPlain))
		return v
	case reflect.TypeFor[time.Duration]():
		v.SetInt(int64(time.Second))
		return v
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Int:
		v.SetInt(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.Append(v, argument(t.Elem(), s)))
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && (f.Name != "Extension" || t != reflect.TypeFor[Originate]()) {
				v.Field(i).Set(argument(f.Type, s))
			}
		}
	}
	return v
}

// wire is what is sent of what a builder has made, as commands.
func wire(made reflect.Value) (texts []string) {
	add := func(c Command) {
		if text, err := c.Encode(); err == nil {
			texts = append(texts, text)
		}
	}
	switch x := made.Interface().(type) {
	case Command:
		add(x)
	case APICommand:
		add(x.API())
		add(x.BgAPI("job"))
	case App:
		add(x.Execute("uuid", 0))
		add(Originate{Dial: Dial(User("1")), App: x}.Command().API())
	case Leg:
		add(Originate{Dial: Dial(x), App: AppPark()}.Command().API())
		add(AppBridge(Dial(x)).Execute("uuid", 0))
	case DialString:
		add(Originate{Dial: x, App: AppPark()}.Command().API())
		add(AppBridge(x).Execute("uuid", 0))
	}
	return texts
}

// shape is what a server makes of a command: the words of its line, and the names of its headers.
func shape(t *testing.T, text string) (words int, headers []string) {
	t.Helper()
	block, body, _ := strings.Cut(text, "\n\n")
	if strings.ContainsAny(block, "\r\x00") || strings.Contains(body, "\x00") {
		t.Fatalf("%q has a CR or a NUL", text)
	}
	lines := strings.Split(block, "\n")
	for _, line := range lines[1:] {
		name, _, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("%q: the line %q is no header", text, line)
		}
		headers = append(headers, name)
	}
	if length := "Content-Length"; body == "" == slices.Contains(headers, length) {
		t.Fatalf("%q: %q with a body of %d bytes", text, headers, len(body))
	}
	return wordsOf(lines[0]), slices.DeleteFunc(headers, func(n string) bool {
		return n == "Content-Length" || n == "content-type" || n == "execute-app-arg" || n == "Job-UUID"
	})
}

// wordsOf counts the words of a line: quotes have a meaning in the arguments of an API command.
func wordsOf(line string) int {
	prefix, rest, _ := strings.Cut(line, " ")
	if prefix != "api" && prefix != "bgapi" {
		return len(strings.FieldsFunc(line, func(c rune) bool { return c == ' ' }))
	}
	_, args, _ := strings.Cut(rest, " ")
	return 2 + len(separate(args, ' ', 100))
}

// Whatever the arguments, what is sent is one command, of as many words and headers as with
// harmless ones.
func TestNothingEscapesItsArgument(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(builders)) {
		b := builders[name]
		f := reflect.ValueOf(b.build)
		texts := 0
		for i := range f.Type().NumIn() {
			switch f.Type().In(i).Kind() {
			case reflect.String, reflect.Slice, reflect.Struct:
				texts++
			}
		}
		call := func(at int, s string) []string {
			in := make([]reflect.Value, f.Type().NumIn())
			for i := range in {
				in[i] = argument(f.Type().In(i), "1")
				if i == at {
					in[i] = argument(f.Type().In(i), s)
				}
			}
			if f.Type().IsVariadic() {
				return wire(f.CallSlice(in)[0])
			}
			return wire(f.Call(in)[0])
		}
		for at := range f.Type().NumIn() {
			isRest := at >= f.Type().NumIn()-b.rest
			for _, s := range hostile {
				for n, text := range call(at, s) {
					words, headers := shape(t, text)
					harmless := call(at, "1")
					if n >= len(harmless) || strings.HasPrefix(text, "api ") != strings.HasPrefix(harmless[n], "api ") {
						continue // with these arguments it is refused
					}
					w, h := shape(t, harmless[n])
					if !slices.Equal(headers, h) && s != "" || words != w && !isRest && s != "" && !(strings.HasSuffix(name, "Events") && s == "all") {
						t.Errorf("%s, argument %d, %.60q: sent as %.300q, %d words, not %d, and headers %q", name, at, s, text, words, w, headers)
					}
				}
			}
		}
	}
}
