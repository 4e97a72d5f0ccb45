package fsw_test

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// The program of the README, against a simulated switch: whoever is talking is
// counted again whenever a call comes, is answered, or goes.
func ExampleDial() {
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
	talking := cell.Compute(func(r cell.Reader) (n int) {
		for ch := range sw.Channels.All(r) {
			if ch.AnswerState.Get(r) == "answered" {
				n++
			}
		}
		return n
	})
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		fmt.Println(talking.Get(r), "of", sw.Channels.Len(r), "are talking")
	})

	call := srv.Call(fswtest.CallOptions{})
	call.Answer()
	call.Hangup("NORMAL_CLEARING")
	_ = sw.Wait(context.Background(), func(r cell.Reader) bool {
		return sw.Channels.Len(r) == 0 && sw.UnknownIDs.Get(r) > 1
	})
	// Output:
	// 0 of 0 are talking
	// 0 of 1 are talking
	// 1 of 1 are talking
	// 0 of 1 are talking
	// 0 of 0 are talking
}
