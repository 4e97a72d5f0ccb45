package main

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// connectFlags say which server to talk to.
type connectFlags struct {
	Addr     string        `default:"127.0.0.1:8021" placeholder:"HOST:PORT" help:"The server's event socket (${default})."`
	Password string        `default:"ClueCon" env:"FSW_PASSWORD" help:"Its password (${default}), also $$${env}."`
	User     string        `placeholder:"USER@DOMAIN" help:"Log in as this user of the directory, with the user's password."`
	Timeout  time.Duration `default:"10s" help:"How long connecting, with login and snapshot, and the answer to an API command may take (${default})."`
}

// Validate is called by kong.
func (c *connectFlags) Validate() error {
	if c.Timeout <= 0 {
		return errors.New("--timeout: must be more than nothing")
	}
	return nil
}

var errInterrupted = errors.New("interrupted")

// dial connects.
func (c *connectFlags) dial(ctx context.Context, o fsw.Options) (*fsw.Switch, error) {
	o.User, o.Password, o.Timeout = c.User, c.Password, c.Timeout
	sw, err := fsw.Dial(ctx, withPort(c.Addr), o)
	return sw, interrupted(ctx, err)
}

// keep connects and stays connected. That the first attempt fails is an error.
func (c connectFlags) keep(ctx context.Context, o fsw.Options) (*fsw.Switch, error) {
	o.User, o.Password, o.Timeout = c.User, c.Password, c.Timeout
	sw, err := fsw.Connect(context.WithoutCancel(ctx), withPort(c.Addr), o)
	if err != nil {
		return nil, err
	}
	err = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Ready.Get(r) || sw.Link.LastError.Get(r) != nil })
	if err == nil {
		err = cell.Read(sw.Graph(), &sw.Link.LastError)
	}
	if err != nil {
		sw.Close()
		return nil, interrupted(ctx, err)
	}
	return sw, nil
}

// interrupted replaces an error that only tells that ctx has ended.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// withPort adds the event socket's port to an address that has none.
func withPort(addr string) string {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return net.JoinHostPort(addr, "8021")
	}
	return addr
}
