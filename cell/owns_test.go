package cell_test

import (
	"errors"
	"testing"

	"github.com/freeswytch/freeswytch/cell"
)

func TestScopeOwns(t *testing.T) {
	g := cell.NewGraph()
	v := cell.NewValue(0)
	a, b := cell.NewScope(g), cell.NewScope(g)
	within := cell.NewScope(a)
	fail := func(r cell.Reader) {
		if v.Get(r) == 1 {
			r.Fail(errors.New("broken"))
		}
	}
	for _, owner := range []cell.Owner{g, a, b, within} {
		for kind, create := range map[string]func() cell.Stopper{
			"rule":     func() cell.Stopper { return cell.Rule(owner, func(tx cell.Tx) { fail(tx.Reader) }) },
			"observer": func() cell.Stopper { return cell.Observe(owner, fail) },
			"effect":   func() cell.Stopper { return cell.Effect(owner, func(r cell.Reader) func() { fail(r); return nil }) },
		} {
			rule := create()
			if a.Owns(rule) != (owner == a || owner == within) || b.Owns(rule) != (owner == b) || within.Owns(rule) != (owner == within) {
				t.Errorf("%s: %v %v %v", kind, a.Owns(rule), b.Owns(rule), within.Owns(rule))
			}
			err := g.Update(func(tx cell.Tx) error { v.Set(tx, 1); return nil })
			if culprit, ok := cell.Culprit(err); !ok || culprit != rule {
				t.Errorf("%s: the culprit is %v", kind, culprit)
			}
			rule.Stop()
			if a.Owns(rule) != (owner == a || owner == within) {
				t.Errorf("%s: after its end it has lost its scope", kind)
			}
		}
	}
	if a.Owns(nil) {
		t.Error("nothing is owned")
	}
}
