package fswtest

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestConferenceLives plays what happened to members of 17_truth_a and
// compares all events of their channels with the recorded ones: what a
// conference does to a channel, and what a transfer does to a member.
func TestConferenceLives(t *testing.T) {
	all := recorded(t, "17_truth_a")
	for _, tt := range []struct {
		name, recorded, channel string
		until                   string // the Application of the last event compared
		play                    func(s *Server, c *client, uuid func() string)
	}{
		{"kicked", "6f8fe42f-83eb-45d2-a2d1-0646b5c0794d", "sofia/lo/6682@127.0.0.1", "", func(s *Server, c *client, uuid func() string) {
			s.Call(CallOptions{From: "6682", FromName: "田中", To: "conf301", Profile: "lo", Route: true})
			c.want("api conference conf301 unmute 1", "+OK unmute 1\n")
			c.want("api conference conf301 mute 1", "+OK mute 1\n")
			c.want("api conference conf301 kick 1", "+OK kicked 1\n")
		}},
		{"hup", "4236e422-32ad-4f4f-9dc5-2a07bcc034d9", "loopback/conf500-b", "", func(s *Server, c *client, uuid func() string) {
			c.reply("api originate loopback/conf500/default &conference(conf500@default+flags{moderator})")
			c.want("api conference conf500 deaf 1", "+OK deaf 1\n")
			c.want("api conference conf500 hup non_moderator", "Skipping moderator (member id 2).\n+OK hup 1\n")
		}},
		{"moved", "089a548a-e75e-4877-b5f5-207dae08f135", "loopback/conf500-b", "echo", func(s *Server, c *client, uuid func() string) {
			c.reply("api originate loopback/conf500/default &park()")
			c.want("api uuid_transfer "+uuid()+" conf301 XML default", "+OK\n")
			c.want("api conference conf301 transfer conf217@default 1", "+OK Member '1' sent to conference conf217@default.\n")
			c.want("api conference conf217 volume_out 1 4", "+OK Volume OUT 1 = 4\n")
			c.want("api conference conf217 play tone_stream://%(400,0,440) 1", "+OK (play) Playing file tone_stream://%(400,0,440) to member 1\n")
			time.Sleep(time.Second)
			c.want("api conference conf217 dtmf 1 441", "+OK sent 441 to 1\n")
			c.want("api conference conf217 undeaf 1", "+OK undeaf 1\n")
			c.want("api conference conf217 transfer conf301@default 1", "+OK Member '1' sent to conference conf301@default.\n")
			c.want("api uuid_transfer "+uuid()+" echo", "+OK\n")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := lifeOf(all, tt.until, func(e ev) bool { return e.get("Unique-ID") == tt.recorded })
			var got []string
			bubble(t, Options{Hostname: "vm"}, func(t *testing.T, s *Server) {
				c := login(t, s)
				c.want("event plain ALL", "+OK event listener enabled plain")
				tt.play(s, c, func() string {
					for _, i := range s.Channels() {
						if i.Name == tt.channel {
							return i.UUID
						}
					}
					return ""
				})
				synctest.Wait()
				got = lifeOf(c.untilMark(s), tt.until, func(e ev) bool { return e.get("Channel-Name") == tt.channel })
			})
			if len(want) < 20 {
				t.Fatalf("only %d events are recorded", len(want))
			}
			if d := diffLines(want, got); d != "" {
				t.Errorf("recorded (-) and simulated (+):\n%s", d)
			}
		})
	}
}

// lifeOf describes the events of one channel, up to the application until, but
// for those of sound and floor, which other members cause.
func lifeOf(evs []ev, until string, is func(ev) bool) (out []string) {
	for _, e := range evs {
		switch action := e.get("Action"); {
		case !is(e), action == "start-talking", action == "stop-talking", action == "floor-change", e.name() == "DTMF":
		case action != "":
			out = append(out, strings.Join([]string{action, e.get("Conference-Name"), e.get("Channel-State"), e.get("Channel-State-Number"),
				e.get("Channel-Read-Codec-Name"), e.get("Channel-Write-Codec-Name"), e.get("Hangup-Cause")}, " "))
		default:
			out = append(out, e.describe()+" "+e.get("Channel-Read-Codec-Name")+" "+e.get("Channel-Write-Codec-Name"))
			if until != "" && e.get("Application") == until {
				return out
			}
		}
	}
	return out
}
