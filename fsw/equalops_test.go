package fsw_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// How many channels there are about.
const (
	fewChannels  = 12
	manyChannels = 45
)

// equalDialplan is what the numbers of the test do.
func equalDialplan(d fswtest.Destination) ([]fswtest.Action, bool) {
	far := d.Endpoint == "sofia" || d.Endpoint == "user"
	name, rest, _ := strings.Cut(d.Number, "-")
	switch {
	case name == "slow" && far: // rings for so many milliseconds
		return []fswtest.Action{{App: "ring_ready"}, {App: "sleep", Data: rest}, {App: "answer"}}, true
	case name == "short" && far:
		return []fswtest.Action{{App: "ring_ready"}, {App: "sleep", Data: "30"}, {App: "answer"}, {App: "sleep", Data: rest}, {App: "hangup", Data: "NORMAL_CLEARING"}}, true
	case name == "call" && !far: // dials on
		return []fswtest.Action{{App: "ring_ready"}, {App: "bridge", Data: "user/slow-" + rest + "@pbx"}}, true
	case name == "room" && !far:
		return []fswtest.Action{{App: "answer"}, {App: "conference", Data: "room" + rest + "@default"}}, true
	}
	return nil, false
}

// operation is something that can be done; weight is how often it is, beside others.
type operation struct {
	weight int
	name   string
	do     func(e *equality) string // what was done
}

var operations []operation

func init() {
	on := func(f func(e *equality, c *fswtest.Channel) string) func(e *equality) string {
		return func(e *equality) string {
			c := e.srv.Channel(e.channel())
			if c == nil {
				return ""
			}
			return f(e, c) + " " + c.UUID()
		}
	}
	api := func(line func(e *equality) string) func(e *equality) string {
		return func(e *equality) string {
			l := line(e)
			return "api " + l + ": " + strings.TrimSpace(e.srv.API(l))
		}
	}
	operations = []operation{
		{60, "call", (*equality).call},
		{60, "originate", api((*equality).originate)},
		{30, "ring", on(func(e *equality, c *fswtest.Channel) string {
			if e.rng.IntN(2) == 0 {
				c.RingReady()
				return "ring"
			}
			c.PreAnswer()
			return "pre-answer"
		})},
		{50, "answer", on(func(e *equality, c *fswtest.Channel) string { c.Answer(); return "answer" })},
		{30, "bridge", api(func(e *equality) string { return "uuid_bridge " + e.channel() + " " + e.channel() })},
		{40, "transfer", api((*equality).transfer)},
		{40, "hold", api(func(e *equality) string {
			return "uuid_hold " + e.one("", "", "off ", "toggle ") + e.channel()
		})},
		{20, "hold by the far end", on(func(e *equality, c *fswtest.Channel) string {
			if e.rng.IntN(2) == 0 {
				c.Hold()
				return "hold"
			}
			c.Unhold()
			return "unhold"
		})},
		{40, "hang up", on(func(e *equality, c *fswtest.Channel) string {
			cause := e.one("NORMAL_CLEARING", "USER_BUSY", "NO_ANSWER", "CALL_REJECTED")
			c.Hangup(cause)
			return "hang up " + cause
		})},
		{10, "kill", api(func(e *equality) string { return "uuid_kill " + e.channel() + e.one("", " USER_BUSY") })},
		{20, "rename", (*equality).rename},
		{20, "execute", on(func(e *equality, c *fswtest.Channel) string {
			app, data, _ := strings.Cut(e.one("playback x.wav", "sleep 200", "set a=b", "park ", "echo ", "playback silence_stream://-1",
				"transfer park", "hangup USER_BUSY", "nosuch "), " ")
			c.Execute(app, data)
			return "execute " + app + " " + data
		})},
		{10, "dial", func(e *equality) string {
			c := e.alone()
			if c == nil {
				return ""
			}
			data := e.one("user/slow-50@pbx", "user/busy@pbx", "loopback/echo/default")
			c.Execute("bridge", data)
			return "bridge " + c.UUID() + " to " + data
		}},
		{10, "set", api(func(e *equality) string { return "uuid_setvar " + e.channel() + " color " + e.one("red", "blue", "") })},
		{10, "broadcast", api(func(e *equality) string {
			return "uuid_broadcast " + e.channel() + " " + e.one("x.wav", "silence_stream://300") + " " + e.one("aleg", "bleg", "both")
		})},
		{10, "keys", on(func(e *equality, c *fswtest.Channel) string {
			key := e.one("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#")
			c.Press(key)
			return "press " + key
		})},
		{40, "sound", on(func(e *equality, c *fswtest.Channel) string {
			energy := []int{0, 0, 150, 600, fswtest.VoiceEnergy}[e.rng.IntN(5)]
			c.Sound(energy)
			return fmt.Sprint("sound ", energy)
		})},
		{8, "leave", on(func(_ *equality, c *fswtest.Channel) string { c.Leave(); return "leave" })},
		{10, "take the floor", on(func(_ *equality, c *fswtest.Channel) string { c.TakeFloor(); return "take the floor" })},
		{30, "join", api(func(e *equality) string { return "uuid_transfer " + e.channel() + " room-" + e.one("1", "2", "3") })},
		{120, "conference", api((*equality).conference)},
		{1, "hang up all", api(func(e *equality) string { return "hupall NORMAL_CLEARING color " + e.one("red", "blue") })},
		{4, "background job", api(func(e *equality) string { return "bgapi msleep " + strconv.Itoa(e.rng.IntN(2000)) })},
	}
}

