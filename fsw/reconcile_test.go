package fsw_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// Whoever may use sendevent can make events of channels with ids in which there is anything.
// What cannot be asked about is no channel: it would be in the way of every reconnect.
func TestChannelsWithIDsThatCannotBeAskedAbout(t *testing.T) {
	for _, id := range []string{"a\nb", "a\rb", "a\x00b", "a\n\napi fsctl crash", " ", "a b", "\t", "^^x", strings.Repeat("x", 1<<20)} {
		synctest.Test(t, func(t *testing.T) {
			srv := fswtest.NewServer(quick)
			defer srv.Close()
			call := srv.Call(fswtest.CallOptions{})
			sw := connect(t, toServer(srv), fsw.Options{})
			defer sw.Close()
			waitReady(t, sw)
			time.Sleep(2 * time.Second)
			srv.Fire("CHANNEL_CREATE", "Unique-ID", id, "Channel-Name", "forged/1")
			srv.Fire("CHANNEL_UUID", "Unique-ID", id+"2", "Old-Unique-ID", call.UUID())
			srv.Fire("CHANNEL_STATE", "Unique-ID", id, "Channel-State", "CS_EXECUTE")
			srv.FireCustom("conference::maintenance", "Action", "add-member", "Conference-Name", id, "Conference-Unique-ID", id,
				"Member-ID", "1", "Unique-ID", id, "Conference-Size", "1")
			synctest.Wait()
			for range 3 {
				srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
				waitState(t, sw, fsw.LinkDown)
				waitReady(t, sw)
				time.Sleep(2 * time.Second)
				sameChannels(t, sw, srv)
			}
			if err := cell.Read(sw.Graph(), &sw.Link.LastError); fsw.Permanent(err) {
				t.Errorf("%.40q: %v", id, err)
			}
		})
	}
}

// An id can come back, with another channel, while nobody watches.
func TestIDThatComesBackInAGap(t *testing.T) {
	const id = "651c7ac2-2176-4b13-83fe-6974fde2b7e3"
	for name, gap := range map[string]func(*testing.T, *fswtest.Server, *fsw.Switch, func()){
		"lost": func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch, meanwhile func()) {
			srv.SetAccept(fswtest.AcceptRefuse)
			srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
			waitState(t, sw, fsw.LinkDown)
			meanwhile()
			srv.Heal()
		},
		"lagged": func(t *testing.T, srv *fswtest.Server, sw *fsw.Switch, meanwhile func()) {
			open := gate(sw)
			srv.Fire("TALK")
			synctest.Wait()
			meanwhile()
			for range 1000 {
				srv.Fire("TALK", "Padding", strings.Repeat("x", 100))
			}
			synctest.Wait()
			open()
			synctest.Wait()
			if cell.Read(sw.Graph(), &sw.DroppedEvents) == 0 {
				t.Error("nothing was dropped")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: 200 * time.Millisecond, Heartbeat: -1})
				defer srv.Close()
				first := srv.Call(fswtest.CallOptions{UUID: id})
				sw := connect(t, toServer(srv), fsw.Options{Watch: []string{"TALK"}, ReceiveBuffer: 50_000})
				defer sw.Close()
				waitReady(t, sw)
				time.Sleep(2 * time.Second)
				before := channelOf(sw, id)
				first.Hangup("NORMAL_CLEARING")
				synctest.Wait()
				gap(t, srv, sw, func() {
					srv.Call(fswtest.CallOptions{UUID: id, From: "4711"})
					time.Sleep(300 * time.Millisecond)
				})
				waitReady(t, sw)
				time.Sleep(2 * time.Second)
				sameChannels(t, sw, srv)
				ch := channelOf(sw, id)
				if ch == nil || ch == before || cell.Read(sw.Graph(), &before.Closed) != string(esl.CauseNormalClearing) {
					t.Errorf("the other channel with the id is %v, the first one is closed with %q", ch, cell.Read(sw.Graph(), &before.Closed))
				}
			})
		})
	}
}

