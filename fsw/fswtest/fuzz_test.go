package fswtest

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// FuzzServer sends bytes to a logged-in connection in pieces. Whatever they
// are, the server must answer commands, keep its framing and close.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		"api version\n\n", "event plain ALL\n\nnixevent API CUSTOM\n\n", "exit\r\n\r\n",
		"sendmsg x\ncall-command: execute\nContent-Length: 3\n\nabc", "bgapi originate {a='b,c}loopback/x &park(\nJob-UUID: \x00\n\n",
		"api originate [x=y]user/1@a,sofia/b|error/USER_BUSY 1000 XML default n 5 1\n\n", "filter add x /(/\n\nfilter delete all\n\n",
		"sendevent CUSTOM\nEvent-Subclass: a\n_body: b\nx[3]: y\nContent-Length: -1\n\n", "api uuid_transfer c -both\n\napi uuid_hold off\n\n",
		"log 64\n\nlog x y\n\nnolog\n\n", "api show channels count as json\n\n", "api originate {^^:a=b:c=d}loopback/echo/default &playback(tone_stream://%(9,9,9);loops=-1)\n\n",
		"sendmsg c\ncall-command: xferext\napplication: set a=${a}${b\napplication: bridge user/busy\n\n", "api uuid_dump c xml\n\napi hupall\n\n",
		"sendmsg c\ncall-command: execute\nexecute-app-name: playback\nexecute-app-arg: silence_stream://99999999999\nloops: -1\n\n",
		"reload mod_event_socket\n\n", "bgapi msleep 100000\n\napi bgapi msleep 100000\n\napi msleep 100000\n\napi status\n\n", "Content-Length: 99999999999999999999\n\nx",
	} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint8) {
		s := NewServer(Options{Heartbeat: noHeartbeat, AnswerDelay: -1, Seed: 1})
		defer s.Close()
		s.Call(CallOptions{UUID: "c", Actions: []Action{{"answer", ""}, {"park", ""}}})
		nc := s.Pipe()
		defer nc.Close()
		read := make(chan []byte)
		go func() {
			b, _ := io.ReadAll(nc)
			read <- b
		}()
		send := func(b []byte) bool {
			nc.SetWriteDeadline(time.Now().Add(time.Second)) // the server reads ahead, but not without end
			_, err := nc.Write(b)
			return err == nil
		}
		ok := send([]byte("auth ClueCon\n\nevent plain ALL\n\nlog 7\n\n"))
		for len(data) > 0 && ok {
			n := min(int(cut)+1, len(data))
			ok = send(data[:n])
			data = data[n:]
		}
		// What was sent may have begun a command, or a body, that this ends or not.
		send([]byte("\n\nexit\n\n"))
		s.DropConnections("done")
		s.Close()
		for rest := <-read; len(rest) > 0; {
			i := bytes.Index(rest, []byte("\n\n"))
			if i < 0 {
				break // cut at the end, or a ~ reply without end
			}
			n := 0
			for line := range strings.SplitSeq(string(rest[:i]), "\n") {
				if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
					n = decimalPrefix(v)
				}
			}
			rest = rest[min(i+2+max(n, 0), len(rest)):]
		}
	})
}

// FuzzParser compares commands cut out of a stream with those of the whole.
func FuzzParser(f *testing.F) {
	f.Add([]byte("api a\r\n\r\n\r\nsendmsg b\nContent-Length: 2\n\nxyevent\n\r\n"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, cut uint8) {
		collect := func(p *parser) (out []command) {
			for {
				m := p.next()
				if m == nil {
					return out
				}
				out = append(out, command{line: m.line, block: m.block, body: m.body})
			}
		}
		var whole, pieces parser
		whole.feed(data)
		want := collect(&whole)
		var got []command
		for rest := data; len(rest) > 0; {
			n := min(int(cut)+1, len(rest))
			pieces.feed(rest[:n])
			got = append(got, collect(&pieces)...)
			rest = rest[n:]
		}
		if len(want) != len(got) || whole.broken != pieces.broken || (!whole.broken && whole.halfway() != pieces.halfway()) {
			t.Fatalf("whole %d commands, in pieces %d; halfway %v %v", len(want), len(got), whole.halfway(), pieces.halfway())
		}
		for i := range want {
			if want[i].line != got[i].line || want[i].block != got[i].block || want[i].body != got[i].body {
				t.Errorf("%+v, in pieces %+v", want[i], got[i])
			}
		}
	})
}

func BenchmarkTraffic(b *testing.B) {
	s, err := Listen("127.0.0.1:0", Options{Heartbeat: noHeartbeat})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	nc, err := net.Dial("tcp", s.Addr())
	if err != nil {
		b.Fatal(err)
	}
	defer nc.Close()
	io.WriteString(nc, "auth ClueCon\n\nevent plain ALL\n\n")
	go io.Copy(io.Discard, nc)
	e0 := s.seq.next
	b.ResetTimer()
	for b.Loop() {
		call := s.Call(CallOptions{Actions: []Action{{"ring_ready", ""}, {"answer", ""}, {"park", ""}}})
		call.Hangup("NORMAL_CLEARING")
		for { // the connection sets the pace
			s.enter()
			c := s.conns[0]
			c.mu.Lock()
			n := c.events.len()
			c.mu.Unlock()
			s.leave()
			if n < 1000 {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	b.ReportMetric(float64(s.seq.next-e0)/b.Elapsed().Seconds(), "events/s")
}
