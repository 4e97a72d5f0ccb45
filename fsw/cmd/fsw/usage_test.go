package main

import (
	"strings"
	"testing"
)

func TestWrongUsage(t *testing.T) {
	for _, c := range []struct{ args, word string }{
		{"", "demo"},
		{"nonsense", "nonsense"},
		{"channels --nonsense", "--nonsense"},
		{"--nonsense channels", "--nonsense"},
		{"channels --at 3", "--at"},
		{"channels extra", "extra"},
		{"replay", "file"},
		{"replay a b", "b"},
		{"replay a --at x", "--at"},
		{"replay a --at -1", "--at"},
		{"replay a --at", "--at"},
		{"events -n many", "--count"},
		{"events -n -1", "--count"},
		{"demo --for -1s", "--for"},
		{"demo --for soon", "--for"},
		{"demo --rate -1", "--rate"},
		{"demo --rate NaN", "--rate"},
		{"sim --rate x", "--rate"},
		{"api", "cmd"},
		{"api status --nonsense", "--nonsense"},
		{"log --level loud", "loud"},
		{"top --timeout 5", "--timeout"},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := command(t, strings.Fields(c.args)...).fails(t, exitUsage, c.word)
			if o.stdout != "" {
				t.Errorf("stdout %q", o.stdout)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Setenv("FSW_PASSWORD", "s3cret")
	for _, c := range []struct{ args, word string }{
		{"--help", "replay"},
		{"help", "replay"},
		{"events --help", "_body"},
		{"--help events", "_body"},
		{"help events", "_body"},
		{"channels -h", "other_leg_uuid"},
		{"replay --help", "unknown_ids"},
		{"--version", "fsw "},
		{"version", "fsw "},
	} {
		t.Run(c.args, func(t *testing.T) {
			o := command(t, strings.Fields(c.args)...).succeeds(t)
			if !strings.Contains(o.stdout, c.word) || strings.Contains(o.stdout, "s3cret") {
				t.Errorf("%q in %s", c.word, o.stdout)
			}
		})
	}
}
