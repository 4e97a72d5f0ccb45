package main

import (
	"context"

	"github.com/freeswytch/freeswytch/fsw"
)

type topCommand struct {
	connectFlags
	showFlags
}

func (topCommand) Help() string {
	return `On a terminal a full-screen table, until q is pressed; otherwise lines as calls
come and go. When the connection is lost it is made again, and what has ended
meanwhile is shown as LOST, or as SERVER_RESTART.`
}

func (c *topCommand) Run(ctx context.Context, std *streams) error {
	sw, err := c.keep(ctx, fsw.Options{})
	if err != nil {
		return err
	}
	defer sw.Close()
	return c.show(ctx, std, sw, withPort(c.Addr), 0)
}
