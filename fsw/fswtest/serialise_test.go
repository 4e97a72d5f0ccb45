package fswtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/freeswytch/freeswytch/internal/captures"
)

// bodies are the event bodies of a recording in one format.
func bodies(t *testing.T, session, format string) (out []string) {
	t.Helper()
	data := captures.Read(t, session, "server.bin")
	for len(data) > 0 {
		head, rest, ok := bytes.Cut(data, []byte("\n\n"))
		if !ok {
			break
		}
		n := 0
		for line := range strings.SplitSeq(string(head), "\n") {
			if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				n = decimalPrefix(v)
			}
		}
		if bytes.Contains(head, []byte("text/event-"+format)) {
			out = append(out, string(rest[:n]))
		}
		data = rest[n:]
	}
	if len(out) == 0 {
		t.Fatalf("no %s events in %s", format, session)
	}
	return out
}

// The tests of this file take recorded events apart and put them together
// again: the bytes must be the recorded ones.

func TestPlainAsRecorded(t *testing.T) {
	for _, session := range []string{"04_call_lifecycle", "06_sendmsg", "05_conference", "10_load"} {
		for i, text := range bodies(t, session, "plain") {
			e := &event{}
			head, body, _ := strings.Cut(text, "\n\n")
			for line := range strings.SplitSeq(head, "\n") {
				name, value, _ := strings.Cut(line, ": ")
				value, err := url.PathUnescape(value)
				if err != nil {
					t.Fatal(err)
				}
				e.add(name, value)
			}
			if body != "" { // the last Content-Length is the encoder's
				e.headers = e.headers[:len(e.headers)-1]
				e.body = body
			}
			got := string(e.plain())
			// What looks encoded is left alone, and so is what was: the one
			// place where there is no way back.
			if got != text && !strings.Contains(text, "%25") && !strings.Contains(text, "%41") {
				t.Errorf("%s, event %d:\n%s", session, i, diffLines(strings.Split(text, "\n"), strings.Split(got, "\n")))
			}
		}
	}
}

func TestJSONAsRecorded(t *testing.T) {
	for i, text := range bodies(t, "07_event_json", "json") {
		if !utf8.ValidString(text) {
			continue // encoding/json would not give the bytes back
		}
		e := &event{}
		d := json.NewDecoder(strings.NewReader(text))
		d.Token()
		for d.More() {
			name, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			value, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			v, ok := value.(string)
			if !ok { // an array
				var list []string
				for d.More() {
					x, _ := d.Token()
					list = append(list, x.(string))
				}
				d.Token()
				v = "ARRAY::" + strings.Join(list, "|:")
			}
			e.add(name.(string), v)
		}
		if n := len(e.headers); n > 2 && e.headers[n-1].name == "_body" && e.headers[n-1].value != "" {
			e.body = e.headers[n-1].value
			e.headers = e.headers[:n-2]
		}
		if got := string(e.json()); got != text {
			t.Errorf("event %d:\n%s\n%s", i, text, got)
		}
	}
}

func TestXMLAsRecorded(t *testing.T) {
	compared := 0
	for i, text := range bodies(t, "07_event_xml", "xml") {
		head, tail, _ := strings.Cut(text, "  </headers>\n")
		if strings.Contains(text, "<!") || strings.Contains(text, "%25") || strings.Contains(text, "%41") {
			continue // no way back from there
		}
		e := &event{}
		for line := range strings.SplitSeq(head, "\n") {
			if !strings.HasPrefix(line, "    <") {
				continue
			}
			name, rest, _ := strings.Cut(line[5:], ">")
			value, ok := strings.CutSuffix(rest, "</"+name+">")
			if !ok {
				t.Fatalf("line %q", line)
			}
			value, err := url.PathUnescape(html.UnescapeString(value))
			if err != nil {
				t.Fatal(err)
			}
			if n := len(e.headers); n > 0 && e.headers[n-1].name == name {
				// Repeated, or an array: written the same.
				e.add(name, value)
				continue
			}
			e.add(name, value)
		}
		if _, body, ok := strings.Cut(tail, "<body>"); ok {
			body, _, _ = strings.Cut(body, "</body>")
			if strings.HasSuffix(body, "\n  ") {
				body = body[:len(body)-2]
			}
			e.body = html.UnescapeString(body)
			if !strings.Contains(tail, fmt.Sprintf("<Content-Length>%d<", len(e.body))) {
				continue // bytes that are no UTF-8 were dropped
			}
		}
		compared++
		if got := string(e.xml()); got != text {
			t.Errorf("event %d:\n%s", i, diffLines(strings.Split(text, "\n"), strings.Split(got, "\n")))
		}
	}
	if compared < 20 {
		t.Errorf("only %d events compared", compared)
	}
}
