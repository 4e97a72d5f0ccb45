package esl

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The examples of 13.1, its flaws included.
func TestEncode(t *testing.T) {
	for s, want := range map[string]string{
		"":                       "",
		"plain-text_1.~/*":       "plain-text_1.~/*",
		"a b":                    "a%20b",
		"+15551234":              "%2B15551234",
		"a:b;c|d":                "a%3Ab%3Bc%7Cd",
		"(tone),'q'!$":           "(tone),'q'!$",
		"\x00\x01\t\r\n":         "%00%01%09%0D%0A",
		"\x7f":                   "%7F",
		"é":                      "%C3%A9",
		"\xe9":                   "%E9", // Latin-1: bytes are encoded, not characters
		"100%":                   "100%25",
		"100%25":                 "100%25", // taken for encoded
		"%41":                    "%41",    // the same
		"%3a":                    "%253a",  // lower case is not
		"%4":                     "%254",
		"%%41":                   "%25%41",
		"ARRAY::a|:b|:c":         "ARRAY%3A%3Aa%7C%3Ab%7C%3Ac",
		"#%&+:;<=>?@[\\]^`{|}\"": "%23%25%26%2B%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D%22",
	} {
		if got := Encode(s); got != want {
			t.Errorf("Encode(%q) is %q, want %q", s, got, want)
		}
	}
}

func TestDecode(t *testing.T) {
	for s, want := range map[string]string{
		"":            "",
		"a%20b":       "a b",
		"a+b":         "a+b", // never a space
		"%E9":         "\xe9",
		"%c3%A9":      "é",
		"100%":        "100%",
		"100%2":       "100%2",
		"%zz%4g%g4":   "%zz%4g%g4",
		"%%41":        "%A",
		"%2541":       "%41", // once
		"%253a":       "%3a",
		"%00":         "\x00",
		"%":           "%",
		"%%":          "%%",
		"%2":          "%2",
		"x%20":        "x ",
		"%41":         "A",
		"Sun,%2022":   "Sun, 22",
		"2%25%2025%%": "2% 25%%",
	} {
		if got := Decode(s); got != want {
			t.Errorf("Decode(%q) is %q, want %q", s, got, want)
		}
		if got := string(appendDecoded([]byte("x"), s)); got != "x"+want {
			t.Errorf("appendDecoded(%q) is %q, want %q", s, got, "x"+want)
		}
		if !decodesTo(s, want) {
			t.Errorf("decodesTo(%q, %q) is false", s, want)
		}
	}
}

func TestDecodeDoesNotCopyForNothing(t *testing.T) {
	for _, s := range []string{"plain", "100%", "%zz"} {
		if n := testing.AllocsPerRun(10, func() { Decode(s) }); n != 0 {
			t.Errorf("Decode(%q) allocates %v times", s, n)
		}
	}
}

// Encode is undone by Decode, but for what looks encoded already.
func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genText.Draw(t, "s")
		enc := Encode(s)
		if i := strings.IndexFunc(enc, func(r rune) bool { return r <= ' ' || r > '~' || r == ':' }); i >= 0 {
			t.Fatalf("Encode(%q) is %q", s, enc)
		}
		dec := Decode(enc)
		if !looksEncoded(s) && dec != s {
			t.Fatalf("%q came back as %q by way of %q", s, dec, enc)
		}
		if Encode(enc) != enc {
			t.Fatalf("%q encodes again, to %q", enc, Encode(enc))
		}
		other := genText.Draw(t, "other")
		if decodesTo(s, other) != (Decode(s) == other) {
			t.Fatalf("decodesTo(%q, %q) is wrong", s, other)
		}
		if !decodesTo(s, Decode(s)) {
			t.Fatalf("decodesTo(%q, %q) is false", s, Decode(s))
		}
	})
}

// looksEncoded reports whether s has what Encode leaves alone.
func looksEncoded(s string) bool {
	for i := range s {
		if s[i] == '%' && i+2 < len(s) && isUpperHex(s[i+1]) && isUpperHex(s[i+2]) {
			return true
		}
	}
	return false
}

// genText draws what values are made of, with a liking for what codecs trip over.
var genText = rapid.Map(rapid.SliceOfN(rapid.OneOf(
	rapid.SampledFrom([]string{"%", "%4", "%41", "%3a", "+", " ", ":", "\n", "\r", "\x00", "\\", `"`, `\u00e9`,
		"é", "\xe9", "𝄞", "_undef_", "ARRAY::", "|:", "[", "]", "{", "}", ",", "\u2028"}),
	rapid.StringN(0, 5, -1),
), 0, 6), func(parts []string) string { return strings.Join(parts, "") })
