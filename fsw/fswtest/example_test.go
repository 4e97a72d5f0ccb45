package fswtest_test

import (
	"bufio"
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
