package fsw_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// dialogue is a recorded session: what the program said, and what FreeSWITCH answered.
type dialogue struct {
	steps []step
	over  bool // FreeSWITCH ended it
}

// step is a command, the reply to it, and what came before the next reply.
type step struct {
	command string
	reply   esl.Message
	then    []esl.Message
}

// normal is a command as it is compared: the server does not look at the case of its first
// word, nor at empty lines around it.
func normal(command string) string {
	command = strings.Trim(command, "\n")
	word, rest, _ := strings.Cut(command, "\n")
	first, args, _ := strings.Cut(word, " ")
	return strings.TrimSpace(strings.ToLower(first)+" "+args) + "\n" + rest
}

func recordedDialogue(t testing.TB, name string) (d dialogue) {
	t.Helper()
	f := esl.NewFramer(esl.Limits{})
	f.Feed(captures.Read(t, name, "server.bin"))
	for {
		m, ok, err := f.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if m.ContentType == esl.CommandReply || m.ContentType == esl.APIResponse {
			d.steps = append(d.steps, step{reply: m})
		} else if n := len(d.steps); n > 0 {
			d.steps[n-1].then = append(d.steps[n-1].then, m)
			if c, _ := m.Get("Content-Disposition"); c == "disconnect" {
				d.over = true
			}
		}
	}
	commands := bytes.Split(bytes.TrimRight(captures.Read(t, name, "client.bin"), "\n"), []byte("\n\n"))
	if len(commands) != len(d.steps) {
		t.Fatalf("%d commands, %d replies", len(commands), len(d.steps))
	}
	for i, c := range commands {
		d.steps[i].command = normal(string(c))
	}
	return d
}

// play is FreeSWITCH as it was recorded: it answers each command as then. What was not said
// then is answered like a server would.
func (d dialogue) play(nc net.Conn, w io.Writer) {
	defer nc.Close()
	played := make([]bool, len(d.steps))
	r := bufio.NewReader(nc)
	for {
		var text strings.Builder
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line == "\n" && text.Len() > 0 {
				break
			}
			text.WriteString(line)
		}
		command := normal(text.String())
		found := -1
		for i, s := range d.steps {
			if !played[i] && s.command == command {
				found = i
				break
			}
		}
		switch {
		case found >= 0:
			s := d.steps[found]
			played[found] = true
			for _, m := range append([]esl.Message{s.reply}, s.then...) {
				if _, err := io.WriteString(w, m.Wire()); err != nil {
					return
				}
				if c, _ := m.Get("Content-Disposition"); c == "disconnect" {
					return
				}
			}
		case command == "connect\n":
			_, _ = io.WriteString(w, d.steps[0].reply.Wire())
		case strings.HasPrefix(command, "exit"):
			return
		default:
			_, _ = io.WriteString(w, "Content-Type: command/reply\nReply-Text: +OK\n\n")
		}
	}
}

// repeat says what the recorded program said and the session has not said by itself. It
// returns what does not agree with the recording.
func (d dialogue) repeat(ctx context.Context, s *fsw.Session) error {
	for _, x := range d.steps {
		lines := strings.Split(strings.TrimRight(x.command, "\n"), "\n")
		switch word, _, _ := strings.Cut(lines[0], " "); {
		case word == "exit":
			return nil
		case word == "connect", word == "myevents", lines[0] == "linger 3", lines[0] == "event json ALL":
			continue
		}
		var headers []esl.Header
		for _, l := range lines[1:] {
			name, value, _ := strings.Cut(l, ": ")
			headers = append(headers, esl.Header{Name: name, Value: value})
		}
		got := make(chan fsw.Reply, 1)
		err := s.Graph().Update(func(tx cell.Tx) error {
			return s.SendCommand(tx, lines[0], func(_ cell.Tx, r fsw.Reply) { got <- r }, headers...)
		})
		var refused *fsw.ControlError
		if would := x.reply.ReplyText() == "-ERR command not found" && !strings.HasPrefix(lines[0], "getvar"); would != errors.As(err, &refused) {
			return errors.New(lines[0] + ": refused: " + refused.Error())
		} else if would {
			continue
		} else if err != nil {
			return err
		}
		r := <-got
		if r.Err != nil {
			return r.Err
		}
		if r.Text != x.reply.Reply() {
			return errors.New(lines[0] + ": " + r.Text)
		}
	}
	if d.over {
		<-ctx.Done()
	}
	return nil
}

