package fswtest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// joins makes an inbound call that joins a conference and, when it leaves,
// hangs up.
func joins(s *Server, from, data string) *Channel {
	return s.Call(CallOptions{From: from, To: "conf", UUID: "u" + from, Actions: []Action{{"answer", ""}, {"conference", data}}})
}

// TestConferenceAPI shows every command with its answers, also those that the
// recordings do not have: they are from the source of mod_conference.
func TestConferenceAPI(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		api := func(args, want string) {
			t.Helper()
			if got := s.API("conference " + args); got != want {
				t.Errorf("conference %s: %q, want %q", args, got, want)
			}
		}
		api("list", "+OK No active conferences.\n")
		api("count", "0")
		api("json_list", "[]")
		api("xml_list", "<?xml version=\"1.0\"?>\n<conferences></conferences>\n")
		api("room mute 1", "-ERR Conference room not found\n")
		api("room dial", "-ERR Bad Args\ndial "+dialSyntax)

		joins(s, "1", "room@default+flags{moderator}")
		joins(s, "2", "room")
		joins(s, "3", "room++flags{ghost}")
		api("count", "1")
		api("room count", "2")
		api("room list count", "2")
		api("room list pretty", "3) 3 (3)\n2) 2 (2)\n1) 1 (1)\n")
		api("room list delim \"--\"", "3--sofia/internal/3@127.0.0.1--u3--3--3--hear|speak|ghost--0--0--100\n"+
			"2--sofia/internal/2@127.0.0.1--u2--2--2--hear|speak--0--0--100\n"+
			"1--sofia/internal/1@127.0.0.1--u1--1--1--hear|speak|moderator--0--0--100\n")
		api("list summary", "+OK Conference room (2 members rate: 8000 flags: running|answered|enforce_min|dynamic|exit_sound|enter_sound|json_status)\n")
		api("room", "Conference command, not specified.\nTry 'help'\n")
		api("room nosuch", "-ERR Conference command 'nosuch' not found.\n")
		api("room mute", "mute <[member_id|all]|last|non_moderator> [<quiet>]")
		api("room MUTE last", "+OK mute 3\n")
		api("room unmute destination=x", "-ERR Non-Existant member\n")
		api("room unmute sip_from_user=3", "+OK unmute 3\n")
		api("room mute -1", "-ERR Non-Existant ID 4294967295\n")
		api("room hold 2 x.wav", "+OK hold 2\n")
		api("room unhold 2", "+OK unhold 2\n")
		api("room floor 1", "+OK floor 1\n")
		api("room floor 2", "-ERR floor is held by 1\n")
		api("room get-uuid 2", "u2")
		api("room energy 2", "Energy 2 = 100\n")
		api("room energy 2 up", "Energy 2 = 300\n")
		api("room energy 2 down", "Energy 2 = 100\n")
		api("room auto-energy 2 1000", "2 = Auto-Energy: 1000 Energy: 100\n")
		api("room energy 2 1200", "Energy 2 = 1200\nAuto-Energy level exceeded, Auto-Energy mode disabled\n")
		api("room max-energy 2 1000:200:5", "-ERR 2 Max-Energy cannot exceed energy level.\n2 = Max-Energy: 1200 Energy: 0 Max-Energy-Mute: 0ms Max-Energy-Hit-Trigger 0\n")
		api("room max-energy 2 1500:200:5", "2 = Max-Energy: 1200 Energy: 1500 Max-Energy-Mute: 200ms Max-Energy-Hit-Trigger 5\n")
		api("room agc 2 500:10", "Agc 2 = 500\n")
		api("room volume_in 2 9", "+OK Volume IN 2 = 4\n")
		api("room volume_in 2 down", "+OK Volume IN 2 = 3\n")
		api("room volume_out all -9", "+OK Volume OUT 3 = -4\n+OK Volume OUT 2 = -4\n+OK Volume OUT 1 = -4\n")
		api("room play", "play <file_path> [async|<member_id> [nomux]]")
		api("room play nonexistent.wav", "-ERR (play) File: nonexistent.wav not found.\n")
		api("room play a.wav async", "+OK (play) Playing file a.wav\n")
		api("room play a.wav 9", "-ERR Member: 9 not found.\nplay <file_path> [async|<member_id> [nomux]]")
		api("room play say:hello", "+OK (play) Playing file say:hello\n")
		api("room stop async", "+OK Stopped 1 files.\n")
		api("room stop all 1", "+OK Stopped 0 files.\n")
		api("room stop all 9", "-ERR Member: 9 not found.\n")
		api("room stop some", "stop <[current|all|async|last]> [<member_id>]")
		api("room say", "-ERR (say) Error! No text.\nsay <text>")
		api("room say hello there", "+OK (say) OK\n")
		api("room saymember 9 hi", "-ERR (saymember) Unknown Member 9!\nsaymember <member_id> <text>")
		api("room saymember 1", "-ERR (saymember) No Text!\nsaymember <member_id> <text>")
		api("room dtmf 1", "-ERR Invalid input!\n")
		api("room relate", "+OK No relationships\n")
		api("room relate 1 2,3 nospeak|nohear", "+OK 1->2 nospeak|nohear set\n+OK 1->3 nospeak|nohear set\n")
		api("room relate 1", "1 -> 3 NOSPEAK NOHEAR NOSENDVIDEO \n1 -> 2 NOSPEAK NOHEAR NOSENDVIDEO \n")
		api("room relate 1 9 nohear", "-ERR relationship 1->9 not found.\n")
		api("room relate 9 1 clear", "-ERR relationship 9->1 not found.\n")
		api("room relate 1 2", "relate <member_id>[,<member_id>] <other_member_id>[,<other_member_id>] [nospeak|nohear|clear]")
		api("room setvar topic lunch", "+OK\n")
		api("room getvar topic", "lunch")
		api("room getvar nosuch", "")
		api("room chkrecord", "-ERR Conference is not being recorded.\n")
		api("room record", "record <filename>")
		api("room recording start /a.wav", "+OK Record file /a.wav\n")
		api("room record /a.wav", "-ERR file [/a.wav] is already being used for recording.\n")
		api("room pause /a.wav", "+OK Pause recording file /a.wav\n")
		api("room resume /b.wav", "+OK Resume recording file /b.wav\n-ERR non-existant recording '/b.wav'\n")
		api("room recording check", "+OK Record file /a.wav\n")
		api("room norecord /b.wav", "-ERR non-existant recording '/b.wav'\n+OK Stopped recording 0 files\n")
		api("room recording stop", "Stopped recording file /a.wav\n+OK Stopped recording 0 files\n")
		api("room exit_sound", "-ERR Not enough args\nexit_sound on|off|none|file <filename>")
		api("room exit_sound maybe", "-ERR Bad args\nexit_sound on|off|none|file <filename>")
		api("room exit_sound file", "-ERR No filename specified\n")
		api("room exit_sound file bye.wav", "+OK Old exit sound: ["+defaultExit+"]\n+OK room exit sound file set to bye.wav\n")
		api("room enter_sound file hi.wav", "+OK room enter sound file set to hi.wav\n")
		api("room enter_sound off", "+OK room enter sounds off (hi.wav)\n")
		api("room pin mod 1234", "+OK Moderator Pin for conference room set: 1234\n")
		api("room nopin 1", "-ERR Invalid parameters:\nnopin ")
		api("room set max_members 5", "0")
		api("room get max_members", "5")
		api("room get profile_name", "default")
		api("room get nosuch", "get <parameter-name>")
		api("room set max_members -1", "set <max_members|sound_prefix|caller_id_name|caller_id_number|endconference_grace_time> <value>")
		api("room transfer other", "transfer <conference_name> <member id> [...<member id>]")
		api("room transfer other 9 2", "-ERR No Member 9 in conference room.\n+OK Member '2' sent to conference other.\n")
		api("other list count", "1")
		api("other lock", "+OK other locked\n")
		if got := s.API("conference json_list compact"); !strings.HasPrefix(got, `[{"conference_name":"other","member_count":1,`) {
			t.Errorf("compact list %q", got)
		}
		if got := s.API("conference help"); !strings.Contains(got, "<conf name> dtmf <[member_id|all|last|non_moderator]> <digits>\n") {
			t.Errorf("help %q", got)
		}
	})
}

