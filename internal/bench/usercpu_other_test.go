//go:build !unix

package bench

import "time"

// userCPU is not known here.
func userCPU() time.Duration { return 0 }
