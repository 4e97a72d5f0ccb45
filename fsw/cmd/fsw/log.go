package main

import (
	"context"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

type logCommand struct {
	connectFlags
	Level esl.LogLevel `default:"debug" help:"The least severe lines to print: console, alert, crit, err, warning, notice, info, debug (${default}), or a number."`
	JSON  bool         `name:"json" help:"Print one JSON object a line: level, level_name, uuid, file, func, line, text."`
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
	return listen(ctx, sw, func(tx cell.Tx) { sw.LogLevel.Set(tx, c.Level) })
}

func (c *logCommand) print(out *output, l esl.LogLine) {
	text := strings.TrimRight(l.Text, "\r\n")
	if c.JSON {
		out.json(logJSON{int(l.Level), l.Level.String(), l.UserData, l.File, l.Func, l.Line, text})
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
