//go:build race

package fsw_test

const raceEnabled = true
