package fsw_test

import (
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// These examples are the transcripts of the FreeSwytch developer's guide of 2008,
// section by section, with the same lines in the same order.

// guide is the switch of a section, with what the guide does at its prompt.
type guide struct {
	*fsw.Switch
	g *cell.Graph
}

func newGuide() guide {
	g := cell.NewGraph()
	return guide{fsw.New(g), g}
}

// do is a line typed at the guide's prompt: a transaction of its own.
func (s guide) do(fn func(tx cell.Tx) error) {
	if err := s.g.Update(fn); err != nil {
		fmt.Println("failed:", err)
	}
}

// showOutput is the guide's show_output observer.
func (s guide) showOutput() {
	cell.Observe(s.g, func(r cell.Reader) {
		for data := range s.Transmit.All(r) {
			for len(data) > 0 {
				n := min(60, len(data))
				fmt.Printf("transmit: %q\n", data[:n])
				data = data[n:]
			}
		}
	})
}

func showReply(_ cell.Tx, r fsw.Reply) { fmt.Println("got reply:", r.Text) }

func (s guide) command(line string, callback fsw.Callback, headers ...esl.Header) {
	s.do(func(tx cell.Tx) error { return s.SendCommand(tx, line, callback, headers...) })
}

// callback is the guide's switch.callback(): the reply to the oldest command.
func (s guide) callback(reply string) {
	s.ReceivedMessage(esl.NewMessage(esl.CommandReply, "", "Reply-Text", reply))
}

func (s guide) receivedBytes(lines ...string) {
	if err := s.ReceivedBytes([]byte(strings.Join(lines, "\n"))); err != nil {
		fmt.Println("failed:", err)
	}
}

func (s guide) appendEvent(ev *esl.Event) {
	s.do(func(tx cell.Tx) error { s.Events.Append(tx, ev); return nil })
}

func (s guide) isReady() bool { return cell.Read(s.g, &s.Ready) }

// ready is a switch that has logged in.
func readyGuide() guide {
	s := newGuide()
	s.do(func(tx cell.Tx) error {
		s.Credential.Set(tx, "ClueCon")
		s.AuthRequested.Set(tx, true)
		return nil
	})
	s.callback("+OK accepted")
	for range 3 {
		s.callback("")
	}
	return s
}

func printEvent(word string, ev *esl.Event) {
	fmt.Printf("%s:\n", word)
	for name, value := range ev.All() {
		fmt.Printf("  %s: %s\n", name, value)
	}
	if ev.HasBody() {
		fmt.Printf("  body: %q\n", ev.Body())
	}
}

// "Switch Objects".
func Example_guideSwitchObjects() {
	s := newGuide()
	s.showOutput()

	s.command("help", showReply)
	s.receivedBytes("Content-Type: command/reply",
		"Reply-Text: -ERR command not found\n\n")

	// Output:
	// transmit: "help\n\n"
	// got reply: -ERR command not found
}

// "Commands, Callbacks, and Messages" and "Message Processing".
func Example_guideCommandsCallbacksAndMessages() {
	s := newGuide()
	s.showOutput()
	commandsSent := func() {
		s.g.View(func(r cell.Reader) {
			lines := []string{}
			for _, c := range s.CommandsSent(r) {
				lines = append(lines, c.Line)
			}
			fmt.Println(lines)
		})
	}

	s.command("exit", showReply)
	commandsSent()
	s.ReceivedMessage(esl.NewMessage("api/response", "+OK"))
	commandsSent()

	s.command("help", showReply)
	s.callback("-ERR command not found")

	cell.Observe(s.g, func(r cell.Reader) {
		for m := range s.Messages.All(r) {
			a, _ := m.Get("A")
			fmt.Println("message:", m.ContentType, a, m.Body)
		}
	})
	s.ReceivedMessage(esl.NewMessage("unknown/wtf?", "c", "A", "b"))

	// Output:
	// transmit: "exit\n\n"
	// [exit]
	// got reply: +OK
	// []
	// transmit: "help\n\n"
	// got reply: -ERR command not found
	// message: unknown/wtf? b c
}

// "Commands, Headers, and Asynchronous API Calls".
func Example_guideAsynchronousAPICalls() {
	s := newGuide()
	s.showOutput()

	s.command("SendMsg 123-456-789", nil,
		esl.Header{Name: "call-command", Value: "execute"},
		esl.Header{Name: "execute-app-name", Value: "transfer"},
		esl.Header{Name: "execute-app-arg", Value: "conf217"})
	s.callback("+OK")

	processList := func(_ cell.Tx, r fsw.Reply) {
		fmt.Println("conference list:")
		fmt.Println(r.Text)
	}
	backgroundJobs := func() {
		s.g.View(func(r cell.Reader) {
			jobs := []string{}
			for id, job := range s.BackgroundJobs.All(r) {
				jobs = append(jobs, id+": "+job.Command)
			}
			fmt.Println(jobs)
		})
	}
	s.do(func(tx cell.Tx) error { return s.SendBgAPI(tx, "conference conf217 list", processList) })
	backgroundJobs()
	s.callback("+OK Job-UUID: 12345-6789-101112")
	backgroundJobs()
	s.appendEvent(esl.NewEvent("BACKGROUND_JOB",
		"Job-UUID", "12345-6789-101112").WithBody("sample data"))
	backgroundJobs()

	// Output:
	// transmit: "SendMsg 123-456-789\ncall-command: execute\nexecute-app-name: "
	// transmit: "transfer\nexecute-app-arg: conf217\n\n"
	// transmit: "bgapi conference conf217 list\n\n"
	// []
	// [12345-6789-101112: conference conf217 list]
	// conference list:
	// sample data
	// []
}

// "Authentication and Credentials".
func Example_guideAuthentication() {
	s := newGuide()
	s.showOutput()
	fmt.Println(s.isReady())

	cell.Observe(s.g, func(r cell.Reader) {
		if s.AuthRequested.Get(r) {
			fmt.Println("auth_requested")
		}
	})
	s.do(func(tx cell.Tx) error { s.Credential.Set(tx, "super-sekret-password"); return nil })
	s.ReceivedMessage(esl.NewMessage("auth/request", ""))
	fmt.Println(s.isReady())

	cell.Observe(s.g, func(r cell.Reader) {
		for e := range s.Errors.All(r) {
			fmt.Println("error:", e.Text)
		}
	})
	s.ReceivedMessage(esl.NewMessage("command/reply", "", "Reply-Text", "-ERR Invalid password"))
	fmt.Println(s.isReady())

	s.do(func(tx cell.Tx) error { s.AuthRequested.Set(tx, true); return nil })
	s.ReceivedMessage(esl.NewMessage("command/reply", "", "Reply-Text", "+OK accepted"))
	s.callback("")
	s.callback("")
	s.callback("")
	fmt.Println(s.isReady())

	// Output:
	// false
	// auth_requested
	// transmit: "auth super-sekret-password\n\n"
	// false
	// error: -ERR Invalid password
	// false
	// auth_requested
	// transmit: "auth super-sekret-password\n\n"
	// transmit: "nolog\n\n"
	// transmit: "noevents\n\n"
	// transmit: "event plain BACKGROUND_JOB\n\n"
	// true
}

// The event of "Events and Event Data", which makes the channel of the sections
// after it.
var channelCreate = []string{
	"Content-Length: 497",
	"Content-Type: text/event-plain",
	"",
	"Channel-State: CS_INIT",
	"Channel-State-Number: 1",
	"Channel-Name: DingaLing/1000",
	"Unique-ID: 7401d446-578f-4e87-a400-390e3f3583cf",
	"variable_dl_from_host: gmail.com",
	"variable_dl_from_user: dirtsimple",
	"Event-Name: CHANNEL_CREATE",
	"Core-UUID: 8fa959a0-7e83-41fa-837c-707be5066f90",
	"Event-Date-Local: 2007-03-11%2016%3A30%3A23",
	"Event-Date-GMT: Sun,%2011%20Mar%202007%2020%3A30%3A23%20GMT",
	"Event-Calling-File: switch_channel.c",
	"Event-Calling-Function: switch_channel_set_caller_profile",
	"Event-Calling-Line-Number: 771\n\n",
}

// "Events and Event Data".
func Example_guideEvents() {
	s := readyGuide()
	s.showOutput()
	s.g.View(func(r cell.Reader) { fmt.Println("watched:", s.WatchEvents.Len(r)) })
	s.do(func(tx cell.Tx) error { s.WatchEvents.Add(tx, "ALL"); return nil })
	s.callback("")
	s.callback("")

	cell.Observe(s.g, func(r cell.Reader) {
		for ev := range s.Events.All(r) {
			printEvent("event", ev)
		}
	})
	s.receivedBytes(channelCreate...)
	s.receivedBytes(
		"Content-Length: 378",
		"Content-Type: text/event-plain",
		"",
		"Job-UUID: c8e05157-e695-4918-a5bb-14d9b72ddcd5",
		"Event-Name: BACKGROUND_JOB",
		"Core-UUID: 481c09c6-e972-4a0c-9be6-6591fc63ac46",
		"Event-Date-Local: 2008-03-01%2013%3A42%3A06",
		"Event-Date-GMT: Sat,%2001%20Mar%202008%2018%3A42%3A06%20GMT",
		"Event-Calling-File: mod_event_socket.c",
		"Event-Calling-Function: api_exec",
		"Event-Calling-Line-Number: 555",
		"Content-Length: 29",
		"",
		"Conference conf217 not found\n")

	// Output:
	// watched: 0
	// transmit: "noevents\n\n"
	// transmit: "event plain ALL\n\n"
	// event:
	//   Channel-State: CS_INIT
	//   Channel-State-Number: 1
	//   Channel-Name: DingaLing/1000
	//   Unique-ID: 7401d446-578f-4e87-a400-390e3f3583cf
	//   variable_dl_from_host: gmail.com
	//   variable_dl_from_user: dirtsimple
	//   Event-Name: CHANNEL_CREATE
	//   Core-UUID: 8fa959a0-7e83-41fa-837c-707be5066f90
	//   Event-Date-Local: 2007-03-11 16:30:23
	//   Event-Date-GMT: Sun, 11 Mar 2007 20:30:23 GMT
	//   Event-Calling-File: switch_channel.c
	//   Event-Calling-Function: switch_channel_set_caller_profile
	//   Event-Calling-Line-Number: 771
	// event:
	//   Job-UUID: c8e05157-e695-4918-a5bb-14d9b72ddcd5
	//   Event-Name: BACKGROUND_JOB
	//   Core-UUID: 481c09c6-e972-4a0c-9be6-6591fc63ac46
	//   Event-Date-Local: 2008-03-01 13:42:06
	//   Event-Date-GMT: Sat, 01 Mar 2008 18:42:06 GMT
	//   Event-Calling-File: mod_event_socket.c
	//   Event-Calling-Function: api_exec
	//   Event-Calling-Line-Number: 555
	//   Content-Length: 29
	//   body: "Conference conf217 not found\n"
}

// "FreeSWITCH Log Data".
func Example_guideLogData() {
	s := readyGuide()
	s.showOutput()
	for _, level := range []fsw.LogLevel{42, 0, fsw.LogOff} {
		s.do(func(tx cell.Tx) error { s.LogLevel.Set(tx, level); return nil })
		s.callback("+OK")
	}
	cell.Observe(s.g, func(r cell.Reader) {
		for line := range s.LogData.All(r) {
			fmt.Println("log:", line.Text)
		}
	})
	s.receivedBytes(
		"Content-Type: log/data",
		"Content-Length: 100",
		"",
		"2008-03-01 13:50:50 [DEBUG] switch_core.c:"+
			"3028 switch_core_standard_on_loopback() Standard LOOPBACK\n")

	// Output:
	// transmit: "log 42\n\n"
	// transmit: "log 0\n\n"
	// transmit: "nolog\n\n"
	// log: 2008-03-01 13:50:50 [DEBUG] switch_core.c:3028 switch_core_standard_on_loopback() Standard LOOPBACK
}

// "Channel Objects", "Channel Events" and "Channel Attributes".
func Example_guideChannels() {
	s := readyGuide()
	s.receivedBytes(channelCreate...)
	s.g.View(func(r cell.Reader) {
		for c := range s.Channels.All(r) {
			fmt.Println(c.Describe(r))
		}
	})

	var c *fsw.Channel
	s.g.View(func(r cell.Reader) {
		c = s.Channel(r, "7401d446-578f-4e87-a400-390e3f3583cf")
		fmt.Println(c.Describe(r))
	})
	cell.Observe(s.g, func(r cell.Reader) {
		for ev := range c.Events.All(r) {
			printEvent("channel event", ev)
		}
	})
	s.appendEvent(esl.NewEvent("CODEC",
		"Caller-Caller-ID-Name", "example@gmail.com/Talk.v1044955BB6F",
		"Channel-State", "CS_INIT",
		"Unique-ID", "7401d446-578f-4e87-a400-390e3f3583cf",
		"Caller-Caller-ID-Number", "example@gmail.com/Talk.v1044955BB6F",
		"Caller-Destination-Number", "1000",
		"Caller-Username", "example@jabber.org/talk",
	))
	s.g.View(func(r cell.Reader) {
		fmt.Println(c.Describe(r))
		fmt.Println(c.User.Get(r))
		fmt.Println(c.Name.Get(r))
		fmt.Println(c.Number.Get(r))
		fmt.Println(c.State.Get(r))
		fmt.Println(c.Destination.Get(r))
		fmt.Println(c.UUID.Get(r))
		fmt.Println(c.Owner() == s.Switch)
	})

	// Output:
	// Channel(key="7401d446-578f-4e87-a400-390e3f3583cf", user="", name="", number="")
	// Channel(key="7401d446-578f-4e87-a400-390e3f3583cf", user="", name="", number="")
	// channel event:
	//   Event-Name: CODEC
	//   Caller-Caller-ID-Name: example@gmail.com/Talk.v1044955BB6F
	//   Channel-State: CS_INIT
	//   Unique-ID: 7401d446-578f-4e87-a400-390e3f3583cf
	//   Caller-Caller-ID-Number: example@gmail.com/Talk.v1044955BB6F
	//   Caller-Destination-Number: 1000
	//   Caller-Username: example@jabber.org/talk
	// Channel(key="7401d446-578f-4e87-a400-390e3f3583cf", user="example@jabber.org/talk", name="example@gmail.com/Talk.v1044955BB6F", number="example@gmail.com/Talk.v1044955BB6F")
	// example@jabber.org/talk
	// example@gmail.com/Talk.v1044955BB6F
	// example@gmail.com/Talk.v1044955BB6F
	// CS_INIT
	// 1000
	// 7401d446-578f-4e87-a400-390e3f3583cf
	// true
}

// "Channel Commands".
func Example_guideChannelCommands() {
	s := readyGuide()
	s.receivedBytes(channelCreate...)
	s.showOutput()
	var c *fsw.Channel
	s.g.View(func(r cell.Reader) { c = s.Channel(r, "7401d446-578f-4e87-a400-390e3f3583cf") })

	s.do(func(tx cell.Tx) error { return c.SendCommand(tx, "X", nil) })
	s.callback("")
	s.do(func(tx cell.Tx) error { return c.SendHangup(tx, "NO_ANSWER", showReply) })
	s.callback("+OK")
	s.do(func(tx cell.Tx) error { return c.SendExecute(tx, "transfer", "conf217", 1, nil) })
	s.callback("+OK")
	s.do(func(tx cell.Tx) error { return c.SendExecute(tx, "playback", "beep.wav", 3, showReply) })
	s.callback("+OK")
	s.do(func(tx cell.Tx) error { return c.SendExecute(tx, "hold", "", 1, nil) })
	s.callback("+OK")

	// Output:
	// transmit: "SendMsg 7401d446-578f-4e87-a400-390e3f3583cf\ncall-command: X"
	// transmit: "\n\n"
	// transmit: "SendMsg 7401d446-578f-4e87-a400-390e3f3583cf\ncall-command: h"
	// transmit: "angup\nhangup-cause: NO_ANSWER\n\n"
	// got reply: +OK
	// transmit: "SendMsg 7401d446-578f-4e87-a400-390e3f3583cf\ncall-command: e"
	// transmit: "xecute\nexecute-app-name: transfer\nexecute-app-arg: conf217\n\n"
	// transmit: "SendMsg 7401d446-578f-4e87-a400-390e3f3583cf\ncall-command: e"
	// transmit: "xecute\nexecute-app-name: playback\nexecute-app-arg: beep.wav\n"
	// transmit: "loops: 3\n\n"
	// got reply: +OK
	// transmit: "SendMsg 7401d446-578f-4e87-a400-390e3f3583cf\ncall-command: e"
	// transmit: "xecute\nexecute-app-name: hold\n\n"
}

// "Channel Shutdown".
func Example_guideChannelShutdown() {
	s := readyGuide()
	s.receivedBytes(channelCreate...)
	var c *fsw.Channel
	s.g.View(func(r cell.Reader) { c = s.Channel(r, "7401d446-578f-4e87-a400-390e3f3583cf") })
	cell.Observe(s.g, func(r cell.Reader) {
		for ev := range c.Events.All(r) {
			printEvent("channel event", ev)
		}
	})

	fmt.Printf("closed: %q\n", cell.Read(s.g, &c.Closed))
	s.appendEvent(esl.NewEvent("CHANNEL_DESTROY",
		"Channel-State", "CS_HANGUP",
		"Unique-ID", "7401d446-578f-4e87-a400-390e3f3583cf",
		"variable_hangup_cause", "NORMAL_CLEARING",
	))
	fmt.Printf("closed: %q\n", cell.Read(s.g, &c.Closed))
	s.g.View(func(r cell.Reader) { fmt.Println("channels:", s.Channels.Len(r)) })

	// Output:
	// closed: ""
	// channel event:
	//   Event-Name: CHANNEL_DESTROY
	//   Channel-State: CS_HANGUP
	//   Unique-ID: 7401d446-578f-4e87-a400-390e3f3583cf
	//   variable_hangup_cause: NORMAL_CLEARING
	// closed: "NORMAL_CLEARING"
	// channels: 0
}
