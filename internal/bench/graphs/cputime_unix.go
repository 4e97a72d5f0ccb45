//go:build unix

package graphs

import (
	"syscall"
	"time"
)

// cpuTime is the processor time that this process has used: unlike time by the
// clock it does not count what other processes take.
func cpuTime() time.Duration {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		panic(err)
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}
