package fsw

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// Tables in JSON hold bytes that are not UTF-8 where values do, a name in Latin-1 say, for
// FreeSWITCH passes them on as they are, in tables as in events. Package encoding/json puts
// U+FFFD in their places: the name would be another after a gap. So such bytes go through
// it as runes, which nobody else uses, and become bytes again.

// rawByte is the rune of byte 0, in the last private use area of Unicode.
const rawByte = 0x10FE00

// runesOf returns a table that can be decoded, and whether rawOf is then to be called.
func runesOf(table string) (text string, raw bool) {
	if utf8.ValidString(table) {
		return table, false
	}
	var b strings.Builder
	for i := 0; i < len(table); {
		r, size := utf8.DecodeRuneInString(table[i:])
		if r == utf8.RuneError && size == 1 {
			r = rawByte + rune(table[i])
		}
		b.WriteRune(r)
		i += size
	}
	return b.String(), true
}

// rawOf is the way back.
func rawOf(s string) string {
	var b []byte
	for _, r := range s {
		if r >= rawByte+utf8.RuneSelf && r <= rawByte+0xFF {
			b = append(b, byte(r-rawByte))
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

// rawIn calls rawOf for all strings of a row.
func rawIn(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(rawOf(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			rawIn(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			rawIn(v.Index(i))
		}
	}
}
