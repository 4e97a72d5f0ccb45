package fsw

import (
	"sync"
	"weak"

	"github.com/freeswytch/freeswytch/cell"
)

// neighbours are the switches of one graph. A message of one may run rules, handlers and
// callbacks of another: what fails is then stopped and reported where it belongs.
type neighbours struct {
	mu     sync.Mutex
	all    map[*Switch]bool // those that are not closed
	effect error            // the last failure of an effect that was reported

	blamed *blamed // guarded by the graph: who is to blame for the failure that a panic tells of
}

// blamed is something that a switch calls and can do without if it fails.
type blamed struct {
	by *Switch
	faulty
}

type faulty interface {
	drop()
	what() string // it is, in words
}

var neighbourhoods = cell.NewCache(func(weak.Pointer[cell.Graph]) *neighbours {
	return &neighbours{all: map[*Switch]bool{}}
})

func (n *neighbours) add(sw *Switch) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all[sw] = true
}

func (n *neighbours) remove(sw *Switch) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.all, sw)
}

// owner returns the switch that a rule belongs to, or nil, and whether it is one of the
// switch's own, which its model cannot do without.
func (n *neighbours) owner(rule cell.Stopper) (sw *Switch, own bool) {
	n.mu.Lock()
	for each := range n.all {
		if each.scope.Owns(rule) {
			sw = each
		}
	}
	n.mu.Unlock()
	if sw != nil {
		sw.graph.View(func(cell.Reader) { own = sw.rules[rule] })
	}
	return sw, own
}

// isFirst says whether nobody has asked this about a failed effect yet: all switches of a
// graph are told of it.
func (n *neighbours) isFirst(err error) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	first := n.effect != err
	n.effect = err
	return first
}

// blame is called, inside the transaction, by all that a panic passes through, the
// innermost first.
func (sw *Switch) blame(f faulty) {
	if n := sw.neighbours; n.blamed == nil {
		n.blamed = &blamed{sw, f}
	}
}
