package cell

import (
	"container/list"
	"fmt"
	"reflect"
)

// description says that the fields of a struct are named after it.
type description struct {
	label  func() string
	object any // a pointer to the struct
	scope  *Scope
	seq    uint64 // order of creation
	// For the atlas: where it is in the list of the struct, nil if it is in none,
	// and in those of the cells that its fields point to.
	own   *list.Element
	cells []spot
}

// Describe names the cells that are fields of the struct that object points to,
// and those that its fields point to: an error says label() + "." + the field's
// name. Rules of the scope that have no name of their own are called label() +
// ": " + the name of their function, unless the scope has a name: then after that.
// It lasts as long as the scope. Embedded and nested structs and arrays are
// searched. Fields that point to cells are to be set by the end of the transaction,
// and no field may be changed outside transactions of the graph. The graph calls
// label only to print.
func (s *Scope) Describe(tx Tx, object any, label func() string) {
	if v := reflect.ValueOf(object); v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		panic(&UsageError{Problem: "Describe wants a pointer to a struct"})
	}
	need(label != nil, "Describe wants a label, not nil")
	s.made()
	g := tx.enter()
	if g != s.graph {
		panic(&UsageError{Problem: "a Scope was described with the Tx of another graph"})
	}
	s.check()
	g.births++
	d := &description{label: label, object: object, scope: s, seq: g.births}
	if s.described == nil {
		s.described = s.one[:0]
	}
	s.described = append(s.described, d)
	if g.atlas != nil {
		g.atlas.add(d)
	}
	g.logUndo(s, undoDescribed, 0)
	if d.points() {
		g.ending = append(g.ending, d)
	}
}

// end notes what the fields point to, now that they are set.
func (d *description) end() {
	if d.own != nil {
		d.scope.graph.atlas.point(d)
	}
}

func (d *description) value() reflect.Value { return reflect.ValueOf(d.object).Elem() }

// points says whether it may have fields that point to cells.
func (d *description) points() bool { return mayPoint(reflect.TypeOf(d.object).Elem()) }

// area is where the struct is.
func (d *description) area() area {
	v := d.value()
	start := v.Addr().Pointer()
	return area{start, start + v.Type().Size()}
}

// pointsTo returns the field that points to the node at the address.
func (d *description) pointsTo(addr uintptr) (field string, ok bool) {
	pointed(d.value(), "", func(name string, at uintptr) bool {
		if at == addr {
			field, ok = name, true
		}
		return !ok
	})
	return field, ok
}

// name calls label, which is the user's and may fail.
func (d *description) name() (name string) {
	defer func() {
		if p := recover(); p != nil {
			name = fmt.Sprintf("(label: %v)", p)
		}
	}()
	return d.label()
}

// described returns the description that n has a name by, and its field.
func (g *Graph) described(n *node) (d *description, field string) {
	if g.atlas == nil {
		g.atlas = newAtlas(&g.root)
	}
	return g.atlas.find(uintptr(n.pointer()))
}

// refreshAtlas makes the atlas know what this transaction has described up to now.
func (g *Graph) refreshAtlas() {
	for _, e := range g.ending {
		if d, ok := e.(*description); ok {
			d.end()
		}
	}
}

// descriptions appends those of s and its children to all.
func (s *Scope) descriptions(all []*description) []*description {
	all = append(all, s.described...)
	for c := s.children; c != nil; c = c.next {
		all = c.descriptions(all)
	}
	return all
}
