package cell

import (
	"sync"
	"weak"
)

// Profile is a Tracer that counts, for a Snapshot, how often rules run and what they
// write. It holds on to nothing. The zero Profile is ready for use, for one graph
// or several; it must not be copied after its first use.
type Profile struct {
	mu    sync.Mutex
	rules map[weak.Pointer[node]]*ruleProfile
	purge int // how many rules make it worth to look for those that are gone
}

type ruleProfile struct {
	runs    uint64
	written []weak.Pointer[node] // in the order of first writing
	times   map[weak.Pointer[node]]uint64
	purge   int // as of a Profile, for cells
}

// A profile looks for what is gone when it has grown to twice of what was left by
// the last look, or to so many.
const minPurge = 1024

// Trace counts.
func (p *Profile) Trace(e TraceEvent) {
	if e.rule == nil || e.Kind != TraceRan && e.Kind != TraceWritten {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.of(e.rule)
	if e.Kind == TraceRan {
		of.runs++
		return
	}
	cell := weak.Make(e.cell)
	if of.times[cell] == 0 {
		of.forget()
		of.written = append(of.written, cell)
	}
	of.times[cell]++
}

func (p *Profile) of(rule *node) *ruleProfile {
	key := weak.Make(rule)
	of := p.rules[key]
	if of == nil {
		if p.rules == nil {
			p.rules = map[weak.Pointer[node]]*ruleProfile{}
		}
		if len(p.rules) >= max(p.purge, minPurge) {
			for key := range p.rules {
				if key.Value() == nil {
					delete(p.rules, key)
				}
			}
			p.purge = 2 * len(p.rules)
		}
		of = &ruleProfile{times: map[weak.Pointer[node]]uint64{}}
		p.rules[key] = of
	}
	return of
}

// forget forgets written cells that are gone, now and then.
func (of *ruleProfile) forget() {
	if len(of.written) < max(of.purge, minPurge) {
		return
	}
	kept := of.written[:0]
	for _, w := range of.written {
		if w.Value() != nil {
			kept = append(kept, w)
		} else {
			delete(of.times, w)
		}
	}
	of.written = clearTail(of.written, len(kept))
	of.purge = 2 * len(kept)
}

// runs returns how often the rule has run.
func (p *Profile) runs(rule *node) uint64 {
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if of := p.rules[weak.Make(rule)]; of != nil {
		return of.runs
	}
	return 0
}

// written is a cell that a rule has written.
type written struct {
	cell  *node
	times uint64
}

// writes returns what the rule has written.
func (p *Profile) writes(rule *node) (out []written) {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.rules[weak.Make(rule)]
	if of == nil {
		return nil
	}
	for _, w := range of.written {
		if n := w.Value(); n != nil {
			out = append(out, written{n, of.times[w]})
		}
	}
	return out
}