// It comes back while it is live here, so that its end was not seen: the first one has ended.
func TestIDOfALiveChannelThatComesBackInAGap(t *testing.T) {
	const id = "651c7ac2-2176-4b13-83fe-6974fde2b7e3"
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: 200 * time.Millisecond})
		defer srv.Close()
		first := srv.Call(fswtest.CallOptions{UUID: id})
		sw := connect(t, toServer(srv), fsw.Options{})
		defer sw.Close()
		waitReady(t, sw)
		time.Sleep(2 * time.Second)
		before := channelOf(sw, id)
		srv.SetAccept(fswtest.AcceptRefuse)
		srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, sw, fsw.LinkDown)
		first.Hangup("NORMAL_CLEARING")
		time.Sleep(time.Second)
		srv.Call(fswtest.CallOptions{UUID: id, From: "4711"})
		time.Sleep(time.Second)
		srv.Heal()
		waitReady(t, sw)
		time.Sleep(2 * time.Second)
		sameChannels(t, sw, srv)
		if ch := channelOf(sw, id); ch == nil || ch == before || cell.Read(sw.Graph(), &before.Closed) != fsw.CauseLost {
			t.Errorf("the channel is the same, %v, which is closed with %q", ch == before, cell.Read(sw.Graph(), &before.Closed))
		}
	})
}

// scripted is a server of a test: answer is given each command, its first line, and returns what
// is sent then, answers and whatever else.
func scripted(t *testing.T, answer func(command string) string) dialer {
	return func() (net.Conn, error) {
		client, server := net.Pipe()
		t.Cleanup(func() { _ = server.Close() })
		go func() {
			defer server.Close()
			_, err := server.Write([]byte(authRequest))
			in := bufio.NewScanner(server)
			for line := ""; err == nil && line != "exit" && in.Scan(); {
				switch {
				case in.Text() != "" && line == "":
					line = in.Text()
				case in.Text() == "":
					if _, err = server.Write([]byte(answer(line))); line != "exit" {
						line = ""
					}
				}
			}
		}()
		return client, nil
	}
}

func output(text string) string {
	return fmt.Sprintf("Content-Type: api/response\nContent-Length: %d\n\n%s", len(text), text)
}

// The first that is heard of the other channel is an event.
func TestEventOfAnotherChannelWithTheID(t *testing.T) {
	created := func(n int) []string {
		return []string{"Unique-ID", "x", "Channel-Name", fmt.Sprint("sofia/", n), "Caller-Channel-Created-Time", fmt.Sprint(1e15 + n)}
	}
	for _, dumps := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			now := 1
			sw := connect(t, scripted(t, func(command string) string {
				switch {
				case strings.HasPrefix(command, "event "):
					reply := "Content-Type: command/reply\nReply-Text: +OK\n\n"
					if now > 1 {
						reply += esl.NewEvent("CHANNEL_STATE", created(now)...).PlainMessage().Wire()
					}
					return reply
				case strings.HasPrefix(command, "api show"):
					return output(`{"row_count":1,"rows":[{"uuid":"x"}]}`)
				case strings.HasPrefix(command, "api uuid_dump") && dumps:
					return output(string(esl.NewEvent("CHANNEL_DATA", created(now)...).AppendPlain(nil)))
				case strings.HasPrefix(command, "api "):
					return output("-ERR permission denied")
				case command == "exit":
					return accepted + goodbye
				}
				return accepted
			}), fsw.Options{})
			defer sw.Close()
			waitReady(t, sw)
			if !dumps {
				_ = sw.Graph().Update(func(tx cell.Tx) error {
					sw.Events.Append(tx, esl.NewEvent("CHANNEL_STATE", created(1)...))
					return nil
				})
			}
			first := channelOf(sw, "x")
			var names []string
			_ = sw.Graph().Update(func(tx cell.Tx) error {
				cell.Observe(first.Scope(tx).In(tx), func(r cell.Reader) { names = append(names, first.ChannelName.Get(r)) })
				return nil
			})
			now = 2
			go sw.Command(t.Context(), "exit")
			_ = sw.Wait(t.Context(), func(r cell.Reader) bool { return sw.Link.Losses.Get(r) == 1 })
			waitReady(t, sw)
			time.Sleep(2 * time.Second)
			second := channelOf(sw, "x")
			if second == nil || second == first || cell.Read(sw.Graph(), &second.ChannelName) != "sofia/2" {
				t.Errorf("dumps %t: the other channel is %v", dumps, second)
			}
			if closed := cell.Read(sw.Graph(), &first.Closed); closed != fsw.CauseLost || len(names) != 1 {
				t.Errorf("dumps %t: the first one is closed with %q, and was called %q", dumps, closed, names)
			}
		})
	}
}

