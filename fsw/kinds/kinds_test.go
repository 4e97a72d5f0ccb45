package kinds_test

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// table is a table of a module of the simulated server: rows of columns by their keys.
type table struct {
	mu   sync.Mutex
	rows map[string]map[string]string
}

func newTable() *table { return &table{rows: map[string]map[string]string{}} }

func (t *table) set(key string, columns ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.rows[key] == nil {
		t.rows[key] = map[string]string{}
	}
	for i := 0; i < len(columns); i += 2 {
		t.rows[key][columns[i]] = columns[i+1]
	}
}

func (t *table) delete(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.rows, key)
}

func (t *table) all() []map[string]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := []map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(t.rows)) {
		rows = append(rows, maps.Clone(t.rows[key]))
	}
	return rows
}

// has returns a column of each row.
func (t *table) column(name string) map[string]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	column := map[string]string{}
	for key, row := range t.rows {
		column[key] = row[name]
	}
	return column
}

func (t *table) pick(rng *rand.Rand) (key string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := slices.Sorted(maps.Keys(t.rows))
	if len(keys) == 0 {
		return "", false
	}
	return keys[rng.IntN(len(keys))], true
}

func asText(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// server is a simulated server and a switch that is kept connected to it, in a bubble.
type server struct {
	*fswtest.Server
	sw   *fsw.Switch
	open func() // lets it connect, see ready
}

func inBubble(t *testing.T, test func(t *testing.T, s server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		srv := fswtest.NewServer(fswtest.Options{SnapshotLag: -1})
		defer srv.Close()
		gate := make(chan struct{}) // what is handled before ready is from the first connection on
		sw, err := fsw.Connect(t.Context(), "pipe", fsw.Options{Password: "ClueCon", NoChannels: true,
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				select {
				case <-gate:
					return srv.DialContext(ctx, network, addr)
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}})
		if err != nil {
			t.Fatal(err)
		}
		defer sw.Close()
		test(t, server{srv, sw, sync.OnceFunc(func() { close(gate) })})
	})
}

func handle[H fsw.Handled](s server, kind *fsw.Kind[H]) (hs *fsw.Handlers[H]) {
	_ = s.sw.Graph().Update(func(tx cell.Tx) error { hs = fsw.Handle(tx, s.sw, kind); return nil })
	return hs
}

func at[H fsw.Handled](s server, hs *fsw.Handlers[H], key string) (h H) {
	s.sw.Graph().View(func(r cell.Reader) { h, _ = hs.Get(r, key) })
	return h
}

func (s server) ready(t *testing.T) {
	t.Helper()
	s.open()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if err := s.sw.Wait(ctx, s.sw.Ready.Get); err != nil {
		t.Fatal(err)
	}
}

// outage is a gap in which f happens.
func (s server) outage(t *testing.T, f func()) {
	t.Helper()
	s.SetAccept(fswtest.AcceptRefuse)
	s.Inflict(fswtest.Fault{Kind: fswtest.Cut})
	if err := s.sw.Wait(t.Context(), func(r cell.Reader) bool { return !s.sw.LoggedIn.Get(r) }); err != nil {
		t.Fatal(err)
	}
	f()
	s.Heal()
	s.ready(t)
}

// same compares what of shows of each handler with the server.
func same[H fsw.Handled](t *testing.T, s server, hs *fsw.Handlers[H], of func(r cell.Reader, h H) string, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	s.sw.Graph().View(func(r cell.Reader) {
		for key, h := range hs.All(r) {
			got[key] = of(r, h)
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the server (-) and the model: %s", diff)
	}
}

// follow lets random things happen to a module and to the connection. At quiet points
// the handlers are compared, and who lives on is who it was.
func follow[H fsw.Handled](t *testing.T, s server, hs *fsw.Handlers[H], closed func(H) *cell.Value[string],
	act func(rng *rand.Rand), compare func()) {
	rng := rand.New(rand.NewPCG(1, 2))
	s.ready(t)
	for range 40 {
		known := map[string]H{}
		s.sw.Graph().View(func(r cell.Reader) { maps.Insert(known, hs.All(r)) })
		for range rng.IntN(15) {
			act(rng)
			if rng.IntN(8) == 0 {
				s.Inflict(fswtest.Fault{Kind: fswtest.Cut, After: rng.IntN(2000)})
			}
			if rng.IntN(4) == 0 {
				time.Sleep(time.Duration(rng.IntN(700)) * time.Millisecond)
			}
		}
		s.Heal()
		time.Sleep(3 * time.Second)
		s.ready(t)
		time.Sleep(3 * time.Second)
		compare()
		s.sw.Graph().View(func(r cell.Reader) {
			for key, h := range known {
				if now, _ := hs.Get(r, key); any(now) != any(h) && closed(h).Get(r) == "" {
					t.Errorf("%s is there no more, or another one, and has not ended", key)
				}
			}
		})
		if t.Failed() {
			return
		}
	}
}
