package main

import (
	"testing"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

// TestGraphs builds every graph and looks at the values.
func TestGraphs(t *testing.T) {
	for _, c := range graphs.Cases {
		t.Run(c.Suite+"/"+c.Name, func(t *testing.T) {
			if r := c.Try(library); !r.Valid() {
				t.Errorf("%+v", r)
			}
		})
	}
}
