package fsw_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// The program of the README is built as it stands there, but for the address, and run: whoever
// is talking is counted again whenever a call comes, is answered, or goes.
func TestReadmeProgram(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) != 1 {
		t.Fatalf("%d programs", len(blocks))
	}
	srv := fswtest.New(t, fswtest.Options{SnapshotLag: -1})
	const addr = `"127.0.0.1:8021"`
	source := strings.Replace(string(blocks[0][1]), addr, `"`+srv.Addr()+`"`, 1)
	if strings.Contains(source, addr) || !strings.Contains(source, srv.Addr()) {
		t.Fatal("where does it connect to?")
	}
	dir := t.TempDir()
	file, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", program, file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	run := exec.Command(program)
	var failed bytes.Buffer
	run.Stderr = &failed
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	defer run.Process.Kill()
	// It has connected, for it prints how many are talking.
	var printed bytes.Buffer
	next := func() {
		for one := make([]byte, 1); ; {
			n, err := out.Read(one)
			if printed.Write(one[:n]); err != nil || one[0] == '\n' {
				return
			}
		}
	}
	next()
	call := srv.Call(fswtest.CallOptions{})
	call.Answer()
	call.Hangup("NORMAL_CLEARING")
	for range 4 {
		next()
	}
	srv.DropConnections("")
	_, _ = printed.ReadFrom(out)
	if err := run.Wait(); err == nil || !strings.Contains(failed.String(), "ended the connection") {
		t.Errorf("it ended with %v: %s", err, failed.String())
	}
	want := "0 of 0 are talking\n0 of 1 are talking\n1 of 1 are talking\n0 of 1 are talking\n0 of 0 are talking\n"
	if got := printed.String(); got != want {
		t.Errorf("it printed\n%s", got)
	}
}
