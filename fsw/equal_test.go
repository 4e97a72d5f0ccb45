package fsw_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// equalSize is how much is done, and from which seed.
type equalSize struct {
	operations, cuts int
	seed             uint64
}

// sizeOfEqual reads FSW_EQUAL=operations,cuts,seed.
func sizeOfEqual(t *testing.T) equalSize {
	size := equalSize{operations: 20_000, cuts: 200, seed: 1}
	if testing.Short() {
		size = equalSize{operations: 1_000, cuts: 20, seed: 1}
	}
	if text := os.Getenv("FSW_EQUAL"); text != "" {
		if _, err := fmt.Sscanf(text, "%d,%d,%d", &size.operations, &size.cuts, &size.seed); err != nil {
			t.Fatalf("FSW_EQUAL=%q is not operations,cuts,seed: %v", text, err)
		}
	}
	return size
}

// A switch that is kept connected to a server on which everything happens, over a
// connection to which everything happens, equals that server at every quiet point,
// and is never in a state that cannot be: see equality for what is looked at. It is all
// random, but the same for the same seed:
//
//	FSW_EQUAL=100000,1000,7 go test -run TestEqualToTheServer ./fsw
//
// A failure tells what has been done last; the same seed with fewer operations does the
// same up to there.
func TestEqualToTheServer(t *testing.T) {
	size := sizeOfEqual(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // or two goroutines run at the same time, and each time otherwise
	synctest.Test(t, func(t *testing.T) {
		e := newEquality(t, size)
		defer e.close()
		e.run()
	})
}

// equality is a server, a switch that follows it, and what is known of both.
type equality struct {
	*testing.T
	size equalSize
	rng  *rand.Rand
	srv  *fswtest.Server
	sw   *fsw.Switch

	wire    wire
	witness *witness
	seen    *sightings

	did     []string // what was done, the last at the end
	number  int      // of operations
	faults  map[string]int
	harmed  bool // something bad has happened since the last quiet point
	marks   int  // made so far
	pending *mark
	looks   struct{ quiet, busy, channels, members int }
	wrong   []string

	ids   []string // of channels, as of the last look
	bare  []string // of those that are not bridged
	rooms []fswtest.ConferenceInfo
	names int // made up so far

	renamed map[string]string // ids, to what came after them
}

func newEquality(t *testing.T, size equalSize) *equality {
	e := &equality{T: t, size: size, rng: rand.New(rand.NewPCG(size.seed, 0xe9a1)), faults: map[string]int{}, renamed: map[string]string{}}
	e.srv = fswtest.NewServer(fswtest.Options{Seed: size.seed | 1, Dialplan: equalDialplan})
	e.witness = newWitness(e.srv)
	e.witness.watch()
	e.wire.srv = e.srv
	e.wire.rng = rand.New(rand.NewPCG(size.seed, 0x317e))
	e.seen = &sightings{e: e}
	sw, err := fsw.Connect(t.Context(), "pipe", fsw.Options{
		Password:    "ClueCon",
		Watch:       []string{markName},
		DialContext: e.wire.dial,
		Silence:     5 * time.Second,
		Timeout:     5 * time.Second,
		Backoff:     fsw.Backoff{First: 1, Max: 1, Refused: time.Second}, // the wire waits, not as long as it likes
	})
	if err != nil {
		t.Fatal(err)
	}
	e.sw = sw
	e.seen.follow(sw)
	return e
}

func (e *equality) close() {
	e.sw.Close()
	e.srv.Close()
	e.witness.wait()
}

// run does everything, and tells what was wrong first.
func (e *equality) run() {
	every := max(e.size.operations/max(e.size.cuts, 1), 1)
	e.quiet()
	for e.number = 0; e.number < e.size.operations && len(e.wrong) == 0; e.number++ {
		if e.size.cuts > 0 && e.number%every == every-1 {
			e.inflict()
		}
		e.operate()
		e.settle()
		switch {
		case e.rng.IntN(150) == 0:
			e.quiet()
		case e.rng.IntN(8) == 0:
			e.look()
		}
	}
	if len(e.wrong) == 0 {
		e.quiet()
		e.end()
	}
	if len(e.wrong) > 0 {
		e.Errorf("FSW_EQUAL=%d,%d,%d: at operation %d\n%s\nafter\n%s\nand of those\n%s", e.size.operations, e.size.cuts, e.size.seed, e.number,
			strings.Join(e.wrong[:min(len(e.wrong), 20)], "\n"), strings.Join(e.did[max(0, len(e.did)-40):], "\n"),
			strings.Join(e.witness.about(strings.Join(e.wrong, " ")), "\n"))
	}
	e.Logf("%d operations, faults %v, %d quiet looks and %d busy ones at %d channels and %d members", e.number, e.faults,
		e.looks.quiet, e.looks.busy, e.looks.channels, e.looks.members)
}

// note remembers what was done.
func (e *equality) note(format string, args ...any) {
	if len(e.did) > 1000 {
		e.did = append(e.did[:0], e.did[500:]...)
	}
	e.did = append(e.did, time.Now().UTC().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// fail notes what is wrong.
func (e *equality) fail(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); len(e.wrong) < 100 {
		e.wrong = append(e.wrong, text)
	}
}

// settle lets a little time go by, or none.
func (e *equality) settle() {
	time.Sleep(time.Microsecond) // nothing else happens at the same moment: an event and uuid_dump would bear the same time
	switch e.rng.IntN(10) {
	case 0:
		time.Sleep(time.Duration(e.rng.IntN(500)) * time.Millisecond)
	case 1, 2, 3:
		time.Sleep(time.Duration(e.rng.IntN(20_000)) * time.Microsecond)
	}
	synctest.Wait()
	e.witness.watch()
}

// end lets everything end, and looks whether nothing is left.
func (e *equality) end() {
	e.note("the end")
	for range 3 {
		e.srv.API("hupall")
		time.Sleep(2 * time.Second) // what is being dialled has hung up, too
	}
	e.quiet()
	if len(e.wrong) == 0 {
		e.seen.ended()
	}
}
