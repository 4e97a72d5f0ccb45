package fsw_test

import (
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/fswtest"
)

// renames is a server with channels that a switch and its mirror know, and what was
// noticed of each.
type renames struct {
	*testing.T
	srv        *fswtest.Server
	sw, mirror *fsw.Switch
	calls      map[string]*fswtest.Channel
	objects    map[*fsw.Switch]map[string]*fsw.Channel
	mu         sync.Mutex
	seen       map[*fsw.Channel][]string // ids, and what it closed as
}

// renamesInAGap lets channels be renamed while there is no connection. ready is called when
// the switch says that it is ready, then when the second look is over, too.
func renamesInAGap(t *testing.T, lag time.Duration, ids []string, meanwhile, ready, then func(*renames)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		s := &renames{T: t, calls: map[string]*fswtest.Channel{}, objects: map[*fsw.Switch]map[string]*fsw.Channel{}, seen: map[*fsw.Channel][]string{}}
		s.srv = fswtest.NewServer(fswtest.Options{AnswerDelay: -1, SnapshotLag: lag})
		defer s.srv.Close()
		for _, id := range ids {
			time.Sleep(time.Microsecond) // each is made at a moment of its own, and none at a whole second
			s.calls[id] = s.srv.Call(fswtest.CallOptions{UUID: id, Actions: []fswtest.Action{{App: "answer"}, {App: "conference", Data: "room@default"}}})
		}
		time.Sleep(2 * time.Second)
		s.sw = connect(t, func() (net.Conn, error) {
			nc, err := toServer(s.srv)()
			if conns := s.srv.Conns(); err == nil && len(conns) > 0 {
				conns[len(conns)-1].Inflict(fswtest.Fault{Kind: fswtest.Slow, Link: fswtest.Link{Latency: 10 * time.Millisecond}})
			}
			return nc, err
		}, fsw.Options{})
		defer s.sw.Close()
		s.mirror = fsw.NewMirror(cell.NewGraph(), s.sw, fsw.MirrorOptions{})
		defer s.mirror.Close()
		waitReady(t, s.sw)
		time.Sleep(5 * time.Second)
		for _, sw := range []*fsw.Switch{s.sw, s.mirror} {
			s.objects[sw] = map[string]*fsw.Channel{}
			for _, id := range ids {
				ch := channelOf(sw, id)
				s.objects[sw][id] = ch
				_ = sw.Graph().Update(func(tx cell.Tx) error {
					cell.Observe(ch.Scope(tx).In(tx), func(r cell.Reader) {
						s.mu.Lock() // the mirror has a graph of its own
						defer s.mu.Unlock()
						s.seen[ch] = append(s.seen[ch], ch.UUID.Get(r)+ch.Closed.Get(r))
					})
					return nil
				})
			}
		}
		s.srv.SetAccept(fswtest.AcceptRefuse)
		s.srv.Inflict(fswtest.Fault{Kind: fswtest.Cut})
		waitState(t, s.sw, fsw.LinkDown)
		meanwhile(s)
		s.srv.Heal()
		waitReady(t, s.sw)
		synctest.Wait()
		if ready != nil {
			ready(s)
		}
		time.Sleep(10 * time.Second)
		sameChannels(t, s.sw, s.srv)
		sameAsSource(t, s.sw, s.mirror)
		then(s)
	})
}

func (s *renames) rename(id, to string) {
	s.Helper()
	if !s.calls[id].Rename(to) {
		s.Fatalf("%s was not renamed to %s", id, to)
	}
}

func (s *renames) seenOf(ch *fsw.Channel) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen[ch])
}

// saw says what was seen of a channel, in the switch and its mirror.
func (s *renames) saw(id string, want ...string) {
	s.Helper()
	for sw, objects := range s.objects {
		if got := s.seenOf(objects[id]); !slices.Equal(got, want) {
			s.Errorf("of %s was seen %q, not %q; mirror: %t", id, got, want, sw == s.mirror)
		}
	}
}

// became is saw, and that what lives is found by its id, and is a member of the conference.
func (s *renames) became(id string, want ...string) {
	s.Helper()
	s.saw(id, want...)
	for sw, objects := range s.objects {
		ch := objects[id]
		sw.Graph().View(func(r cell.Reader) {
			now := ch.UUID.Get(r)
			if ch.Closed.Get(r) != "" {
				return
			}
			if m := ch.Member.Get(r); m == nil || m.UUID.Get(r) != now || m.Channel.Get(r) != ch || sw.Channel(r, now) != ch || !slices.Contains(ch.Call.Get(r).Legs.Get(r), ch) {
				s.Errorf("%s is not what it was; mirror: %t", id, sw == s.mirror)
			}
			if now != id && sw.Channel(r, id) == ch {
				s.Errorf("%s is found by its old id", id)
			}
		})
	}
}