// The table may list an id twice, and a large one is believed at first.
func TestTableWithAnIDTwice(t *testing.T) {
	for _, n := range []int{10, 600} {
		synctest.Test(t, func(t *testing.T) {
			var rows []string
			for i := range n {
				for range 2 {
					rows = append(rows, fmt.Sprintf(`{"uuid":"u%d","name":"sofia/%d","state":"CS_EXECUTE"}`, i, i))
				}
			}
			sw := connect(t, scripted(t, func(command string) string {
				switch {
				case strings.HasPrefix(command, "api show"):
					return output(`{"row_count":1,"rows":[` + strings.Join(rows, ",") + `]}`)
				case strings.HasPrefix(command, "api uuid_dump "):
					id := strings.TrimPrefix(command, "api uuid_dump ")
					return output("Event-Name: CHANNEL_DATA\nUnique-ID: " + id + "\nCaller-Channel-Created-Time: 1795370902098208\n\n")
				case strings.HasPrefix(command, "api "):
					return output("-ERR permission denied")
				}
				return accepted
			}), fsw.Options{})
			defer sw.Close()
			waitReady(t, sw)
			time.Sleep(2 * time.Second)
			sw.Graph().View(func(r cell.Reader) {
				calls := 0
				for c := range sw.Calls.All(r) {
					calls += len(c.Legs.Get(r))
				}
				if sw.Channels.Len(r) != n || calls != n {
					t.Errorf("of %d channels, %d are known, in calls of %d legs", n, sw.Channels.Len(r), calls)
				}
			})
		})
	}
}

// A channel that is renamed while it is asked about is known by its new id before the switch is
// ready.
func TestChannelThatIsRenamedWhileItIsAskedAbout(t *testing.T) {
	for times := range 4 {
		synctest.Test(t, func(t *testing.T) {
			renamed := 0
			id := func() string { return fmt.Sprint("u", renamed) }
			sw := connect(t, scripted(t, func(command string) string {
				switch {
				case strings.HasPrefix(command, "api show"):
					return output(`{"row_count":1,"rows":[{"uuid":"u0","name":"sofia/1","state":"CS_EXECUTE"}]}`)
				case strings.HasPrefix(command, "api uuid_dump "):
					event := ""
					if renamed < times {
						old := id()
						renamed++
						event = esl.NewEvent("CHANNEL_UUID", "Unique-ID", id(), "Old-Unique-ID", old).PlainMessage().Wire()
					}
					if asked := strings.TrimPrefix(command, "api uuid_dump "); asked != id() {
						return event + output("-ERR No such channel!\n")
					}
					return event + output("Event-Name: CHANNEL_DATA\nUnique-ID: "+id()+"\nCaller-Channel-Created-Time: 1795370902098208\n\n")
				case strings.HasPrefix(command, "api uuid_exists "):
					return output(fmt.Sprint(command == "api uuid_exists "+id()))
				case strings.HasPrefix(command, "api "):
					return output("-ERR permission denied")
				}
				return accepted
			}), fsw.Options{})
			defer sw.Close()
			var atReady []string
			cell.Observe(sw.Graph(), func(r cell.Reader) {
				if sw.Ready.Get(r) && atReady == nil {
					atReady = []string{}
					for ch := range sw.Channels.All(r) {
						atReady = append(atReady, ch.UUID.Get(r))
					}
				}
			})
			waitReady(t, sw)
			if len(atReady) != 1 || atReady[0] != id() {
				t.Errorf("renamed %d times: when the switch was ready its channels were %q", times, atReady)
			}
			time.Sleep(2 * time.Second)
			if channelOf(sw, id()) == nil {
				t.Errorf("renamed %d times: it is not known", times)
			}
		})
	}
}
