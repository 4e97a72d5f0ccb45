package cell

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteDOT writes the snapshot in the language of Graphviz, to be drawn by a command
// such as dot -Tsvg. What is read, or written, points to who reads it. Boxes are
// set by hand, ellipses are computed, maintained cells and rules are octagons,
// observers are notes. Each scope below the graph is framed.
func (d *Snapshot) WriteDOT(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "digraph cells {\n\trankdir=LR\n\tnode [fontname=\"Helvetica\" fontsize=11]\n\tedge [fontname=\"Helvetica\" fontsize=9]\n")
	d.dotScope(b, 0)
	for _, n := range d.Nodes {
		for _, l := range n.Reads {
			style := ""
			if l.Deltas {
				style = ` [label="deltas" style=dashed]`
			}
			fmt.Fprintf(b, "\tn%d -> n%d%s\n", l.Node, n.ID, style)
		}
		for _, l := range n.Writes {
			fmt.Fprintf(b, "\tn%d -> n%d [label=\"writes\" style=dotted]\n", n.ID, l.Node)
		}
	}
	if d.More > 0 {
		fmt.Fprintf(b, "\tmore [shape=plaintext label=%s]\n", dotQuote(fmt.Sprintf("and %d more rules", d.More)))
	}
	fmt.Fprintln(b, "}")
	return b.Flush()
}

// dotScope writes the nodes of a scope; 0 is that of cells, which have none.
func (d *Snapshot) dotScope(b *bufio.Writer, id int) {
	for _, n := range d.Nodes {
		if n.Scope == id || n.Scope == 1 && id == 0 {
			d.dotNode(b, n)
		}
	}
	for _, s := range d.Scopes {
		if s.ID == 1 || s.Parent != id && (s.Parent != 1 || id != 0) {
			continue
		}
		label := strings.Join(s.Labels, ", ")
		if label == "" {
			label = fmt.Sprint("scope ", s.ID)
		}
		fmt.Fprintf(b, "\tsubgraph cluster%d {\n\tlabel=%s fontname=\"Helvetica\" fontsize=10 style=rounded\n", s.ID, dotQuote(label))
		d.dotScope(b, s.ID)
		fmt.Fprintln(b, "\t}")
	}
}

func (d *Snapshot) dotNode(b *bufio.Writer, n SnapshotNode) {
	lines := []string{n.Name, n.Kind}
	if n.Value != "" {
		lines[1] += " = " + n.Value
	}
	var more []string
	if n.Level > 0 {
		more = append(more, fmt.Sprint("level ", n.Level))
	}
	if n.Runs > 0 {
		more = append(more, fmt.Sprint(n.Runs, " runs"))
	}
	if more = append(more, n.States...); len(more) > 0 {
		lines = append(lines, strings.Join(more, ", "))
	}
	if n.MoreReads > 0 {
		lines = append(lines, fmt.Sprintf("reads %d more", n.MoreReads))
	}
	style := ""
	if slices.Contains(n.States, "constant") {
		style = " style=filled"
	}
	fmt.Fprintf(b, "\tn%d [shape=%s%s label=%s]\n", n.ID, dotShape(n.Kind), style, dotQuote(strings.Join(lines, "\n")))
}

func dotShape(kind string) string {
	switch kind {
	case "Computed", "LiveSet", "LiveMap", "LiveList":
		return "ellipse"
	case "Maintained", "Rule":
		return "octagon"
	case "Observer", "Effect", "Feed", "Wait", "Changes", "Published":
		return "note"
	}
	return "box"
}

// dotQuote quotes a label for DOT.
func dotQuote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", "", "\x00", "").Replace(s)
	return `"` + strings.ToValidUTF8(s, "?") + `"`
}
