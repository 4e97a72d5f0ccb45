package esl

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAPICommands(t *testing.T) {
	d := Dial(User("1000")).With("a", "b")
	for want, c := range map[string]APICommand{
		"originate {a=b}user/1000 &park":                        Originate{Dial: d, App: AppPark()}.Command(),
		"originate {a=b}user/1000 5000":                         Originate{Dial: d, Extension: "5000"}.Command(),
		"originate {a=b}user/1000 5000 XML public":              Originate{Dial: d, Extension: "5000", Dialplan: "XML", Context: "public"}.Command(),
		"originate {a=b}user/1000 5000 undef public":            Originate{Dial: d, Extension: "5000", Context: "public"}.Command(),
		"originate {a=b}user/1000 '&playback(/x y.wav)'":        Originate{Dial: d, App: AppPlayback("/x y.wav")}.Command(),
		"originate {a=b}user/1000 &park undef undef 'A B' 1 20": Originate{Dial: d, App: AppPark(), CallerIDName: "A B", CallerIDNumber: "1", Timeout: 19500 * time.Millisecond}.Command(),
		"originate {a=b}user/1000 answer,park inline":           Originate{Dial: d, Extension: "answer,park", Dialplan: "inline"}.Command(),
		"originate user/1:_:user/2 &echo":                       Originate{Dial: RawDial("user/1:_:user/2"), App: RawApp("echo", "")}.Command(),
		"show channels as json":                                 RawAPI("show channels as json"),
		"uuid_answer u":                                         UUIDAnswer("u"),
		"uuid_pre_answer u":                                     UUIDPreAnswer("u"),
		"uuid_park u":                                           UUIDPark("u"),
		"uuid_exists u":                                         UUIDExists("u"),
		"uuid_dump u":                                           UUIDDump("u"),
		"uuid_flush_dtmf u":                                     UUIDFlushDTMF("u"),
		"uuid_kill u":                                           UUIDKill("u", ""),
		"uuid_kill u USER_BUSY":                                 UUIDKill("u", CauseUserBusy),
		"uuid_bridge u v":                                       UUIDBridge("u", "v"),
		"uuid_transfer u 5000":                                  UUIDTransfer("u", "", "5000", "", ""),
		"uuid_transfer u -both 5000 XML public":                 UUIDTransfer("u", BothLegs, "5000", "", "public"),
		"uuid_transfer u 'playback:a b' inline":                 UUIDTransfer("u", ALeg, "playback:a b", "inline", ""),
		"uuid_dual_transfer u 1 2":                              UUIDDualTransfer("u", "1", "2"),
		"uuid_broadcast u '/x y.wav' both":                      UUIDBroadcast("u", "/x y.wav", BothLegs),
		"uuid_broadcast u /x.wav":                               UUIDBroadcast("u", "/x.wav", ""),
		"uuid_break u":                                          UUIDBreak("u", false),
		"uuid_break u all":                                      UUIDBreak("u", true),
		"uuid_hold u":                                           UUIDHold("u"),
		"uuid_hold off u":                                       UUIDUnhold("u"),
		"uuid_media u":                                          UUIDMedia("u", true),
		"uuid_media off u":                                      UUIDMedia("u", false),
		"uuid_phone_event u talk":                               UUIDPhoneEvent("u", "talk"),
		"uuid_deflect u sip:1@example.com":                      UUIDDeflect("u", "sip:1@example.com"),
		"uuid_record u start /x.wav":                            UUIDRecord("u", "/x.wav", 0),
		"uuid_record u start /x.wav 60":                         UUIDRecord("u", "/x.wav", time.Minute),
		"uuid_record u stop all":                                UUIDRecordStop("u", "all"),
		"uuid_displace u start /x.wav":                          UUIDDisplace("u", "/x.wav", 0, false),
		"uuid_displace u start /x.wav 0 mux":                    UUIDDisplace("u", "/x.wav", 0, true),
		"uuid_displace u stop /x.wav":                           UUIDDisplaceStop("u", "/x.wav"),
		"uuid_audio u start read level -2":                      UUIDAudioLevel("u", false, -2),
		"uuid_audio u start write mute 1":                       UUIDAudioMute("u", true),
		"uuid_audio u stop":                                     UUIDAudioStop("u"),
		"uuid_send_dtmf u 12#w3@200":                            UUIDSendDTMF("u", "12#w3@200"),
		"uuid_getvar u a":                                       UUIDGetVar("u", "a"),
		"uuid_setvar u a 'b c'":                                 UUIDSetVar("u", "a", "b c"),
		"uuid_setvar u a":                                       UUIDSetVar("u", "a", ""),
		`uuid_setvar_multi u a=b;c=d\;e;f=`:                     UUIDSetVars("u", Variable{"a", "b"}, Variable{"c", "d;e"}, Variable{"f", ""}),
	} {
		if got, err := c.Encode(); err != nil || got != want || c.String() != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
		if wire, err := c.API().Encode(); err != nil || wire != "api "+want+"\n\n" {
			t.Errorf("api: %q, %v", wire, err)
		}
		if wire, err := c.BgAPI("j").Encode(); err != nil || wire != "bgapi "+want+"\nJob-UUID: j\n\n" {
			t.Errorf("bgapi: %q, %v", wire, err)
		}
	}
}