// members tells who is where.
func members(s *Server) string {
	var out []string
	for _, conf := range s.Conferences() {
		for _, m := range conf.Members {
			out = append(out, fmt.Sprintf("%s:%s", conf.Name, m.UUID))
		}
	}
	return strings.Join(out, " ")
}

func TestConferenceDoor(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		want := func(who string) {
			t.Helper()
			if got := members(s); got != who {
				t.Errorf("in conferences: %q, want %q", got, who)
			}
		}
		joins(s, "1", "room+flags{join-only}")
		want("")
		a := joins(s, "2", "room")
		s.API("conference room lock")
		joins(s, "3", "room")
		want("room:u2")
		s.API("conference room unlock")
		s.API("conference room set max_members 1")
		joins(s, "4", "room")
		want("room:u2")
		s.API("conference room set max_members 0")

		// A pin: supplied, typed, wrong three times, never.
		s.API("conference room pin 42")
		s.Call(CallOptions{UUID: "u5", Vars: map[string]string{"supplied_pin": "42"}, Actions: []Action{{"conference", "room"}}})
		want("room:u5 room:u2")
		typing := joins(s, "6", "room")
		want("room:u5 room:u2")
		typing.Press("4142")
		want("room:u6 room:u5 room:u2")
		wrong := joins(s, "7", "room")
		wrong.Press("112233")
		if wrong.Up() {
			t.Error("three wrong pins, and the call goes on")
		}
		silent := joins(s, "8", "room")
		time.Sleep(29 * time.Second)
		if !silent.Up() {
			t.Error("nobody waited for the pin")
		}
		time.Sleep(2 * time.Second)
		if silent.Up() {
			t.Error("the pin is waited for without end")
		}
		want("room:u6 room:u5 room:u2")
		joins(s, "9", "alone++flags{}+1").Hangup("") // and leaves an empty conference, which ends
		a.Hangup("")
		want("room:u6 room:u5")
		s.API("conference room nopin")

		// Members that end it.
		joins(s, "10", "room+flags{endconf}").Leave()
		want("")
		joins(s, "11", "two+flags{mintwo}")
		b := joins(s, "12", "two")
		b.Leave()
		want("")
		joins(s, "13", "graced")
		s.API("conference graced set endconference_grace_time 5")
		joins(s, "14", "graced+flags{mandatory_member_endconf}").Leave()
		want("graced:u13")
		time.Sleep(6 * time.Second)
		want("")
		if n := len(s.Channels()); n != 0 {
			t.Errorf("%d channels are left", n)
		}
	})
}

