package esl

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCheckReply(t *testing.T) {
	for _, text := range []string{"", "+OK", "+OK accepted", "vm", "true", "OK -ERR", " -ERR", "-ERR no reply\n", "-ERR no reply"} {
		if err := CheckReply(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, reason := range map[string]string{
		"-ERR no such channel\n":      "no such channel",
		"-ERR":                        "",
		"-ERR no reply yet\n":         "no reply yet",
		"-USAGE: <uuid> <var>\n":      "<uuid> <var>",
		"-USAGE <uuid>":               "<uuid>",
		"-ERR x Command not found!\n": "x Command not found!",
	} {
		err := CheckReply(text)
		var re *ReplyError
		if !errors.As(fmt.Errorf("wrapped: %w", err), &re) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if re.Reason() != reason || re.Text != strings.TrimSpace(text) || re.Error() != "freeswitch: "+re.Text {
			t.Errorf("%q: reason %q, text %q, error %q", text, re.Reason(), re.Text, re.Error())
		}
	}
	if n := len(CheckReply("-ERR " + strings.Repeat("x", 10_000)).Error()); n > 300 {
		t.Errorf("error text of %d bytes", n)
	}
	if got := (&ReplyError{Text: "no"}).Reason(); got != "no" {
		t.Errorf("reason %q", got)
	}
}
