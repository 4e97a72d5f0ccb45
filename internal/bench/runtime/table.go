package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/freeswytch/freeswytch/internal/bench/report"
)

// table holds what was measured.
type table struct {
	cases   []graphs.Case
	libs    []*lib
	results map[cellOf]map[int]graphs.Result // by round
}

type cellOf struct {
	graph string
	lib   *lib
}

func newTable(cases []graphs.Case, libs []*lib) *table {
	return &table{cases, libs, map[cellOf]map[int]graphs.Result{}}
}

func (t *table) add(c graphs.Case, l *lib, round int, r graphs.Result) {
	at := cellOf{c.Name, l}
	if t.results[at] == nil {
		t.results[at] = map[int]graphs.Result{}
	}
	t.results[at][round] = r
}

// print prints the table in Markdown: for each graph what one operation takes
// with each library, and how many times that is what it takes with ours.
func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "Time in ns (allocations) an operation, for goroutines by the clock; memory in bytes a cell.\n\n")
	head := []string{""}
	for _, l := range t.libs {
		head = append(head, l.name)
	}
	report.Head(w, head...)
	var means []string // at the end
	ours := t.libs[0]
	for i, c := range t.cases {
		cells := []string{c.Name}
		for _, l := range t.libs {
			cells = append(cells, t.cell(c, l))
		}
		report.Row(w, cells...)
		if i+1 < len(t.cases) && t.cases[i+1].Suite == c.Suite {
			continue
		}
		cells = []string{"**" + c.Suite + "**"}
		for _, l := range t.libs {
			mean, n, of := t.mean(c.Suite, l)
			switch {
			case l == ours:
				cells = append(cells, "")
			case n == of:
				cells = append(cells, fmt.Sprintf("**%.2f×**", mean))
			case n == 0:
				cells = append(cells, "–")
			default:
				cells = append(cells, fmt.Sprintf("**%.2f×** (%d of %d)", mean, n, of))
			}
		}
		means = append(means, strings.Join(cells, " | "))
	}
	for _, m := range means {
		report.Row(w, m)
	}
	t.printFailures(w)
}

// printFailures prints why, below the table.
func (t *table) printFailures(w io.Writer) {
	before := "\n"
	for _, l := range t.libs {
		for _, c := range t.cases {
			for _, r := range t.results[cellOf{c.Name, l}] {
				if reason := r.Crash + r.Wrong; reason != "" {
					fmt.Fprintf(w, "%s- %s, %s: %s\n", before, l.name, c.Name, reason)
					before = ""
					break
				}
			}
		}
	}
}

func (t *table) cell(c graphs.Case, l *lib) string {
	results := t.results[cellOf{c.Name, l}]
	var values, allocs []float64
	for _, r := range results {
		switch {
		case r.Missing:
			return "–"
		case r.Crash != "":
			return "crash"
		case r.Wrong != "":
			return "wrong"
		}
		values, allocs = append(values, r.Value), append(allocs, r.Allocs)
	}
	text := report.Number(report.Median(values))
	if c.Unit() == "ns" {
		text += fmt.Sprintf(" (%s)", report.Number(report.Median(allocs)))
	}
	if ratio, ok := t.ratio(c, l); ok && l != t.libs[0] {
		text += fmt.Sprintf(" **%.2f×**", ratio)
	}
	return text
}

// ratio is how many times as long as ours l takes, the median over the rounds.
func (t *table) ratio(c graphs.Case, l *lib) (float64, bool) {
	var ratios []float64
	for round, r := range t.results[cellOf{c.Name, l}] {
		ours, ok := t.results[cellOf{c.Name, t.libs[0]}][round]
		if !ok || !r.Valid() || !ours.Valid() || ours.Value < 1 {
			return 0, false // a ratio to nothing is none
		}
		ratios = append(ratios, r.Value/ours.Value)
	}
	return report.Median(ratios), len(ratios) > 0
}

// mean is the geometric mean of the ratios of a suite, of n graphs out of so many.
func (t *table) mean(suite string, l *lib) (mean float64, n, of int) {
	sum := 0.0
	for _, c := range t.cases {
		if c.Suite != suite {
			continue
		}
		of++
		if ratio, ok := t.ratio(c, l); ok {
			sum += math.Log(ratio)
			n++
		}
	}
	return math.Exp(sum / float64(n)), n, of
}

// wrong is an error if ours crashed or computed wrong values.
func (t *table) wrong() error {
	var errs []error
	for _, c := range t.cases {
		for round, r := range t.results[cellOf{c.Name, t.libs[0]}] {
			if !r.Valid() {
				errs = append(errs, fmt.Errorf("%s, round %d: %s%s", c.Name, round+1, r.Crash, r.Wrong))
			}
		}
	}
	return errors.Join(errs...)
}
