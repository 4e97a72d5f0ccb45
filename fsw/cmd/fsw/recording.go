package main

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
)

// openRecording opens a recorded byte stream, compressed or not; "-" is stdin.
func openRecording(name string, stdin io.Reader) (io.ReadCloser, error) {
	file := io.NopCloser(stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		file = f
	}
	in := bufio.NewReaderSize(file, 64<<10)
	var plain io.Reader = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			file.Close()
			return nil, err
		}
		plain = z
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, file}, nil
}
