package fswtest

import (
	"testing"
	"testing/synctest"
	"time"
)

// Who waits for a subclass does not go on because of another one.
func TestWaitSubscribedToASubclass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewServer(Options{})
		defer s.Close()
		c := s.Pipe()
		defer c.Close()
		go func() {
			for buf := make([]byte, 1000); ; {
				if _, err := c.Read(buf); err != nil {
					return
				}
			}
		}()
		for _, name := range []string{"my::thing", "CUSTOM plain"} {
			subscribed := false
			done := make(chan struct{})
			go func() { s.WaitSubscribed(name); subscribed = true; close(done) }()
			time.Sleep(time.Second)
			if subscribed {
				t.Fatalf("%s is believed to be subscribed to", name)
			}
			for _, line := range []string{"auth ClueCon\n\n", "event plain CUSTOM sofia::register\n\n", "event plain CUSTOM my::other\n\n"} {
				if _, err := c.Write([]byte(line)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Second)
			if subscribed {
				t.Fatalf("%s is taken for another", name)
			}
			if _, err := c.Write([]byte("event plain CUSTOM my::thing plain\n\n")); err != nil {
				t.Fatal(err)
			}
			<-done
			if _, err := c.Write([]byte("noevents\n\n")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
	})
}
