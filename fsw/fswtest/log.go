package fswtest

import (
	"fmt"
	"strings"
)

type logLine struct {
	level          int
	file, function string
	line           int
	channel        string // uuid
	text           string // complete, with its line feed
	textChannel    int
}

func (l logLine) headers() string {
	h := fmt.Sprintf("Log-Level: %d\nText-Channel: %d\nLog-File: %s\nLog-Func: %s\nLog-Line: %d\nUser-Data: %s\n",
		l.level, l.textChannel, l.file, l.function, l.line, l.channel)
	if len(h) > 900 { // of 1023 for the whole block
		h = h[:900] + "\n"
	}
	return h
}

func (s *Server) log(level int, file, function string, line int, uuid, text string) {
	wanted := false
	for _, c := range s.conns {
		wanted = wanted || c.wantsLog(level)
	}
	if !wanted {
		return
	}
	name := "DEBUG"
	if level >= 0 && level < len(logNames) {
		name = logNames[level]
	}
	l := logLine{level: level, textChannel: 3, file: file, function: function, line: line, channel: oneLine(uuid)}
	l.text = fmt.Sprintf("%s 98.50%% [%s] %s:%d %s\n",
		s.now.Local().Format("2006-01-02 15:04:05.000000"), name, file, line, strings.TrimSuffix(text, "\n"))
	for _, c := range s.conns {
		c.offerLog(l)
	}
}

// Log sends a log line to the connections that asked for lines of this level:
// 0 console, 1 alert, 2 crit, 3 err, 4 warning, 5 notice, 6 info, 7 debug.
func (s *Server) Log(level int, text string) {
	s.enter()
	defer s.leave()
	s.log(max(level, 0), "fswtest.go", "Log", 1, "", text)
}
