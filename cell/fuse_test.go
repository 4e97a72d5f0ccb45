package cell_test

import "errors"

// fuse makes one of the functions that a transaction runs fail: the model tests
// run it in all of them.
type fuse struct {
	length int  // functions until one fails, 0 or less for none
	way    int  // in which it fails, less than fuseWays
	blown  bool // it has
}

const fuseWays = 4

var errFuse = errors.New("fuse")

func (f *fuse) light(length, way int) { *f = fuse{length: length, way: way} }

// burn may fail in the name of the running function, whose handle has fail.
func (f *fuse) burn(fail func(error)) {
	if f.length--; f.length != 0 {
		return
	}
	f.blown = true
	switch f.way {
	case 0:
		fail(errFuse)
	case 1:
		panic(errFuse)
	case 2:
		panic("fuse")
	default:
		goexit()
	}
}

// attempt runs a transaction that may fail: by an error, which it returns, by a
// fuse that panics, or by Goexit. Any other panic is passed on.
func attempt(fn func() error) (failed bool, err error) {
	e := endOf(fn)
	if e.panicked != nil && e.panicked != "fuse" && e.panicked != any(errFuse) {
		panic(e.panicked)
	}
	return !e.returned || e.err != nil, e.err
}

// ending is how a function has ended: it has returned an error, or panicked, or
// else called Goexit.
type ending struct {
	returned bool
	err      error
	panicked any
}

// endOf runs fn on a goroutine of its own.
func endOf(fn func() error) (e ending) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { e.panicked = recover() }()
		e.err = fn()
		e.returned = true
	}()
	<-done
	return e
}
