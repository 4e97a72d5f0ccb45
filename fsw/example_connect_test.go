package fsw_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// A switch that is kept connected.
func ExampleConnect() {
	srv, err := fswtest.Listen("127.0.0.1:0", fswtest.Options{SnapshotLag: -1})
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.Call(fswtest.CallOptions{To: "park", Route: true}) // before anybody was watching
	addr, ctx := srv.Addr(), context.Background()

	//doc:connect
	sw, err := fsw.Connect(ctx, addr, fsw.Options{Password: "ClueCon"})
	if err != nil {
		log.Fatal(err) // options that can never work; a server that is down is no error
	}
	defer sw.Close()
	if err := sw.Wait(ctx, sw.Ready.Get); err != nil {
		log.Fatal(err)
	}
	sw.Graph().View(func(r cell.Reader) { fmt.Println(sw.Channels.Len(r), "channel") })
	//doc:end

	// Output:
	// 1 channel
}

// What a connection goes through on a bad day, and what becomes of the channels meanwhile.
func ExampleLink() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	ctx, open := context.Background(), make(chan struct{}, 1)
	open <- struct{}{}
	sw, err := fsw.Connect(ctx, "pbx", fsw.Options{Password: "ClueCon",
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			<-open
			return srv.DialContext(ctx, network, addr)
		}})
	if err != nil {
		log.Fatal(err)
	}
	if err := sw.Wait(ctx, sw.Ready.Get); err != nil {
		log.Fatal(err)
	}
	stays, goes := srv.Call(fswtest.CallOptions{}), srv.Call(fswtest.CallOptions{})
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Channels.Len(r) == 2 })
	var a, b *fsw.Channel
	sw.Graph().View(func(r cell.Reader) { a, b = sw.Channel(r, stays.UUID()), sw.Channel(r, goes.UUID()) })

	//doc:link
	cell.Observe(sw.Scope(), func(r cell.Reader) {
		fmt.Println(sw.Link.State.Get(r), sw.Ready.Get(r))
	})
	//doc:end
	srv.DropConnections("The system is being shut down.\n")
	goes.Hangup("NORMAL_CLEARING")
	open <- struct{}{}
	_ = sw.Wait(ctx, func(r cell.Reader) bool { return sw.Link.Losses.Get(r) == 1 && sw.Ready.Get(r) })
	//doc:gap
	sw.Graph().View(func(r cell.Reader) {
		fmt.Println("why:", errors.Is(sw.Link.LastError.Get(r), fsw.ErrShutdown))
		fmt.Println("the same channel:", sw.Channel(r, a.Key()) == a)
		fmt.Println("the other one:", b.Closed.Get(r))
	})
	//doc:end
	_ = sw.Close()
	// Output:
	// live true
	// down false
	// connecting false
	// authenticating false
	// synchronising false
	// live true
	// why: true
	// the same channel: true
	// the other one: LOST
	// down false
}

// The event socket has no TLS of its own; here something in front of it has.
func ExampleOptions_dialContext() {
	srv := fswtest.NewServer(fswtest.Options{})
	defer srv.Close()
	addr, trusted, closeTunnel := tunnel(srv)
	defer closeTunnel()

	//doc:tls
	d := tls.Dialer{Config: &tls.Config{RootCAs: trusted, ServerName: "example.com"}}
	sw, err := fsw.Dial(context.Background(), addr, fsw.Options{
		Password:    "ClueCon",
		DialContext: d.DialContext,
	})
	//doc:end
	if err != nil {
		log.Fatal(err)
	}
	defer sw.Close()
	fmt.Println(cell.Read(sw.Graph(), &sw.Ready))
	// Output:
	// true
}

// tunnel listens for TLS and passes on what comes.
func tunnel(srv *fswtest.Server) (addr string, trusted *x509.CertPool, stop func()) {
	web := httptest.NewTLSServer(nil) // for its certificate
	web.Close()
	trusted = x509.NewCertPool()
	trusted.AddCert(web.Certificate())
	l, err := tls.Listen("tcp", "127.0.0.1:0", web.TLS)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		inner := srv.Pipe()
		pass := func(to, from net.Conn) {
			_, _ = io.Copy(to, from)
			_ = to.Close()
			_ = from.Close()
		}
		go pass(inner, conn)
		pass(conn, inner)
	}()
	return l.Addr().String(), trusted, func() { _ = l.Close() }
}
