package main

import (
	"context"
	"errors"
	"time"

	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

type demoCommand struct {
	Rate   float64       `default:"2" help:"Calls a second (${default})."`
	Faults time.Duration `default:"4s" help:"How often the connection is lost (${default}); 0 is never."`
	showFlags
}

func (demoCommand) Help() string {
	return `Starts a simulated switch in this process, with callers, agents and conferences,
connects to it over TCP and shows it: on a terminal full-screen until q is pressed,
otherwise as lines, for 10 seconds or --for. Now and then the connection is cut, or
the switch gives up on it, to show what becomes of that.`
}

// Validate is called by kong.
func (c *demoCommand) Validate() error {
	if err := c.showFlags.Validate(); err != nil {
		return err
	}
	if c.Faults < 0 {
		return errors.New("--faults: must not be negative")
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
		srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: c.Rate, MeanDuration: 6 * time.Second, Conferences: 3})
	}
	sw, err := connectFlags{Addr: srv.Addr(), Password: "ClueCon", Timeout: 10 * time.Second}.keep(ctx,
		fsw.Options{Backoff: fsw.Backoff{Max: time.Second}})
	if err != nil {
		return err
	}
	defer sw.Close()
	ctx, cancel := context.WithCancel(ctx)
	spoilt := make(chan struct{})
	go func() {
		defer close(spoilt)
		spoil(ctx, srv, c.Faults)
	}()
	defer func() { cancel(); <-spoilt }()
	return c.show(ctx, std, sw, "a simulated switch on "+srv.Addr(), 10*time.Second)
}

// spoil makes bad days: one fault after the other, each in the middle of a message.
func spoil(ctx context.Context, srv *fswtest.Server, every time.Duration) {
	if every == 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		kinds := []fswtest.FaultKind{fswtest.Cut, fswtest.Kill, fswtest.Reload}
		srv.Inflict(fswtest.Fault{Kind: kinds[n%len(kinds)], After: 100})
	}
}
