package cell

import (
	"cmp"
	"container/list"
	"slices"
)

// A cell without a given name is called after the field that it is, or that
// points to it. Looking for that field is looking for an address.

// atlas finds described structs by the addresses of their cells. A graph has none
// until it looks for a name for the first time; from then on it is kept up to date,
// so that a failure costs the same however much is described. It keeps nothing
// alive but descriptions, and only as long as they last.
type atlas struct {
	structs map[area]*list.List    // the descriptions of the struct there, oldest first
	pages   map[uintptr][]area     // the structs that reach into a page
	cells   map[uintptr]*list.List // the descriptions of what points to a node there
}

// area is a piece of memory.
type area struct{ start, end uintptr }

// spot is where a description is in the list of a cell.
type spot struct {
	addr uintptr
	at   *list.Element
}

// pageSize makes for few structs in a page, and few pages for a struct.
const pageSize = 4096

func newAtlas(root *Scope) *atlas {
	a := &atlas{map[area]*list.List{}, map[uintptr][]area{}, map[uintptr]*list.List{}}
	all := root.descriptions(nil)
	slices.SortFunc(all, func(a, b *description) int { return cmp.Compare(a.seq, b.seq) })
	for _, d := range all {
		a.add(d)
	}
	return a
}

// find returns the description of the node at addr, and the name of its field. The
// innermost struct comes before those around it, and all of them before what points
// to the node; of several descriptions of one struct the oldest counts.
func (a *atlas) find(addr uintptr) (d *description, field string) {
	var best area
	for _, at := range a.pages[addr/pageSize] {
		if addr < at.start || addr >= at.end || d != nil && (at.start < best.start || at.start == best.start && at.end > best.end) {
			continue
		}
		in := a.structs[at].Front().Value.(*description)
		if name, ok := fieldAt(in.value(), addr); ok {
			d, field, best = in, name, at
		}
	}
	if d != nil || a.cells[addr] == nil {
		return d, field
	}
	for e := a.cells[addr].Front(); e != nil; e = e.Next() {
		in := e.Value.(*description)
		if name, ok := in.pointsTo(addr); ok {
			return in, name
		}
	}
	return nil, ""
}

func (a *atlas) add(d *description) {
	at := d.area()
	same := a.structs[at]
	if same == nil {
		same = list.New()
		a.structs[at] = same
		for page := range at.pages {
			a.pages[page] = append(a.pages[page], at)
		}
	}
	d.own = put(same, d)
	a.point(d)
}

// put puts d, which is mostly the youngest, into a list.
func put(l *list.List, d *description) *list.Element {
	younger := (*list.Element)(nil)
	for e := l.Back(); e != nil && e.Value.(*description).seq > d.seq; e = e.Prev() {
		younger = e
	}
	if younger == nil {
		return l.PushBack(d)
	}
	return l.InsertBefore(d, younger)
}

func (a *atlas) remove(d *description) {
	if d.own == nil {
		return
	}
	a.forgetCells(d)
	at := d.area()
	same := a.structs[at]
	same.Remove(d.own)
	d.own = nil
	if same.Len() > 0 {
		return
	}
	delete(a.structs, at)
	for page := range at.pages {
		if rest := slices.DeleteFunc(a.pages[page], func(other area) bool { return other == at }); len(rest) > 0 {
			a.pages[page] = rest
		} else {
			delete(a.pages, page)
		}
	}
}

// point notes what the fields of d point to now.
func (a *atlas) point(d *description) {
	if !d.points() {
		return
	}
	a.forgetCells(d)
	pointed(d.value(), "", func(_ string, addr uintptr) bool {
		at := a.cells[addr]
		if at == nil {
			at = list.New()
			a.cells[addr] = at
		}
		d.cells = append(d.cells, spot{addr, put(at, d)})
		return true
	})
}

func (a *atlas) forgetCells(d *description) {
	for _, c := range d.cells {
		at := a.cells[c.addr]
		at.Remove(c.at)
		if at.Len() == 0 {
			delete(a.cells, c.addr)
		}
	}
	d.cells = d.cells[:0]
}

func (at area) pages(yield func(page uintptr) bool) {
	for page := at.start / pageSize; page <= (at.end-1)/pageSize; page++ {
		if !yield(page) {
			return
		}
	}
}