// limited writes so many bytes, and then closes the connection.
type limited struct {
	nc   net.Conn
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n, _ := l.nc.Write(p[:min(len(p), l.left)])
	if l.left -= n; l.left == 0 || n < len(p) {
		_ = l.nc.Close()
		return n, io.ErrClosedPipe
	}
	return n, nil
}

// played plays a recording to an Outbound up to a number of bytes, and returns the session,
// nil if there was none, and what its function returned.
func (d dialogue) played(t *testing.T, o *fsw.Outbound, bytes int) (s *fsw.Session, cause, err error) {
	t.Helper()
	o.Handle = func(ctx context.Context, got *fsw.Session) error {
		s = got
		err = d.repeat(ctx, s)
		cause = context.Cause(ctx)
		return nil
	}
	l := fswtest.NewPipeListener("127.0.0.1:8084")
	go o.Serve(l)
	nc, dialErr := l.DialContext(t.Context(), "", "")
	if dialErr != nil {
		t.Fatal(dialErr)
	}
	d.play(nc, &limited{nc, bytes})
	if err := o.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	synctest.Wait()
	return s, cause, err
}

const noLimit = 1 << 30

var outboundRecordings = []struct {
	name, closed string
	o            fsw.Outbound
}{
	{name: "async_full_linger", closed: "CALL_REJECTED", o: fsw.Outbound{Linger: 3 * time.Second}},
	{name: "async_full_linger_forever_exit", closed: "USER_BUSY", o: fsw.Outbound{Linger: -1}},
	{name: "async_full_nolinger_remote_hangup", closed: "NORMAL_CLEARING",
		o: fsw.Outbound{Linger: -1, Options: fsw.Options{Format: esl.FormatJSON}}},
	{name: "async_full_resume", closed: fsw.CauseSwitch},
	{name: "async_full_client_closes", closed: fsw.CauseSwitch},
	{name: "async_not_full", closed: "NORMAL_CLEARING"},
	{name: "connect_weird_vars", closed: fsw.CauseSwitch},
	{name: "sync_full", closed: fsw.CauseSwitch},
	{name: "sync_not_full", closed: fsw.CauseSwitch},
}

// Each recorded session, with the commands that its program sent, byte by byte.
func TestOutbound_Recorded(t *testing.T) {
	for i := range outboundRecordings {
		x := &outboundRecordings[i]
		t.Run(x.name, func(t *testing.T) {
			d := recordedDialogue(t, "09_outbound/"+x.name)
			synctest.Test(t, func(t *testing.T) {
				o := &fsw.Outbound{Linger: x.o.Linger, Options: x.o.Options}
				s, cause, err := d.played(t, o, noLimit)
				if s == nil {
					t.Fatal("no session")
				}
				if err != nil {
					t.Error(err)
				}
				if c := cell.Read(s.Graph(), &s.Channel.Closed); c != x.closed {
					t.Errorf("closed with %q", c)
				}
				var hungUp *fsw.HangupError
				if x.closed != fsw.CauseSwitch && (!errors.As(cause, &hungUp) || string(hungUp.Cause) != x.closed) {
					t.Errorf("the context ended with %v", cause)
				}
				reply, _ := d.steps[0].reply.Event()
				if s.Async != (reply.Value("Socket-Mode") == "async") || s.Full != (reply.Value("Control") == "full") {
					t.Errorf("async %v, full %v", s.Async, s.Full)
				}
				answer := ""
				last := reply
				for _, step := range d.steps {
					for _, m := range step.then {
						if ev, err := m.Event(); err == nil && ev.Has("Answer-State") {
							last = ev
						}
					}
				}
				answer = last.Value("Answer-State")
				s.Graph().View(func(r cell.Reader) {
					ch := s.Channel
					if a := string(ch.AnswerState.Get(r)); a != answer {
						t.Errorf("answer state %q, want %q", a, answer)
					}
					if ch.UUID.Get(r) != reply.Value("Unique-ID") || ch.ChannelName.Get(r) != reply.Value("Channel-Name") {
						t.Errorf("channel %s %s", ch.UUID.Get(r), ch.ChannelName.Get(r))
					}
					if n := s.UnexpectedReplies.Get(r) + s.MalformedEvents.Get(r) + s.UnknownIDs.Get(r) + s.Misfits.Get(r); n != 0 {
						t.Errorf("%d unexpected, malformed, unknown, misfits", n)
					}
				})
			})
		})
	}
}

