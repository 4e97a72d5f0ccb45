package main

import "github.com/fiorix/go-eventsocket/eventsocket"

// fiorixHeaders are headers as github.com/fiorix/go-eventsocket spells them.
var fiorixHeaders = [len(headers)]string{
	"Event-Sequence", "Event-Name", "Unique-Id", "Channel-State", "Caller-Caller-Id-Name", "Variable_channel_name",
}

// connectFiorix uses github.com/fiorix/go-eventsocket. It ends the process at a
// type of message it does not know, of which the recording's events have none.
func connectFiorix(addr string, t *tally) (func() error, error) {
	conn, err := eventsocket.Dial(addr, password)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Send("event plain ALL"); err != nil {
		conn.Close()
		return nil, err
	}
	go func() {
		for {
			e, err := conn.ReadEvent()
			if err != nil {
				return // disconnected
			}
			var v values
			for i, name := range fiorixHeaders {
				v[i] = e.Get(name)
			}
			t.saw(&v)
		}
	}()
	return func() error { conn.Close(); return nil }, nil
}