// What is renamed while nobody watches stays the same channel.
func TestRenamedInAGap(t *testing.T) {
	renamesInAGap(t, -1, []string{"a", "b"}, func(s *renames) { s.rename("a", "c") }, func(s *renames) {
		s.became("a", "a", "c") // when the switch is ready
		s.became("b", "b")
	}, func(s *renames) {
		s.became("a", "a", "c")
		s.became("b", "b")
		if d := cell.Read(s.sw.Graph(), &s.sw.Differences); d.Appeared > 0 || d.Ended > 0 || d.Changed == 0 {
			t.Errorf("the differences were %+v", d)
		}
	})
}

func TestRenamedTwiceInAGap(t *testing.T) {
	renamesInAGap(t, -1, []string{"a"}, func(s *renames) { s.rename("a", "c"); s.rename("a", "d") }, nil,
		func(s *renames) { s.became("a", "a", "d") })
}

// Its id may be that of another one already.
func TestRenamedInAGapAndReplaced(t *testing.T) {
	renamesInAGap(t, -1, []string{"a"}, func(s *renames) {
		s.rename("a", "c")
		s.srv.Call(fswtest.CallOptions{UUID: "a"})
	}, nil, func(s *renames) { s.became("a", "a", "c") })
}

// It may have the id of one that has ended, or that has got another one, too.
func TestRenamedInAGapToAnIDThatWasKnown(t *testing.T) {
	renamesInAGap(t, -1, []string{"a", "b", "c", "d"}, func(s *renames) {
		s.calls["b"].Hangup("")
		time.Sleep(time.Second)
		s.rename("a", "b")
		s.rename("d", "e")
		s.rename("c", "d")
	}, nil, func(s *renames) {
		s.became("a", "a", "b")
		s.became("b", "b", "b"+fsw.CauseLost)
		s.became("c", "c", "d")
		s.became("d", "d", "e")
	})
}

func TestRenamedInAGapToEachOthersID(t *testing.T) {
	renamesInAGap(t, -1, []string{"a", "b", "c"}, func(s *renames) {
		s.rename("a", "x")
		s.rename("b", "a")
		s.rename("c", "b")
		s.rename("a", "c")
	}, nil, func(s *renames) {
		s.became("a", "a", "c")
		s.became("b", "b", "a")
		s.became("c", "c", "b")
	})
}

func TestRenamedInAGapAndEnded(t *testing.T) {
	renamesInAGap(t, -1, []string{"a"}, func(s *renames) { s.rename("a", "c"); s.calls["a"].Hangup("") }, nil,
		func(s *renames) { s.became("a", "a", "a"+fsw.CauseLost) })
}

// The table may have the old id still: the second look finds the new one. What has ended
// so lately is known until then, too.
func TestRenamedJustBeforeTheFirstLook(t *testing.T) {
	renamesInAGap(t, 500*time.Millisecond, []string{"a", "b"}, func(s *renames) {
		s.rename("a", "c")
		s.calls["b"].Hangup("")
	}, func(s *renames) {
		s.saw("a", "a")
	}, func(s *renames) {
		s.became("a", "a", "c")
		s.became("b", "b", "b"+fsw.CauseLost)
	})
}

// It may be renamed once more, or end, at any time while it is being looked for.
func TestRenamedInAGapAndThen(t *testing.T) {
	for _, hangup := range []bool{false, true} {
		for n := range 30 {
			acted := make(chan bool, 1)
			renamesInAGap(t, -1, []string{"a"}, func(s *renames) {
				s.rename("a", "c")
				go func() {
					waitState(s.T, s.sw, fsw.LinkSynchronising)
					time.Sleep(time.Duration(n) * 7 * time.Millisecond)
					acted <- cell.Read(s.sw.Graph(), &s.sw.Ready)
					if hangup {
						s.calls["a"].Hangup("USER_BUSY")
					} else {
						s.rename("a", "d")
					}
				}()
			}, nil, func(s *renames) {
				late := <-acted
				switch ch := s.objects[s.sw]["a"]; {
				case !hangup && slices.Equal(s.seenOf(ch), []string{"a", "d"}):
					s.became("a", "a", "d")
				case !hangup:
					s.became("a", "a", "c", "d")
				case late:
					s.became("a", "a", "c", "cUSER_BUSY")
				case cell.Read(s.sw.Graph(), &ch.Closed) == "":
					t.Error("it has not ended")
				}
			})
		}
	}
}

// Of many unknown channels the table is believed at first. The one that was renamed is then
// another object, but there is one of it.
func TestRenamedInAGapInWhichMuchBegan(t *testing.T) {
	renamesInAGap(t, -1, []string{"a", "b"}, func(s *renames) {
		s.rename("a", "c")
		for range 600 {
			s.srv.Call(fswtest.CallOptions{})
		}
	}, nil, func(s *renames) {
		s.became("a", "a", "a"+fsw.CauseLost)
		s.became("b", "b")
	})
}
