package esl_test

import (
	"errors"
	"fmt"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

func ExampleFramer() {
	var f esl.Framer
	// Bytes come in pieces of any size.
	for _, piece := range []string{
		"Content-Type: auth/requ", "est\n\nContent-Type: command/reply\n", "Reply-Text: +OK accepted\n\nContent-",
	} {
		f.Feed([]byte(piece))
		for {
			m, ok, err := f.Next()
			if err != nil {
				fmt.Println("the stream is broken:", err)
				return
			}
			if !ok {
				break
			}
			fmt.Println(m)
		}
	}
	fmt.Println(f.Buffered(), "bytes of an unfinished message")
	// Output:
	// auth/request
	// command/reply "+OK accepted"
	// 8 bytes of an unfinished message
}

func ExampleFrameError() {
	f := esl.NewFramer(esl.Limits{Body: 1 << 20})
	f.Feed([]byte("Content-Type: text/event-plain\nContent-Length: 10737418240\n\n"))
	_, _, err := f.Next()
	fmt.Println(err)
	fmt.Println(errors.Is(err, esl.ErrBodyTooLarge))
	// Output:
	// esl: body too large at byte 0: 10737418240 bytes announced, 1048576 allowed
	// true
}

func ExampleMessage_Event() {
	m := esl.NewMessage(esl.EventPlain, "Event-Name: CHANNEL_ANSWER\n"+
		"Caller-Caller-ID-Name: %C3%84lice%20%22Q%22\nCaller-Username: _undef_\n\n")
	e, err := m.Event()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Name())
	fmt.Println(e.Value("caller-caller-id-name"))
	for _, name := range []string{"Caller-Username", "Caller-Context"} {
		value, ok := e.Get(name)
		fmt.Printf("%s: %q %v\n", name, value, ok)
	}
	// Output:
	// CHANNEL_ANSWER
	// Älice "Q"
	// Caller-Username: "" true
	// Caller-Context: "" false
}

func ExampleEvent_Array() {
	e, err := esl.ParsePlain("Event-Name: CHANNEL_DATA\nvariable_DP_MATCH: ARRAY%3A%3Aone%7C%3Atwo%20three\n\n")
	if err != nil {
		fmt.Println(err)
		return
	}
	elements, _ := e.Array("variable_DP_MATCH")
	fmt.Printf("%q\n", elements)
	fmt.Println(e.Value("variable_DP_MATCH"))
	// Output:
	// ["one" "two three"]
	// ARRAY::one|:two three
}

// A consumer that binds header names to something walks an event once, and makes
// strings only of values that are new to it.
func ExampleEvent_NameHash() {
	state := esl.MakeKey("Channel-State")
	current := "CS_INIT"
	for _, text := range []string{"CS_INIT", "CS_EXECUTE"} {
		e := esl.NewEvent("CHANNEL_STATE", "Unique-ID", "u", "Channel-State", text)
		for i := range e.Len() {
			if e.NameHash(i) == state.Hash() && e.NameIs(i, state) && !e.ValueIs(i, current) {
				current = e.ValueString(i)
				fmt.Println("changed to", current)
			}
		}
	}
	// Output:
	// changed to CS_EXECUTE
}

func ExampleNewEvent() {
	e := esl.NewEvent("BACKGROUND_JOB", "Job-UUID", "123").WithBody("+OK 2 rows\n")
	fmt.Printf("%s\n", e.AppendJSON(nil))
	fmt.Printf("%q\n", e.PlainMessage().Wire())
	// Output:
	// {"Event-Name":"BACKGROUND_JOB","Job-UUID":"123","Content-Length":"11","_body":"+OK 2 rows\n"}
	// "Content-Length: 72\nContent-Type: text/event-plain\n\nEvent-Name: BACKGROUND_JOB\nJob-UUID: 123\nContent-Length: 11\n\n+OK 2 rows\n"
}

func ExampleExecute() {
	text, err := esl.Execute("7401d446", "playback", "beep.wav", 3).Encode()
	fmt.Printf("%q %v\n", text, err)
	_, err = esl.Execute("7401d446\n\nexit", "playback", "beep.wav", 3).Encode()
	fmt.Println(err)
	// Output:
	// "SendMsg 7401d446\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: beep.wav\nloops: 3\n\n" <nil>
	// esl: command argument channel uuid contains an LF: "7401d446\n\nexit"
}

func ExampleEvents() {
	text, _ := esl.Events(esl.FormatPlain,
		[]string{"CHANNEL_CREATE", "BACKGROUND_JOB", "CHANNEL_ANSWER"}, []string{"conference::maintenance"}).Encode()
	fmt.Printf("%q\n", text)
	// Output: "event plain BACKGROUND_JOB CHANNEL_ANSWER CHANNEL_CREATE CUSTOM conference::maintenance\n\n"
}

func ExampleRedact() {
	fmt.Printf("%q\n", esl.Redact("userauth 1000@example.com:ClueCon\n\n"))
	// Output: "userauth 1000@example.com:***\n\n"
}

func ExampleCheckReply() {
	err := esl.CheckReply("-ERR No such channel!\n")
	var re *esl.ReplyError
	fmt.Println(errors.As(err, &re), re.Reason())
	fmt.Println(esl.CheckReply("+OK accepted"))
	// Output:
	// true No such channel!
	// <nil>
}
