package fsw_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Who reads of a refusal knows what was refused; secrets are not told.
func TestRefusalsNameTheCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{SnapshotLag: -1})
		defer srv.Close()
		for _, name := range []string{"uuid_hold", "originate", "load"} {
			srv.Handle(name, func(string) string { return "-ERR no" })
		}
		call := srv.Call(fswtest.CallOptions{})
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		var ch *fsw.Channel
		sw.Graph().View(func(r cell.Reader) { ch = sw.Channel(r, call.UUID()) })
		run := func(line string) error {
			_, err := sw.Run(t.Context(), esl.RawAPI(line))
			return err
		}
		for _, c := range []struct {
			err  error
			want string
		}{
			{ch.Hold(t.Context()), "freeswitch: uuid_hold " + call.UUID() + ": -ERR no"},
			{run("originate {sip_auth_password=geheim}user/1000 &park"), "freeswitch: originate: -ERR no"},
			{run("load"), "freeswitch: load: -ERR no"},
		} {
			if !errors.As(c.err, new(*esl.ReplyError)) || c.err.Error() != c.want {
				t.Errorf("%v instead of %v", c.err, c.want)
			}
		}
	})
}
