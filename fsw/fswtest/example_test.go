package fswtest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// countCalls is the program to be tested: it counts the calls it sees begin
// until the connection ends.
func countCalls(nc net.Conn, counted func(n int)) error {
	io.WriteString(nc, "auth ClueCon\n\nevent plain CHANNEL_CREATE\n\n")
	r := textproto.NewReader(bufio.NewReader(nc))
	n := 0
	for {
		head, err := r.ReadMIMEHeader()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		size, _ := strconv.Atoi(head.Get("Content-Length"))
		if _, err := io.CopyN(io.Discard, r.R, int64(size)); err != nil {
			return err
		}
		if head.Get("Content-Type") == "text/event-plain" {
			n++
			counted(n)
		}
	}
}

// A user's test of countCalls, over a real socket.
func TestCountCalls(t *testing.T) {
	srv := fswtest.New(t, fswtest.Options{})
	nc, err := net.Dial("tcp", srv.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	counts := make(chan int, 10)
	done := make(chan error, 1)
	go func() { done <- countCalls(nc, func(n int) { counts <- n }) }()
	srv.WaitSubscribed("CHANNEL_CREATE")
	for want := 1; want <= 3; want++ {
		srv.Call(fswtest.CallOptions{From: "1000"}).Hangup("NORMAL_CLEARING")
		if n := <-counts; n != want {
			t.Errorf("counted %d, want %d", n, want)
		}
	}
	srv.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// The same in a bubble: an hour of traffic takes no time.
func TestCountTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{})
		total := 0
		done := make(chan error, 1)
		nc := srv.Pipe()
		go func() { done <- countCalls(nc, func(n int) { total = n }) }()
		synctest.Wait()
		srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: 0.1, MaxCalls: 100})
		time.Sleep(time.Hour)
		srv.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if total < 100 { // and the legs to the agents
			t.Errorf("counted %d calls", total)
		}
	})
}

func Example() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	call := srv.Call(fswtest.CallOptions{From: "1000", FromName: "Ada", To: "5000"})
	call.Answer()
	for _, c := range srv.Channels() {
		fmt.Println(c.CallerIDName, "calls", c.Destination+":", c.State, c.CallState)
	}
	call.Hangup("NORMAL_CLEARING")
	fmt.Println(len(srv.Channels()), "channels")
	// Output:
	// Ada calls 5000: CS_EXECUTE ACTIVE
	// 0 channels
}

// stayConnected is another program to be tested: it counts calls, and comes
// back when the connection is lost.
func stayConnected(ctx context.Context, dial func(ctx context.Context, network, addr string) (net.Conn, error), counted func()) {
	for ctx.Err() == nil {
		if nc, err := dial(ctx, "tcp", "pbx.example.com:8021"); err == nil {
			stop := context.AfterFunc(ctx, func() { nc.Close() })
			countCalls(nc, func(int) { counted() })
			stop()
			nc.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// A user's test against bad days: after whatever happened, the program has to
// be back and to see the next call.
func TestBadDays(t *testing.T) {
	for _, fault := range []fswtest.Fault{
		{Kind: fswtest.Cut, After: 700}, // in the middle of the event
		{Kind: fswtest.Kill, After: 700},
		{Kind: fswtest.Stall, For: time.Minute},
		{Kind: fswtest.Restart, For: 10 * time.Second},
		{Kind: fswtest.Shutdown},
		{Kind: fswtest.Reload},
	} {
		t.Run(fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := fswtest.NewServer(fswtest.Options{})
				defer srv.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				seen := make(chan struct{}, 10)
				go stayConnected(ctx, srv.DialContext, func() { seen <- struct{}{} })
				srv.WaitSubscribed("CHANNEL_CREATE")
				srv.Inflict(fault)
				srv.Call(fswtest.CallOptions{}) // may be lost
				time.Sleep(2 * time.Minute)
				if fault.Kind == fswtest.Shutdown {
					srv.Restart(0)
				}
				srv.WaitSubscribed("CHANNEL_CREATE")
				for len(seen) > 0 {
					<-seen
				}
				srv.Call(fswtest.CallOptions{})
				<-seen
			})
		})
	}
}

func ExampleServer_Inflict() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	nc := srv.Pipe()
	io.ReadFull(nc, make([]byte, len("Content-Type: auth/request\n\n")))
	srv.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: 20})
	go io.WriteString(nc, "auth ClueCon\n\n")
	rest, err := io.ReadAll(nc)
	fmt.Printf("%q %v\n", rest, err)
	// Output: "Content-Type: comman" <nil>
}

// greeter is a program that FreeSWITCH connects to, one connection a call.
func greeter(nc net.Conn) (caller string, err error) {
	defer nc.Close()
	r := textproto.NewReader(bufio.NewReader(nc))
	command := func(text string) (textproto.MIMEHeader, error) {
		if _, err := io.WriteString(nc, text+"\n\n"); err != nil {
			return nil, err
		}
		return r.ReadMIMEHeader()
	}
	channel, err := command("connect")
	if err != nil {
		return "", err
	}
	_, err = command("sendmsg\ncall-command: execute\nexecute-app-name: answer")
	return channel.Get("Caller-Caller-ID-Number"), err
}

func ExamplePipeListener() {
	l := fswtest.NewPipeListener("127.0.0.1:8084")
	defer l.Close()
	srv := fswtest.NewServer(fswtest.Options{Dial: l.DialContext})
	defer srv.Close()
	call := srv.Call(fswtest.CallOptions{From: "1000",
		Actions: []fswtest.Action{{App: "socket", Data: "127.0.0.1:8084"}, {App: "park"}}})
	nc, err := l.Accept()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(greeter(nc))
	info, _ := call.Info()
	fmt.Println(info.AnswerState)
	// Output:
	// 1000 <nil>
	// answered
}

// A test of a program that moderates conferences makes the people in them
// talk, press keys and leave, and compares with the truth.
func ExampleServer_Conferences() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	join := []fswtest.Action{{App: "answer"}, {App: "conference", Data: "board@default"}}
	ada := srv.Call(fswtest.CallOptions{From: "1000", FromName: "Ada", Actions: join})
	bob := srv.Call(fswtest.CallOptions{From: "1001", FromName: "Bob", Actions: join})
	show := func() {
		for _, conf := range srv.Conferences() {
			for _, m := range conf.Members {
				fmt.Printf("%s: %d %s, speaks %v, talks %v\n", conf.Name, m.ID, m.CallerIDName, m.CanSpeak, m.Talking)
			}
		}
	}
	bob.Talk()
	show()
	ada.Press("0") // mutes herself
	fmt.Print(srv.API("conference board kick 2"))
	show()
	ada.Leave()
	fmt.Println(len(srv.Conferences()), "conferences")
	// Output:
	// board: 2 Bob, speaks true, talks true
	// board: 1 Ada, speaks true, talks false
	// +OK kicked 2
	// board: 1 Ada, speaks false, talks false
	// 0 conferences
}