// The values in the reply to connect are encoded, and decoded once; names are not.
func TestOutbound_ConnectReplyIsDecoded(t *testing.T) {
	d := recordedDialogue(t, "09_outbound/connect_weird_vars")
	synctest.Test(t, func(t *testing.T) {
		s, _, _ := d.played(t, &fsw.Outbound{}, noLimit)
		s.Graph().View(func(r cell.Reader) {
			v := s.Channel.Variables.Get(r)
			for name, want := range map[string]string{
				"weird_var":  `a b&c=dA 100% 'q' "dq" ünïcödé +1 ;x`, // %41 cannot be told from an encoded A
				"with space": "",
				"arrvar":     "ARRAY::first item|:second: item|x|:third item é",
			} {
				if got, _ := v.Get(name); got != want {
					t.Errorf("%s: %q", name, got)
				}
			}
		})
	})
}

// A connection that is cut at any byte: nobody waits any more, and nothing is left behind.
func TestOutbound_CutAnywhere(t *testing.T) {
	for i := range outboundRecordings {
		x := &outboundRecordings[i]
		t.Run(x.name, func(t *testing.T) {
			d := recordedDialogue(t, "09_outbound/"+x.name)
			total := 0
			var ends []int
			for _, s := range d.steps {
				for _, m := range append([]esl.Message{s.reply}, s.then...) {
					head := m.Size() - len(m.Body)
					ends = append(ends, total+head, total+m.Size())
					total += m.Size()
				}
			}
			every, some := total < 5000, 1000
			if testing.Short() {
				every, some = false, 200
			}
			for n := range total {
				if every || n == 0 || rand.IntN(total) < some || len(ends) > 0 && n == ends[0] {
					synctest.Test(t, func(t *testing.T) {
						o := &fsw.Outbound{Linger: x.o.Linger, Options: x.o.Options}
						s, _, _ := d.played(t, o, n+1)
						if c := o.Counts(); c.Sessions != 0 || c.Served+c.Failed != 1 || (s != nil) != (c.Served == 1) {
							t.Errorf("cut after %d: %+v", n+1, c)
						}
						if s == nil {
							return
						}
						if cell.Read(s.Graph(), &s.Channel.Closed) == "" || cell.Read(s.Graph(), &s.Closed) == nil {
							t.Errorf("cut after %d: open", n+1)
						}
					})
				}
				for len(ends) > 0 && ends[0] <= n {
					ends = ends[1:]
				}
			}
		})
	}
}

// What answers to connect with something else is no FreeSWITCH: the recorded program that
// said something else first gets the replies of others.
func TestOutbound_NotACall(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"recorded": captures.Read(t, "09_outbound/first_command_not_connect", "server.bin"),
		"notice":   captures.Read(t, "09_outbound/silent_client_25s", "server.bin"),
		"http":     []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"login":    []byte("Content-Type: auth/request\n\n"),
		"no id":    []byte("Event-Name: CHANNEL_DATA\nContent-Type: command/reply\nReply-Text: %2BOK%0A\n\n"),
		"refusal":  []byte("Content-Type: command/reply\nReply-Text: -ERR no\n\n"),
		"nothing":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newRecorder()
				o := &fsw.Outbound{Handle: func(context.Context, *fsw.Session) error { t.Error("called"); return nil }}
				o.Options.Logger = slog.New(h)
				l := fswtest.NewPipeListener("127.0.0.1:8084")
				go o.Serve(l)
				nc, err := l.DialContext(t.Context(), "", "")
				if err != nil {
					t.Fatal(err)
				}
				go io.Copy(io.Discard, nc)
				_, _ = nc.Write(bytes)
				if name == "notice" {
					_ = nc.Close()
				}
				if err := o.Shutdown(t.Context()); err != nil {
					t.Error(err)
				}
				if c := o.Counts(); c.Failed != 1 || c.Served != 0 {
					t.Errorf("%+v", c)
				}
				_ = nc.Close()
				synctest.Wait()
				for _, line := range h.all() {
					if strings.HasPrefix(line, "ERROR") {
						t.Errorf("anybody may cause this: %s", line)
					}
				}
			})
		})
	}
}
