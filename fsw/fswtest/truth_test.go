package fswtest

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// model is what a client can know of the channels from their events.
type model map[string]ChannelInfo

func (m model) apply(e ev) error {
	id := e.get("Unique-ID")
	if id == "" {
		return nil
	}
	switch e.name() {
	case "CHANNEL_CREATE":
		if _, ok := m[id]; ok {
			return fmt.Errorf("%s created twice", id)
		}
		m[id] = ChannelInfo{UUID: id, Name: e.get("Channel-Name"), Direction: e.get("Call-Direction")}
	case "CHANNEL_DESTROY":
		if _, ok := m[id]; !ok {
			return fmt.Errorf("%s destroyed without having lived", id)
		}
		delete(m, id)
		return nil
	}
	i, ok := m[id]
	if !ok {
		return nil
	}
	i.State, i.CallState, i.AnswerState = e.get("Channel-State"), e.get("Channel-Call-State"), e.get("Answer-State")
	i.CallUUID = e.get("Channel-Call-UUID")
	if v := e.get("Caller-Unique-ID"); v != "" {
		i.CallerIDName, i.CallerIDNumber = e.get("Caller-Caller-ID-Name"), e.get("Caller-Caller-ID-Number")
		i.Destination = e.get("Caller-Destination-Number")
	}
	switch e.name() {
	case "CHANNEL_BRIDGE":
		i.OtherLegUUID = e.get("Bridge-B-Unique-ID")
		if b, ok := m[i.OtherLegUUID]; ok {
			b.OtherLegUUID = id
			m[b.UUID] = b
		}
	case "CHANNEL_UNBRIDGE":
		i.OtherLegUUID = ""
		if b, ok := m[e.get("Bridge-B-Unique-ID")]; ok {
			b.OtherLegUUID = ""
			m[b.UUID] = b
		}
	}
	m[id] = i
	return nil
}

// compare tells where the model and the truth differ.
func (m model) compare(truth []ChannelInfo) string {
	var want, got []string
	line := func(i ChannelInfo) string {
		return fmt.Sprint(i.UUID, i.Name, i.State, i.CallState, i.AnswerState, i.Direction, i.CallerIDName, i.CallerIDNumber,
			i.Destination, i.CallUUID, i.OtherLegUUID)
	}
	for _, i := range truth {
		want = append(want, line(i))
	}
	for _, i := range m {
		got = append(got, line(i))
	}
	slices.Sort(want)
	slices.Sort(got)
	return diffLines(want, got)
}

// TestTruth does random things to random channels and compares what the events
// tell with Channels, and later with "show channels".
func TestTruth(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, Options{Seed: seed + 1, SnapshotLag: 200 * time.Millisecond}, func(t *testing.T, s *Server) {
				c := login(t, s)
				c.want("event plain ALL", "+OK event listener enabled plain")
				rng := rand.New(rand.NewPCG(seed, 2))
				m := model{}
				check := func() int {
					t.Helper()
					synctest.Wait() // jobs
					evs := c.untilMark(s)
					for _, e := range evs {
						if err := m.apply(e); err != nil {
							t.Error(err)
						}
					}
					if d := m.compare(s.Channels()); d != "" {
						t.Fatalf("truth (-) and events (+):\n%s", d)
					}
					return len(evs)
				}
				stop := s.StartTraffic(TrafficOptions{CallsPerSecond: 2, MeanDuration: 10 * time.Second, Seed: seed})
				defer stop()
				for range 120 {
					randomStep(rng, s, c)
					check()
				}
				time.Sleep(time.Second)
				check()
				time.Sleep(150 * time.Millisecond)
				check()
				stop()
				for compared := 0; compared < 3; time.Sleep(time.Second) {
					check()
					time.Sleep(200 * time.Millisecond)
					if check() == 0 { // nothing happened within the lag
						compareShow(t, c, s)
						compared++
					}
				}
				c.want("api hupall", "+OK hangup all channels with cause MANAGER_REQUEST\n")
				check()
				if n := len(s.Channels()); n != 0 {
					t.Errorf("%d channels are left", n)
				}
			})
		})
	}
}

