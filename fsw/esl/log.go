package esl

import (
	"strconv"
	"strings"
)

// A LogLine is a line of the server's log, sent as a log/data message.
type LogLine struct {
	Level    LogLevel // how severe it is; LogOff if the message does not say
	Channel  string   // number of the log channel, usually "3"
	File     string   // source file of the server
	Func     string   // function in it
	Line     int      // line in it, 0 if unknown
	UserData string   // uuid of the channel that the line is about, often empty
	Text     string   // the line as logged, with its time and its line end
}

// ParseLog reads a log/data message. Headers that are missing or make no sense
// leave their field empty; a Text is all that a message must have.
func ParseLog(m Message) LogLine {
	l := LogLine{Level: LogOff, Text: m.Body}
	for name, value := range m.All() {
		value = strings.TrimSpace(value)
		switch {
		case equalFold(name, "Log-Level"):
			if n, err := strconv.Atoi(value); err == nil {
				l.Level = LogLevel(n)
			}
		case equalFold(name, "Text-Channel"):
			l.Channel = value
		case equalFold(name, "Log-File"):
			l.File = value
		case equalFold(name, "Log-Func"):
			l.Func = value
		case equalFold(name, "Log-Line"):
			if n, err := strconv.Atoi(value); err == nil {
				l.Line = n
			}
		case equalFold(name, "User-Data"):
			l.UserData = value
		}
	}
	return l
}
