package fswtest

import (
	"strconv"
	"strings"
	"time"
)

// reportVariables are those of the end of a call.
func (c *channel) reportVariables() {
	p := &c.p
	c.vars.unset("current_application_response")
	c.vars.unset("current_application_data")
	last := c.variable("current_application")
	c.set("hangup_cause", c.cause)
	c.set("hangup_cause_q850", strconv.Itoa(q850(c.cause)))
	stamp := func(name string, t int64) {
		if t != 0 {
			c.set(name, time.UnixMicro(t).Local().Format(stampLayout))
		}
	}
	stamp("start_stamp", p.created)
	stamp("profile_start_stamp", p.profileCreated)
	stamp("answer_stamp", p.answered)
	stamp("bridge_stamp", p.bridged)
	stamp("hold_stamp", p.lastHold)
	stamp("progress_stamp", p.progress)
	stamp("progress_media_stamp", p.media)
	if c.holdLog != "" {
		c.set("hold_events", "{"+c.holdLog+"}")
	}
	stamp("end_stamp", p.hangup)
	epoch := func(name string, t int64) {
		c.set(name+"_epoch", micros(t/1e6))
		c.set(name+"_uepoch", micros(t))
	}
	epoch("start", p.created)
	epoch("profile_start", p.profileCreated)
	epoch("answer", p.answered)
	epoch("bridge", p.bridged)
	epoch("last_hold", p.lastHold)
	c.set("hold_accum_seconds", micros(p.holdAccum/1e6))
	c.set("hold_accum_usec", micros(p.holdAccum))
	c.set("hold_accum_ms", micros(p.holdAccum/1e3))
	epoch("resurrect", 0)
	epoch("progress", p.progress)
	epoch("progress_media", p.media)
	epoch("end", p.hangup)
	c.set("last_app", last)
	c.set("caller_id", `"`+p.cidName+`" <`+p.cidNumber+`>`)
	span := func(from, to int64) int64 {
		if from == 0 || to < from {
			return 0
		}
		return to - from
	}
	wait := span(p.created, p.bridged)
	spans := []struct {
		name string
		d    int64
	}{{"duration", span(p.created, p.hangup)}, {"billsec", span(p.answered, p.hangup)},
		{"progresssec", span(p.created, p.progress)}, {"answersec", span(p.created, p.answered)}, {"waitsec", wait},
		{"progress_mediasec", span(p.created, p.media)}, {"flow_billsec", span(p.created, p.hangup)}}
	for _, unit := range []struct {
		name, duration string
		per            int64
	}{{"sec", "duration", 1e6}, {"msec", "mduration", 1e3}, {"usec", "uduration", 1}} {
		for _, x := range spans {
			name := strings.TrimSuffix(x.name, "sec") + unit.name
			if x.name == "duration" {
				name = unit.duration
			}
			c.set(name, strconv.FormatInt(x.d/unit.per, 10))
		}
	}
	if c.endpoint == "loopback" {
		c.set("is_loopback", "1")
	}
}
