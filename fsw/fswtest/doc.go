// Package fswtest is a simulated FreeSWITCH: an event socket server, in
// process or on a loopback port, behind which channels live and die. Programs
// that talk to FreeSWITCH are tested and demonstrated with it, without a
// FreeSWITCH.
//
//	srv := fswtest.New(t, fswtest.Options{})        // on 127.0.0.1, closed with the test
//	conn, err := net.Dial("tcp", srv.Addr())        // password ClueCon
//
//	call := srv.Call(fswtest.CallOptions{From: "1000", To: "5000"})
//	call.Answer()
//	call.Hangup("NORMAL_CLEARING")
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
// FaultKind lists them. Where a recording or the source shows what a real
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
// Media, recording, ACLs (but see AcceptRude), attended transfers, display
// updates behind a bridge. SIP legs have about half of the variables of
// real ones. A shutdown takes 40 ms, and tells nothing of the modules it
// unloads. Events of a quiet connection are not delayed by up to 20 ms, as
// those of a real one are.
package fswtest
