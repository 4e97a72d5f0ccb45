package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
)

// server is what a FreeSWITCH says to one client, which is all it knows.
type server struct {
	listener net.Listener
	accepted chan struct{} // closed when conn is set
	conn     net.Conn      // nil if no client came
}

func listen() (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{listener: l, accepted: make(chan struct{})}
	go s.serve()
	return s, nil
}

func (s *server) addr() string { return s.listener.Addr().String() }

// serve says yes to everything, and that there are no channels and conferences yet.
func (s *server) serve() {
	conn, err := s.listener.Accept()
	s.conn = conn
	close(s.accepted)
	if err != nil {
		return
	}
	io.WriteString(conn, "Content-Type: auth/request\n\n")
	command := ""
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			if command == "" {
				command = line
			}
			continue
		}
		switch verb, _, _ := strings.Cut(command, " "); verb {
		case "": // one more empty line
		case "auth":
			io.WriteString(conn, "Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
		case "api":
			answer := map[string]string{
				"api show channels as json":   `{"row_count":0}`,
				"api conference json_list":    "[]",
				"api global_getvar core_uuid": "-ERR no reply",
			}[command]
			fmt.Fprintf(conn, "Content-Type: api/response\nContent-Length: %d\n\n%s", len(answer), answer)
		default:
			io.WriteString(conn, "Content-Type: command/reply\nReply-Text: +OK\n\n")
		}
		command = ""
	}
}

// play sends the client, which has logged in, some events.
func (s *server) play(events []byte) {
	<-s.accepted
	s.conn.Write(events) // if that fails, they are missing
}

func (s *server) close() {
	s.listener.Close()
	if <-s.accepted; s.conn != nil {
		s.conn.Close()
	}
}
