package fswtest

import (
	"fmt"
	"strconv"
	"time"
)

// version is what the recorded server called itself.
const version = "1.11.3-dev~64bit"

const maxSessions = 4000

func (s *Server) scheduleHeartbeat() {
	if s.opt.Heartbeat <= 0 {
		return
	}
	s.after(s.opt.Heartbeat, func() {
		s.heartbeat()
		s.scheduleHeartbeat()
	})
}

// heartbeat fires HEARTBEAT and the scheduler's event that follows it.
func (s *Server) heartbeat() {
	up := s.now.Sub(s.started)
	e := s.begin("HEARTBEAT", "", source{})
	n := strconv.Itoa
	peak := n(s.peak)
	e.headers = append(e.headers,
		header{"Event-Info", "System Ready"},
		header{"Up-Time", uptime(up)},
		header{"FreeSWITCH-Version", version},
		header{"Uptime-msec", strconv.FormatInt(up.Milliseconds(), 10)},
		header{"Session-Count", n(len(s.channels))},
		header{"Max-Sessions", n(maxSessions)},
		header{"Session-Per-Sec", "1000"},
		header{"Session-Per-Sec-Last", "0"},
		header{"Session-Per-Sec-Max", peak},
		header{"Session-Per-Sec-FiveMin", peak},
		header{"Session-Since-Startup", n(s.sessions)},
		header{"Session-Peak-Max", peak},
		header{"Session-Peak-FiveMin", peak},
		header{"Idle-CPU", "98.500000"})
	s.fire(e)
	e = s.begin("RE_SCHEDULE", "", source{})
	e.headers = append(e.headers,
		header{"Task-ID", "1"},
		header{"Task-Desc", "heartbeat"},
		header{"Task-Group", "core"},
		header{"Task-Runtime", strconv.FormatInt(s.now.Add(s.opt.Heartbeat).Unix(), 10)})
	s.fire(e)
}

// uptime is the long text of status and HEARTBEAT.
func uptime(d time.Duration) string {
	unit := func(n time.Duration, name string) string {
		if n == 1 {
			return "1 " + name
		}
		return fmt.Sprintf("%d %ss", n, name)
	}
	const day = 24 * time.Hour
	return unit(d/(365*day), "year") + ", " + unit(d/day%365, "day") + ", " + unit(d/time.Hour%24, "hour") + ", " +
		unit(d/time.Minute%60, "minute") + ", " + unit(d/time.Second%60, "second") + ", " +
		unit(d/time.Millisecond%1000, "millisecond") + ", " + unit(d/time.Microsecond%1000, "microsecond")
}