// operate does one thing at random.
func (e *equality) operate() {
	all := 0
	for _, o := range operations {
		all += o.weight
	}
	switch n := len(e.ids); {
	case n < fewChannels && e.rng.IntN(2) == 0:
		e.note("%d: %s", e.number, e.call())
		return
	case n > manyChannels && e.rng.IntN(2) == 0:
		if c := e.srv.Channel(e.channel()); c != nil {
			e.note("%d: hang up %s", e.number, c.UUID())
			c.Hangup("NORMAL_CLEARING")
		}
		return
	}
	n := e.rng.IntN(all)
	for _, o := range operations {
		if n -= o.weight; n < 0 {
			e.note("%d: %s", e.number, o.do(e))
			return
		}
	}
}

func (e *equality) one(of ...string) string { return of[e.rng.IntN(len(of))] }

// channel is the id of one of the channels, which may be over.
func (e *equality) channel() string {
	if len(e.ids) == 0 {
		return "nobody"
	}
	return e.ids[e.rng.IntN(len(e.ids))]
}

// id makes an id up, sometimes one that there was. One that was given up by a channel
// that lives on is not used again: variables of others still name that by it.
func (e *equality) id() string {
	if e.names > 0 && e.rng.IntN(10) == 0 {
		if id := fmt.Sprint("id", 1+e.rng.IntN(e.names)); e.renamed[id] == "" {
			return id
		}
	}
	e.names++
	return fmt.Sprint("id", e.names)
}

func (e *equality) call() string {
	o := fswtest.CallOptions{From: fmt.Sprint(1000 + e.rng.IntN(20)), To: "2000"}
	if e.rng.IntN(4) == 0 {
		o.UUID = e.id()
	}
	switch e.rng.IntN(8) {
	case 0, 1: // rings until somebody does something
	case 2:
		o.Route, o.To = true, e.one("park", "silence", "early", "busy", "nosuch", "bridge-echo", "bridge-busy", "call-20", "call-500", "room-1", "room-2", "3000")
	case 3:
		o.Actions = []fswtest.Action{{App: "answer"}, {App: "bridge", Data: "user/slow-" + e.one("0", "40", "300") + "@pbx"}}
	case 4:
		o.Actions = []fswtest.Action{{App: "ring_ready"}, {App: "bridge", Data: "sofia/internal/" + e.one("slow-100", "short-400", "busy", "ring") + "@192.0.2.7"}}
	case 5:
		flags := e.one("", "", "+flags{moderator}", "+flags{mute|deaf}", "+flags{ghost}", "+flags{endconf}", "+flags{mintwo}", "+flags{mute,mute-detect}")
		o.Actions = []fswtest.Action{{App: "answer"}, {App: "conference", Data: "room" + e.one("1", "2", "3") + "@default" + flags}, {App: "park"}}
	case 6:
		o.Actions = []fswtest.Action{{App: "answer"}, {App: "playback", Data: "silence_stream://" + e.one("-1", "800")}, {App: "transfer", Data: "park"}}
	case 7:
		o.Actions = []fswtest.Action{{App: "answer"}, {App: "park"}}
	}
	return fmt.Sprintf("call %s to %q %v", e.srv.Call(o).UUID(), o.To, o.Actions)
}

