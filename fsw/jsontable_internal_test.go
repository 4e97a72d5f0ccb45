package fsw

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// Tables that are cut, or are none, are errors that say of what.
func TestTablesThatAreNone(t *testing.T) {
	for output, want := range map[string]int{
		`{"row_count":0}`: 0,
		`[]`:              0,
		`{"row_count":2,"rows":[{"uuid":"a"},{"uuid":"b"}]}`:           2,
		`{"big":[1e999,{"a":[]}],"rows":[{"uuid":"a"}],"row_count":1}`: 1,
		`{"row_count":0`:                       -1,
		`{"rows":[{"uuid":"a"},{"uuid":"b"}`:   -1,
		`{"rows":[{"uuid":"a"},{"uuid":"b"}]`:  -1,
		`[{"uuid":"a"}`:                        -1,
		`{"rows":[{"uuid":"a"},{"uuid":{}}]}`:  -2,
		`{"rows":[{"uuid":"a"} {"uuid":"b"}]}`: -2,
		`{}`:                                   -2,
		`{"rows":"none"}`:                      -2,
		`{"status":"error"}`:                   -2,
		`true`:                                 -2,
		``:                                     -2,
	} {
		rows, err := rowsOf[row]("channels", output)
		switch {
		case want >= 0:
			if err != nil || len(rows) != want {
				t.Errorf("%s: %v, %v", output, rows, err)
			}
		case err == nil || rows != nil || !strings.Contains(err.Error(), "table of channels"):
			t.Errorf("%s: %v, %v", output, rows, err)
		case want == -1 && !errors.Is(err, io.ErrUnexpectedEOF):
			t.Errorf("%s: %v", output, err)
		}
	}
}
