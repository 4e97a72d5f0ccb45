package main

import (
	"io"
	"net"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// connectESL uses the wire layer of fsw alone, the way the documentation of
// package esl shows it.
func connectESL(addr string, t *tally) (func() error, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	ready := make(chan error, 1)
	go func() { ready <- receive(conn, t, func() { ready <- nil }) }()
	if err := <-ready; err != nil {
		conn.Close()
		return nil, err
	}
	return conn.Close, nil
}

// receive logs in, calls subscribed, and receives events until conn is closed.
func receive(conn net.Conn, t *tally, subscribed func()) error {
	var f esl.Framer
	pending := []esl.Command{esl.Auth(password), esl.Events(esl.FormatPlain, []string{"ALL"}, nil)}
	for {
		if _, err := f.FeedFrom(conn); err != nil {
			return err
		}
		for {
			m, ok, err := f.Next()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			if m.ContentType == esl.EventPlain {
				e, err := m.Event()
				if err != nil {
					return err
				}
				v := read(e)
				t.saw(&v)
				continue
			}
			if len(pending) == 0 { // the reply to the subscription
				subscribed()
				continue
			}
			line, err := pending[0].Encode()
			if err != nil {
				return err
			}
			if _, err := io.WriteString(conn, line); err != nil {
				return err
			}
			pending = pending[1:]
		}
	}
}