func (e *equality) originate() string {
	vars := "origination_caller_id_name=Eve" + e.one("", "", ",originate_timeout=1", ",ignore_early_media=true")
	if e.rng.IntN(3) == 0 {
		vars += ",origination_uuid=" + e.id()
	}
	return "bgapi originate {" + vars + "}" + e.one("user/slow-0@pbx", "user/slow-200@pbx", "sofia/internal/short-300@192.0.2.9", "user/busy@pbx", "user/ring@pbx",
		"loopback/echo/default", "loopback/busy/default", "loopback/bridge-echo/default", "loopback/room-1/default",
		"user/slow-90@pbx,user/slow-91@pbx", "user/busy@pbx|user/slow-10@pbx", "loopback/call-100/default") + " " +
		e.one("&park()", "&echo()", "&conference(room1@default)", "&bridge(user/slow-60@pbx)", "park", "call-40", "room-2")
}

func (e *equality) transfer() string {
	return "uuid_transfer " + e.channel() + " " + e.one("", "", "-bleg ", "-both ") + e.one("park", "silence", "busy", "call-30", "room-1", "room-3", "nosuch", "bridge-silence", "3000")
}

// alone is a channel that is not bridged, nil if there is none.
func (e *equality) alone() *fswtest.Channel {
	if len(e.bare) == 0 {
		return nil
	}
	c := e.srv.Channel(e.bare[e.rng.IntN(len(e.bare))])
	if c == nil {
		return nil
	}
	if info, _ := c.Info(); info.OtherLegUUID != "" || info.Application == "bridge" || info.State != "CS_EXECUTE" {
		return nil
	}
	return c
}

// rename gives a channel that is not bridged another id.
func (e *equality) rename() string {
	c, id := e.alone(), e.id()
	if c == nil {
		return ""
	}
	if info, _ := c.Info(); strings.HasPrefix(info.Name, "loopback/") {
		return "" // the other end would know it by its old id
	}
	old := c.UUID()
	done := c.Rename(id)
	if done {
		e.renamed[old] = id
	}
	return fmt.Sprintf("rename %s to %s: %t", old, id, done)
}

// conference is a command to a conference.
func (e *equality) conference() string {
	room := "room" + e.one("1", "2", "3")
	id := func() string {
		for _, c := range e.rooms {
			if n := len(c.Members); c.Name == room && n > 0 && e.rng.IntN(8) > 0 {
				return strconv.Itoa(c.Members[e.rng.IntN(n)].ID)
			}
		}
		return strconv.Itoa(1 + e.rng.IntN(300))
	}
	who := func() string { return e.one("all", "last", "non_moderator", id(), id(), id(), id()) }
	what := ""
	switch n := e.rng.IntN(30); {
	case n < 12:
		what = e.one("mute", "unmute", "tmute", "deaf", "undeaf", "hold", "unhold", "floor") + " " + who()
	case n < 14:
		what = e.one("kick", "hup") + " " + id()
	case n < 18:
		what = e.one("energy", "volume_in", "volume_out") + " " + who() + " " + e.one("up", "down", "3", "-2", "500")
	case n < 23:
		what = e.one("lock", "unlock", "unlock", "exit_sound off", "exit_sound on", "enter_sound on", "enter_sound off", "record /tmp/a.wav",
			"record /tmp/b.wav", "norecord all", "norecord /tmp/a.wav", "recording pause /tmp/a.wav")
	case n < 25:
		what = e.one("play x.wav", "play x.wav "+id(), "play y.wav async", "stop all", "say hello", "saymember "+id()+" hi")
	case n < 27:
		what = "transfer room" + e.one("1", "2", "3") + " " + id()
	case n < 28:
		what = "relate " + id() + " " + id() + " " + e.one("nohear", "clear")
	case n < 29:
		what = "dtmf " + id() + " 12"
	default:
		what = "bgdial " + e.one("loopback/silence/default", "user/slow-100@pbx", "user/busy@pbx")
	}
	return "conference " + room + " " + what
}
