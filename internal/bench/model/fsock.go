package main

import (
	"strings"
	"time"

	"github.com/cgrates/fsock"
)

// lowerHeaders are headers in lower case.
var lowerHeaders = func() (lower [len(headers)]string) {
	for i, name := range headers {
		lower[i] = strings.ToLower(name)
	}
	return lower
}()

// connectFsock uses github.com/cgrates/fsock, which starts a goroutine for each
// event and leaves it to that one to parse the text. Without a logger it is silent.
func connectFsock(addr string, t *tally) (func() error, error) {
	handlers := map[string][]func(string, int){"ALL": {func(event string, _ int) {
		headersOf := fsock.EventToMap(event)
		var v values
		for i, name := range headers {
			value, ok := headersOf[name]
			if !ok { // names are matched with their case, and PRESENCE_IN has some in lower case
				value = headersOf[lowerHeaders[i]]
			}
			v[i] = value
		}
		t.saw(&v)
	}}}
	// It reconnects only after the end of a connection that it did not ask for, and
	// never with this number of attempts.
	const attempts = 0
	wait := func(time.Duration, time.Duration) func() time.Duration { return func() time.Duration { return 0 } }
	conn, err := fsock.NewFSock(addr, password, attempts, 0, patience, wait, handlers, nil, nil, 0, false, nil)
	if err != nil {
		return nil, err
	}
	return conn.Disconnect, nil
}