// randomStep lets time pass or a client do something to a channel.
func randomStep(rng *rand.Rand, s *Server, c *client) {
	time.Sleep(time.Duration(rng.IntN(400)) * time.Millisecond)
	channels := s.Channels()
	pick := func() string {
		if len(channels) == 0 || rng.IntN(20) == 0 {
			return "no-such-channel"
		}
		return channels[rng.IntN(len(channels))].UUID
	}
	dest := []string{"1000", "park", "silence", "echo", "tone", "busy", "bridge-echo", "nosuch", "early", "reject"}[rng.IntN(10)]
	switch rng.IntN(14) {
	case 0, 1:
		c.reply("bgapi originate {a=b}loopback/" + dest + "/default &park()")
	case 2:
		c.reply("bgapi originate {origination_uuid=" + fmt.Sprintf("own-%d", rng.Uint32()) + ",originate_timeout=1}loopback/" + dest + " 1000 XML default")
	case 3:
		c.reply("bgapi originate sofia/gateway/gw/" + dest + "|user/" + dest + ",user/1001 &echo")
	case 4:
		c.reply("api uuid_bridge " + pick() + " " + pick())
	case 5:
		c.reply("api uuid_kill " + pick() + " USER_BUSY")
	case 6:
		c.reply("api uuid_hold " + pick())
	case 7:
		c.reply("api uuid_hold off " + pick())
	case 8:
		c.reply("api uuid_transfer " + pick() + " " + dest)
	case 9:
		c.reply("api uuid_transfer " + pick() + " " + []string{"-both", "-bleg"}[rng.IntN(2)] + " " + dest + " XML default")
	case 10:
		c.reply("sendmsg " + pick() + "\ncall-command: execute\nexecute-app-name: " + []string{"playback", "bridge", "park", "transfer", "sleep", "hangup"}[rng.IntN(6)] +
			"\nexecute-app-arg: " + []string{"a.wav", "user/1000", "500", "park"}[rng.IntN(4)])
	case 11:
		c.reply("api uuid_broadcast " + pick() + " x.wav both")
	case 12:
		c.reply("sendmsg " + pick() + "\ncall-command: xferext\napplication: answer\napplication: bridge loopback/echo")
	case 13:
		s.Call(CallOptions{From: "77", To: dest, Route: rng.IntN(2) == 0})
	}
}

func compareShow(t *testing.T, c *client, s *Server) {
	t.Helper()
	var answer struct {
		RowCount int                 `json:"row_count"`
		Rows     []map[string]string `json:"rows"`
	}
	if err := json.Unmarshal([]byte(c.reply("api show channels as json")), &answer); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, i := range s.Channels() {
		want = append(want, fmt.Sprint(i.UUID, " ", i.Name, " ", i.Direction))
	}
	for _, r := range answer.Rows {
		got = append(got, fmt.Sprint(r["uuid"], " ", r["name"], " ", r["direction"]))
	}
	if d := diffLines(want, got); d != "" || answer.RowCount != len(want) {
		t.Errorf("truth (-) and show channels (+), row_count %d:\n%s", answer.RowCount, d)
	}
}

func TestSnapshotLag(t *testing.T) {
	bubble(t, Options{SnapshotLag: 300 * time.Millisecond}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("api show channels as json", "{\"row_count\": 0}\n")
		a := s.Call(CallOptions{UUID: "a", From: "10", FromName: `"x"`, To: "20", Actions: []Action{{"answer", ""}, {"park", ""}}})
		has := func(want bool) {
			t.Helper()
			if got := strings.Contains(c.reply("api show channels as json"), `"uuid":"a"`); got != want {
				t.Errorf("in the table: %v", got)
			}
		}
		has(false)
		time.Sleep(299 * time.Millisecond)
		has(false)
		time.Sleep(time.Millisecond)
		has(true)
		row := c.reply("api show channels")
		want := `,inbound,2000-01-01 00:00:00,946684800,sofia/internal/10@127.0.0.1,CS_EXECUTE,"x",10,127.0.0.1,20,park,,XML,` +
			`default,PCMU,8000,64000,PCMU,8000,64000,,fswtest,,,,ACTIVE,,,,,,,"x",10,127.0.0.1,20,XML,default` + "\n\n1 total.\n"
		if _, rest, _ := strings.Cut(row, "\na"); time.Local == time.UTC && rest != want {
			t.Errorf("row %q, want %q", rest, want)
		}
		a.Hangup("NORMAL_CLEARING")
		has(true)
		c.want("api uuid_exists a", "false")
		time.Sleep(300 * time.Millisecond)
		has(false)
	})
	bubble(t, Options{NoShowChannels: true}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("api show channels as json", "-ERR Database error!\n")
	})
}

