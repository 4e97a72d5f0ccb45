// Command runtime compares package cell with other reactive libraries for Go on
// the standard graphs and prints a table.
//
//	go run ./internal/bench/runtime                                  all
//	go run ./internal/bench/runtime -short                           in less than a minute
//	go run ./internal/bench/runtime -graph deep -lib alien-patched   one graph, one library
//	go run ./internal/bench/runtime -before ../other                 and another checkout
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
	short := flag.Bool("short", false, "quickly: -rounds 3 -time 20ms, without the slow libraries")
	flag.Parse()
	if *short {
		*rounds, *budget = 3, 20*time.Millisecond
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

	bench, err := benchDir()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, l := range run {
		if err := l.build(bench, dir); err != nil {
			if l == run[0] {
				return err
			}
			fmt.Fprintf(os.Stderr, "%s cannot be had: %v\n", l.name, err)
			l.command = ""
		}
	}
	run = slices.DeleteFunc(run, func(l *lib) bool { return l.command == "" })

	t := newTable(cases, run)
	for round := range *rounds {
		for i, c := range cases {
			if isTerminal {
				fmt.Fprintf(os.Stderr, "\rround %d of %d: %-20s", round+1, *rounds, c.Name)
			}
			for k := range run {
				l := run[(round+i+k)%len(run)]
				if l.slow && round > 0 {
					continue
				}
				t.add(c, l, round, l.measure(c, *budget))
			}
		}
	}
	if isTerminal {
		fmt.Fprint(os.Stderr, "\r\033[K")
	}
	t.print(os.Stdout)
	return t.wrong()
}

var isTerminal = func() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}()

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
