package esl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDialStrings(t *testing.T) {
	alice, gw := User("alice@example.com"), Gateway("pstn", "+493012345")
	for want, d := range map[string]DialString{
		"user/alice@example.com":                                 Dial(alice),
		"user/alice@example.com,sofia/gateway/pstn/+493012345":   Dial(alice, gw),
		"user/alice@example.com|sofia/gateway/pstn/+493012345":   Dial(alice).Or(gw),
		"user/1000,user/1001|user/1002,loopback/9196/default":    Dial(User("1000"), User("1001")).Or(User("1002"), Loopback("9196", "default")),
		"{ignore_early_media=true}user/1000":                     Dial(User("1000")).With("ignore_early_media", "true"),
		"{a=b,c=John Doe}user/1000":                              Dial(User("1000")).With("a", "b").With("c", "John Doe"),
		`{codecs=PCMA\,PCMU}user/1000`:                           Dial(User("1000")).With("codecs", "PCMA,PCMU"),
		`{name=O\\\'Brien}user/1000`:                             Dial(User("1000")).With("name", "O'Brien"),
		`{json={"a":"b"}}user/1000`:                              Dial(User("1000")).With("json", `{"a":"b"}`),
		"[leg_timeout=5,x=y]user/1000,[leg_timeout=10]user/1001": Dial(User("1000").With("leg_timeout", "5").With("x", "y"), User("1001").With("leg_timeout", "10")),
		`[a=b][c=d\,e][f=g]user/1000`:                            Dial(User("1000").With("a", "b").With("c", "d,e").With("f", "g")),
		"{name=Zoë}sofia/internal/zoë@example.com":               Dial(Sofia("internal", "zoë@example.com")).With("name", "Zoë"),
		"error/USER_BUSY":                                        Dial(ErrorLeg(CauseUserBusy)),
		`verto.rtc/a\,b`:                                         Dial(Endpoint("verto.rtc/a,b")),
		"{a=b}[c=d]user/1000|user/2:_:user/3":                    RawDial("{a=b}[c=d]user/1000|user/2:_:user/3"),
		"sofia/internal/sip:1@[2001:db8::1]:5060;transport=tcp":  Dial(Sofia("internal", "sip:1@[2001:db8::1]:5060;transport=tcp")),
	} {
		got, err := d.Encode()
		if err != nil || got != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
}

func TestDialStringsThatCannotBeSaid(t *testing.T) {
	ok := Dial(User("1000"))
	for reason, d := range map[string]DialString{
		"is empty":                  {},
		"has no legs":               Dial(),
		"an empty leg":              Dial(Leg{}),
		"contains an LF":            Dial(User("a\nb")),
		"contains a CR":             ok.With("a", "b\r"),
		"contains a NUL":            Dial(User("1").With("a", "b\x00c")),
		"has a slash":               Dial(User("1000/2")),
		"no destination":            Dial(Gateway("pstn", "")),
		"no slash":                  Dial(Endpoint("x")),
		"starts with a bracket":     Dial(Endpoint("[a=b]user/1")),
		"without its partner":       ok.With("a", "}{"),
		"without its partner,":      Dial(User("1").With("a", "x]")),
		"which sets nothing":        ok.With("a", ""),
		"the server refuses":        ok.With("a", "${b}"),
		"[ or ] without":            Dial(User("1"), Endpoint("x/[")),
		"${":                        Dial(Sofia("internal", "${system(rm)}")),
		":_:":                       ok.With("a", "b:_:c"),
		"contains :_:":              Dial(User("a:_:b")),
		"syntax around it":          ok.With("a=b", "c"),
		"white space":               ok.With("a b", "c"),
		"marks commas":              ok.With("a", "b\x02"),
		"takes no further legs":     RawDial("user/1").Or(User("2")),
		"takes no variables":        RawDial("user/1").With("a", "b"),
		"more than 128 legs":        Dial(make([]Leg, 129)...),
		"argument dial string is e": RawDial(""),
	} {
		text, err := d.Encode()
		var ce *CommandError
		if !errors.As(err, &ce) || text != "" || !strings.Contains(err.Error(), strings.TrimSuffix(reason, ",")) {
			t.Errorf("%q, %v, want an error with %q", text, err, reason)
		}
		if _, err := (Originate{Dial: d, Extension: "1"}).Command().Encode(); err == nil {
			t.Errorf("%s: originate takes it", reason)
		}
		if _, _, err := AppBridge(d).Encode(); err == nil {
			t.Errorf("%s: bridge takes it", reason)
		}
	}
}

// A method that returns another leg or dial string leaves the one it is called on alone.
func TestDialStringsDoNotChange(t *testing.T) {
	leg := User("1").With("a", "b")
	one, two := leg.With("c", "1"), leg.With("c", "2")
	d := Dial(leg).With("x", "y")
	e, f := d.Or(one).With("z", "1"), d.Or(two).With("z", "2")
	got := fmt.Sprint(encoded(d), " ", encoded(e), " ", encoded(f))
	want := "{x=y}[a=b]user/1 {x=y,z=1}[a=b]user/1|[a=b,c=1]user/1 {x=y,z=2}[a=b]user/1|[a=b,c=2]user/1"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if v, ok := e.Variable("Z"); v != "1" || !ok {
		t.Errorf("z is %q, %v", v, ok)
	}
	mapped := e.MapLegs(func(l Leg) Leg { return l.With("m", "n") })
	if got := encoded(mapped); got != "{x=y,z=1}[a=b,m=n]user/1|[a=b,c=1,m=n]user/1" {
		t.Errorf("mapped: %s", got)
	}
}

func encoded(d DialString) string {
	text, err := d.Encode()
	if err != nil {
		return err.Error()
	}
	return text
}

// awkward are texts made of what the syntax is made of.
func awkward() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-z0-9 ,|'"\\=;:$^&@{}()<>\[\]ntrsëß-]{1,12}`),
		rapid.StringMatching(`[\\', ]{1,6}`),
		rapid.StringMatching(`[ -~]{1,20}`),
	)
}

