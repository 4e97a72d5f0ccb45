package main

import (
	"context"
	"time"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

type simCommand struct {
	Addr     string         `default:"127.0.0.1:8021" placeholder:"HOST:PORT" help:"Where to listen (${default}); port 0 finds a free one."`
	Password string         `default:"ClueCon" env:"FSW_PASSWORD" help:"What clients must log in with (${default}), also $$${env}."`
	Rate     float64        `default:"1" help:"Calls a second (${default})."`
	For      *time.Duration `placeholder:"DURATION" help:"End by itself after this time."`
}

func (simCommand) Help() string {
	return `Behaves on the event socket like a FreeSWITCH with callers, agents and
conferences: logins, events, API commands, logs. The address is printed first.`
}

// Validate is called by kong.
func (c *simCommand) Validate() error {
	if err := validFor(c.For); err != nil {
		return err
	}
	return validRate(c.Rate)
}

func (c *simCommand) Run(ctx context.Context, std *streams) error {
	srv, err := fswtest.Listen(c.Addr, fswtest.Options{Password: c.Password})
	if err != nil {
		return err
	}
	defer srv.Close()
	if c.Rate > 0 {
		srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: c.Rate, Conferences: 3})
	}
	std.out.printf("listening on %s\n", srv.Addr())
	ctx, cancel := withFor(ctx, c.For, 0)
	defer cancel()
	<-ctx.Done()
	return nil
}