func TestConferenceSound(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CUSTOM conference::maintenance test::mark", "+OK event listener enabled plain")
		a, b := joins(s, "1", "room"), joins(s, "2", "room")
		did := func(after time.Duration, want ...string) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			var got []string
			for _, e := range c.untilMark(s) {
				if action := e.get("Action"); action != "play-file-done" {
					got = append(got, strings.TrimSpace(action+" "+e.get("Member-ID")))
				}
			}
			if d := diffLines(want, got); d != "" {
				t.Errorf("want (-), got (+):\n%s", d)
			}
		}
		did(time.Second, "conference-create", "add-member 1", "add-member 2", "floor-change 2")
		a.Talk()
		did(0, "start-talking 1")
		did(20*time.Millisecond, "floor-change 1")
		b.Talk()
		did(time.Second, "start-talking 2") // the other still has the floor
		s.API("conference room mute 1")
		did(20*time.Millisecond, "mute-member 1", "floor-change 2")
		s.API("conference room unmute 1")
		did(20*time.Millisecond, "unmute-member 1", "start-talking 1")
		b.Quiet()
		did(799*time.Millisecond, "floor-change 1")
		did(time.Millisecond, "stop-talking 2")
		a.Sound(150) // not louder by 400: it takes five frames
		did(2 * time.Second)
		b.Sound(150)
		did(79 * time.Millisecond)
		did(time.Millisecond, "start-talking 2")
		s.API("conference room energy 2 200")
		did(2*time.Second, "energy-level-member 2", "stop-talking 2")
		b.TakeFloor()
		did(0, "floor-change 2")
		a.Leave()
		did(time.Second, "del-member 1")
		if m, conf, in := b.Member(); !in || conf != "room" || !m.Floor || m.ID != 2 || m.Talking {
			t.Errorf("%+v in %q: %v", m, conf, in)
		}
		b.Leave()
		did(0, "floor-change", "del-member 2", "conference-destroy")
		if _, _, in := b.Member(); in || b.Up() {
			t.Error("still there")
		}
	})
}

