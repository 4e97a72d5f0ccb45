package fsw_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A conference that ends around the answer to json_list has ended, whichever comes first, and
// is made at most once.
func TestConferenceThatEndsAroundTheTable(t *testing.T) {
	action := func(action, conference, id string, more ...string) string {
		return esl.NewEvent("CUSTOM", append([]string{"Event-Subclass", "conference::maintenance", "Action", action,
			"Conference-Name", conference, "Conference-Unique-ID", id}, more...)...).PlainMessage().Wire()
	}
	const listed = `[{"conference_name":"room","conference_uuid":"u","member_count":1,"members":[{"type":"caller","id":7,"uuid":"x"}]}]`
	destroy := action("conference-destroy", "room", "u")
	join, leave := action("add-member", "room", "u", "Member-ID", "7", "Unique-ID", "x"), action("del-member", "room", "u", "Member-ID", "7", "Unique-ID", "x")
	for _, test := range []struct {
		name, before, table, after string
		made                       int
	}{
		{"events first", join + leave + destroy, listed, "", 1},
		{"end first", destroy, listed, "", 0},
		{"table first", "", listed, leave + destroy, 1},
		{"not in the table", join, "[]", leave + destroy, 1},
		{"old events of one that is over", "", "[]", join + leave + destroy, 1},
		{"only its end", "", "[]", leave + destroy, 1},
		{"another of that name", join, strings.Replace(listed, `"u"`, `"v"`, 1), action("conference-destroy", "room", "v"), 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				sw := connect(t, scripted(t, func(command string) string {
					switch {
					case strings.HasPrefix(command, "api conference json_list"):
						if asked++; asked == 1 {
							return test.before + output(test.table) + test.after
						}
						return output("[]")
					case strings.HasPrefix(command, "api show"):
						return output(`{"row_count":0}`)
					case strings.HasPrefix(command, "api "):
						return output("-ERR permission denied")
					}
					return accepted
				}), fsw.Options{})
				defer sw.Close()
				seen := map[*fsw.Conference]bool{}
				cell.Observe(sw.Graph(), func(r cell.Reader) {
					for _, c := range sw.Conferences.All(r) {
						seen[c] = true
					}
				})
				waitReady(t, sw)
				time.Sleep(2 * time.Second)
				sw.Graph().View(func(r cell.Reader) {
					if n := sw.Conferences.Len(r); n != 0 {
						t.Errorf("%d conferences are left", n)
					}
				})
				if len(seen) > test.made {
					t.Errorf("%d conferences were seen, not %d", len(seen), test.made)
				}
				for c := range seen {
					if cell.Read(sw.Graph(), &c.Closed) == "" {
						t.Errorf("a conference has left, and is not closed")
					}
				}
			})
		})
	}
}

// A table of 100 MB is read, and its rows are believed until they have been checked.
func TestTableOfAHundredMegabytes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second, and 500 MB")
	}
	const rows = 5_000
	var table strings.Builder
	table.WriteString(`{"row_count":5000,"rows":[`)
	padding := strings.Repeat("x", 20_000)
	for i := range rows {
		fmt.Fprintf(&table, `{"uuid":"u%d","name":"sofia/%d","state":"CS_EXECUTE","accountcode":"%s"},`, i, i, padding)
	}
	text := strings.TrimSuffix(table.String(), ",") + "]}"
	synctest.Test(t, func(t *testing.T) {
		sw := connect(t, scripted(t, func(command string) string {
			switch {
			case strings.HasPrefix(command, "api show"):
				return output(text)
			case strings.HasPrefix(command, "api "):
				return output("-ERR permission denied")
			}
			return accepted
		}), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		if n := cell.Read(sw.Graph(), cell.Compute(sw.Channels.Len)); n != rows {
			t.Errorf("of %d channels %d are known", rows, n)
		}
	})
}
