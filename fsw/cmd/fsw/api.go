package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

type apiCommand struct {
	connectFlags
	Words []string `arg:"" name:"cmd" help:"The API command and its arguments, such as: status"`
	JSON  bool     `name:"json" help:"Print one JSON object: command, ok, output."`
}

func (apiCommand) Help() string {
	return `Exits with 1 if the server answers -ERR or -USAGE.

Flags of fsw may stand among the words of CMD. Words with a single dash, such as -3,
belong to CMD; so does everything behind a "--".`
}

func (c *apiCommand) Run(ctx context.Context, std *streams) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sw, err := c.dial(ctx, fsw.Options{NoChannels: true})
	if err != nil {
		return err
	}
	defer sw.Close()
	command := strings.Join(c.Words, " ")
	output, err := c.ask(ctx, sw, command)
	if err != nil {
		return err
	}
	refused := esl.CheckReply(output)
	if c.JSON {
		std.out.json(apiJSON{command, refused == nil, output})
	} else if output != "" {
		std.out.printf("%s\n", strings.TrimSuffix(output, "\n"))
	}
	if refused != nil {
		return fmt.Errorf("the server answers %s", firstLine(strings.TrimSpace(output)))
	}
	return nil
}

func (c *apiCommand) ask(ctx context.Context, sw *fsw.Switch, command string) (string, error) {
	limited, cancel := context.WithTimeoutCause(ctx, c.Timeout, fmt.Errorf("no answer within %s (see --timeout)", c.Timeout))
	defer cancel()
	output, err := sw.API(limited, command)
	return output, interrupted(ctx, err)
}

type apiJSON struct {
	Command string `json:"command"`
	OK      bool   `json:"ok"`
	Output  string `json:"output"`
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
