package cell

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"weak"
)

// Snapshot is what a graph consists of at one moment: its living rules, and the cells
// that they read, directly or by way of others. It is plain data, in an order that
// depends on nothing but the program: rules in the order of their creation, each
// after what it reads. So it can be compared in tests, encoded as JSON, printed,
// and drawn, see WriteDOT.
type Snapshot struct {
	Transaction uint64          `json:"transaction"` // its number
	Nodes       []SnapshotNode  `json:"nodes"`
	Scopes      []SnapshotScope `json:"scopes"`         // a scope comes after its parent
	More        int             `json:"more,omitempty"` // living rules left out because of the limit
}

// SnapshotNode is a cell or rule.
type SnapshotNode struct {
	ID        int            `json:"id"` // its place in Nodes, from 1
	Kind      string         `json:"kind"`
	Name      string         `json:"name"`
	Type      string         `json:"type,omitempty"`      // of the value
	Value     string         `json:"value,omitempty"`     // as printed; "" if it has none or none is shown
	Scope     int            `json:"scope,omitempty"`     // ID of the scope that owns the rule, or whose description names the cell
	Level     int            `json:"level,omitempty"`     // of a rule: it runs after those below; observers have none
	States    []string       `json:"states,omitempty"`    // constant, inactive, dirty, running, new, pulsing
	Runs      uint64         `json:"runs,omitempty"`      // counted by the Profile
	Reads     []SnapshotLink `json:"reads,omitempty"`     // in the order of reading
	MoreReads int            `json:"moreReads,omitempty"` // links left out because of the limit
	Writes    []SnapshotLink `json:"writes,omitempty"`    // counted by the Profile
}

// SnapshotLink leads to another node.
type SnapshotLink struct {
	Node   int    `json:"node"`             // its ID
	Deltas bool   `json:"deltas,omitempty"` // only what a pass has changed is read
	Times  uint64 `json:"times,omitempty"`  // of writing
}

// SnapshotScope is a scope with its name and its described structs.
type SnapshotScope struct {
	ID     int      `json:"id"` // from 1, which is the graph itself
	Parent int      `json:"parent,omitempty"`
	Labels []string `json:"labels,omitempty"`
}

// SnapshotOptions says what goes into a Snapshot. The zero SnapshotOptions are fine.
type SnapshotOptions struct {
	// Scope restricts it to the rules of a scope and of those below.
	Scope *Scope
	// Limit bounds the number of nodes; 0 means 1000. What is left out is counted.
	Limit int
	// Length bounds each printed value, in bytes; 0 means 64.
	Length int
	// Format, if not nil, prints the value v of n, for example to hide it; of a
	// collection v is a slice or map with the first items. If ok is false it is
	// printed as usual: without following pointers or calling methods of types
	// other than numbers, strings and structs. Format is called under the graph's
	// lock and must not use the graph.
	Format func(n SnapshotNode, v any) (text string, ok bool)
	// Profile adds what has been counted.
	Profile *Profile
}

// Snapshot describes the graph as r sees it. It is bounded by o.Limit, but looks at
// each living rule.
func (g *Graph) Snapshot(r Reader, o SnapshotOptions) *Snapshot {
	if r.inconstant() != g {
		panic(&UsageError{Problem: "a graph was shown with the Reader of another graph"})
	}
	o.Limit, o.Length = cmp.Or(o.Limit, 1000), cmp.Or(o.Length, 64)
	switch {
	case o.Scope == nil:
		o.Scope = &g.root
	case o.Scope.graph != g:
		panic(&UsageError{Problem: "a graph was shown with the Scope of another graph"})
	}
	d := &snapshooter{g: g, o: o, places: map[*node]int{}, scopes: map[*Scope]int{}}
	d.out.Transaction = g.transactions
	rules := o.Scope.rulesBelow(nil)
	slices.SortFunc(rules, func(a, b *rule) int { return cmp.Compare(a.created(), b.created()) })
	for i, r := range rules {
		if !d.add(&r.node) {
			d.out.More = len(rules) - i
			break
		}
	}
	d.finish()
	return &d.out
}

// snapshooter makes a Snapshot.
type snapshooter struct {
	g      *Graph
	o      SnapshotOptions
	out    Snapshot
	nodes  []*node
	places map[*node]int // index in nodes, -1 if it is about to get one
	begun  int
	scopes map[*Scope]int // IDs
}

// add adds a cell, or rule, after what it reads. It is false if there is no room.
func (d *snapshooter) add(n *node) bool {
	if _, had := d.places[n]; had {
		return true
	}
	if d.begun == d.o.Limit {
		return false
	}
	d.begun++
	d.places[n] = -1
	for l := n.sources(); l != nil; l = l.nextDep {
		d.add(l.subject.whole())
	}
	d.places[n] = len(d.nodes)
	d.nodes = append(d.nodes, n)
	for _, w := range d.o.Profile.writes(n) {
		d.add(w.cell)
	}
	return true
}

