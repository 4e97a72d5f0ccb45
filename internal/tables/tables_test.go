package tables_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/internal/tables"
)

// changed calls f with copies of x in which one field each is another, and its name.
func changed[T any](x T, f func(T, string)) {
	for i, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		other := x
		switch v := reflect.ValueOf(&other).Elem().Field(i); v.Kind() {
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Int:
			v.SetInt(v.Int() + 1)
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), v.Len()+1, v.Len()+1))
		}
		f(other, field.Name)
	}
}

func factsOf(x interface{ Add(tables.Facts) }) tables.Facts {
	f := tables.Facts{}
	x.Add(f)
	return f
}

// Whatever is another in the model, or is not there at all, is a difference.
func TestDifferences(t *testing.T) {
	channel := tables.Channel{UUID: "a", Direction: "inbound", Name: "n", State: "CS_EXECUTE", CallState: "ACTIVE"}
	member := tables.Member{ID: 1, UUID: "a", Name: "Eve", Number: "1000"}
	conference := tables.Conference{Name: "room", UUID: "u", Recordings: []string{"b", "a"}, Members: []tables.Member{member}}
	differ := func(name string, server, model interface{ Add(tables.Facts) }) {
		for _, x := range [][2]tables.Facts{{factsOf(server), factsOf(model)}, {factsOf(server), {}}, {{}, factsOf(model)}} {
			if len(tables.Differences(x[0], x[1])) == 0 {
				t.Errorf("%s: none", name)
			}
		}
	}
	changed(channel, func(other tables.Channel, name string) { differ(name, channel, other) })
	changed(conference, func(other tables.Conference, name string) { differ(name, conference, other) })
	changed(member, func(m tables.Member, name string) {
		other := conference
		other.Members = []tables.Member{m}
		differ(name, conference, other)
	})
	other := conference
	other.Recordings = []string{"a", "b"}
	for _, same := range [][2]interface{ Add(tables.Facts) }{{channel, channel}, {conference, conference}, {conference, other}} {
		if d := tables.Differences(factsOf(same[0]), factsOf(same[1])); len(d) > 0 {
			t.Error(d)
		}
	}
}

// The table of channels is told only of the end, and that of conferences says of who
// is held that it can do nothing.
func TestDifferencesThatAreNone(t *testing.T) {
	server := tables.Channel{UUID: "a", State: "CS_EXECUTE", CallState: "ACTIVE"}
	model := tables.Channel{UUID: "a", State: "CS_HANGUP", CallState: "ACTIVE"}
	if d := tables.Differences(factsOf(server), factsOf(model)); len(d) > 0 {
		t.Error(d)
	}
	if d := tables.Differences(factsOf(model), factsOf(server)); len(d) != 1 {
		t.Errorf("the model does not know of the hang-up: %q", d)
	}
	held := tables.Conference{Members: []tables.Member{{ID: 1, Hold: true}}}
	events := tables.Conference{Members: []tables.Member{{ID: 1, Hold: true, Hear: true, See: true, Speak: true, Talking: true}}}
	if d := tables.Differences(factsOf(held), factsOf(events)); len(d) > 0 {
		t.Error(d)
	}
}

// A difference that lasts is the same in each look, whoever talks, comes and goes.
func TestDifferenceInABusyConference(t *testing.T) {
	var all [][]string
	for i := range 3 {
		server := tables.Conference{Name: "room", Size: i, Floor: i, Locked: true, Members: []tables.Member{{ID: 1, Speak: true, Talking: i == 1, Floor: i == 1}}}
		model := server
		model.Locked, model.Members = false, slices.Clone(server.Members)
		model.Members[0].Speak = false
		all = append(all, tables.Differences(factsOf(server), factsOf(model)))
	}
	if len(all[0]) != 2 || !slices.Equal(all[0], all[1]) || !slices.Equal(all[1], all[2]) {
		t.Errorf("%q", all)
	}
}

func TestServer(t *testing.T) {
	for _, x := range []struct{ channels, conferences, wrong string }{
		{`{"row_count":0}`, "[]", ""},
		{`{"row_count":0}`, "-ERR conference Command not found!\n", ""},
		{"-ERR no such table", "[]", "show channels"},
		{`{"rows":[`, "[]", "show channels"},
		{`{"row_count":0}`, `[{"conference_name":7}]`, "conference json_list"},
	} {
		f, err := tables.Server(x.channels, x.conferences)
		if len(f) > 0 || (err == nil) != (x.wrong == "") || err != nil && !strings.HasPrefix(err.Error(), x.wrong) {
			t.Errorf("%q, %q: %v, %v", x.channels, x.conferences, f, err)
		}
	}
}
