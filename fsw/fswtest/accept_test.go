package fswtest

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

func TestRefuseAndSilent(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		s.Inflict(Fault{Kind: Refuse, For: time.Minute})
		if _, err := s.DialContext(t.Context(), "", ""); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		login(t, s)
		s.Inflict(Fault{Kind: Silent, For: time.Minute})
		nc := s.Pipe()
		nc.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := nc.Read(make([]byte, 1)); n != 0 || !isTimeout(err) {
			t.Errorf("%d bytes, %v", n, err)
		}
		nc.Close()
		login(t, s)
		s.Inflict(Fault{Kind: Refuse})
		s.Heal()
		login(t, s)
		s.SetAccept(AcceptRude)
		s.Inflict(Fault{Kind: Refuse, For: time.Minute})
		time.Sleep(time.Minute)
		if m := newClient(t, s.Pipe()).read(); m.get("Content-Type") != "text/rude-rejection" {
			t.Errorf("%v", m)
		}
	})
}

// TestLateAccept: what had been accepted for the old process is not served by
// the new one.
func TestLateAccept(t *testing.T) {
	s := New(t, Options{})
	s.mu.Lock()
	old := s.listener
	s.mu.Unlock()
	s.Restart(0)
	client, server := net.Pipe()
	s.serve(server, old)
	if b, err := io.ReadAll(client); len(b) != 0 || err != nil {
		t.Errorf("%q %v", b, err)
	}
}

func TestAcceptModes(t *testing.T) {
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		s.SetAccept(AcceptHang)
		nc := s.Pipe()
		nc.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := nc.Read(make([]byte, 1)); n != 0 || !isTimeout(err) {
			t.Errorf("%d bytes, %v", n, err)
		}
		nc.Close()
		s.SetAccept(AcceptClose)
		nc = s.Pipe()
		if n, err := nc.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%d bytes, %v", n, err)
		}
		s.SetAccept(AcceptNormal)
		login(t, s)
	})
}
