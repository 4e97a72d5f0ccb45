package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/freeswytch/freeswytch/internal/bench/report"
)

// table is what is measured together, and how it is printed.
type table struct {
	name    string
	title   string
	once    bool // not in each round
	columns []column
	rows    []*row
}

type row struct {
	name    string
	job     job
	to      *row // that it is compared with: of the same table, nil for itself
	results []result
}

// column is a figure of each row, or the ratio of one to that of the row it is compared
// with.
type column struct {
	name   string
	of     func(result) float64
	ratio  func(row, to float64) float64 // nil prints the figure
	spread bool
}

// times and perTimes are ratios.
func times(row, to float64) float64    { return row / to }
func perTimes(row, to float64) float64 { return to / row }

func (t *table) write(w io.Writer) {
	fmt.Fprintf(w, "\n### %s\n\n", t.title)
	names := []string{""}
	for _, c := range t.columns {
		names = append(names, c.name)
	}
	report.Head(w, names...)
	for _, r := range t.rows {
		cells := []string{r.name}
		for _, c := range t.columns {
			cells = append(cells, c.text(r))
		}
		report.Row(w, cells...)
	}
	for _, r := range t.rows {
		for _, x := range r.results {
			if x.Error != "" {
				fmt.Fprintf(w, "\n- %s: %s\n", r.name, x.Error)
				break
			}
		}
	}
}

func (c column) text(r *row) string {
	var xs []float64
	for round, x := range r.results {
		if x.Error != "" {
			return "failed"
		}
		v := c.of(x)
		if c.ratio != nil {
			to := r
			if r.to != nil {
				to = r.to
			}
			if round >= len(to.results) || to.results[round].Error != "" {
				return "–"
			}
			v = c.ratio(v, c.of(to.results[round]))
		}
		xs = append(xs, v)
	}
	if len(xs) == 0 {
		return "–"
	}
	text := report.Number(report.Median(xs))
	if c.spread && len(xs) > 1 {
		text += fmt.Sprintf(" (%s–%s)", report.Number(slices.Min(xs)), report.Number(slices.Max(xs)))
	}
	return text
}
