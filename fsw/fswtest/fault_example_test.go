package fswtest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// follow is the program that the examples put to the test: it calls saw with each
// event of a call, and returns why that is over. Whether it is any good is for them
// to say.
func follow(nc net.Conn, saw func(event textproto.MIMEHeader)) error {
	defer nc.Close()
	if _, err := io.WriteString(nc, "auth ClueCon\n\nevent plain CHANNEL_CREATE CHANNEL_ANSWER CHANNEL_DESTROY\n\n"); err != nil {
		return err
	}
	r := textproto.NewReader(bufio.NewReader(nc))
	for {
		head, err := r.ReadMIMEHeader()
		if err != nil {
			return fmt.Errorf("between messages: %w", err)
		}
		if head.Get("Content-Length") == "" {
			continue
		}
		size, err := strconv.Atoi(head.Get("Content-Length"))
		if err != nil {
			return err
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(r.R, body); err != nil {
			return fmt.Errorf("in a message: %w", err)
		}
		if head.Get("Content-Type") == "text/event-plain" {
			event, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(body))).ReadMIMEHeader()
			if err != nil {
				return err
			}
			saw(event)
		}
	}
}

// followed starts follow on a connection to the server. What it sees, and how it ends,
// comes out of the channels.
func followed(srv *fswtest.Server) (nc net.Conn, events chan textproto.MIMEHeader, ended chan error) {
	nc, events, ended = srv.Pipe(), make(chan textproto.MIMEHeader, 100), make(chan error, 1)
	go func() { ended <- follow(nc, func(event textproto.MIMEHeader) { events <- event }) }()
	srv.WaitSubscribed("CHANNEL_CREATE")
	return nc, events, ended
}

// The connection ends in the middle of an event.
func ExampleFault_cut() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, _, ended := followed(srv)
	srv.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: 1000})
	srv.Call(fswtest.CallOptions{})
	fmt.Println(<-ended)
	// Output: in a message: unexpected EOF
}

// A server that gives up on a client writes its notice into whatever it was just sending:
// what was a header becomes nonsense.
func ExampleFault_kill() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, _, ended := followed(srv)
	srv.Inflict(fswtest.Fault{Kind: fswtest.Kill, After: len("Content-Le")})
	srv.Call(fswtest.CallOptions{})
	fmt.Println(<-ended)
	// Output: between messages: EOF
}

// Nothing comes any more, and nothing says so. A program that has no deadline would wait
// for ever; in a testing/synctest bubble an hour of silence takes no time.
func ExampleFault_stall() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	nc, events, ended := followed(srv)
	srv.Inflict(fswtest.Fault{Kind: fswtest.Stall}) // until Heal; Vanish is for ever
	srv.Call(fswtest.CallOptions{})
	nc.SetReadDeadline(time.Now().Add(time.Millisecond))
	fmt.Println(errors.Is(<-ended, os.ErrDeadlineExceeded), len(events))
	// Output: true 0
}

// Bytes that belong to no message.
func ExampleFault_garbage() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, _, ended := followed(srv)
	srv.Inflict(fswtest.Fault{Kind: fswtest.Garbage, Bytes: []byte("GET / HTTP/1.1\n\n")})
	var malformed textproto.ProtocolError
	fmt.Println(errors.As(<-ended, &malformed))
	// Output: true
}

// The server says it twice. Who counts events instead of ids counts too many calls.
func ExampleFault_duplicate() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, events, _ := followed(srv)
	srv.Inflict(fswtest.Fault{Kind: fswtest.Duplicate})
	srv.Call(fswtest.CallOptions{})
	ids := map[string]bool{}
	for range 2 {
		ids[(<-events).Get("Unique-ID")] = true
	}
	fmt.Println("2 events,", len(ids), "call")
	// Output: 2 events, 1 call
}

// An event is late. Event-Sequence has the order in which they were made; a real server
// sends them in another one under load.
func ExampleFault_reorder() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, events, _ := followed(srv)
	srv.Inflict(fswtest.Fault{Kind: fswtest.Reorder, Count: 1})
	srv.Call(fswtest.CallOptions{}).Answer()
	a, b := <-events, <-events
	fmt.Println(a.Get("Event-Name"), b.Get("Event-Name"))
	// Output: CHANNEL_ANSWER CHANNEL_CREATE
}

// A slow link, on which each byte comes alone. Who takes what one Read gives for a
// message is found out.
func ExampleFault_slow() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, events, _ := followed(srv)
	srv.Inflict(fswtest.Fault{Kind: fswtest.Slow, Link: fswtest.Link{BytesPerSecond: 1 << 20, Chunk: 1}})
	srv.Call(fswtest.CallOptions{From: "1000"})
	fmt.Println((<-events).Get("Caller-Caller-Id-Number"))
	// Output: 1000
}

// The server crashes and is started again: the calls are gone, without an event that says
// so, and its Core-UUID is another one.
func ExampleServer_Restart() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, events, ended := followed(srv)
	srv.Call(fswtest.CallOptions{})
	before := <-events
	srv.Restart(0)
	fmt.Println(<-ended, len(srv.Channels()))

	_, events, _ = followed(srv)
	srv.Call(fswtest.CallOptions{})
	fmt.Println("the same server:", (<-events).Get("Core-Uuid") == before.Get("Core-Uuid"))
	// Output:
	// between messages: EOF 0
	// the same server: false
}

// Only mod_event_socket is taken down and up again: connections end, calls live on.
func ExampleServer_ReloadEventSocket() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	_, events, ended := followed(srv)
	srv.Call(fswtest.CallOptions{})
	before := <-events
	srv.ReloadEventSocket()
	fmt.Println(<-ended, len(srv.Channels()))

	for { // it takes connections again a moment later
		nc, err := srv.DialContext(context.Background(), "tcp", "pbx.example.com:8021")
		if err == nil {
			_ = nc.Close()
			break
		}
	}
	_, events, _ = followed(srv)
	srv.Call(fswtest.CallOptions{})
	fmt.Println("the same server:", (<-events).Get("Core-Uuid") == before.Get("Core-Uuid"))
	// Output:
	// between messages: EOF 1
	// the same server: true
}

// Nobody listens for a while.
func ExampleFault_refuse() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	dial := func() error {
		nc, err := srv.DialContext(context.Background(), "tcp", "pbx.example.com:8021")
		if err == nil {
			nc.Close()
		}
		return err
	}
	srv.Inflict(fswtest.Fault{Kind: fswtest.Refuse})
	fmt.Println(errors.Is(dial(), syscall.ECONNREFUSED))
	srv.Heal()
	fmt.Println(dial())
	// Output:
	// true
	// <nil>
}
