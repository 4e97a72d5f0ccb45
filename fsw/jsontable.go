package fsw

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// rowsOf reads a table of the server's that eachRow understands. What the server refuses
// is a *esl.ReplyError.
func rowsOf[Row any](what, output string) ([]Row, error) {
	if err := esl.CheckReply(output); err != nil {
		return nil, err
	}
	var rows []Row
	err := eachRow(what, output, func(d *json.Decoder, raw bool) error {
		var row Row
		if err := d.Decode(&row); err != nil {
			return err
		}
		if raw {
			rawIn(reflect.ValueOf(&row).Elem())
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// eachRow calls row for each row of a table, to decode it, row by row, since a table may
// have 256 MiB. It is {"row_count":1,"rows":[{…}]}, which has no rows if it is empty,
// {"status":"success","response":[{…}]}, or an array of objects. what is for errors. raw
// means that strings are to go through rawOf.
func eachRow(what, output string, row func(d *json.Decoder, raw bool) error) error {
	text, raw := runesOf(output)
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // no number that is passed over is too big
	t := rowReader{d: d, raw: raw, row: row}
	found := false
	first, err := d.Token()
	switch {
	case err == nil && first == json.Delim('['):
		found, err = true, t.array()
	case err == nil && first == json.Delim('{'):
		found, err = t.object()
	default:
		return noTable(what, output)
	}
	switch {
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
		fallthrough
	case err != nil:
		return fmt.Errorf("fsw: the table of %s, after %d rows: %w", what, t.count, err)
	case !found:
		return noTable(what, output)
	}
	return nil
}

func noTable(what, output string) error {
	return fmt.Errorf("fsw: a table of %s was expected, not %.40q", what, output)
}

type rowReader struct {
	d     *json.Decoder
	raw   bool
	row   func(*json.Decoder, bool) error
	count int
}

// array reads the rest of an array of rows.
func (t *rowReader) array() error {
	for t.d.More() {
		if err := t.row(t.d, t.raw); err != nil {
			return err
		}
		t.count++
	}
	_, err := t.d.Token()
	return err
}

// object reads the rest of an object, and says whether it is a table.
func (t *rowReader) object() (found bool, err error) {
	for t.d.More() {
		member, err := t.d.Token()
		if err != nil {
			return false, err
		}
		value, err := t.d.Token()
		if err != nil {
			return false, err
		}
		switch {
		case (member == "rows" || member == "response") && value == json.Delim('['):
			found = true
			err = t.array()
		default:
			found = found || member == "row_count"
			err = t.skip(value)
		}
		if err != nil {
			return false, err
		}
	}
	_, err = t.d.Token()
	return found, err
}

// skip reads the rest of a value.
func (t *rowReader) skip(token json.Token) error {
	for depth := 0; ; {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if token, err = t.d.Token(); err != nil {
			return err
		}
	}
}
