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

// The list of the conferences is newer than events before it that come late: who is in
// another one by then is no member of the first, and does not get its floor.
func TestLateEventsOfAMemberThatHasMoved(t *testing.T) {
	late := func(action string, more ...string) string {
		return esl.NewEvent("CUSTOM", append([]string{"Event-Subclass", "conference::maintenance", "Action", action,
			"Conference-Name", "old", "Conference-Unique-ID", "u"}, more...)...).PlainMessage().Wire()
	}
	const list = `[{"conference_name":"old","conference_uuid":"u","member_count":1,"members":[{"type":"caller","id":6,"uuid":"w"}]},` +
		`{"conference_name":"new","conference_uuid":"v","member_count":1,"members":[{"type":"caller","id":7,"uuid":"x"}]}]`
	for name, event := range map[string]string{
		"floor":   late("floor-change", "New-ID", "7", "Unique-ID", "x"),
		"talking": late("start-talking", "Member-ID", "7", "Unique-ID", "x", "Talking", "true"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sw := connect(t, scripted(t, func(command string) string {
					switch {
					case strings.HasPrefix(command, "api conference json_list"):
						return output(list) + event
					case strings.HasPrefix(command, "api show"):
						return output(`{"row_count":0}`)
					case strings.HasPrefix(command, "api "):
						return output("-ERR permission denied")
					}
					return accepted
				}), fsw.Options{})
				defer sw.Close()
				seen := ""
				cell.Observe(sw.Graph(), func(r cell.Reader) {
					for name, c := range sw.Conferences.All(r) {
						for id := range c.Members.All(r) {
							if (name == "old") != (id == 6) {
								seen += fmt.Sprintf(" %d in %s", id, name)
							}
						}
						if floor := c.FloorMemberID.Get(r); floor != 0 {
							seen += fmt.Sprintf(" %d with the floor of %s", floor, name)
						}
					}
				})
				waitReady(t, sw)
				time.Sleep(2 * time.Second)
				if seen != "" {
					t.Error("seen:", seen)
				}
				if n := cell.Read(sw.Graph(), cell.Compute(sw.Conferences.Len)); n != 2 {
					t.Errorf("%d conferences", n)
				}
			})
		})
	}
}

// To who may not ask for the channels themselves, a channel that the table still had at
// the first look, and has no more at the second, is over if there is none with its id.
func TestSecondLookFindsWhatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		sw := connect(t, scripted(t, func(command string) string {
			switch {
			case strings.HasPrefix(command, "api show"):
				if looks++; looks == 1 {
					return output(`{"row_count":2,"rows":[{"uuid":"gone","state":"CS_EXECUTE"},{"uuid":"live","state":"CS_EXECUTE"}]}`)
				}
				return output(`{"row_count":0}`)
			case strings.HasPrefix(command, "api conference"):
				return output("[]")
			case strings.HasPrefix(command, "api uuid_exists"):
				return output(fmt.Sprint(strings.Contains(command, "live")))
			case strings.HasPrefix(command, "api "):
				return output("-ERR permission denied")
			}
			return accepted
		}), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		var gone, live *fsw.Channel
		sw.Graph().View(func(r cell.Reader) { gone, live = sw.Channel(r, "gone"), sw.Channel(r, "live") })
		if gone == nil || live == nil {
			t.Fatal("the rows are not believed")
		}
		time.Sleep(3 * time.Second)
		sw.Graph().View(func(r cell.Reader) {
			if looks != 2 || gone.Closed.Get(r) != fsw.CauseLost || live.Closed.Get(r) != "" || sw.Channel(r, "live") != live {
				t.Errorf("after %d looks: closed as %q and %q", looks, gone.Closed.Get(r), live.Closed.Get(r))
			}
		})
	})
}
