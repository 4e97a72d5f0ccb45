package main

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
)

// lateGzip reads compressed bytes. A damaged beginning is, like any damage, an
// error of reading.
type lateGzip struct {
	from io.Reader
	z    *gzip.Reader
}

func (l *lateGzip) Read(p []byte) (n int, err error) {
	if l.z == nil {
		if l.z, err = gzip.NewReader(l.from); err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			l.z = nil
			return 0, err
		}
	}
	return l.z.Read(p)
}

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
		plain = &lateGzip{from: in}
	}
	return struct {
		io.Reader
		io.Closer
	}{plain, file}, nil
}
