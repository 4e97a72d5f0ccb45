package main

import (
	"context"
	"time"

	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

type demoCommand struct {
	Rate float64 `default:"2" help:"Calls a second (${default})."`
	showFlags
}

func (demoCommand) Help() string {
	return `Starts a simulated switch in this process, with callers and agents, connects to it
over TCP and shows its channels: on a terminal full-screen until q is pressed,
otherwise as lines, for 10 seconds or --for.`
}

// Validate is called by kong.
func (c *demoCommand) Validate() error {
	if err := c.showFlags.Validate(); err != nil {
		return err
	}
	return validRate(c.Rate)
}

func (c *demoCommand) Run(ctx context.Context, std *streams) error {
	srv, err := fswtest.Listen("127.0.0.1:0", fswtest.Options{})
	if err != nil {
		return err
	}
	defer srv.Close()
	if c.Rate > 0 {
		srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: c.Rate, MeanDuration: 6 * time.Second})
	}
	sw, err := fsw.Dial(ctx, srv.Addr(), fsw.Options{Password: "ClueCon"})
	if err != nil {
		return interrupted(ctx, err)
	}
	defer sw.Close()
	return c.show(ctx, std, sw, "a simulated switch on "+srv.Addr(), 10*time.Second)
}
