// Package captures gives tests the recorded FreeSWITCH sessions that are kept,
// compressed, under testdata/captures of the repository.
package captures

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"testing"
)

// Dir is the folder of the recordings.
func Dir() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("captures: no source position")
	}
	return filepath.Join(filepath.Dir(file), "..", "..", "testdata", "captures")
}

// Read returns one recorded file, uncompressed: Read(t, "10_load", "server.bin").
// It fails the test if there is none.
func Read(t testing.TB, session, file string) []byte {
	t.Helper()
	data, err := Open(session, file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Open is Read where there is no test.
func Open(session, file string) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(Dir(), filepath.FromSlash(session), file+".gz"))
	if err != nil {
		return nil, fmt.Errorf("captures: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("captures: %s/%s: %w", session, file, err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("captures: %s/%s: %w", session, file, err)
	}
	return data, nil
}

// Sessions lists, sorted, every session that has bytes from the server, such as
// "10_load" or "02_auth_bad/wrong_password".
func Sessions(t testing.TB) []string {
	t.Helper()
	var out []string
	root := Dir()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == "server.bin.gz" {
			rel, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return err
			}
			out = append(out, strings.ReplaceAll(rel, string(filepath.Separator), "/"))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("captures: %v", err)
	}
	sort.Strings(out)
	return out
}
