package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

type logCommand struct {
	connectFlags
	Level logLevel `default:"debug" help:"The least severe lines to print: console, alert, crit, err, warning, notice, info, debug (${default}), or a number."`
	JSON  bool     `name:"json" help:"Print one JSON object a line: level, level_name, uuid, file, func, line, text."`
}

var levelNames = []string{"console", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// logLevel is a level given by name or number.
type logLevel fsw.LogLevel

// UnmarshalText reads the flag.
func (l *logLevel) UnmarshalText(text []byte) error {
	for n, name := range levelNames {
		if strings.EqualFold(string(text), name) {
			*l = logLevel(n)
			return nil
		}
	}
	n, err := strconv.ParseUint(string(text), 10, 16)
	if err != nil {
		return fmt.Errorf("no level %q", text)
	}
	*l = logLevel(n)
	return nil
}

func (c *logCommand) Run(ctx context.Context, std *streams) error {
	sw, err := c.dial(ctx, fsw.Options{NoChannels: true})
	if err != nil {
		return err
	}
	defer sw.Close()
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		lines := sw.LogData.Get(r)
		return func() {
			for _, line := range lines {
				c.print(std.out, line)
			}
		}
	})
	return listen(ctx, sw, func(tx cell.Tx) { sw.LogLevel.Set(tx, fsw.LogLevel(c.Level)) })
}

func (c *logCommand) print(out *output, l esl.LogLine) {
	text := strings.TrimRight(l.Text, "\r\n")
	if c.JSON {
		out.json(logJSON{l.Level, levelName(l.Level), l.UserData, l.File, l.Func, l.Line, text})
		return
	}
	for line := range strings.Lines(text) {
		out.printf("%s\n", printable(strings.TrimRight(line, "\r\n")))
	}
}

type logJSON struct {
	Level     int    `json:"level"`
	LevelName string `json:"level_name"`
	UUID      string `json:"uuid"`
	File      string `json:"file"`
	Func      string `json:"func"`
	Line      int    `json:"line"`
	Text      string `json:"text"`
}

func levelName(level int) string {
	if level < 0 || level >= len(levelNames) {
		return strconv.Itoa(level)
	}
	return levelNames[level]
}
