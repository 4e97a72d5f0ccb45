package fswtest

import "strings"

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
