package graphs

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// Case is one graph and what is done to it.
type Case struct {
	Suite, Name string
	run         func(*Library, *meter) bool // false: the library has no such graph
}

// Cases are all of them, suite by suite.
var Cases = slices.Concat(kairoCases, cellxCases, sjsCases, dynamicCases, transactionCases, collectionCases, memoryCases, goroutineCases)

// Unit is what the case measures.
func (c Case) Unit() string {
	switch c.Suite {
	case "memory":
		return "B"
	case "goroutines":
		return "ns by the clock"
	}
	return "ns"
}

// Result is what one run of one case on one library has shown.
type Result struct {
	Value   float64 // by op, see Case.Unit
	Allocs  float64 // by op
	Missing bool    // the library cannot express the graph
	Wrong   string  // the first wrong value
	Crash   string  // the panic
}

// Valid says whether the graph was built and computed the right values.
func (r Result) Valid() bool { return !r.Missing && r.Wrong == "" && r.Crash == "" }

// Measure runs the case, for about so long. Where the number of repetitions is
// given, it is divided by part.
func (c Case) Measure(l *Library, budget time.Duration, part int) Result {
	return c.measure(l, &meter{budget: budget, part: part, scale: 1})
}

// Try runs the case once or twice, a large one at a hundredth of its size, to see
// whether the values are right.
func (c Case) Try(l *Library) Result { return c.measure(l, &meter{part: 100, scale: 100}) }

func (c Case) measure(l *Library, m *meter) (r Result) {
	defer func() {
		if p := recover(); p != nil {
			first, _, _ := strings.Cut(fmt.Sprint(p), "\n")
			r = Result{Crash: first}
		}
	}()
	if !c.run(l, m) {
		return Result{Missing: true}
	}
	return Result{Value: m.value, Allocs: m.allocs, Wrong: m.wrong}
}

// ExitUnknown is the exit status of a command that does not know the graph.
const ExitUnknown = 3

// Main is the main function of a library's command: it measures the one case
// named by -graph and prints the Result as JSON. The names are those in the table.
func Main(l *Library) {
	name := flag.String("graph", "", "the `name` of the graph")
	budget := flag.Duration("time", 100*time.Millisecond, "how long to measure, about")
	part := flag.Int("part", 1, "divide by this `number` the repetitions that a graph prescribes")
	profile := flag.String("profile", "", "write a processor profile to this `file`")
	flag.Parse()
	i := slices.IndexFunc(Cases, func(c Case) bool { return c.Name == *name })
	if i < 0 {
		fmt.Fprintf(os.Stderr, "there is no graph %q\n", *name)
		os.Exit(ExitUnknown)
	}
	if err := profiled(*profile, func() error {
		return json.NewEncoder(os.Stdout).Encode(Cases[i].Measure(l, *budget, *part))
	}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func profiled(file string, fn func() error) error {
	if file == "" {
		return fn()
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	err = fn()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}
