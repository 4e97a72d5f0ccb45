//go:build unix

package main

import (
	"syscall"
	"time"
)

// userCPU is the time this process has spent in user mode.
func userCPU() time.Duration {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return 0
	}
	return time.Duration(ru.Utime.Nano())
}
