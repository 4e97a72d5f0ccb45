package fsw_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// What is not UTF-8 is the same in the tables as in the events: after a gap the conference
// is the one of before, and names are what they were.
func TestTablesKeepBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{})
		defer srv.Close()
		const room, name = "r\xe9union", "J\xe9r\xf4me \u20ac \\ \""
		join := fswtest.CallOptions{From: "1000", FromName: name, Actions: []fswtest.Action{{App: "conference", Data: room + "@default"}}}
		srv.Call(join)
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		var conf *fsw.Conference
		sw.Graph().View(func(r cell.Reader) { conf = sw.Conference(r, room) })
		if conf == nil {
			t.Fatal("the conference is not there under its name")
		}
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		srv.Call(join)
		err := sw.Wait(t.Context(), func(r cell.Reader) bool {
			return sw.Link.Losses.Get(r) == 1 && sw.Ready.Get(r) && sw.Channels.Len(r) == 2 && conf.Members.Len(r) == 2
		})
		if err != nil {
			t.Fatal(err)
		}
		sw.Graph().View(func(r cell.Reader) {
			if conf.Closed.Get(r) != "" {
				t.Errorf("the conference has ended: %s", conf.Closed.Get(r))
			}
			var names []string
			for _, m := range conf.Members.All(r) {
				names = append(names, m.CallerIDName.Get(r))
			}
			for ch := range sw.Channels.All(r) {
				names = append(names, ch.Name.Get(r))
			}
			if diff := cmp.Diff([]string{name, name, name, name}, names); diff != "" {
				t.Error(diff)
			}
		})
		rows, err := fsw.JSONRows(nil)("[{\"name\":\"J\xe9r\\u00f4me\"}]")
		if err != nil || len(rows) != 1 || rows[0].Value("name") != "J\xe9r\u00f4me" {
			t.Error(rows, err)
		}
	})
}
