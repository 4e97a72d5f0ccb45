package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/internal/bench/graphs"
)

// lib is a library that can be measured: a command in ../libs.
type lib struct {
	name     string // in tables and on the command line
	dir      string
	module   string // that it needs besides our own, "" for ours
	version  string
	patch    *patch
	checkout string   // of this repository, whose command it is, "" for this one
	args     []string // of its command
	slow     bool     // takes part in the first round only, with fewer repetitions

	command string // once built
}

// patch is applied to a copy of the module before it is built.
type patch struct{ file, old, new string }

// Ours is the first: everything is compared with it.
var libs = []*lib{
	{name: "cell", dir: "cell"},
	{name: "by-hand", dir: "hand"},
	{name: "alien-patched", dir: "_alien", module: alien, version: alienVersion, patch: alienPatch},
	{name: "alien", dir: "_alien", module: alien, version: alienVersion, slow: true},
	{name: "incr", dir: "_incr", module: incr, version: incrVersion},
	{name: "incr-1.4.13", dir: "_incr", module: incr, version: "v1.4.13", slow: true},
	{name: "incr-cutoff", dir: "_incr", module: incr, version: incrVersion, args: []string{"-cutoff"}, slow: true},
	{name: "sig", dir: "_sig", module: "github.com/AnatoleLucet/sig", version: "v0.1.0", slow: true},
	{name: "coregx", dir: "_coregx", module: "github.com/coregx/signals", version: "v0.1.0", slow: true},
}

const (
	incr         = "github.com/wcharczuk/go-incr"
	incrVersion  = "v1.4.14-0.20260719010049-5043dd8b4f83"
	alien        = "github.com/delaneyj/alien-signals-go"
	alienVersion = "v0.0.9-0.20250325083354-d08ea7aead68"
)

// alienPatch corrects an operator: without it the library dereferences nil on
// the graphs in which a cell has several listeners at the end of its list.
var alienPatch = &patch{
	"reactive_systems.go",
	"current.nextSub != nil && current.prevSub != nil",
	"current.nextSub != nil || current.prevSub != nil",
}

// build builds the library's command in dir. It is built in a module made for
// the purpose, so that ours needs none of the others: the module proxy may not
// have one, and one is built twice, with and without a correction.
func (l *lib) build(bench, dir string) error {
	dir = filepath.Join(dir, l.name)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	l.command = filepath.Join(dir, "command")
	args := []string{"build", "-o", l.command}
	if l.checkout != "" {
		bench = filepath.Join(l.checkout, "internal", "bench")
	}
	if l.module != "" {
		mod := fmt.Sprintf("module %s\n\ngo 1.25.0\n\nrequire %s %s\n", benchModule, l.module, l.version)
		if l.patch != nil {
			copied, err := l.patched(bench, dir)
			if err != nil {
				return err
			}
			mod += fmt.Sprintf("\nreplace %s => %s\n", l.module, copied)
		}
		file := filepath.Join(dir, "go.mod")
		if err := os.WriteFile(file, []byte(mod), 0o666); err != nil {
			return err
		}
		args = append(args, "-modfile", file, "-mod=mod")
	}
	_, err := l.run(bench, append(args, "./libs/"+l.dir)...)
	return err
}

// patched returns a patched copy of the module.
func (l *lib) patched(bench, dir string) (string, error) {
	out, err := l.run(bench, "mod", "download", "-json", l.module+"@"+l.version)
	var module struct{ Dir, Error string }
	if json.Unmarshal(out, &module) == nil && module.Error != "" {
		return "", errors.New(module.Error)
	}
	if err != nil {
		return "", err
	}
	copied := filepath.Join(dir, "module")
	if err := os.CopyFS(copied, os.DirFS(module.Dir)); err != nil {
		return "", err
	}
	file := filepath.Join(copied, l.patch.file)
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if n := bytes.Count(text, []byte(l.patch.old)); n != 1 {
		return "", fmt.Errorf("%s: %q is there %d times, not once", l.patch.file, l.patch.old, n)
	}
	text = bytes.Replace(text, []byte(l.patch.old), []byte(l.patch.new), 1)
	return copied, os.WriteFile(file, text, 0o666)
}

// run runs the Go command.
func (l *lib) run(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=") // that of dir
	if l.module != "" {
		cmd.Env = append(os.Environ(), "GOWORK=off")
	}
	out, err := cmd.Output()
	if failed, ok := err.(*exec.ExitError); ok {
		err = fmt.Errorf("go %s: %s", args[0], bytes.TrimSpace(append(failed.Stderr, out...)))
	}
	return out, err
}

// patience is how long a library may take for a graph in a round.
const patience = 5 * time.Minute

// benchDir is where the benchmark's module is.
func benchDir() (string, error) {
	out, err := new(lib).run(".", "list", "-m", "-f", "{{.Dir}}", benchModule)
	return strings.TrimSpace(string(out)), err
}

// measure runs the library's command.
func (l *lib) measure(c graphs.Case, budget time.Duration, part int) (r graphs.Result) {
	if l.slow {
		part *= 10
	}
	args := append(l.args, "-graph", c.Name, "-time", budget.String(), "-part", strconv.Itoa(part))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, l.command, args...).Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	failed, exited := err.(*exec.ExitError)
	switch {
	case ctx.Err() != nil:
		r.Crash = "it does not end"
	case exited && failed.ExitCode() == graphs.ExitUnknown: // an older checkout
		r.Missing = true
	case err != nil:
		r.Crash = err.Error()
	}
	return r
}