func TestAPICommandsThatCannotBeSaid(t *testing.T) {
	d := Dial(User("1000"))
	for i, c := range []APICommand{
		{}, RawAPI(""), RawAPI("a\nb"), UUIDAnswer(""), UUIDAnswer("a b"), UUIDAnswer("a\r"), UUIDHold("off"), UUIDMedia("off", true),
		Originate{Dial: d}.Command(), Originate{Dial: d, Extension: "1", App: AppPark()}.Command(), Originate{Extension: "1"}.Command(),
		Originate{Dial: d, Extension: "&park"}.Command(), Originate{Dial: d, Extension: "undef"}.Command(),
		Originate{Dial: d, Extension: "1", CallerIDName: "UNDEF"}.Command(), Originate{Dial: d, Extension: "1\n"}.Command(),
		Originate{Dial: d, App: AppPlayback("a)b")}.Command(), Originate{Dial: d, App: RawApp("a(", "")}.Command(),
		Originate{Dial: d, App: AppPlayback("a\nb")}.Command(), Originate{Dial: d, Extension: "1", Timeout: -1}.Command(),
		UUIDKill("u", "NORMAL CLEARING"), UUIDBridge("u", ""), UUIDTransfer("u", HoldBLeg, "1", "", ""), UUIDTransfer("u", "", "-both", "", ""),
		UUIDTransfer("u", "", "", "", ""), UUIDDualTransfer("u", "1/2", "3"), UUIDBroadcast("u", "", ""), UUIDPhoneEvent("u", ""), UUIDDeflect("u", "a b"),
		UUIDRecord("u", "x", -time.Second), UUIDRecord("u", "", 0), UUIDDisplace("u", "\n", 0, true), UUIDAudioLevel("u", true, 5),
		UUIDSendDTMF("u", "1 2"), UUIDSendDTMF("u", "x"), UUIDSendDTMF("u", ""), UUIDSendDTMF("u", "1@"), UUIDGetVar("u", "a=b"), UUIDGetVar("u", ""),
		UUIDSetVar("u", "a", "b\nc"), UUIDSetVars("u"), UUIDSetVars("u", make([]Variable, 65)...), UUIDSetVars("u", Variable{"a", "\x00"}),
		UUIDSetVars("u", Variable{"a", "${b}"}),
	} {
		var ce *CommandError
		text, err := c.Encode()
		if !errors.As(err, &ce) || text != "" {
			t.Errorf("%d: %q, %v", i, text, err)
		}
		for _, sent := range []Command{c.API(), c.BgAPI("")} {
			if wire, err := sent.Encode(); err == nil || wire != "" {
				t.Errorf("%d: %q is sent", i, wire)
			}
		}
	}
}

