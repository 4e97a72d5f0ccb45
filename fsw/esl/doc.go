// Package esl is the wire layer of FreeSWITCH's event socket: it cuts a received
// byte stream into messages, reads events out of messages, and writes commands.
// It does no I/O, starts no goroutine and holds no global state that changes, so
// everything in it can be used, tested and fuzzed without a socket:
//
//	var f esl.Framer
//	f.Feed(chunk)
//	for {
//		m, ok, err := f.Next()
//		if err != nil || !ok {
//			break
//		}
//		if e, err := m.Event(); err == nil {
//			fmt.Println(e.Name(), e.Value("Unique-ID"))
//		}
//	}
//
// There are two layers of headers, and they follow different rules. The outer
// block of a [Message] is sent as it is and is never URL-decoded. The headers of
// an [Event] lie in the message's body, and their values are URL-encoded in the
// plain format and are not in the JSON format; [Event] hides that difference. The
// one exception is the reply to the connect command, whose outer block is itself
// an encoded event; [Message.Event] reads that too.
//
// Messages and events are immutable and share the text that the [Framer] copied
// out of its buffer once. They are safe for concurrent use.
//
// What is said here about the protocol was read in FreeSWITCH's
// mod_event_socket.c, switch_event.c and switch_utils.c (master, 1.11.3-dev, and
// 1.10.12) and checked against recordings of a running server.
package esl
