package fsw_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

var columns = map[string]string{"name": "Desk-Name"}

func pairsOf(rows []*esl.Event) (all [][]string) {
	for _, row := range rows {
		var pairs []string
		for name, value := range row.All() {
			pairs = append(pairs, name+"="+value)
		}
		slices.Sort(pairs)
		all = append(all, pairs)
	}
	return all
}

func TestJSONRows(t *testing.T) {
	for text, want := range map[string][][]string{
		`{"row_count":2,"rows":[{"name":"a b","n":1},{"name":"ü","ok":true,"none":null,"o":{},"l":[]}]}`: {{"Desk-Name=a b", "n=1"}, {"Desk-Name=ü", "ok=true"}},
		`{"row_count":0}` + "\n": nil,
		`{"command":"x","data":{"rows":{}},"status":"success","response":[{"name":"a"}]}`: {{"Desk-Name=a"}},
		`[{"name":"a"},{}]`: {{"Desk-Name=a"}, nil},
		`[]`:                nil,
	} {
		rows, err := fsw.JSONRows(columns)(text)
		if diff := cmp.Diff(want, pairsOf(rows)); diff != "" || err != nil {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{"", "x", "5", `{"status":"error","message":"no","response":null}`, `{"rows":[{"a":1}`, `[{"a":1}`, `[1]`, `[{"a"`, `{}`, `{"rows":[5]}`, `{"a"`} {
		if rows, err := fsw.JSONRows(columns)(text); err == nil {
			t.Errorf("%s is read as %v", text, pairsOf(rows))
		}
	}
}

func TestDelimitedRows(t *testing.T) {
	for text, want := range map[string][][]string{
		"name|n\na b|1\n|\n+OK\n":       {{"Desk-Name=a b", "n=1"}, {"Desk-Name=", "n="}},
		"name|n\r\na|1\r\n":             {{"Desk-Name=a", "n=1"}},
		"name\na\n\n1 total.\n":         {{"Desk-Name=a"}},
		"+OK\n":                         nil,
		"":                              nil,
		"\n0 total.\n":                  nil,
		"n|name\n1|a\n2|b\n\n2 total\n": {{"Desk-Name=a", "n=1"}, {"Desk-Name=b", "n=2"}},
	} {
		rows, err := fsw.DelimitedRows("|", columns)(text)
		if diff := cmp.Diff(want, pairsOf(rows)); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{"name|n\na\n", "name|n\na|b|c\n", "something else\n"} {
		if rows, err := fsw.DelimitedRows("|", columns)(text); err == nil {
			t.Errorf("%q is read as %v", text, pairsOf(rows))
		}
	}
}

func FuzzRows(f *testing.F) {
	f.Add(`{"row_count":1,"rows":[{"name":"a"}]}`)
	f.Add("name|n\na|1\n+OK\n")
	f.Add(`[{"a":"\ud800"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(string) ([]*esl.Event, error){fsw.JSONRows(columns), fsw.DelimitedRows("|", nil)} {
			if rows, err := read(text); err == nil {
				pairsOf(rows)
			}
		}
	})
}
