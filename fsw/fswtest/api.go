package fswtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An apiCall is one api command being executed, without the switch's lock.
type apiCall struct {
	s    *Server
	name string
	args string
	quit <-chan struct{} // do not wait any longer
}

// apiFunc gives the output; false stands for the command's own failure, which
// looks as if there were no such command.
type apiFunc func(*apiCall) (string, bool)

// Handle adds an api command, or replaces one. f gets what stands behind the
// name and returns the output; "" is answered as FreeSWITCH answers it. It may
// take its time: an api command holds up its connection, a bgapi job nobody,
// but Close waits for it. It may call the server, but not its Close.
func (s *Server) Handle(name string, f func(args string) string) {
	s.enter()
	defer s.leave()
	s.handlers[name] = f
}

// run executes an api line and fires its API event, which is numbered before
// and sent after the execution. It waits for nothing once quit is closed, and
// says nothing when the process that it began in is over.
func (s *Server) run(line string, quit, alive <-chan struct{}) string {
	name, args, _ := strings.Cut(strings.TrimRight(line, " \t\r\n"), " ")
	args = strings.TrimSpace(args)
	s.enter()
	e := s.begin("API", "", source{})
	e.addIf("API-Command", name)
	e.addIf("API-Command-Argument", args)
	custom, dead := s.handlers[name], s.over(alive)
	s.leave()

	out, ok := "", true
	switch f := apiCommands[name]; {
	case dead:
		return ""
	case custom != nil:
		out = custom(args)
	case f != nil:
		out, ok = f(&apiCall{s: s, name: name, args: args, quit: quit})
	default:
		ok = false
	}
	if !ok {
		out = "-ERR " + oneLine(name) + " Command not found!\n"
	}
	s.enter()
	if !s.over(alive) { // else nobody is left to tell it
		s.fire(e)
	}
	s.leave()
	return out
}

// API executes an api command such as "conference room mute all" and returns
// its output, which may be empty. It waits until the command has ended, or the
// server is closed or killed, and must not be called from functions given to
// the server other than those given to Handle.
func (s *Server) API(line string) string {
	s.enter()
	alive := s.alive
	s.leave()
	return s.run(line, alive, alive)
}

// api is the command of that name.
func (c *conn) api(line string) bool {
	if !c.mayUse(line) {
		return c.answer("-ERR permission denied")
	}
	out := c.s.run(line, c.quit, c.alive)
	if out == "" {
		out = "-ERR no reply\n"
	}
	return c.message("api/response", "", out)
}

// jobIDLimit is what is kept of a client's Job-UUID.
const jobIDLimit = 256

// bgapi executes a job in a goroutine of its own. The reply comes first.
func (c *conn) bgapi(line string, m *command) bool {
	if !c.mayUse(line) {
		return c.answer("-ERR permission denied")
	}
	s := c.s
	id := m.get("Job-UUID")
	if len(id) > jobIDLimit {
		id = id[:jobIDLimit]
	}
	if id == "" {
		s.enter()
		id = s.uuid()
		s.leave()
	}
	if !c.answerWith("+OK Job-UUID: "+id, "Job-UUID: "+id+"\n") {
		return false
	}
	owner := ""
	if c.session != nil {
		owner = c.session.c.uuid
	}
	c.jobs.Add(1)
	go func() {
		defer c.jobs.Done()
		s.job(id, owner, line, c.alive)
	}()
	return true
}

// job executes a line and fires BACKGROUND_JOB.
func (s *Server) job(id, owner, line string, alive <-chan struct{}) {
	out := s.run(line, alive, alive)
	name, args, _ := strings.Cut(strings.TrimRight(line, " \t\r\n"), " ")
	s.enter()
	defer s.leave()
	if s.over(alive) { // it died with the process
		return
	}
	e := s.begin("BACKGROUND_JOB", "", source{})
	e.addIf("Job-UUID", id)
	e.addIf("Job-Owner-UUID", owner)
	e.addIf("Job-Command", name)
	e.addIf("Job-Command-Arg", strings.TrimSpace(args))
	e.body = out
	s.fire(e)
}

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

func apiFsctl(x *apiCall) (string, bool) {
	w := strings.Fields(x.args)
	if len(w) == 0 {
		return "-USAGE: [shutdown [restart]|hupall <cause>]\n", true
	}
	s := x.s
	switch w[0] {
	case "hupall":
		cause := "MANAGER_REQUEST"
		if len(w) > 1 {
			cause = w[1]
		}
		s.enter()
		defer s.leave()
		s.hangupAll(cause)
		return "+OK\n", true
	case "shutdown":
		s.enter()
		defer s.leave()
		var then func()
		if len(w) > 1 && w[1] == "restart" {
			then = func() { s.restart(0) }
		}
		s.shutdown(then)
		return "+OK\n", true
	}
	return "-ERR Invalid command\n", true
}

func (s *Server) hangupAll(cause string) {
	for _, c := range append([]*channel(nil), s.order...) {
		c.hangup(cause)
	}
}

