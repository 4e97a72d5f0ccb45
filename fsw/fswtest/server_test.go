package fswtest

import (
	"testing"
)

func TestTrace(t *testing.T) {
	s := NewServer(Options{Heartbeat: noHeartbeat})
	defer s.Close()
	c := login(t, s)
	c.want("event plain ALL", "+OK event listener enabled plain")
	t.Log(c.reply("api originate {origination_uuid=aaa,x='y z'}loopback/park/default &park()"))
	t.Log(c.reply("api originate {origination_uuid=bbb}sofia/lo/1000@1.2.3.4 &park()"))
	t.Log(c.reply("api uuid_bridge aaa bbb"))
	t.Log(c.reply("api uuid_hold bbb"))
	t.Log(c.reply("api show channels as json"))
	t.Log(c.reply("api uuid_kill aaa"))
	for _, e := range c.untilMark(s) {
		t.Log(e.get("Event-Sequence"), e.get("Channel-Name"), e.describe())
	}
	t.Log(c.reply("api show channels"))
	t.Log(c.reply("exit"))
}
