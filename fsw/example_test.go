package fsw_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// simulated is a connected switch for an example, and its server.
func simulated() (*fsw.Switch, *fswtest.Server) { return simulatedWith(fsw.Options{}) }

func simulatedWith(o fsw.Options) (*fsw.Switch, *fswtest.Server) {
	srv, err := fswtest.Listen("127.0.0.1:0", fswtest.Options{AnswerDelay: -1})
	if err != nil {
		log.Fatal(err)
	}
	o.Password = "ClueCon"
	sw, err := fsw.Dial(context.Background(), srv.Addr(), o)
	if err != nil {
		log.Fatal(err)
	}
	return sw, srv
}

// A rule for every channel, which ends with it: here, premium numbers are hung up.
func ExampleChannel_Scope() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	//doc:premium
	cell.Rule(sw.Scope(), func(tx cell.Tx) {
		for ch := range sw.Channels.Added(tx.Reader) {
			cell.Rule(ch.Scope(tx).In(tx), func(tx cell.Tx) {
				if ch.Destination.Get(tx.Reader) == "0900123" && ch.AnswerState.Get(tx.Reader) != "hangup" {
					if err := ch.SendHangup(tx, "CALL_REJECTED", nil); err != nil {
						tx.Fail(err)
					}
				}
			})
		}
	})
	//doc:end
	ended := make(chan string)
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		var causes []string
		for ch := range sw.Channels.Removed(r) {
			causes = append(causes, ch.Destination.Peek(r)+": "+ch.Closed.Peek(r))
		}
		return func() {
			for _, cause := range causes {
				ended <- cause
			}
		}
	})

	srv.Call(fswtest.CallOptions{To: "0900123"})
	fmt.Println(<-ended)
	// Output:
	// 0900123: CALL_REJECTED
}

// Originate with an id of one's own, and wait until the call is answered.
func ExampleSwitch_Expect() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	//doc:expect
	const id = "11111111-2222-4333-8444-555555555555"
	var call *fsw.Channel
	err := sw.Graph().Update(func(tx cell.Tx) error {
		call = sw.Expect(tx, id)
		return sw.SendBgAPI(tx, "originate {origination_uuid="+id+"}user/1000 &park()", nil)
	})
	if err != nil {
		log.Fatal(err)
	}
	err = sw.Wait(ctx, func(r cell.Reader) bool {
		return call.AnswerState.Get(r) == "answered" || call.Closed.Get(r) != ""
	})
	if err != nil {
		log.Fatal(err)
	}
	//doc:end
	fmt.Println(cell.Read(sw.Graph(), &call.AnswerState))
	// Output:
	// answered
}

// Blocking calls are for goroutines; rules have SendAPI and SendBgAPI.
func ExampleSwitch_API() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	out, err := sw.API(context.Background(), "hostname")
	fmt.Println(out, err)
	_, err = sw.API(context.Background(), "hostname\n\napi fsctl shutdown")
	fmt.Println("refused before a byte is sent:", errors.As(err, new(*esl.CommandError)))
	// Output:
	// fswtest <nil>
	// refused before a byte is sent: true
}

// No socket is needed: bytes in, strings out.
func ExampleNew() {
	g := cell.NewGraph()
	//doc:new
	sw := fsw.New(g)
	cell.Observe(g, func(r cell.Reader) {
		for command := range sw.Transmit.All(r) {
			fmt.Printf("%q\n", command)
		}
	})
	_ = g.Update(func(tx cell.Tx) error { sw.Credential.Set(tx, "ClueCon"); return nil })
	_ = sw.ReceivedBytes([]byte("Content-Type: auth/request\n\n"))
	//doc:end
	// Output:
	// "auth ClueCon\n\n"
}
