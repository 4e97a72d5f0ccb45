package fswtest

import "time"

// The process of the simulated FreeSWITCH begins and ends here. What does not
// belong to it goes on through its end: the port it is reached at, timers made
// with outside, the handles of the test.

// boot starts the process, with nothing in it.
func (s *Server) boot() {
	s.down, s.unloaded = false, false
	s.alive = make(chan struct{})
	s.started = s.now
	if s.opt.CoreUUID == "" || s.runs > 0 {
		s.opt.CoreUUID = s.uuid()
	}
	s.runs++
	s.channels = map[string]*channel{}
	s.order, s.table, s.sessions, s.peak = nil, showTable{}, 0, 0
	s.confs, s.control = conferences{}, control{}
	s.known = map[string]bool{}
	for _, name := range knownSubclasses {
		s.known[name] = true
	}
	s.seq = sequence{}
	s.seq.start(s.rng, s.opt.SequenceJitter)
	s.scheduleHeartbeat()
	s.relisten()
}

// halt ends the process at once: no event, no notice, no call is left.
func (s *Server) halt() {
	if s.down || s.closed {
		return
	}
	s.down = true
	close(s.alive)
	s.dropAll("")
	s.conns = nil
	s.keepOutside()
	for i := range s.ready {
		s.ready[i] = nothing // what the channels would do next
	}
	for _, c := range s.order {
		c.down, c.gone, c.running = true, true, stateNames[stateDestroy]
		c.epoch++
		c.onAnswer, c.onMedia, c.onHangup = nil, nil, nil
	}
	s.channels, s.order, s.table = map[string]*channel{}, nil, showTable{}
	s.confs = conferences{}
	s.relisten()
}

func nothing() {}

// over tells whether the run of the process that had this alive has ended.
func (s *Server) over(alive <-chan struct{}) bool { return s.down || s.alive != alive }

// Restart kills the server, as kill -9 or a crash does, and starts it again
// after an outage, during which connections are refused. All connections are
// cut without a word, all calls are gone without an event. The new process has
// another Core-UUID, counts events and sessions from the beginning, and is
// reached at the same address. Use Shutdown before for an orderly end, or
// Inflict Vanish for one that clients do not see.
//
// With an outage of 0 the server is up again when Restart returns.
func (s *Server) Restart(outage time.Duration) {
	s.enter()
	defer s.leave()
	s.restart(outage)
}

func (s *Server) restart(outage time.Duration) {
	if s.closed {
		return
	}
	s.halt()
	s.stop(s.comeback)
	if outage <= 0 {
		s.boot()
		return
	}
	s.comeback = s.outside(outage, s.boot)
}

// Shutdown ends the server as "fsctl shutdown" or SIGTERM does: an event
// SHUTDOWN, the hang-up of every call with SYSTEM_SHUTDOWN, a notice to every
// connection. From then on connections are refused, until Restart. It returns
// before all that has happened, which takes 40 ms; a real server may take
// seconds.
func (s *Server) Shutdown() {
	s.enter()
	defer s.leave()
	s.shutdown(nil)
}

// shutdownDelay lets the answer to a command out before its consequences.
const shutdownDelay = 20 * time.Millisecond

// shutdown takes its time; then is what happens at its end.
func (s *Server) shutdown(then func()) {
	if s.down || s.closed {
		return
	}
	s.after(shutdownDelay, func() {
		s.fireText("SHUTDOWN", "", []string{"Event-Info", "System Shutting Down"})
		s.hangupAll("SYSTEM_SHUTDOWN")
		s.after(shutdownDelay, func() {
			s.dropAll(shutdownReason)
			s.conns = nil
			s.halt()
			if then != nil {
				then()
			}
		})
	})
}

// ReloadEventSocket reloads mod_event_socket: every connection ends with the
// notice of a shutdown, and new ones are taken a moment later. Calls live on.
func (s *Server) ReloadEventSocket() {
	s.enter()
	defer s.leave()
	s.reloadEventSocket(true)
}

// reloadEventSocket takes the module down, and up again.
func (s *Server) reloadEventSocket(again bool) {
	if s.down || s.closed {
		return
	}
	s.unloaded = true
	s.dropAll(shutdownReason)
	s.conns = nil
	s.relisten()
	if again {
		s.after(shutdownDelay, s.loadEventSocket)
	}
}

func (s *Server) loadEventSocket() {
	s.unloaded = false
	s.relisten()
}

// apiReload is reload, unload and load of mod_event_socket, which end the
// connection that asks. Other modules are not simulated.
func apiReload(x *apiCall) (string, bool) {
	if x.args != "mod_event_socket" {
		return "", false
	}
	if x.name != "load" {
		wait(shutdownDelay, x.quit) // the answer gets out first
	}
	s := x.s
	s.enter()
	defer s.leave()
	if x.name == "load" {
		if !s.unloaded {
			return "-ERR [module already loaded]\n", true
		}
		s.loadEventSocket()
		return "+OK\n", true
	}
	s.reloadEventSocket(x.name == "reload")
	return "+OK\n", true
}
