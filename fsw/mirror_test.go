package fsw_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// Mirrors of switches in trouble, made at any time, are what their sources are whenever
// nothing is on its way.
func TestMirrorsEqualTheirSources(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { mirrorsInTrouble(t, seed) })
		})
	}
}

func mirrorsInTrouble(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	g := cell.NewGraph()
	fleet := fsw.NewFleet()
	type pair struct {
		srv             *fswtest.Server
		source, mirror  *fsw.Switch
		traffic, faults func()
	}
	var pairs []*pair
	for i := range uint64(3) {
		p := &pair{srv: fswtest.NewServer(fswtest.Options{Seed: 10*seed + i, SnapshotLag: 200 * time.Millisecond})}
		defer p.srv.Close()
		p.traffic = p.srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: 4, MeanDuration: 8 * time.Second, Conferences: 2, Seed: seed + i})
		p.faults = p.srv.StartFaults(fswtest.FaultOptions{Seed: 10*seed + i, Mean: 4 * time.Second})
		p.source = connect(t, toServer(p.srv), fsw.Options{Silence: 10 * time.Second, Backoff: fsw.Backoff{Max: time.Second}})
		defer p.source.Close()
		pairs = append(pairs, p)
	}
	compared, channels := 0, 0
	check := func() {
		t.Helper()
		synctest.Wait()
		for i, p := range pairs {
			if p.mirror == nil {
				continue
			}
			if diff := fsw.DiffMirror(p.source, p.mirror); diff != "" {
				t.Fatalf("switch %d at %s (-source +mirror):\n%s", i, time.Now().Format(time.TimeOnly), diff)
			}
			channels += cell.Read(p.source.Graph(), cell.Compute(p.source.Channels.Len))
			compared++
		}
	}
	for range 150 {
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		switch p := pairs[random.IntN(len(pairs))]; {
		case p.mirror == nil:
			p.mirror = fsw.NewMirror(g, p.source, fsw.MirrorOptions{})
			_ = g.Update(func(tx cell.Tx) error { fleet.Switches.Add(tx, p.mirror); return nil })
		case random.IntN(20) == 0:
			_ = g.Update(func(tx cell.Tx) error { fleet.Switches.Remove(tx, p.mirror); return nil })
			_ = p.mirror.Close()
			p.mirror = nil
		}
		check()
	}
	for _, p := range pairs {
		p.traffic()
		p.faults()
		p.srv.Heal()
		if p.mirror == nil {
			p.mirror = fsw.NewMirror(g, p.source, fsw.MirrorOptions{})
		}
		defer p.mirror.Close()
		waitReady(t, p.mirror)
	}
	time.Sleep(3 * time.Minute) // a connection may be half open while a command is running
	check()
	for _, p := range pairs {
		sameChannels(t, p.mirror, p.srv)
	}
	if compared < 150 || channels < 500 {
		t.Errorf("compared %d times, %d channels: too little", compared, channels)
	}
}

// A mirror that joins in the middle of any recording knows what its source knows, and ends
// as that does; a second one, that joins elsewhere, too.
func TestMirrorsJoinAnywhere(t *testing.T) {
	for _, session := range captures.Sessions(t) {
		t.Run(session, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stream := captures.Read(t, session, "server.bin")
				stream = stream[:min(len(stream), 3_000_000)]
				source := fsw.NewListener(cell.NewGraph())
				defer source.Close()
				framer := esl.NewFramer(esl.Limits{})
				framer.Feed(stream)
				random := rand.New(rand.NewPCG(1, 2))
				var mirrors []*fsw.Switch
				for n := 0; ; n++ {
					m, ok, err := framer.Next()
					if err != nil || !ok {
						break
					}
					source.ReceivedMessage(m)
					if random.IntN(1+n/2) == 0 && len(mirrors) < 12 {
						mirror := fsw.NewMirror(cell.NewGraph(), source, fsw.MirrorOptions{})
						defer mirror.Close()
						mirrors = append(mirrors, mirror)
						sameAsSource(t, source, mirror)
					}
					if n%2000 == 0 {
						for _, mirror := range mirrors {
							sameAsSource(t, source, mirror)
						}
					}
				}
				for _, mirror := range mirrors {
					sameAsSource(t, source, mirror)
				}
			})
		})
	}
}

// A mirror that is held up again and again, and misses much, is what its source is whenever
// it is let go: what has stayed is the same object, what has not is another one.
func TestMirrorsThatMissMuch(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { mirrorHeldUp(t, seed) })
		})
	}
}

func mirrorHeldUp(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 2))
	srv := fswtest.NewServer(fswtest.Options{Seed: seed, SnapshotLag: 200 * time.Millisecond})
	defer srv.Close()
	defer srv.StartTraffic(fswtest.TrafficOptions{CallsPerSecond: 5, MeanDuration: 8 * time.Second, Conferences: 2, Seed: seed})()
	defer srv.StartFaults(fswtest.FaultOptions{Seed: seed, Mean: 10 * time.Second})()
	source := connect(t, toServer(srv), fsw.Options{Silence: 10 * time.Second, Backoff: fsw.Backoff{Max: time.Second}})
	defer source.Close()
	mirror := fsw.NewMirror(cell.NewGraph(), source, fsw.MirrorOptions{ReceiveBuffer: 200_000})
	defer mirror.Close()
	var gate atomic.Pointer[chan struct{}]
	open := make(chan struct{})
	close(open)
	gate.Store(&open)
	cell.Observe(mirror.Graph(), func(r cell.Reader) { mirror.Events.Len(r); <-*gate.Load() })
	objects := func(sw *fsw.Switch) map[string][3]any {
		all := map[string][3]any{}
		sw.Graph().View(func(r cell.Reader) {
			for ch := range sw.Channels.All(r) {
				all[ch.UUID.Get(r)] = [3]any{ch, ch.Call.Get(r), ch.Member.Get(r)}
			}
		})
		return all
	}
	stayed, dropped := 0, uint64(0)
	for range 60 {
		before, mirrored := objects(source), objects(mirror)
		shut := make(chan struct{})
		gate.Store(&shut)
		time.Sleep(time.Duration(random.IntN(4000)) * time.Millisecond)
		close(shut)
		sameAsSource(t, source, mirror)
		if t.Failed() {
			return
		}
		after, mirroredAfter := objects(source), objects(mirror)
		for id, now := range after {
			was, there := before[id]
			for i, what := range []string{"channel", "call", "member"} {
				if there && (was[i] == now[i]) != (mirrored[id][i] == mirroredAfter[id][i]) {
					t.Fatalf("the %s of %s is the same %v, on the mirror %v", what, id, was[i] == now[i], mirrored[id][i] == mirroredAfter[id][i])
				}
			}
			if there && was[0] == now[0] {
				stayed++
			}
		}
		dropped = cell.Read(mirror.Graph(), &mirror.DroppedEvents)
	}
	if stayed < 200 || dropped < 1000 {
		t.Errorf("%d channels have stayed, %d events were dropped: too little", stayed, dropped)
	}
}