// TestShowColumns compares with rows of the recording.
func TestShowColumns(t *testing.T) {
	bubble(t, Options{SnapshotLag: -1}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("api originate {origination_uuid=a,origination_caller_id_name='Älice',origination_caller_id_number=1001}loopback/park/default &park()", "+OK a\n")
		c.want("api uuid_transfer a tone XML default", "+OK\n")
		got := strings.Split(c.reply("api show channels"), "\n")
		want := []string{strings.Join(showColumns, ","),
			"a,outbound,-,-,loopback/park-a,CS_EXECUTE,Outbound Call,default,,tone,playback,tone_stream://%(1000,0,440);loops=600," +
				"XML,default,L16,8000,128000,L16,8000,128000,,fswtest,,,,ACTIVE,Älice,1001,RECV,a,,,Älice,1001,,park,xml,default",
			"-,inbound,-,-,loopback/park-b,CS_EXECUTE,Älice,1001,,park,park,,xml,default,L16,8000,128000,L16,8000,128000,,fswtest,,,," +
				"ACTIVE,Outbound Call,default,,,,,Älice,1001,,park,xml,default", "", "2 total.", ""}
		for i, line := range got {
			f := strings.Split(line, ",")
			if i > 0 && len(f) > 4 {
				f[2], f[3] = "-", "-"
				if i == 2 {
					f[0] = "-"
				}
				got[i] = strings.Join(f, ",")
			}
		}
		if d := diffLines(want, got); d != "" {
			t.Errorf("recorded (-), simulated (+):\n%s", d)
		}
	})
}

// traffic reads all that a subscriber gets of a minute of calls.
func trafficBytes(t *testing.T, o Options, traffic TrafficOptions) (out string) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(o)
		nc := s.Pipe()
		var b strings.Builder
		done := make(chan struct{})
		go func() {
			io.Copy(&b, nc)
			close(done)
		}()
		io.WriteString(nc, "auth ClueCon\n\nevent plain ALL\n\n")
		synctest.Wait()
		stop := s.StartTraffic(traffic)
		time.Sleep(time.Minute)
		stop()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if n := len(s.Channels()); n != 0 {
			t.Errorf("%d channels are left over", n)
		}
		s.enter()
		s.table.settle(s)
		if n := len(s.table.rows) + len(s.table.pending) + len(s.timers); n != 0 {
			t.Errorf("%d rows and timers are left over", n)
		}
		s.leave()
		s.Close()
		<-done
		out = b.String()
	})
	return out
}

func TestTraffic(t *testing.T) {
	o := Options{Seed: 7, Heartbeat: noHeartbeat}
	traffic := TrafficOptions{CallsPerSecond: 5, MeanDuration: 10 * time.Second, Seed: 11}
	a, b := trafficBytes(t, o, traffic), trafficBytes(t, o, traffic)
	if a != b {
		t.Errorf("two runs differ: %d and %d bytes", len(a), len(b))
	}
	traffic.Seed++
	if trafficBytes(t, o, traffic) == a {
		t.Error("another seed gives the same calls")
	}
	traffic.Conferences = 2
	c := trafficBytes(t, o, traffic)
	for _, action := range []string{"conference-create", "add-member", "start-talking", "stop-talking", "floor-change", "mute-member", "unmute-member",
		"del-member", "conference-destroy"} {
		if strings.Contains(a, "Action: "+action) || !strings.Contains(c, "Action: "+action) {
			t.Errorf("%s: without conferences, or not with them", action)
		}
	}
	for _, part := range []string{"CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_HOLD", "CHANNEL_UNHOLD", "CHANNEL_PROGRESS", "PLAYBACK_START",
		"Hangup-Cause: USER_BUSY", "Hangup-Cause: NORMAL_CLEARING", "Hangup-Cause: ORIGINATOR_CANCEL", "Hangup-Cause: CALL_REJECTED",
		"Hangup-Cause: NO_ANSWER", "Caller-Caller-ID-Name: Heinz%20M%C3%BCller"} {
		if !strings.Contains(a, part) {
			t.Errorf("no %s in a minute of traffic", part)
		}
	}
}
