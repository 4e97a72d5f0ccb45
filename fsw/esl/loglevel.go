package esl

import (
	"fmt"
	"strconv"
	"strings"
)

// A LogLevel says how severe a log line is, or which ones are wanted: those of the
// level and all more severe ones, which have smaller numbers.
type LogLevel int

// The levels of FreeSWITCH. A server takes any number: those above 64 for 63, and it
// refuses 64.
const (
	LogOff     LogLevel = -1 // no lines at all; of a line, that its level is not known
	LogConsole LogLevel = 0
	LogAlert   LogLevel = 1
	LogCrit    LogLevel = 2
	LogErr     LogLevel = 3
	LogWarning LogLevel = 4
	LogNotice  LogLevel = 5
	LogInfo    LogLevel = 6
	LogDebug   LogLevel = 7
)

var logLevelNames = [...]string{"console", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// String returns the level's name, "off" for LogOff, or the number if it has no name.
func (l LogLevel) String() string {
	switch {
	case l == LogOff:
		return "off"
	case l >= 0 && int(l) < len(logLevelNames):
		return logLevelNames[l]
	}
	return strconv.Itoa(int(l))
}

// ParseLogLevel reads a level: one of FreeSWITCH's names, such as "warning", in any case,
// "off", or a number that is not negative.
func ParseLogLevel(s string) (LogLevel, error) {
	for n, name := range logLevelNames {
		if strings.EqualFold(s, name) {
			return LogLevel(n), nil
		}
	}
	if strings.EqualFold(s, "off") {
		return LogOff, nil
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return LogOff, fmt.Errorf("esl: no log level %s: it is one of %s, off, or a number", excerpt(s), strings.Join(logLevelNames[:], ", "))
	}
	return LogLevel(n), nil
}

// MarshalText returns what String does, for configuration files and flags.
func (l LogLevel) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is ParseLogLevel, for configuration files and flags.
func (l *LogLevel) UnmarshalText(text []byte) error {
	level, err := ParseLogLevel(string(text))
	if err == nil {
		*l = level
	}
	return err
}
