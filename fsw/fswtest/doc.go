// Package fswtest is a simulated FreeSWITCH: an event socket server, in
// process or on a loopback port, behind which channels live and die. Programs
// that talk to FreeSWITCH are tested and demonstrated with it, without a
// FreeSWITCH.
//
// A test of a program that shows who calls, with its Show to be called for each caller:
//
//	func TestShow(t *testing.T) {
//		srv := fswtest.New(t, fswtest.Options{}) // on 127.0.0.1, closed with the test
//		shown := make(chan string, 10)
//		board := &Board{Addr: srv.Addr(), Password: "ClueCon", Show: func(name string) { shown <- name }}
//		go board.Run()
//		defer board.Stop()
//		srv.WaitSubscribed("CHANNEL_CREATE") // it is ready
//
//		call := srv.Call(fswtest.CallOptions{From: "1000", FromName: "Ada", To: "5000"})
//		call.Answer()
//		if name := <-shown; name != "Ada" {
//			t.Errorf("shows %q", name)
//		}
//
//		srv.Restart(0) // a crash: the calls are gone, and nobody says so
//		srv.WaitSubscribed("CHANNEL_CREATE")
//		srv.Call(fswtest.CallOptions{From: "1001", FromName: "Bob", To: "5000"})
//		if name := <-shown; name != "Bob" {
//			t.Errorf("shows %q after a restart", name)
//		}
//	}
//
// The server speaks as a real one was seen to speak: login, command replies in
// order, event subscriptions in plain, JSON and XML, filters, myevents, users
// with limits, api and bgapi, sendmsg, logs, disconnect notices, and outbound
// connections. What a client makes happen (originate, uuid_kill,
// uuid_bridge, sendmsg, …) and what the test makes happen (Call, Fire, Log)
// gives the events, in the order and with the headers, of the recorded
// originals. The table that "show channels" reads lags behind the events, as
// the real one does. Channels tells the truth, to compare with.
//
// # Commands
//
// Of the api commands there are: bgapi, conference (all that is not about video),
// echo, fsctl (hupall, pause, resume, shutdown and their checks), global_getvar,
// hostname, hupall, load, log, msleep, originate, reload, reloadxml, show (channels
// [count] [as json]), status, unload, uptime, uuid_answer, uuid_bridge,
// uuid_broadcast, uuid_dump, uuid_exists, uuid_getvar, uuid_hold, uuid_kill,
// uuid_recv_dtmf, uuid_send_dtmf, uuid_setvar, uuid_transfer, version. Handle adds
// others, or replaces them. Channel.Execute names the applications, DefaultDialplan
// the extensions.
//
// # Outbound
//
// The application socket connects to the program under test, as in a dialplan:
//
//	srv.Call(fswtest.CallOptions{Actions: []fswtest.Action{{"socket", "127.0.0.1:8084 async full"}}})
//
// It says nothing until the program has, and swallows the reply to a first
// command that is not connect, as the original does. Without a network, and in
// a testing/synctest bubble, give the DialContext of a PipeListener to
// Options.Dial.
//
// # Bad days
//
// A program is right only if it survives what happens to a connection in a year
// of production. Faults happen on demand, to one connection or to the server:
//
//	srv.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: 1000}) // in the middle of a message
//	srv.Inflict(fswtest.Fault{Kind: fswtest.Stall, For: time.Minute})
//	srv.Restart(5 * time.Second)                               // calls gone, another Core-UUID
//	srv.Shutdown()                                             // with its notice
//	srv.StartFaults(fswtest.FaultOptions{Seed: 42})            // at random, but repeatable
//	srv.Heal()
//
// FaultKind lists them, and there is an example for each way in which a program is
// found out. Where a recording or the source shows what a real
// server does, as with a listener that is killed or a module that is reloaded,
// the simulated one does the same.
//
// # Conferences
//
// A call joins a conference with the application of that name, in a dialplan
// or by originate, transfer or the api command "conference <name> dial". Its
// events (CUSTOM, conference::maintenance) and the api command conference are
// those of a real server. Video, sounds of the profile other than those for
// coming and going, and text to speech are not there; nobody hears anything.
// What the people do, the test does: Talk, Quiet, Press, Leave, TakeFloor.
//
//	room := fswtest.CallOptions{Actions: []fswtest.Action{{App: "conference", Data: "room@default"}}}
//	ada, bob := srv.Call(room), srv.Call(room)
//	bob.Talk()
//	srv.API("conference room mute all")
//	srv.Conferences()   // the truth
//
// # Time
//
// Everything that takes time uses timers of the standard library, made by the
// server. A server made by NewServer inside a testing/synctest bubble and
// reached through Pipe lives in the bubble's time. A listening server does not
// work in a bubble, since a goroutine that waits for the network never lets
// its time advance.
//
// A machine that has more to do than it can makes the server late; Late tells. It
// then does what it can, and neither piles up what is due nor keeps clients waiting.
//
// # Concurrency
//
// All methods of Server and Channel may be called from any goroutine. A method
// that changes something (Channel.Hangup) returns when the change and its
// immediate consequences have happened and their events are queued for the
// subscribers. Functions given to the server (Options.Dialplan,
// Options.Playback) run inside the switch and must not call the server; those
// given to Handle may.
//
// # What is not simulated
//
// Media, recording of calls, ACLs (but see AcceptRude), attended transfers, display
// updates behind a bridge, modules other than those whose commands are named above.
// SIP legs have about half of the variables of real ones. A shutdown takes 40 ms, and tells nothing of the modules it
// unloads: there is no MODULE_UNLOAD, nor a MODULE_LOAD when mod_event_socket comes
// back, which nobody would be there to hear. Events of a quiet connection are not delayed by up to 20 ms, as
// those of a real one are.
package fswtest
