package fswtest

import "strings"

// login handles commands before the login; false ends the connection.
func (c *conn) login(line string) bool {
	switch {
	case hasWord(line, "auth "):
		if line[len("auth "):] != c.s.opt.Password {
			c.answer("-ERR invalid")
			return false
		}
		c.authed = true
		return c.answer("+OK accepted")
	case hasWord(line, "userauth "):
		u, ok := c.s.findUser(line[len("userauth "):])
		if !ok {
			c.answer("-ERR invalid")
			return false
		}
		c.authed, c.user = true, &u
		log := "true"
		if u.NoLog {
			log = "false"
		}
		return c.answerWith("+OK accepted", "Allowed-Events: "+orAll(u.Events)+"\nAllowed-API: "+orAll(u.API)+
			"\nAllowed-LOG: "+log+"\n")
	}
	return c.answer(notFound)
}

// findUser takes user@domain:password and user:password@domain.
func (s *Server) findUser(text string) (User, bool) {
	user, rest, ok := strings.Cut(text, "@")
	if !ok {
		return User{}, false
	}
	domain, password := rest, ""
	if u, p, ok := strings.Cut(user, ":"); ok {
		user, password = u, p
	} else if d, p, ok := strings.Cut(rest, ":"); ok {
		domain, password = d, p
	}
	u, ok := s.opt.Users[user+"@"+domain]
	return u, ok && u.Password == password
}

func orAll(list string) string {
	if list == "" {
		return "all"
	}
	return list
}

// split cuts a list at its spaces, or at commas if it has no space.
func splitList(list string) []string {
	if strings.Contains(list, " ") {
		return strings.Fields(list)
	}
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// mayUse tells whether the user may run an api command. Commands that run
// others are looked through.
func (c *conn) mayUse(line string) bool {
	if c.user == nil || c.user.API == "" || c.user.API == "all" {
		return true
	}
	allowed := map[string]bool{}
	for _, name := range splitList(c.user.API) {
		allowed[name] = true
	}
	for {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !allowed[word] {
			return false
		}
		switch strings.ToLower(word) {
		case "bgapi", "sched_api", "eval", "expand", "xml_wrap":
			if line = rest; line != "" {
				continue
			}
		}
		return true
	}
}

// maySee tells whether the user may subscribe to an event or a subclass.
func (c *conn) maySee(name string, subclass bool) bool {
	if c.user == nil || c.user.Events == "" || c.user.Events == "all" {
		return true
	}
	custom := false
	for _, n := range splitList(c.user.Events) {
		if custom == subclass && n == name {
			return true
		}
		if n == "CUSTOM" {
			custom = true
		}
	}
	return false
}
