package esl

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Every recorded JSON event is read, also the one that is not UTF-8, and is
// written again as the server wrote it, byte for byte (13.6).
func TestJSONCapturesRoundTrip(t *testing.T) {
	events, invalid := 0, 0
	for _, session := range []string{"07_event_json", "09_outbound/async_full_nolinger_remote_hangup"} {
		for _, m := range messages(t, session) {
			if m.ContentType != EventJSON {
				continue
			}
			events++
			e := mustEvent(t, m)
			want := m.Body
			// An empty body, which only JSON shows, is none here.
			want = strings.Replace(want, `,"_body":""`, "", 1)
			if got := string(e.AppendJSON(nil)); got != want {
				t.Errorf("%s at %d: written as\n%s\nread as\n%s", session, m.Offset(), got, want)
			}
			if !utf8.ValidString(m.Body) {
				invalid++
				if !strings.Contains(e.Body(), "\xff") {
					t.Errorf("the bytes of %q were changed", e.Body())
				}
			}
		}
	}
	if events != 77 || invalid != 1 {
		t.Errorf("%d events, %d of them not UTF-8", events, invalid)
	}
}

// The same event means the same in both formats.
func TestJSONAgreesWithPlain(t *testing.T) {
	for _, session := range []string{"07_event_json", "05_conference", "04_call_lifecycle"} {
		for _, m := range messages(t, session) {
			if !m.HasEvent() {
				continue
			}
			e := mustEvent(t, m)
			other := e.JSONMessage()
			if m.ContentType == EventJSON {
				other = e.PlainMessage()
			}
			o := mustEvent(t, other)
			if e.Len() != o.Len() || e.Name() != o.Name() || e.Subclass() != o.Subclass() || e.Body() != o.Body() {
				t.Fatalf("%v became %v", e, o)
			}
			for i := range e.Len() {
				name, value := e.At(i)
				otherName, otherValue := o.At(i)
				if m.ContentType == EventJSON {
					value = Decode(Encode(value)) // the plain format cannot tell (13.1)
				}
				if name != otherName || value != otherValue {
					t.Errorf("%s at %d: %q: %q became %q: %q", session, m.Offset(), name, value, otherName, otherValue)
				}
				if d := cmp.Diff(e.Values(name), o.Values(name)); d != "" && !strings.Contains(d, "%") {
					t.Error(d)
				}
			}
		}
	}
}

// Arrays and bodies of the recorded events (13.6).
func TestJSONCaptureHeaders(t *testing.T) {
	var arrays, bodies int
	for _, m := range messages(t, "07_event_json") {
		if m.ContentType != EventJSON {
			continue
		}
		e := mustEvent(t, m)
		if vs, ok := e.Array("variable_arrvar"); ok {
			arrays++
			// It grows: first as one text, then as an array.
			want := []string{"first item", "second: item|x", "third%20item é"}[:len(vs)]
			if d := cmp.Diff(want, vs); d != "" {
				t.Error(d)
			}
			if got := e.Value("variable_arrvar"); got != joinArray(want) {
				t.Errorf("joined array %q", got)
			}
		}
		if e.HasBody() {
			bodies++
			if e.Has("_body") {
				t.Error("_body is a header")
			}
		}
		if name := string(e.Name()); name == "" || strings.Contains(name, `"`) {
			t.Errorf("name %q", name)
		}
	}
	if arrays != 16 || bodies != 7 {
		t.Errorf("%d arrays, %d bodies", arrays, bodies)
	}
}

