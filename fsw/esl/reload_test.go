package esl

import (
	"errors"
	"strings"
	"testing"
)

// A server takes every command that has both words anywhere for a reload of its event socket,
// which ends all connections (3.10). Text of others must not do that.
func TestTextThatReloadsTheEventSocket(t *testing.T) {
	for _, text := range []string{"reload mod_event_socket", "mod_event_socket: please reload", "Unload MOD_event_socket", "xmod_event_socketreloadx"} {
		for name, c := range map[string]Command{
			"api":        API("uuid_setvar u x " + text),
			"say":        ConferenceSay("room", text).API(),
			"background": UUIDSetVar("u", "name", text).BgAPI("job"),
			"header":     SendEvent("MESSAGE", Header{"subject", text}),
			"apart":      SendEvent("MESSAGE", Header{"a", "Reload"}, Header{"b", text}),
			"job":        BgAPI("mod_event_socket", "reload"),
			"name":       SendEvent("reload", Header{"mod_event_socket", "x"}),
			"line":       {Line: "filter x " + text},
			"execute":    Execute("u", "log", text, 0),
			"app":        AppPlayback(text).Execute("u", 0, Header{"x-unload", text}),
		} {
			var ce *CommandError
			if wire, err := c.Encode(); !errors.As(err, &ce) || wire != "" {
				t.Errorf("%s: %q is sent, %v", name, wire, err)
			}
		}
		// A body is not looked at.
		c := SendEvent("MESSAGE", Header{"to", "x"})
		c.Body = text
		for _, c := range []Command{c, AppPlayback(text).Execute("u", 0), AppSay("en", "NAME", "PRONOUNCED", text).Execute("u", 0)} {
			wire, err := c.Encode()
			if block, body, _ := strings.Cut(wire, "\n\n"); err != nil || strings.Contains(block, text) || !strings.Contains(body, text) {
				t.Errorf("%q, %v", wire, err)
			}
		}
	}
	for _, line := range []string{"reload mod_event_socket", "unload mod_event_socket", "Reload mod_event_socket", "reload mod_sofia",
		"module_exists mod_event_socket", "bgapi reload mod_event_socket"} {
		for _, c := range []Command{API(line), BgAPI(line, ""), BgAPI(line, "job")} {
			if _, err := c.Encode(); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}

// A header's value cannot begin with a space or with what the server takes for an array
// (3.4, 3.8), an application's data can.
func TestDataThatIsNoHeader(t *testing.T) {
	for _, data := range []string{" two spaces", "ARRAY::one", "ARRAY::a|:b", "ARRAY::", " ", "a\nb"} {
		wire, err := RawApp("log", data).Execute("u", 0).Encode()
		block, body, _ := strings.Cut(wire, "\n\n")
		if err != nil || body != data || !strings.Contains(block, "content-type: text/plain\n") {
			t.Errorf("%q: %q, %v", data, wire, err)
		}
	}
}
