package fsw

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// JSONRows returns a function for Kind.Snapshot. It reads what `show … as json` shows,
// {"row_count":1,"rows":[{…}]}, what the API command json shows of a JSON API that
// lists something, {"status":"success","response":[{…}]}, and an array of objects.
// columns says as which header a column is to be taken; those that it does not name
// keep their names. Numbers and booleans are taken as they are written, null, objects
// and arrays left out.
func JSONRows(columns map[string]string) func(output string) ([]*esl.Event, error) {
	return func(output string) ([]*esl.Event, error) {
		var rows []*esl.Event
		err := eachRow("a kind", output, func(d *json.Decoder, raw bool) error {
			row, err := jsonRow(d, columns, raw)
			rows = append(rows, row)
			return err
		})
		if err != nil {
			return nil, err
		}
		return rows, nil
	}
}

// jsonRow makes an event of a row.
func jsonRow(d *json.Decoder, columns map[string]string, raw bool) (*esl.Event, error) {
	var row map[string]json.RawMessage
	if err := d.Decode(&row); err != nil {
		return nil, err
	}
	pairs := make([]string, 0, 2*len(row))
	for _, column := range slices.Sorted(maps.Keys(row)) {
		value := row[column]
		switch value[0] {
		case '{', '[', 'n':
			continue
		case '"':
			var text string
			if err := json.Unmarshal(value, &text); err != nil {
				return nil, err
			}
			if raw {
				text = rawOf(text)
			}
			pairs = append(pairs, headerOf(columns, column), text)
		default:
			pairs = append(pairs, headerOf(columns, column), string(value))
		}
	}
	return esl.NewEvent("", pairs...), nil
}

// DelimitedRows returns a function for Kind.Snapshot that reads tables of text: a line
// with the names of the columns, and a line a row, up to an empty line, one that begins
// with "+OK", or the end, as of `callcenter_config queue list`. No value can have the
// delimiter in it: a row of which the number of values is wrong is an error. columns is
// as with JSONRows; what has none of them is no such table.
func DelimitedRows(delimiter string, columns map[string]string) func(output string) ([]*esl.Event, error) {
	return func(output string) ([]*esl.Event, error) {
		var names []string
		var rows []*esl.Event
		for line := range strings.Lines(output) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || strings.HasPrefix(line, "+OK") {
				break
			}
			values := strings.Split(line, delimiter)
			if names == nil {
				names = values
				if len(columns) > 0 && !slices.ContainsFunc(names, func(name string) bool { _, ok := columns[name]; return ok }) {
					return nil, noTable("a kind", output)
				}
				for i, name := range names {
					names[i] = headerOf(columns, name)
				}
				continue
			}
			if len(values) != len(names) {
				return nil, fmt.Errorf("fsw: a row of %d columns has %d values: %.80q", len(names), len(values), line)
			}
			pairs := make([]string, 0, 2*len(names))
			for i, name := range names {
				pairs = append(pairs, name, values[i])
			}
			rows = append(rows, esl.NewEvent("", pairs...))
		}
		return rows, nil
	}
}

func headerOf(columns map[string]string, column string) string {
	if header, ok := columns[column]; ok {
		return header
	}
	return column
}
