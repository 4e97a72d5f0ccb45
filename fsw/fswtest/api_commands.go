package fswtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// apiCommands are those that the server has. The short ones are below.
var apiCommands map[string]apiFunc

func init() {
	text := func(f func(s *Server) string) apiFunc {
		return func(x *apiCall) (string, bool) {
			x.s.enter()
			defer x.s.leave()
			return f(x.s), true
		}
	}
	apiCommands = map[string]apiFunc{
		"status":   text(status),
		"version":  text(func(*Server) string { return "FreeSWITCH Version " + version + " ( 64bit)\n" }),
		"hostname": text(func(s *Server) string { return s.opt.Hostname }),
		"uptime":   text(func(s *Server) string { return strconv.FormatInt(int64(s.now.Sub(s.started).Seconds()), 10) + "\n" }),
		"reloadxml": text(func(s *Server) string {
			s.fire(s.begin("RELOADXML", "", source{}))
			return "+OK [Success]\n"
		}),
		"global_getvar":  apiGlobal,
		"echo":           func(x *apiCall) (string, bool) { return x.args, true },
		"log":            apiLog,
		"msleep":         apiSleep,
		"bgapi":          apiBgapi,
		"fsctl":          apiFsctl,
		"show":           apiShow,
		"originate":      apiOriginate,
		"hupall":         apiHupall,
		"reload":         apiReload,
		"unload":         apiReload,
		"load":           apiReload,
		"uuid_exists":    apiExists,
		"uuid_dump":      apiDump,
		"uuid_getvar":    onChannel(2, "<uuid> <var>", apiGetvar),
		"uuid_setvar":    onChannel(2, "<uuid> <var> [value]", apiSetvar),
		"uuid_kill":      onChannel(1, "<uuid> [cause]", apiKill),
		"uuid_answer":    onChannel(1, "<uuid>", apiAnswer),
		"uuid_transfer":  onChannel(2, "<uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]", apiTransfer),
		"uuid_broadcast": onChannel(2, "<uuid> <path> [aleg|bleg|holdb|both]", apiBroadcast),
		"uuid_bridge":    apiBridge,
		"uuid_hold":      apiHold,
		"uuid_recv_dtmf": apiDTMF("received", func(c *channel, key byte) { c.digit(key, "APP") }),
		"uuid_send_dtmf": apiDTMF("sent", (*channel).sendDigit),
		"conference":     apiConference,
	}
}

func status(s *Server) string {
	return fmt.Sprintf("UP %s\nFreeSWITCH (Version %s  64bit) is ready\n%d session(s) since startup\n"+
		"%d session(s) - peak %d, last 5min %d \n0 session(s) per Sec out of max 1000, peak %d, last 5min %d \n"+
		"%d session(s) max\nmin idle cpu 0.00/98.50\nCurrent Stack Size/Max 240K/8192K\n",
		uptime(s.now.Sub(s.started)), "1.11.3-dev", s.sessions, len(s.channels), s.peak, s.peak, s.peak, s.peak, maxSessions)
}

func apiGlobal(x *apiCall) (string, bool) {
	switch x.args {
	case "hostname":
		return x.s.opt.Hostname, true
	case "core_uuid":
		return x.s.opt.CoreUUID, true
	}
	return "", true
}

func apiLog(x *apiCall) (string, bool) {
	level, text, _ := strings.Cut(x.args, " ")
	n := logLevelOf(level)
	if n < 0 || text == "" {
		return "-USAGE: <level> <message>\n", true
	}
	x.s.enter()
	defer x.s.leave()
	x.s.log(n, "mod_commands.c", "log_function", 7247, "", text)
	return "+OK\n", true
}

func apiBgapi(x *apiCall) (string, bool) {
	s := x.s
	s.enter()
	id := s.uuid()
	closed, alive := s.closed, s.alive
	if !closed {
		s.wg.Add(1)
	}
	s.leave()
	if !closed {
		go func() {
			defer s.wg.Done()
			s.job(id, "", x.args, alive)
		}()
	}
	return "+OK Job-UUID: " + id + "\n", true
}

// apiSleep is msleep <milliseconds>: a slow job.
func apiSleep(x *apiCall) (string, bool) {
	ms, err := strconv.Atoi(x.args)
	if err != nil || ms < 0 {
		return "-USAGE: <milliseconds>\n", true
	}
	wait(time.Duration(ms)*time.Millisecond, x.quit)
	return "+OK", true
}

func wait(d time.Duration, quit <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-quit:
	}
}