// sources returns the first link of what n reads.
func (n *node) sources() *link {
	if n.flags&isRule == 0 {
		return nil
	}
	return n.asRule().deps
}

// finish describes the nodes, now that each has its place.
func (d *snapshooter) finish() {
	for i, n := range d.nodes {
		in := n.describe(d.o.Length)
		out := SnapshotNode{ID: i + 1, Kind: in.kind, Name: nameOf(n), States: n.states(), Runs: d.o.Profile.runs(n)}
		if in.typ != nil {
			out.Type = in.typ.String()
		}
		if n.flags&isRule != 0 && n.flags&isObserver == 0 {
			out.Level = int(n.level)
		}
		if n.flags&(isMaintain|isObserver) != 0 {
			out.Scope = d.scope(n.asRule().asLiving().scope)
		} else if in, _ := d.g.described(n); in != nil {
			out.Scope = d.scope(in.scope)
		}
		for l := n.sources(); l != nil; l = l.nextDep {
			whole := l.subject.whole()
			if at, ok := d.places[whole]; ok {
				out.Reads = append(out.Reads, SnapshotLink{Node: at + 1, Deltas: whole != l.subject})
			} else {
				out.MoreReads++
			}
		}
		for _, w := range d.o.Profile.writes(n) {
			if at, ok := d.places[w.cell]; ok {
				out.Writes = append(out.Writes, SnapshotLink{Node: at + 1, Times: w.times})
			}
		}
		out.Value = d.value(out, in)
		d.out.Nodes = append(d.out.Nodes, out)
	}
}

func (n *node) states() (out []string) {
	for _, s := range [...]struct {
		flag uint32
		name string
	}{
		{isConstant, "constant"}, {isDirty, "dirty"}, {isRunning, "running"}, {isNew, "new"}, {isPulsing, "pulsing"},
	} {
		if n.flags&s.flag != 0 {
			out = append(out, s.name)
		}
	}
	if n.flags&(isCompute|isActive|isConstant) == isCompute {
		out = append(out, "inactive")
	}
	return out
}

// scope returns the ID of s, after adding it and its parents.
func (d *snapshooter) scope(s *Scope) int {
	if id := d.scopes[s]; id != 0 {
		return id
	}
	out := SnapshotScope{}
	if s.parent != nil {
		out.Parent = d.scope(s.parent)
	}
	if name, named := names.Load(weak.Make(s)); named {
		out.Labels = append(out.Labels, name.(string))
	}
	for i := range s.described {
		out.Labels = append(out.Labels, s.described[i].name())
	}
	out.ID = len(d.out.Scopes) + 1
	d.out.Scopes = append(d.out.Scopes, out)
	d.scopes[s] = out.ID
	return out.ID
}

// value prints what is in a node.
func (d *snapshooter) value(n SnapshotNode, in inspection) (text string) {
	if _, none := in.value.(hasNoValue); none {
		return ""
	}
	if d.o.Format != nil {
		defer func() {
			if p := recover(); p != nil {
				text = fmt.Sprintf("(Format: %v)", p)
			}
		}()
		if text, ok := d.o.Format(n, in.value); ok {
			return text
		}
	}
	p := printer{limit: d.o.Length, size: in.size}
	p.value(reflect.ValueOf(in.value), 0)
	return p.text()
}

// String returns a line for each node.
func (d *Snapshot) String() string {
	var b strings.Builder
	for _, n := range d.Nodes {
		b.WriteString(n.Kind + " " + n.Name)
		if n.Value != "" {
			b.WriteString(" = " + n.Value)
		}
		for _, s := range n.States {
			b.WriteString(", " + s)
		}
		if n.Runs > 0 {
			fmt.Fprintf(&b, ", %d runs", n.Runs)
		}
		d.links(&b, "reads", n.Reads, n.MoreReads)
		d.links(&b, "writes", n.Writes, 0)
		b.WriteByte('\n')
	}
	if d.More > 0 {
		fmt.Fprintf(&b, "and %d more rules\n", d.More)
	}
	return b.String()
}

func (d *Snapshot) links(b *strings.Builder, verb string, links []SnapshotLink, more int) {
	for i, l := range links {
		if i == 0 {
			b.WriteString("; " + verb + " ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(d.Nodes[l.Node-1].Name)
		if l.Deltas {
			b.WriteString(" (deltas)")
		}
	}
	if more > 0 {
		fmt.Fprintf(b, " and %d more", more)
	}
}
