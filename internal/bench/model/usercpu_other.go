//go:build !unix

package main

import "time"

// userCPU is not known here.
func userCPU() time.Duration { return 0 }
