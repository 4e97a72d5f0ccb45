package esl

import "strings"

// redacted stands in the place of a password.
const redacted = "***"

// Redact returns text that is or was to be transmitted with the passwords of auth
// and userauth commands hidden, for logs. What it looks like is otherwise unchanged.
func Redact(wire string) string {
	if !mayLogin(wire) {
		return wire
	}
	var b strings.Builder
	for rest := wire; rest != ""; {
		end := strings.IndexAny(rest, "\r\n")
		if end < 0 {
			end = len(rest)
		}
		b.WriteString(redactLine(rest[:end]))
		rest = rest[end:]
		if rest != "" {
			b.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	return b.String()
}

// mayLogin rules most texts out quickly.
func mayLogin(wire string) bool {
	for i := 0; i+4 <= len(wire); i++ {
		if wire[i]|0x20 == 'a' && equalFold(wire[i:i+4], "auth") {
			return true
		}
	}
	return false
}

// isLogin reports whether a line is, or comes close to, a command with a password.
func isLogin(line string) bool {
	line = strings.TrimLeft(line, " \t\r\n\x00")
	return hasPrefixFold(line, "auth") || hasPrefixFold(line, "userauth")
}

// redactLine hides the password of one line. It also takes a line for a login that
// a server would not, because of a tab or a space before it: the password in it is one
// all the same.
func redactLine(line string) string {
	if !isLogin(line) {
		return line
	}
	sep := strings.IndexAny(strings.TrimLeft(line, " \t\x00"), " \t:")
	if sep < 0 {
		return line
	}
	sep += len(line) - len(strings.TrimLeft(line, " \t\x00"))
	word, secret := line[:sep+1], line[sep+1:]
	if secret == "" {
		return line
	}
	if hasPrefixFold(strings.TrimLeft(line, " \t\x00"), "userauth") {
		// user@domain:password or user:password@domain; the user is no secret.
		end := strings.IndexAny(secret, ": \t")
		if end < 0 {
			return line
		}
		return word + secret[:end+1] + redacted
	}
	return word + redacted
}