func TestApps(t *testing.T) {
	digits := Digits{Min: 1, Max: 4, Prompt: "/ask me.wav", Variable: "pin", Timeout: 5 * time.Second, Terminators: "#"}
	free := Digits{Max: 1, Prompt: "a.wav", Variable: "x", Timeout: time.Second, Between: 2 * time.Second, Tries: 3, Invalid: "b.wav", Match: `^[1-3]$`}
	for want, app := range map[string]App{
		"answer":                    AppAnswer(),
		"pre_answer":                AppPreAnswer(),
		"ring_ready":                AppRingReady(),
		"park":                      AppPark(),
		"echo":                      AppEcho(),
		"hold":                      AppHold(),
		"unhold":                    AppUnhold(),
		"break":                     AppBreak(),
		"hangup":                    AppHangup(""),
		"hangup(USER_BUSY)":         AppHangup(CauseUserBusy),
		"sleep(1500)":               AppSleep(1500 * time.Millisecond),
		"playback(/x y.wav)":        AppPlayback("/x y.wav"),
		"record(/x.wav)":            AppRecord("/x.wav", 0, 0, 0),
		"record('/x y.wav' 60)":     AppRecord("/x y.wav", time.Minute, 0, 0),
		"record(/x.wav 0 200 3)":    AppRecord("/x.wav", 0, 200, 3*time.Second),
		"record_session(/x y.wav)":  AppRecordSession("/x y.wav"),
		"stop_record_session(all)":  AppStopRecordSession("all"),
		"bridge({a=b}user/1)":       AppBridge(Dial(User("1")).With("a", "b")),
		"bridge(user/${x})":         AppBridge(RawDial("user/${x}")),
		"transfer(5000)":            AppTransfer("", "5000", "", ""),
		"transfer(-bleg 1 XML ctx)": AppTransfer(BLeg, "1", "", "ctx"),
		"set(a=b c)":                AppSet("a", "b c"),
		"set(a=)":                   AppSet("a", ""),
		"export(a=b)":               AppExport("a", "b"),
		"unset(a)":                  AppUnset("a"),
		"conference(room)":          AppConference("room", "", ""),
		"conference(room@wideband+1234+flags{mute|moderator})":                           AppConference("room", "wideband", "1234", "mute", "moderator"),
		"say(en NUMBER PRONOUNCED 42)":                                                   AppSay("en", "NUMBER", "PRONOUNCED", "42"),
		"send_dtmf(1w2)":                                                                 AppSendDTMF("1w2"),
		"read(1 4 '/ask me.wav' pin 5000 # 5000)":                                        AppRead(digits),
		"read(0 1 a.wav x 1000 none 2000)":                                               AppRead(free),
		"play_and_get_digits(1 4 1 5000 # '/ask me.wav' silence_stream://1 pin .* 5000)": AppPlayAndGetDigits(digits),
		"play_and_get_digits(0 1 3 1000 none a.wav b.wav x ^[1-3]$ 2000)":                AppPlayAndGetDigits(free),
	} {
		if got := app.String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		name, data, err := app.Encode()
		if err != nil || !strings.HasPrefix(want, name) {
			t.Errorf("%s: %q, %q, %v", want, name, data, err)
		}
		got, err1 := app.Execute("u", 2, Header{"event-lock", "true"}).Encode()
		plain, err2 := Execute("u", name, data, 2, Header{"event-lock", "true"}).Encode()
		if err1 != nil || err2 != nil || got != plain {
			t.Errorf("%s: executed as\n%s, %v", want, got, err1)
		}
	}
	for i, app := range []App{{}, RawApp("", "x"), RawApp("a b", ""), RawApp("a", "\x00"), AppPlayback(""), AppPlayback("a\nb"), AppHangup("A B"),
		AppSleep(-1), AppRecord("x", -1, 0, 0), AppRecord("x", 0, -1, 0), AppBridge(DialString{}), AppTransfer("x", "1", "", ""), AppSet("", "x"), AppSet("a", "b\n"),
		AppUnset("a b"), AppConference("a@b", "", ""), AppConference("a", "", "1", "x|y"), AppSay("en", "", "x", "1"), AppSendDTMF("hello"),
		AppRead(Digits{}), AppRead(Digits{Min: 3, Max: 2, Prompt: "x", Variable: "v", Timeout: 1}), AppPlayAndGetDigits(Digits{Max: 1, Prompt: "x", Variable: "v"}),
		AppRead(Digits{Max: 1, Prompt: "x", Variable: "v", Timeout: 1, Terminators: "!"}), AppRead(Digits{Max: 128, Prompt: "x", Variable: "v", Timeout: 1})} {
		var ce *CommandError
		if name, _, err := app.Encode(); !errors.As(err, &ce) || name != "" {
			t.Errorf("%d: %v, %v", i, app, err)
		}
		if wire, err := app.Execute("u", 0).Encode(); err == nil || wire != "" {
			t.Errorf("%d: %q is sent", i, wire)
		}
	}
}

// Data that does not fit into a header goes as the body.
func TestDataWithLineEndsIsABody(t *testing.T) {
	got, err := RawApp("lua", "a\nb").Execute("u", 0, Header{"Event-UUID", "e"}).Encode()
	want := "SendMsg u\ncall-command: execute\nexecute-app-name: lua\ncontent-type: text/plain\nEvent-UUID: e\nContent-Length: 3\n\na\nb"
	if err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
}

// What variables are set to is what a server reads.
func TestServersReadArgumentsAsTheyWereMeant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, path := awkward().Draw(t, "value"), awkward().Draw(t, "path")
		if line, err := UUIDSetVar("u", "name", value).Encode(); err == nil {
			want := []string{"u", "name", value}
			if got := separate(strings.TrimPrefix(line, "uuid_setvar "), ' ', 3); cmp.Diff(want, got) != "" {
				t.Fatalf("%s: read as %q", line, got)
			}
		}
		if line, err := UUIDRecord("u", path, time.Second).Encode(); err == nil {
			want := []string{"u", "start", path, "1"}
			if got := separate(strings.TrimPrefix(line, "uuid_record "), ' ', 5); cmp.Diff(want, got) != "" {
				t.Fatalf("%s: read as %q", line, got)
			}
		}
		if line, err := UUIDSetVars("u", Variable{"a", value}, Variable{"b", path}).Encode(); err == nil {
			want := []string{"a=" + value, "b=" + path}
			if got := separate(strings.TrimPrefix(line, "uuid_setvar_multi u "), ';', 64); cmp.Diff(want, got) != "" {
				t.Fatalf("%s: read as %q", line, got)
			}
		}
	})
}