func TestParseJSON(t *testing.T) {
	e := mustJSON(t, ` { "Event-Name" : "CUSTOM", "a":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud834\udd1e", "Dup":"1","dup":"2",
		"latin":"`+"\xe9"+`", "\u0041b\n":"x", "arr":["a","b\n",""], "one":["x"], "none":[], "n":-1.5e3, "t":true, "z":null,
		"obj":{"x":[1,{"y":"}"}]}, "mixed":["a",1,["b"]], "lone":"\ud834x\udd1e", "bad":"\x\u12", "Content-Length":"3",
		"_body":"a\nb" } `)
	want := []Header{
		{"Event-Name", "CUSTOM"}, {"a", "\"\\/\b\f\n\r\tAé𝄞"}, {"Dup", "1"}, {"dup", "2"}, {"latin", "\xe9"}, {"Ab\n", "x"},
		{"arr", "ARRAY::a|:b\n|:"}, {"one", "x"}, {"none", ""}, {"n", "-1.5e3"}, {"t", "true"}, {"z", "null"},
		{"obj", `{"x":[1,{"y":"}"}]}`}, {"mixed", `ARRAY::a|:1|:["b"]`}, {"lone", "\uFFFDx\uFFFD"}, {"bad", `\x\u12`},
		{"Content-Length", "3"}, {"(body)", "a\nb"},
	}
	if d := cmp.Diff(want, list(e)); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
	if e.Value("AB\n") != "x" || e.Value("DUP") != "1" {
		t.Error("a name was not found")
	}
	if raw, ok := e.Raw("a"); raw != `\"\\\/\b\f\n\r\t\u0041\u00e9\ud834\udd1e` || !ok {
		t.Errorf("raw %q", raw)
	}
	for i := range e.Len() {
		_, v := e.At(i)
		if !e.ValueIs(i, v) || e.ValueIs(i, v+"x") || v != "" && e.ValueIs(i, v[1:]) || e.ValueString(i) != v || string(e.AppendValue(nil, i)) != v {
			t.Errorf("header %d: ValueIs, ValueString or AppendValue does not agree with %q", i, v)
		}
	}
	for name, want := range map[string][]string{"one": {"x"}, "arr": {"a", "b\n", ""}, "none": nil, "t": {"true"}} {
		if got, ok := e.Array(name); !ok || cmp.Diff(want, got) != "" {
			t.Errorf("array %s is %q, %v", name, got, ok)
		}
	}
	// In JSON an empty value is "", so "_undef_" is a text like any other.
	if e := mustJSON(t, `{"Event-Name":"X","a":"_undef_","b":"ARRAY::x|:y"}`); e.Value("a") != "_undef_" || len(e.Values("b")) != 1 {
		t.Error("JSON is read as if it were plain")
	}
}

// The last "_body" is the body (3.8: a header of that name can be given to an event).
func TestJSONTwoBodies(t *testing.T) {
	e := mustJSON(t, `{"_body":"header","Event-Name":"X","Content-Length":"4","_body":"body"}`)
	if e.Body() != "body" || e.Value("_body") != "header" {
		t.Errorf("body %q, header %q", e.Body(), e.Value("_body"))
	}
}

func TestParseJSONErrors(t *testing.T) {
	tests := []struct {
		text string
		at   int
	}{
		{"", 0}, {"null", 0}, {"[]", 0}, {`"x"`, 0}, {"{", 1}, {`{"a"`, 4}, {`{"a":`, 5}, {`{"a":"b`, 5}, {`{"a":"b"`, 8},
		{`{"a":"b",}`, 9}, {`{"a":"b"}x`, 9}, {`{"a":"b"}{}`, 9}, {`{a:"b"}`, 1}, {`{"a":"b\"}`, 5}, {`{"a":"b\`, 5},
		{`{"a":[}`, 6}, {`{"a":["b"`, 9}, {`{"a":{"b"}}`, 9}, {`{"a":}`, 5}, {"{\"a\x00", 1},
		{"{\"a\":" + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", 70},
		{"{\"a\":" + strings.Repeat(" ", 300) + "\"b\"}", 3},
	}
	for _, tt := range tests {
		e, err := ParseJSON(tt.text)
		var ee *EventError
		if e != nil || !errors.As(err, &ee) || ee.Kind != ErrJSON {
			t.Errorf("%q: %v, %v", cut(tt.text), e, err)
		} else if ee.Offset != tt.at {
			t.Errorf("%q: error at %d, want %d", cut(tt.text), ee.Offset, tt.at)
		} else if len(ee.Error()) > 200 {
			t.Errorf("error text of %d bytes", len(ee.Error()))
		}
	}
	for _, text := range []string{"{}", `{"_body":"x"}`} {
		if _, err := ParseJSON(text); !errors.Is(err, ErrNoHeader) {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

// What the standard library can read is read the same way here.
func TestJSONAgreesWithStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{}
		for range rapid.IntRange(1, 10).Draw(t, "n") {
			want[strings.ToValidUTF8(genText.Draw(t, "name"), "?")] = strings.ToValidUTF8(genText.Draw(t, "value"), "?")
		}
		delete(want, "_body")
		want["Event-Name"] = "X"
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ParseJSON(string(text))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for n, v := range e.All() {
			got[n] = v
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s (-want +got):\n%s", text, d)
		}
		// And the other way round.
		text, err = json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		clear(got)
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if d := cmp.Diff(want, got); d != "" && !strings.Contains(string(text), "[") {
			t.Fatalf("%s (-want +got):\n%s", text, d)
		}
	})
}

// Other programs insist on UTF-8.
func TestMarshalJSON(t *testing.T) {
	text, err := json.Marshal(NewEvent("X", "a", "\xe9", "b", "ARRAY::x|:y").WithBody("\xff\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(text), `{"Event-Name":"X","a":"�","b":["x","y"],"Content-Length":"2","_body":"�\n"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
