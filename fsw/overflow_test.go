package fsw_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

const many = 50_000

// gate lets an observer wait at the first event named TALK, until it is opened.
func gate(sw *fsw.Switch) (open func()) {
	g, held := make(chan struct{}), false
	cell.Observe(sw.Graph(), func(r cell.Reader) {
		for ev := range sw.Events.All(r) {
			if ev.Name() == "TALK" && !held {
				held = true
				<-g
			}
		}
	})
	return func() { close(g) }
}

// While an observer holds up the model, the socket is read to its end, in a memory
// that is bounded, and nothing is lost silently.
func TestManyEventsWhileTheModelIsHeldUp(t *testing.T) {
	for name, buffer := range map[string]int{"all fit": 0, "overflow": 2 << 20} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := fswtest.NewServer(quick)
				defer srv.Close()
				call := srv.Call(fswtest.CallOptions{})
				sw := connect(t, toServer(srv), fsw.Options{ReceiveBuffer: buffer, Watch: []string{"TALK", "TRAP"}})
				defer sw.Close()
				waitReady(t, sw)
				time.Sleep(2 * time.Second)
				var states []fsw.LinkState
				var ready []bool
				var lags []fsw.Lag
				seen := 0
				cell.Observe(sw.Graph(), func(r cell.Reader) { states = append(states, sw.Link.State.Get(r)) })
				cell.Observe(sw.Graph(), func(r cell.Reader) { ready = append(ready, sw.Ready.Get(r)) })
				cell.Observe(sw.Graph(), func(r cell.Reader) { lags = append(lags, sw.Link.Lag.Get(r)) })
				cell.Observe(sw.Graph(), func(r cell.Reader) {
					for ev := range sw.Events.All(r) {
						if ev.Name() == "TRAP" {
							seen++
						}
					}
				})
				open := gate(sw)
				srv.Fire("TALK")
				synctest.Wait()
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				sent := srv.Conns()[0].Sent()
				for i := range many {
					srv.Fire("TRAP", "Number", fmt.Sprint(i), "Padding", fmt.Sprintf("%0300d", i))
				}
				call.Answer()
				synctest.Wait()
				if got := srv.Conns()[0].Sent() - sent; got < many*300 {
					t.Errorf("only %d bytes were read", got)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); buffer > 0 && grown > int64(4*buffer) {
					t.Errorf("the heap has grown by %d bytes with a buffer of %d", grown, buffer)
				}
				time.Sleep(time.Second)
				open()
				synctest.Wait()
				waitReady(t, sw)
				sameChannels(t, sw, srv)
				var lost int
				sw.Graph().View(func(r cell.Reader) {
					lost = int(sw.DroppedEvents.Get(r))
					if sw.Link.Losses.Get(r) != 0 {
						t.Errorf("lost: %v", sw.Link.LastError.Get(r))
					}
					if lag := sw.Link.Lag.Get(r); lag != (fsw.Lag{}) {
						t.Errorf("still %+v behind", lag)
					}
				})
				if buffer == 0 {
					if lost != 0 || seen != many || len(states) != 1 {
						t.Errorf("%d lost, %d seen, %v", lost, seen, states)
					}
				} else {
					if lost == 0 || seen+lost < many || seen+lost > many+100 {
						t.Errorf("%d lost and %d seen, of %d and what the call has told", lost, seen, many)
					}
					if fmt.Sprint(states) != "[live synchronising live]" || fmt.Sprint(ready) != "[true false true]" {
						t.Errorf("states %v, ready %v", states, ready)
					}
				}
				if len(lags) < 3 || lags[1].Behind < time.Second || lags[1].Messages == 0 || lags[1].Bytes == 0 {
					t.Errorf("lags: %v", lags[:min(len(lags), 5)])
				}
			})
		})
	}
}

// While it lags, and only then, events may share a transaction.
func TestEventsTogetherWhileLagging(t *testing.T) {
	for _, together := range []int{0, 100} {
		synctest.Test(t, func(t *testing.T) {
			srv := fswtest.NewServer(quick)
			defer srv.Close()
			sw := connect(t, toServer(srv), fsw.Options{Together: together, Watch: []string{"TALK", "TRAP"}})
			defer sw.Close()
			waitReady(t, sw)
			transactions, order := 0, ""
			cell.Rule(sw.Graph(), func(tx cell.Tx) {
				numbers := ""
				for ev := range sw.Events.All(tx.Reader) {
					if ev.Name() == "TRAP" {
						numbers += ev.Value("Number") + " "
					}
				}
				if numbers != "" {
					tx.AtCommit(func() { order += numbers; transactions++ })
				}
			})
			want := ""
			trap := func(n int) {
				for i := range n {
					srv.Fire("TRAP", "Number", fmt.Sprint(i))
					want += fmt.Sprint(i, " ")
				}
			}
			trap(50)
			synctest.Wait()
			if transactions != 50 {
				t.Errorf("%d transactions for 50 events without a lag", transactions)
			}
			failing := cell.Observe(sw.Graph(), func(r cell.Reader) {
				for ev := range sw.Events.All(r) {
					if ev.Value("Number") == "500" {
						panic("broken")
					}
				}
			})
			defer failing.Stop()
			open := gate(sw)
			srv.Fire("TALK")
			trap(1000)
			synctest.Wait()
			time.Sleep(time.Second)
			transactions = 0
			call := srv.Call(fswtest.CallOptions{})
			open()
			synctest.Wait()
			sameChannels(t, sw, srv)
			if channelOf(sw, call.UUID()) == nil {
				t.Error("the call is not known")
			}
			if order != want {
				t.Error("the order of the events has changed, or some are missing")
			}
			if together == 0 && transactions != 1000 || together > 0 && transactions > 150 {
				t.Errorf("%d transactions with up to %d together", transactions, together)
			}
		})
	}
}