// TestConferenceDial calls parties into conferences that exist and that do not.
func TestConferenceDial(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CUSTOM conference::maintenance test::mark", "+OK event listener enabled plain")
		c.want("api conference new dial user/1000 1234 Eve", "+OK Call Requested: result: [SUCCESS]\n")
		c.want("api conference new dial user/busy", "+OK Call Requested: result: [USER_BUSY]\n")
		c.untilMark(s)
		for dial, want := range map[string]string{"{outcall_flags=moderator}loopback/silence/default": "SUCCESS", "user/reject": "CALL_REJECTED"} {
			reply := c.reply("api conference new bgdial " + dial)
			job, ok := strings.CutPrefix(reply, "+OK Job-UUID: ")
			time.Sleep(time.Second)
			synctest.Wait()
			result := ""
			for _, e := range c.untilMark(s) {
				if e.get("Action") == "bgdial-result" && e.get("Job-UUID")+"\n" == job {
					result = e.get("Result")
					if up := s.Channel(e.get("Peer-UUID")) != nil; up != (want == "SUCCESS") {
						t.Errorf("%s: %s, the peer is there: %v", dial, result, up)
					}
				}
			}
			if !ok || result != want {
				t.Errorf("%s: %q, result %q", dial, reply, result)
			}
		}
		conf := s.Conferences()[0]
		if len(conf.Members) != 2 || !conf.Members[0].Moderator || conf.Members[1].Moderator {
			t.Errorf("%+v", conf.Members)
		}
		// A job about a conference that does not exist tells nothing.
		c.reply("api conference none bgdial user/busy")
		time.Sleep(time.Second)
		if evs := c.untilMark(s); len(evs) != 0 {
			t.Errorf("%v", describeAll(evs))
		}
	})
}

// TestConferenceEnds shows that a recording and files end with the conference,
// and that nothing is left of it when the process is killed.
func TestConferenceEnds(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CUSTOM conference::maintenance test::mark", "+OK event listener enabled plain")
		joins(s, "1", "room")
		s.API("conference room record /tmp/a.wav")
		s.API("conference room play long.wav")
		s.API("conference room play next.wav")
		s.API("conference room play mine.wav 1")
		time.Sleep(100 * time.Millisecond)
		c.untilMark(s)
		s.API("conference room kick all")
		var got []string
		for _, e := range c.untilMark(s) {
			got = append(got, e.get("Action")+" "+e.get("File")+e.get("Path")+" "+e.get("milliseconds")+e.get("Milliseconds-Elapsed"))
		}
		want := []string{"kick-member  ", "play-file-member-done mine.wav 200", "floor-change  ", "del-member  ",
			"stop-recording /tmp/a.wav 100", "play-file-done long.wav 200", "play-file-done next.wav 0", "conference-destroy  "}
		if d := diffLines(want, got); d != "" {
			t.Errorf("want (-), got (+):\n%s", d)
		}
		a := joins(s, "1", "room")
		s.API("conference room record /tmp/a.wav")
		a.Talk()
		s.Restart(0)
		if left := s.Truth(); len(left.Conferences)+len(left.Channels) != 0 {
			t.Errorf("left %+v", left)
		}
		a.Leave()
		time.Sleep(time.Second)
		joins(s, "1", "room")
		if m := s.Conferences()[0].Members[0]; m.ID != 1 || m.CurrentEnergy != 0 {
			t.Errorf("%+v", m)
		}
	})
}

// TestConferenceConcurrent uses one conference from everywhere at once.
func TestConferenceConcurrent(t *testing.T) {
	s := New(t, Options{AnswerDelay: -1, SnapshotLag: -1})
	stop := s.StartTraffic(TrafficOptions{CallsPerSecond: 50, MeanDuration: 20 * time.Millisecond, Conferences: 2})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 20 {
				a := s.Call(CallOptions{Actions: []Action{{"answer", ""}, {"conference", "room1"}}})
				a.Talk()
				a.Press("019")
				s.API([]string{"conference room1 mute all", "conference room1 transfer room2 1 2 3", "conference json_list",
					"conference room1 dial user/1000", "conference room1 play a.wav last"}[n%5])
				a.TakeFloor()
				a.Member()
				s.Truth()
				if i%2 == 0 {
					a.Leave()
				}
				a.Hangup("")
			}
		})
	}
	wg.Wait()
	stop()
	if err := s.inconsistent(); err != nil {
		t.Error(err)
	}
}
