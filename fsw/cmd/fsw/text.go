package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// short is enough of an id to tell channels apart by eye.
func short(uuid string) string {
	if len(uuid) > 8 {
		return uuid[:8]
	}
	return uuid
}

// caller is a name and a number, as far as they differ.
func caller(name, number string) string {
	switch {
	case name == "" || name == number:
		return number
	case number == "":
		return name
	}
	return name + " <" + number + ">"
}

// printable makes text from the server safe for a terminal: it could hold control
// characters, sent by a caller as a name.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' {
			return ' '
		}
		if !unicode.IsPrint(c) {
			return '·'
		}
		return c
	}, text)
}

// clock writes a duration as 1:02 or 1:02:03.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s < 0 {
		s = 0
	}
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