func apiHupall(x *apiCall) (string, bool) {
	cause, rest, _ := strings.Cut(x.args, " ")
	if cause == "" {
		cause = "MANAGER_REQUEST"
	}
	name, value, _ := strings.Cut(rest, " ")
	s := x.s
	s.enter()
	defer s.leave()
	if name != "" && value != "" {
		for _, c := range append([]*channel(nil), s.order...) {
			if c.variable(name) == value {
				c.hangup(cause)
			}
		}
		return fmt.Sprintf("+OK hangup all channels matching [%s]=[%s] with cause: %s\n", name, value, cause), true
	}
	s.hangupAll(cause)
	return fmt.Sprintf("+OK hangup all channels with cause %s\n", cause), true
}

const noChannel = "-ERR No such channel!\n"

// onChannel wraps a command whose first word is a uuid. f holds the switch.
func onChannel(words int, usage string, f func(s *Server, c *channel, args []string, rest string) string) apiFunc {
	return func(x *apiCall) (string, bool) {
		w := strings.Fields(x.args)
		if len(w) < words {
			return "-USAGE: " + usage + "\n", true
		}
		_, rest, _ := strings.Cut(x.args, " ")
		x.s.enter()
		defer x.s.leave()
		c := x.s.find(w[0])
		if c == nil {
			return noChannel, true
		}
		return f(x.s, c, w[1:], strings.TrimSpace(rest)), true
	}
}

func apiExists(x *apiCall) (string, bool) {
	x.s.enter()
	defer x.s.leave()
	return strconv.FormatBool(x.s.find(x.args) != nil), true
}

func apiDump(x *apiCall) (string, bool) {
	uuid, form, _ := strings.Cut(x.args, " ")
	if uuid == "" {
		return "-USAGE: <uuid> [format]\n", true
	}
	s := x.s
	s.enter()
	defer s.leave()
	c := s.find(uuid)
	if c == nil {
		return noChannel, true
	}
	e := s.begin("CHANNEL_DATA", "", source{})
	c.addHeaders(e, true)
	f := formatPlain
	switch strings.ToLower(form) {
	case "json":
		f = formatJSON
	case "xml":
		f = formatXML
	}
	return string(e.encode(f)), true
}

func apiGetvar(_ *Server, c *channel, args []string, _ string) string {
	if v, ok := c.vars.get(args[0]); ok {
		return v
	}
	return "_undef_"
}

func apiSetvar(_ *Server, c *channel, _ []string, rest string) string {
	name, value, _ := strings.Cut(rest, " ")
	c.set(name, value)
	return "+OK\n"
}

func apiKill(_ *Server, c *channel, args []string, _ string) string {
	cause := ""
	if len(args) > 0 {
		cause = args[0]
	}
	c.hangup(cause)
	return "+OK\n"
}

func apiAnswer(_ *Server, c *channel, _ []string, _ string) string {
	c.answered()
	return "+OK\n"
}

func apiTransfer(_ *Server, c *channel, args []string, _ string) string {
	which := ""
	if strings.HasPrefix(args[0], "-") {
		which, args = args[0], args[1:]
	}
	if len(args) == 0 {
		return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
	}
	args = append(append([]string(nil), args...), "", "")
	var other *channel
	if c.br != nil {
		other = c.br.other(c)
	}
	switch {
	case which == "-bleg" && other == nil, which == "-both" && other == nil:
		return "-ERR No such channel!\n"
	case which == "-bleg":
		other.transfer(args[0], args[1], args[2])
	case which == "-both":
		other.transferBoth(args[0], args[1], args[2], true)
		c.transferBoth(args[0], args[1], args[2], true)
	default:
		c.transfer(args[0], args[1], args[2])
	}
	return "+OK\n"
}

func apiBroadcast(_ *Server, c *channel, args []string, _ string) string {
	which := "aleg"
	if len(args) > 1 {
		which = args[1]
	}
	app, data := "playback", args[0]
	if a, d, ok := strings.Cut(args[0], "::"); ok {
		app, data = a, d
	}
	if which != "bleg" {
		c.broadcast(app, data)
	}
	if c.br != nil && which != "aleg" {
		c.br.other(c).broadcast(app, data)
	}
	return "+OK Message sent\n"
}

func apiBridge(x *apiCall) (string, bool) {
	w := strings.Fields(x.args)
	if len(w) != 2 {
		return "-USAGE: <uuid> <other_uuid>\n", true
	}
	s := x.s
	s.enter()
	defer s.leave()
	a, b := s.find(w[0]), s.find(w[1])
	if !s.uuidBridge(a, b) {
		return "-ERR Invalid uuid\n", true
	}
	return "+OK " + b.uuid + "\n", true
}

func apiHold(x *apiCall) (string, bool) {
	w := strings.Fields(x.args)
	if len(w) == 0 {
		return "-USAGE: [off|toggle] <uuid> [<display>]\n", true
	}
	verb := ""
	if w[0] == "off" || w[0] == "toggle" {
		verb, w = w[0], w[1:]
	}
	if len(w) == 0 {
		return "-USAGE: [off|toggle] <uuid> [<display>]\n", true
	}
	s := x.s
	s.enter()
	defer s.leave()
	c := s.find(w[0])
	ok := c != nil
	switch {
	case !ok:
	case verb == "off", verb == "toggle" && c.held:
		ok = c.unhold(source{})
	default:
		ok = c.hold(source{})
	}
	if !ok {
		return "-ERR Operation failed\n", true
	}
	return "+OK Success\n", true
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
