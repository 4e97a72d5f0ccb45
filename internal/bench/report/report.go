// Package report prints what benchmarks have measured.
package report

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

// Row prints a row of a table in Markdown.
func Row(w io.Writer, cells ...string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }

// Head prints the head of one: the first column is text, the others are numbers.
func Head(w io.Writer, names ...string) {
	rule := []string{"---"}
	for range names[1:] {
		rule = append(rule, "--:")
	}
	Row(w, names...)
	Row(w, rule...)
}

// Progress shows how far it is, to somebody who waits.
func Progress(format string, args ...any) {
	if isTerminal {
		fmt.Fprintf(os.Stderr, "\r\033[K"+format, args...)
	}
}

var isTerminal = func() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}()

// Median returns the median, NaN of nothing. It sorts x.
func Median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	slices.Sort(x)
	if n := len(x); n%2 == 0 {
		return (x[n/2-1] + x[n/2]) / 2
	}
	return x[len(x)/2]
}

// Number prints three figures, and a dash for NaN.
func Number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case x < 0:
		return "−" + Number(-x)
	case x < 0.005:
		return "0"
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	whole := fmt.Sprintf("%.0f", x)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole
}
