package main

import (
	"bytes"
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

func TestEventJSON(t *testing.T) {
	for _, c := range []struct {
		ev   *esl.Event
		want string
	}{
		{esl.NewEvent("X"), `{"Event-Name":"X"}`},
		{esl.NewEvent("X", "a", "1", "b", "<&>", "a", "2", "A", "3"), `{"Event-Name":"X","a":["1","2"],"b":"<&>","A":"3"}`},
		{esl.NewEvent("X", "list", "ARRAY::1|:2", "one", "ARRAY::1"), `{"Event-Name":"X","list":["1","2"],"one":["1"]}`},
		{esl.NewEvent("X", "latin", "M\xfcller"), `{"Event-Name":"X","latin":"M` + `\ufffd` + `ller"}`},
		{esl.NewEvent("X", "a", "").WithBody("1\n2"), `{"Event-Name":"X","a":"","Content-Length":"3","_body":"1\n2"}`},
	} {
		var b bytes.Buffer
		out := &output{w: &b, broken: func(error) {}}
		out.json(eventJSON{c.ev})
		if got := b.String(); got != c.want+"\n" || out.err != nil {
			t.Errorf("got  %swant %s\n%v", got, c.want, out.err)
		}
	}
}
