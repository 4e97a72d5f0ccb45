package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// job is what one process measures.
type job struct {
	What     string // one of the keys of measures
	Procs    int    // GOMAXPROCS, 0 for what the machine has
	Part     int    // smaller numbers: 1, or 10 for a tenth
	Client   string
	Stream   string
	Budget   time.Duration
	Channels int
	// Variables says whether channels keep their variables.
	Variables bool
}

// result is what it has found.
type result struct {
	Error string

	Rate      float64 // events/s
	CPU       float64 // µs of user time an event, client and sender together
	Allocs    float64 // an event
	Overtaken float64 // % of the events

	P50, P99, P999 float64 // µs

	Channels      int
	Bytes         float64 // a channel
	ObserverBytes float64 // a channel, for an observer that reads all of it

	Slope, Heap float64 // bytes: by which the heap grows in a replay, and has
}

var measures = map[string]func(job) (result, error){
	"throughput": job.throughput,
	"latency":    job.latency,
	"channels":   job.channels,
	"replays":    job.replays,
}

func (j job) measure() (result, error) {
	do, ok := measures[j.What]
	if !ok {
		return result{}, fmt.Errorf("there is no job %q", j.What)
	}
	return do(j)
}

const childFlag = "-child"

// run does the job in a process of its own.
func (j job) run() (r result) {
	text, err := json.Marshal(j)
	if err != nil {
		return result{Error: err.Error()}
	}
	self, err := os.Executable()
	if err != nil {
		return result{Error: err.Error()}
	}
	cmd := exec.Command(self, childFlag, string(text))
	cmd.Stderr = os.Stderr
	if j.Procs > 0 {
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(j.Procs))
	}
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// client returns the one that the job is about, and the stream for it.
func (j job) client() (client, *stream, error) {
	for _, c := range clients {
		if c.name == j.Client {
			s, err := streams[j.Stream](c.swallows, j.Part)
			return c, s, err
		}
	}
	return client{}, nil, fmt.Errorf("there is no client %q", j.Client)
}
