package fsw

import (
	"encoding/json"
	"fmt"
	"io"
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
		output, raw := runesOf(output)
		d := json.NewDecoder(strings.NewReader(output))
		t, err := d.Token()
		switch {
		case err != nil || t != json.Delim('{') && t != json.Delim('['):
			return nil, noTable(output)
		case t == json.Delim('['):
			return jsonRows(d, columns, raw)
		}
		var rows []*esl.Event
		found := false
		for d.More() {
			member, err := d.Token()
			if err != nil {
				return nil, fmt.Errorf("fsw: a table: %w", err)
			}
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				return nil, fmt.Errorf("fsw: a table: %w", err)
			}
			switch {
			case member == "row_count":
				found = true // there are no rows in it if it is 0
			case (member == "rows" || member == "response") && value[0] == '[':
				found = true
				values := json.NewDecoder(strings.NewReader(string(value)))
				_, _ = values.Token()
				if rows, err = jsonRows(values, columns, raw); err != nil {
					return nil, err
				}
			}
		}
		if _, err := d.Token(); err != nil && err != io.EOF {
			return nil, fmt.Errorf("fsw: a table: %w", err)
		}
		if !found {
			return nil, noTable(output)
		}
		return rows, nil
	}
}

// jsonRows reads the rest of an array.
func jsonRows(d *json.Decoder, columns map[string]string, raw bool) ([]*esl.Event, error) {
	var rows []*esl.Event
	for d.More() {
		var row map[string]json.RawMessage
		if err := d.Decode(&row); err != nil {
			return nil, fmt.Errorf("fsw: a row of a table: %w", err)
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
					return nil, fmt.Errorf("fsw: a row of a table: %w", err)
				}
				if raw {
					text = rawOf(text)
				}
				pairs = append(pairs, headerOf(columns, column), text)
			default:
				pairs = append(pairs, headerOf(columns, column), string(value))
			}
		}
		rows = append(rows, esl.NewEvent("", pairs...))
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("fsw: a table: %w", err)
	}
	return rows, nil
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
					return nil, noTable(output)
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

func noTable(output string) error { return fmt.Errorf("fsw: a table was expected, not %.40q", output) }