// sayable returns s without what no dial string can say between such brackets: those
// without a partner, what names a variable, and the mark between enterprise legs.
func sayable(s string, open, end byte) string {
	for before := ""; before != s; {
		before = s
		s = strings.ReplaceAll(names.ReplaceAllString(s, "$$"), ":_:", "")
		var kept []byte
		var opened []int // where, in kept
		for i := range len(s) {
			switch {
			case s[i] == open:
				opened = append(opened, len(kept))
			case s[i] == end && len(opened) == 0:
				continue
			case s[i] == end:
				opened = opened[:len(opened)-1]
			}
			kept = append(kept, s[i])
		}
		for _, at := range slices.Backward(opened) {
			kept = slices.Delete(kept, at, at+1)
		}
		s = string(kept)
	}
	return s
}

var names = regexp.MustCompile(`\$[\\$]*\{`)

// What is put into a dial string is what a server reads out of it, and nothing is
// refused but what cannot be said.
func TestServersReadDialStringsAsTheyWereMeant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := &dialDraw{T: t, mend: rapid.Float64Range(0, 1).Draw(t, "mend") < 0.8}
		want, wantVars, d := x.dial()
		text, err := d.Encode()
		if x.refused(err, "a dial string") {
			return
		}
		check := func(how, text string) {
			groups, vars, ok := readDial(text)
			if diff := cmp.Diff(want, groups); !ok || diff != "" {
				t.Fatalf("%s reads the legs of %s differently (ok %v):\n%s", how, text, ok, diff)
			}
			if diff := cmp.Diff(wantVars, vars); diff != "" {
				t.Fatalf("%s reads the variables of %s differently:\n%s", how, text, diff)
			}
		}
		check("a server", text)

		_, data, err := AppBridge(d).Encode()
		if err != nil {
			t.Fatal(err)
		}
		check("bridge", expand(data))

		o := Originate{Dial: d, Extension: x.word("extension", " &"), CallerIDName: x.word("name", " ")}
		line, err := o.Command().Encode()
		if x.refused(err, "an originate") {
			return
		}
		words := separate(strings.TrimPrefix(line, "originate "), ' ', 10)
		if len(words) != 5 || words[1] != o.Extension || words[2] != "undef" || words[4] != o.CallerIDName {
			t.Fatalf("originate reads the words %q of %s", words, line)
		}
		check("originate", words[0])
	})
}

// dialDraw draws what goes into a dial string. With mend it is all sayable.
type dialDraw struct {
	*rapid.T
	mend   bool
	broken bool // something that was drawn is not sayable
}

// refused compares whether there was an error with whether there should be one.
func (x *dialDraw) refused(err error, what string) bool {
	if err != nil && !errors.As(err, new(*CommandError)) {
		x.Fatalf("%s was refused with %T", what, err)
	}
	if (err != nil) != x.broken {
		x.Fatalf("%s: it cannot be said: %v, but the error is %v", what, x.broken, err)
	}
	return err != nil
}

// text draws a text that is to stand between such brackets.
func (x *dialDraw) text(label string, open, end byte) string {
	s := awkward().Draw(x.T, label)
	if good := sayable(s, open, end); x.mend && good != "" {
		return good
	} else if good != s {
		x.broken = true
	}
	return s
}

// word draws an argument of originate, which does not begin with some characters.
func (x *dialDraw) word(label, not string) string {
	s := awkward().Draw(x.T, label)
	if good := strings.TrimLeft(s, not); x.mend && good != "" {
		s = good
	}
	x.broken = x.broken || strings.ContainsRune(not, rune(s[0])) || strings.EqualFold(s, "undef")
	return s
}

func (x *dialDraw) dial() (groups [][]dialled, vars []Variable, d DialString) {
	drawVars := func(label string, open, end byte) (vars []Variable) {
		for i := range rapid.IntRange(0, 3).Draw(x.T, label) {
			vars = append(vars, Variable{fmt.Sprintf("v%d", i), x.text("value", open, end)})
		}
		return vars
	}
	for range rapid.IntRange(1, 3).Draw(x.T, "groups") {
		var legs []Leg
		var group []dialled
		for range rapid.IntRange(1, 3).Draw(x.T, "legs") {
			endpoint := "x/" + x.text("endpoint", '[', ']')
			l, w := Endpoint(endpoint), dialled{Endpoint: endpoint, Vars: drawVars("leg variables", '[', ']')}
			for _, v := range w.Vars {
				l = l.With(v.Name, v.Value)
			}
			legs, group = append(legs, l), append(group, w)
		}
		groups, d = append(groups, group), d.Or(legs...)
	}
	vars = drawVars("variables", '{', '}')
	for _, v := range vars {
		d = d.With(v.Name, v.Value)
	}
	return groups, vars, d
}

// Literal text survives the expansion of variables.
func TestLiteralIsExpandedToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(awkward(), rapid.StringMatching(`[\\$'{}nx]{0,8}`)).Draw(t, "text")
		if got := expand(Literal(s)); got != s {
			t.Fatalf("%q becomes %q, which expands to %q", s, Literal(s), got)
		}
	})
	if got := Literal("plain text, with $5 and 'quotes'"); got != "plain text, with $5 and 'quotes'" {
		t.Errorf("changed without need: %s", got)
	}
	if got := Literal("${system(rm -rf /)}"); got != `\${system(rm -rf /)}` {
		t.Errorf("got %s", got)
	}
}
