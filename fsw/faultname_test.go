package fsw_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

type thing struct{ fsw.Handler }

var faultyThings = fsw.NewKind[thing]("thing").
	Key("Which").
	On("my::thing", func(*thing, cell.Tx, *esl.Event) { panic("no good") })

// Who reads of a fault finds the function that has failed, whatever it was.
func TestFaultsNameWhatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{})
		defer srv.Close()
		log := newRecorder()
		sw := connect(t, toServer(srv), fsw.Options{Logger: slog.New(log)})
		defer sw.Close()
		waitReady(t, sw)
		faults := make(chan string, 10)
		cell.Effect(sw.Scope(), func(r cell.Reader) func() {
			var texts []string
			for f := range sw.Faults.All(r) {
				texts = append(texts, f.Error())
			}
			return func() {
				for _, text := range texts {
					faults <- text
				}
			}
		})
		fail := func(cell.Tx, fsw.Reply) { panic("no good") }
		for _, c := range []struct {
			cause func(tx cell.Tx) error
			want  string
		}{
			{func(tx cell.Tx) error { return sw.SendAPI(tx, "hostname", fail) },
				"fsw: stopped after it failed at api/response: callback of api hostname: cell: panic: no good"},
			{func(tx cell.Tx) error { return sw.SendBgAPI(tx, "hostname", fail) },
				"fsw: stopped after it failed at BACKGROUND_JOB: callback of bgapi hostname: cell: panic in fsw: events to state: no good"},
			{func(tx cell.Tx) error {
				fsw.Handle(tx, sw, faultyThings)
				tx.AfterCommit(func() {
					srv.WaitSubscribed("my::thing")
					srv.FireCustom("my::thing", "Which", "a")
				})
				return nil
			}, "fsw: stopped after it failed at CUSTOM my::thing: kind thing: cell: panic in fsw: events to state: no good"},
		} {
			if err := sw.Graph().Update(c.cause); err != nil {
				t.Fatal(err)
			}
			if got := <-faults; !strings.HasPrefix(got, c.want) {
				t.Errorf("%q instead of %q", got, c.want)
			}
			synctest.Wait()
			_, where, _ := strings.Cut(fmt.Sprint(log.all()), "stack=")
			if !strings.Contains(where, "faultname_test.go") {
				t.Errorf("the log does not say where: %.200s", where)
			}
			*log.lines = nil
		}
	})
}
