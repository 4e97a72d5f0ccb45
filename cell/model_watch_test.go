package cell_test

import (
	"github.com/freeswytch/freeswytch/cell"
)

type watcher struct {
	reads    expr
	observer *cell.Observer
	last     int // what it saw when it last ran, in a committed transaction
	stopped  bool
}

type sight struct {
	w     *watcher
	pass  int
	value int
}

func (s *system) watch(o cell.Owner, w *watcher) {
	w.observer = cell.Observe(o, func(r cell.Reader) {
		v := s.eval(r, w.reads)
		s.seen = append(s.seen, sight{w, r.Pass(), v})
	})
}

// checkSights checks that each observer saw each state at most once, and did not
// miss a change.
func (s *system) checkSights(passes []*modelState) {
	type key struct {
		w    *watcher
		pass int
	}
	saw := map[key]int{}
	for _, x := range s.seen {
		k := key{x.w, x.pass}
		if _, twice := saw[k]; twice {
			s.t.Fatalf("an observer ran twice in pass %d", x.pass)
		}
		saw[k] = x.value
	}
	now := s.model.modelState
	for _, w := range s.watchers {
		for p, state := range passes {
			s.model.modelState = state
			want := w.reads.eval(s.model.get)
			got, ran := saw[key{w, p + 1}]
			switch {
			case ran && got != want:
				s.t.Fatalf("an observer saw %d in pass %d of %d, want %d", got, p+1, len(passes), want)
			case !ran && want != w.last && !w.stopped && w.last >= 0:
				s.t.Fatalf("an observer missed the change from %d to %d in pass %d of %d", w.last, want, p+1, len(passes))
			}
			if ran {
				w.last = got
			}
		}
		for p := len(passes) + 1; p < len(passes)+3; p++ {
			if got, ran := saw[key{w, p}]; ran && got != w.last {
				s.t.Fatalf("an observer saw %d in pass %d, which should show nothing new", got, p)
			}
		}
	}
	s.model.modelState = now
}
