package fswtest

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestStartFaults: some very bad minutes, under traffic, with a client that comes
// back; then all is well again. The same seed gives the same faults.
func TestStartFaults(t *testing.T) {
	run := func(seed uint64) (told []string) {
		bubble(t, Options{Seed: 1, Link: Link{Latency: time.Millisecond}}, func(t *testing.T, s *Server) {
			stopTraffic := s.StartTraffic(TrafficOptions{CallsPerSecond: 0.5, Seed: seed})
			stop := s.StartFaults(FaultOptions{Seed: seed, Mean: time.Second, Told: func(f Fault) { told = append(told, f.String()) }})
			over := make(chan struct{})
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				for {
					select {
					case <-over:
						return
					case <-time.After(100 * time.Millisecond):
					}
					nc, err := s.DialContext(t.Context(), "", "")
					if err != nil {
						continue
					}
					nc.SetDeadline(time.Now().Add(10 * time.Second)) // a server that vanished
					go io.WriteString(nc, "auth ClueCon\n\nevent plain ALL\n\n")
					io.Copy(io.Discard, nc)
					nc.Close()
				}
			}()
			time.Sleep(5 * time.Minute)
			stop()
			stop()
			stopTraffic()
			close(over)
			<-ended
			time.Sleep(time.Minute)
			s.Heal()
			synctest.Wait()
			c := login(t, s)
			c.want("api echo well", "well")
			n := len(told)
			time.Sleep(time.Hour)
			if len(told) != n {
				t.Error("faults after the end")
			}
		})
		return told
	}
	a, b, c := run(1), run(1), run(2)
	if len(a) < 200 || slices.Equal(a, c) {
		t.Errorf("%d faults", len(a))
	}
	// Whether there is a connection for a fault to happen to is up to the client.
	if fmt.Sprint(a[:20]) != fmt.Sprint(b[:20]) {
		t.Errorf("the same seed:\n%v\n%v", a[:20], b[:20])
	}
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		n := 0
		s.StartFaults(FaultOptions{Max: 3, Kinds: []FaultKind{Restart}, Told: func(Fault) { n++ }})
		time.Sleep(time.Hour)
		if s.Heal(); n != 3 {
			t.Errorf("%d faults", n)
		}
		login(t, s)
	})
}
