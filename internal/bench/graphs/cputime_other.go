//go:build !unix

package graphs

import "time"

var start = time.Now()

// cpuTime is time by the clock: the processor time is not known here.
func cpuTime() time.Duration { return time.Since(start) }
