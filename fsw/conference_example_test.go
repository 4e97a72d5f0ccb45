package fsw_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Who joins and leaves, and why.
func ExampleSwitch_conferences() {
	srv, err := fswtest.Listen("127.0.0.1:0", fswtest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	sw, err := fsw.Dial(context.Background(), srv.Addr(), fsw.Options{Password: "ClueCon"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sw.Close()
	ctx := context.Background()

	//doc:conferences
	cell.Rule(sw.Scope(), func(tx cell.Tx) {
		for _, conf := range sw.Conferences.Added(tx.Reader) {
			cell.Observe(conf.Scope(tx).In(tx), func(r cell.Reader) {
				for id, m := range conf.Members.Added(r) {
					fmt.Println("member", id, "joins as", m.CallerIDName.Peek(r))
				}
				for id, m := range conf.Members.Removed(r) {
					fmt.Println("member", id, "leaves:", m.Closed.Peek(r))
				}
			})
		}
	})
	//doc:end

	call := srv.Call(fswtest.CallOptions{FromName: "Ada", Actions: []fswtest.Action{{App: "conference", Data: "room@default"}}})
	var conf *fsw.Conference
	var ada *fsw.Member
	err = sw.Wait(ctx, func(r cell.Reader) bool {
		if ch := sw.Channel(r, call.UUID()); ch != nil {
			ada = ch.Member.Get(r)
		}
		conf = sw.Conference(r, "room")
		return ada != nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	//doc:mute
	if err := ada.Mute(ctx); err != nil {
		fmt.Println(err)
	}
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return ada.Muted.Get(r) })
	//doc:end
	fmt.Println("muted:", cell.Read(sw.Graph(), &ada.Muted))

	if err := conf.Kick(ctx, "all"); err != nil {
		fmt.Println(err)
	}
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return conf.Closed.Get(r) != "" })
	fmt.Println("room ends:", cell.Read(sw.Graph(), &conf.Closed))
	// Output:
	// member 1 joins as Ada
	// muted: true
	// member 1 leaves: kick-member
	// room ends: conference-destroy
}
