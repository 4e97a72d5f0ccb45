package fsw_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Rules for a conference: the first who comes to a lecture is the lecturer, and all others are
// muted when they join; the lecture is recorded.
func ExampleConference() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	//doc:lecture
	cell.Rule(sw.Scope(), func(tx cell.Tx) {
		for name, conf := range sw.Conferences.Added(tx.Reader) {
			if name == "lecture" {
				lecture(conf.Scope(tx).In(tx), conf)
			}
		}
	})
	//doc:end
	join := fswtest.CallOptions{Actions: []fswtest.Action{{App: "conference", Data: "lecture@default"}}}
	for _, name := range []string{"Ada", "Bob"} {
		join.FromName = name
		srv.Call(join)
	}
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool {
		conf := sw.Conference(r, "lecture")
		if conf == nil || !conf.Recording(r) {
			return false
		}
		bob := conf.Member(r, 2)
		return bob != nil && bob.Muted.Get(r)
	})
	sw.Graph().View(func(r cell.Reader) {
		conf := sw.Conference(r, "lecture")
		for id := 1; id <= 2; id++ {
			m := conf.Member(r, id)
			fmt.Println(m.CallerIDName.Get(r), "muted:", m.Muted.Get(r))
		}
	})
	// Output:
	// Ada muted: false
	// Bob muted: true
}

//doc:lecturerules

// lecture keeps a conference as a lecture, until it ends.
func lecture(o cell.Owner, conf *fsw.Conference) {
	cell.Rule(o, func(tx cell.Tx) {
		lecturer := 0 // the first of its members: ids count up
		for id := range conf.Members.All(tx.Reader) {
			if lecturer == 0 || id < lecturer {
				lecturer = id
			}
		}
		for id, m := range conf.Members.Added(tx.Reader) {
			if id != lecturer {
				if err := m.SendMute(tx, nil); err != nil {
					tx.Fail(err)
				}
			}
		}
	})
	cell.Rule(o, func(tx cell.Tx) {
		if conf.Members.Len(tx.Reader) == 2 && !conf.Recording(tx.Reader) {
			if err := conf.SendRecord(tx, "/var/lib/lectures/"+conf.UUID.Peek(tx.Reader)+".wav", nil); err != nil {
				tx.Fail(err)
			}
		}
	})
}

//doc:end
