package main

import (
	"context"
	"errors"
	"math"
	"time"
)

// withFor ends ctx after the duration of a --for flag, or after otherwise if it was
// not given; 0 is never.
func withFor(ctx context.Context, given *time.Duration, otherwise time.Duration) (context.Context, context.CancelFunc) {
	if given != nil {
		otherwise = *given
	}
	if otherwise == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, otherwise)
}

func validFor(d *time.Duration) error {
	if d != nil && *d < 0 {
		return errors.New("--for: must not be negative")
	}
	return nil
}

func validRate(rate float64) error {
	if rate < 0 || rate > 10_000 || math.IsNaN(rate) {
		return errors.New("--rate: must be from 0 to 10000 calls a second")
	}
	return nil
}
