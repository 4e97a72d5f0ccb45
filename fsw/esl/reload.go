package esl

import "strings"

// The server takes every command for a reload or unload of its event socket module whose line
// and headers have the name of the module and the word anywhere, and that ends all its
// connections: a name of a caller in a header is enough.
const eventSocket = "mod_event_socket"

// reloads reports whether the server would take a command for that, and it is not meant as
// that.
func (c Command) reloads() bool {
	module, verb := false, false
	look := func(s string) {
		module = module || containsFold(s, eventSocket)
		verb = verb || containsFold(s, "reload") || containsFold(s, "unload")
	}
	look(c.Line)
	for _, h := range c.Headers {
		look(h.Name)
		look(h.Value)
	}
	if !module || !verb {
		return false
	}
	words := strings.Fields(strings.ToLower(c.Line))
	for len(words) > 0 && (words[0] == "api" || words[0] == "bgapi") {
		words = words[1:]
	}
	return len(words) != 2 || words[0] != "reload" && words[0] != "unload" || words[1] != eventSocket
}

// containsFold reports whether word, in lower case, is in s, without regard to case.
func containsFold(s, word string) bool {
	for i := 0; i+len(word) <= len(s); i++ {
		if lower(s[i]) == word[0] && equalFold(s[i:i+len(word)], word) {
			return true
		}
	}
	return false
}
