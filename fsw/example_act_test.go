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

// Calls out, two at a time, and what comes of each.
func ExampleSwitch_Originate() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()

	//doc:dialer
	dial := func(ctx context.Context, number string) string {
		ch, err := sw.Originate(ctx, esl.Originate{
			Dial:           esl.Dial(esl.User(number).With("campaign", "autumn, 2026")).Or(esl.Gateway("acme", number)),
			App:            esl.AppPark(),
			CallerIDNumber: "5000",
			Timeout:        30 * time.Second,
		})
		var failed *fsw.OriginateError
		switch {
		case errors.As(err, &failed):
			return number + ": " + string(failed.Cause)
		case err != nil:
			return number + ": " + err.Error() // ctx's, or the connection was lost
		}
		if err := ch.Playback(ctx, "silence_stream://20"); err != nil {
			return number + ": " + err.Error() // a *HangupError, if the callee hung up
		}
		if err := ch.Hangup(ctx, ""); err != nil {
			return number + ": " + err.Error()
		}
		return number + ": " + cell.Read(sw.Graph(), &ch.Closed)
	}
	//doc:end
	fmt.Println(dial(context.Background(), "1000"))
	fmt.Println(dial(context.Background(), "busy"))
	// Output:
	// 1000: NORMAL_CLEARING
	// busy: USER_BUSY
}

// Commands of a goroutine: each waits for its own answer.
func ExampleChannel_Run() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ch := parked(sw, srv)

	//doc:run
	status, err := sw.API(ctx, "hostname") // the connection waits for it
	fmt.Println(status, err)
	status, err = sw.Run(ctx, esl.UUIDExists(ch.Key())) // in the background; -ERR is an error
	fmt.Println(status, err)

	done, err := ch.Run(ctx, esl.AppPlayback("silence_stream://20"), fsw.EventLock())
	fmt.Println(done.Response, err) // when it has been played
	err = ch.Playback(ctx, "nonexistent.wav")
	var app *fsw.AppError
	fmt.Println(errors.As(err, &app), app.Response)

	_, err = sw.Run(ctx, esl.UUIDKill("nobody", ""))
	var refused *esl.ReplyError
	fmt.Println(errors.As(err, &refused), err)
	//doc:end
	// Output:
	// fswtest <nil>
	// true <nil>
	// FILE PLAYED <nil>
	// true FILE NOT FOUND
	// true freeswitch: uuid_kill nobody: -ERR No such channel!
}

// Values that come from anywhere arrive as they are, and what cannot be sent is refused.
func ExampleChannel_SetVariable() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx := context.Background()
	ch := parked(sw, srv)

	//doc:quoting
	name := "it's ${me}, Bob" // from a database, say
	_ = ch.SetVariable(ctx, "greeting", name)
	value, ok, err := ch.Variable(ctx, "greeting")
	fmt.Println(value, ok, err)
	_, err = ch.Run(ctx, esl.AppSet("copy", esl.Literal(name))) // data of applications is expanded
	fmt.Println(err)
	_, err = sw.API(ctx, "hostname\n\napi fsctl shutdown")
	fmt.Println(err)
	//doc:end
	// Output:
	// it's ${me}, Bob true <nil>
	// <nil>
	// esl: command argument API command contains an LF: "hostname\n\napi fsctl shutdown"
}

// parked is the channel of a call that waits for what we do with it.
func parked(sw *fsw.Switch, srv *fswtest.Server) (ch *fsw.Channel) {
	call := srv.Call(fswtest.CallOptions{To: "park", Route: true})
	err := sw.Wait(context.Background(), func(r cell.Reader) bool {
		ch = sw.Channel(r, call.UUID())
		return ch != nil && ch.Application.Get(r) == "park"
	})
	if err != nil {
		log.Fatal(err)
	}
	return ch
}

// What a rule says: it never waits, and its callback is a part of the transaction in which the
// answer comes.
func ExampleSwitch_SendBgAPI() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	answers := make(chan string)

	//doc:callback
	err := sw.Graph().Update(func(tx cell.Tx) error {
		return sw.SendBgAPI(tx, "hostname", func(tx cell.Tx, r fsw.Reply) {
			text := r.Text
			if r.Err != nil {
				text = r.Err.Error() // there will be no answer
			}
			tx.AfterCommit(func() { answers <- text })
		})
	})
	if err != nil {
		log.Fatal(err) // nothing was sent
	}
	//doc:end
	fmt.Println(<-answers)
	// Output:
	// fswtest
}

// Digits of the caller: a menu.
func ExampleChannel_GatherDTMF() {
	sw, srv := simulated()
	defer srv.Close()
	defer sw.Close()
	ctx := context.Background()
	ch := parked(sw, srv)
	go func() {
		srv.WaitSubscribed("DTMF")
		srv.Channel(ch.Key()).Press("4711#")
	}()

	//doc:dtmf
	got, err := ch.GatherDTMF(ctx, fsw.Gather{
		Max: 10, Terminators: "#", First: time.Minute, Between: 5 * time.Second,
	})
	fmt.Printf("%+v %v\n", got, err)
	//doc:end
	// Output:
	// {Digits:4711 Terminator:# TimedOut:false} <nil>
}
