package fsw_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/internal/captures"
	"github.com/freeswytch/freeswytch/internal/tables"
)

// recordedServer plays the server of a recording to a client that connects in its
// middle: it answers with its tables, and goes on from there to the next quiet point
// whenever it is asked to.
type recordedServer struct {
	points []truthPoint
	now    int      // the point that it is at
	events []string // as sent
	login  string   // headers of the answer to the login
}

func (s *recordedServer) serve(c net.Conn) {
	defer c.Close()
	answer := func(text string) {
		fmt.Fprintf(c, "Content-Type: api/response\nContent-Length: %d\n\n%s", len(text), text)
	}
	fmt.Fprint(c, "Content-Type: auth/request\n\n")
	for r := bufio.NewReader(c); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		command, api := strings.CutPrefix(strings.TrimSpace(line), "api ")
		switch name, id, _ := strings.Cut(command, " "); {
		case command == "":
		case strings.HasPrefix(command, "auth "):
			fmt.Fprint(c, "Content-Type: command/reply\nReply-Text: +OK accepted\n"+s.login+"\n")
		case !api:
			fmt.Fprint(c, "Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
		case command == "go on":
			for _, ev := range s.events[s.points[s.now].Events:s.points[s.now+1].Events] {
				fmt.Fprint(c, ev)
			}
			s.now++
			answer("+OK")
		case s.points[s.now].Dirty:
			answer("-ERR not now")
		case command == "show channels as json":
			answer(s.points[s.now].showChannels())
		case command == "conference json_list":
			answer(string(s.points[s.now].Conferences))
		case name == "uuid_exists":
			_, there := s.points[s.now].facts[tables.Subject{Kind: tables.OfChannel, ID: id}]
			answer(fmt.Sprint(there))
		case name == "uuid_dump":
			answer("-ERR permission denied!")
		default:
			answer("-ERR " + name + " Command not found!\n")
		}
	}
}

// A model that joins at any quiet point, with the tables as its snapshot, is equal to
// the server's tables at all the later ones.
func TestModelThatJoinsEqualsTheServersOwnTables(t *testing.T) {
	var events []string
	for m := range messages(t, captures.Read(t, "17_truth_a", "server.bin")) {
		if m.ContentType == esl.EventPlain {
			events = append(events, fmt.Sprintf("Content-Length: %d\nContent-Type: text/event-plain\n\n%s", len(m.Body), m.Body))
		}
	}
	points := truth(t)
	for at := range points {
		if points[at].Dirty || testing.Short() && at%10 != 0 {
			continue
		}
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			client, server := net.Pipe()
			s := &recordedServer{points: points, now: at, events: events}
			go s.serve(server)
			sw, err := fsw.Dial(t.Context(), "recording:8021", fsw.Options{
				Password:    "ClueCon",
				Silence:     -1,
				DialContext: func(context.Context, string, string) (net.Conn, error) { return client, nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			defer sw.Close()
			for n := at; ; n++ {
				if !points[n].Dirty {
					sw.Graph().View(func(r cell.Reader) { points[n].compare(t, r, sw) })
				}
				if n == len(points)-1 || t.Failed() {
					return
				}
				if _, err := sw.API(t.Context(), "go on"); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
