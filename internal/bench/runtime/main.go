// Command runtime compares package cell with other reactive libraries for Go on
// the standard graphs and prints a table.
//
//	go run ./internal/bench/runtime                                  all
//	go run ./internal/bench/runtime -short                           in less than a minute
//	go run ./internal/bench/runtime -graph deep -lib alien-patched   one graph, one library
//	go run ./internal/bench/runtime -before ../other                 and another checkout
//
// What the Go command needs to find a library that the module proxy does not
// serve, such as GONOPROXY, is taken from the environment.
//
// Each library measures each graph in a process of its own. The libraries take
// turns, in another order each round, and only what was measured within a round
// is compared: a number is the median of the ratios of the rounds.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
	"github.com/freeswytch/freeswytch/internal/bench/report"
)

const (
	libraryModule = "github.com/freeswytch/freeswytch"
	benchModule   = libraryModule + "/internal/bench"
)

func main() {
	if err := compare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare() error {
	graph := flag.String("graph", "", "only graphs whose suite/name matches this `regexp`, such as kairo, or deep$")
	only := flag.String("lib", "", "only these other `libraries`, separated by commas, of "+names())
	before := flag.String("before", "", "also compare with the state in this `directory`, another checkout of this repository")
	rounds := flag.Int("rounds", 5, "how many rounds")
	budget := flag.Duration("time", 100*time.Millisecond, "how long a library measures a graph in a round, about")
	short := flag.Bool("short", false, "quickly: two short rounds with fewer repetitions, without the slow libraries")
	flag.Parse()
	part := 1
	if *short {
		*rounds, *budget, part = 2, 20*time.Millisecond, 10
	}

	cases, err := choose(*graph)
	if err != nil {
		return err
	}
	run, err := chooseLibs(*only, *short)
	if err != nil {
		return err
	}
	if *before != "" {
		dir, err := filepath.Abs(*before)
		if err != nil {
			return err
		}
		run = slices.Insert(run, 1, &lib{name: "before", dir: "cell", checkout: dir})
	}

	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if run, err = build(run, dir); err != nil {
		return err
	}
	t := newTable(cases, run)
	for round := range *rounds {
		for i, c := range cases {
			report.Progress("round %d of %d: %s", round+1, *rounds, c.Name)
			for k := range run {
				if l := run[(round+i+k)%len(run)]; round == 0 || !l.slow {
					t.add(c, l, round, l.measure(c, *budget, part))
				}
			}
		}
	}
	report.Progress("")
	t.print(os.Stdout)
	return t.wrong()
}

// build builds the commands in dir and returns the libraries that could be built.
func build(run []*lib, dir string) (built []*lib, err error) {
	bench, err := benchDir()
	if err != nil {
		return nil, err
	}
	for _, l := range run {
		err := l.build(bench, dir)
		switch {
		case err == nil:
			built = append(built, l)
		case l == libs[0]:
			return nil, err
		default:
			fmt.Fprintf(os.Stderr, "%s cannot be had: %v\n", l.name, err)
		}
	}
	return built, nil
}

func choose(expr string) ([]graphs.Case, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	cases := slices.DeleteFunc(slices.Clone(graphs.Cases), func(c graphs.Case) bool {
		return !re.MatchString(c.Suite + "/" + c.Name)
	})
	if len(cases) == 0 {
		return nil, fmt.Errorf("no graph matches %q", expr)
	}
	return cases, nil
}

func names() string {
	var names []string
	for _, l := range libs[1:] {
		names = append(names, l.name)
	}
	return strings.Join(names, ", ")
}

// chooseLibs returns ours and the others.
func chooseLibs(list string, short bool) ([]*lib, error) {
	if list == "" {
		return slices.DeleteFunc(slices.Clone(libs), func(l *lib) bool { return short && l.slow }), nil
	}
	run := libs[:1:1]
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(libs, func(l *lib) bool { return l.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no library %q, but %s", name, names())
		}
		if i > 0 {
			run = append(run, libs[i])
		}
	}
	return run, nil
}
