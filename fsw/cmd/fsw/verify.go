package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/internal/tables"
)

type verifyCommand struct {
	connectFlags
	For   *time.Duration `placeholder:"DURATION" help:"End by itself after this time; otherwise it goes on until it is ended."`
	Every time.Duration  `default:"3s" placeholder:"DURATION" help:"How long to wait between two looks at the server's tables (${default})."`
}

func (verifyCommand) Help() string {
	return `Follows the server's events, and again and again compares the model that they make
with the server's own tables: "show channels as json" and "conference json_list". The
tables lag, and events are on their way: only what differs in three looks one after
the other is a difference, which is printed when it is found and when it has gone.
The exit code is 1 if there was one, or if the connection was lost.`
}

// Validate is called by kong.
func (c *verifyCommand) Validate() error {
	if c.Every <= 0 {
		return errors.New("--every: must be more than nothing")
	}
	return errors.Join(c.connectFlags.Validate(), validFor(c.For))
}

func (c *verifyCommand) Run(ctx context.Context, std *streams) error {
	sw, err := c.dial(ctx, fsw.Options{})
	if err != nil {
		return err
	}
	defer sw.Close()
	ctx, cancel := withFor(ctx, c.For, 0)
	defer cancel()
	v := &verification{std: std, since: map[string]int{}}
	ticker := time.NewTicker(c.Every)
	defer ticker.Stop()
	for {
		if err := c.look(ctx, sw, v); err != nil {
			if ctx.Err() != nil {
				break
			}
			return err
		}
		select {
		case <-ticker.C:
			continue
		case <-ctx.Done():
		}
		break
	}
	fmt.Fprintf(std.out, "%d looks: %d channels, %d conferences and members compared, %d differences\n", v.looks, v.channels, v.conferences, v.found)
	if v.found > 0 {
		return fmt.Errorf("the model differed from the server %d times", v.found)
	}
	return nil
}

// look compares once.
func (c *verifyCommand) look(ctx context.Context, sw *fsw.Switch, v *verification) error {
	ask := func(cmdline string) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, c.Timeout)
		defer cancel()
		return sw.API(ctx, cmdline)
	}
	channels, err := ask("show channels as json")
	if err != nil {
		return err
	}
	conferences, err := ask("conference json_list")
	if err != nil {
		return err
	}
	server, err := tables.Server(channels, conferences)
	if err != nil {
		return err
	}
	var model tables.Facts
	sw.Graph().View(func(r cell.Reader) { model = tables.Model(r, sw) })
	v.compared(server, model)
	return nil
}

// stays is in how many looks one after the other something has to differ.
const stays = 3

// verification is what all looks have shown.
type verification struct {
	std                          *streams
	since                        map[string]int // in how many looks it has differed, by text
	looks, channels, conferences int
	found                        int
}

func (v *verification) compared(server, model tables.Facts) {
	v.looks++
	for _, f := range []tables.Facts{server, model} {
		maps.DeleteFunc(f, func(about tables.Subject, _ string) bool { return about.Kind == tables.OfCallerID })
	}
	for about := range server {
		if about.Kind == tables.OfChannel {
			v.channels++
		} else {
			v.conferences++
		}
	}
	now := map[string]int{}
	for _, text := range tables.Differences(server, model) {
		now[text] = v.since[text] + 1
	}
	for _, text := range slices.Sorted(maps.Keys(now)) {
		if now[text] == stays {
			v.found++
			fmt.Fprintln(v.std.out, text)
		}
	}
	for _, text := range slices.Sorted(maps.Keys(v.since)) {
		if v.since[text] >= stays && now[text] == 0 {
			fmt.Fprintln(v.std.out, "no more:", text)
		}
	}
	v.since = now
}
