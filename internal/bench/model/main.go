// Command model measures the live model of a switch beside the public Go clients of
// FreeSWITCH, which parse events and keep no state, and prints tables.
//
//	go run ./internal/bench/model                    all, some minutes
//	go run ./internal/bench/model -short             in two minutes, less exact
//	go run ./internal/bench/model -only latency      one table of throughput, latency, channels, replays
//
// Each measurement has a process of its own. What is compared is measured in turns, in
// another order each round, and only what was measured within a round is compared: a
// number is the median of the rounds, a ratio the median of their ratios.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/freeswytch/freeswytch/internal/bench/report"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == childFlag {
		os.Exit(child(os.Args[2]))
	}
	if err := compare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare() error {
	only := flag.String("only", "", "only the tables whose names match this `regexp`")
	rounds := flag.Int("rounds", 5, "how many rounds")
	budget := flag.Duration("time", 2*time.Second, "how long a client receives a stream in a round, at least")
	short := flag.Bool("short", false, "quickly: one short round, of smaller numbers")
	flag.Parse()
	part := 1
	if *short {
		*rounds, *budget, part = 1, 200*time.Millisecond, 10
	}
	re, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	failed := false
	for _, t := range []*table{throughput(*budget, part), latency(part), channels(part), replays()} {
		if !re.MatchString(t.name) {
			continue
		}
		rounds := *rounds
		if t.once {
			rounds = 1
		}
		for round := range rounds {
			for i := range t.rows {
				row := t.rows[(round+i)%len(t.rows)]
				report.Progress("round %d of %d: %s, %s", round+1, rounds, t.name, row.name)
				r := row.job.run()
				row.results = append(row.results, r)
				failed = failed || r.Error != ""
			}
		}
		report.Progress("")
		t.write(os.Stdout)
	}
	if failed {
		return fmt.Errorf("something went wrong: see above")
	}
	return nil
}

// child does the job that it is given, and prints the result.
func child(text string) int {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	r, err := j.measure()
	if err != nil {
		r.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}
