package cell_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Numbered tests that hardly any defect breaks: they show that a defect has
// broken one thing, not everything.
var sentinels = []string{"01", "43", "52", "61"}

var verdict = regexp.MustCompile(`(?m)^--- (PASS|FAIL): TestB(\d\d)_`)

// TestDefects puts each change of testdata/defects into the packages and sees
// that the test with its number turns red. That takes some seconds for each, so
// it is for CI, with DEFECTS=run in the environment, and not under the race
// detector; else it only sees that the changes still apply. DEFECTS=all runs all
// numbered tests of the package and says which are red, for the second line of a
// file that is new.
func TestDefects(t *testing.T) {
	files, err := filepath.Glob("testdata/defects/*.patch")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d defects, %v", len(files), err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	two := make(chan struct{}, 2) // at a time
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			two <- struct{}{}
			defer func() { <-two }()
			d, err := readDefect(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(name, d.number+"_") {
				t.Errorf("%s is about %s", name, d.number)
			}
			overlay, err := d.overlay(root, t.TempDir())
			if err != nil {
				t.Fatalf("%v: the code has changed. Make the defect again, by hand, in a clean tree:\n"+
					"\tgit diff -U1 >cell/%s\nand put back the lines in front that begin with #.", err, filepath.ToSlash(file))
			}
			if os.Getenv("DEFECTS") != "" && !raceEnabled && !testing.Short() {
				d.check(t, root, overlay)
			}
		})
	}
}

// overlay writes the changed files to dir, and a file that tells go build to
// take them instead.
func (d defect) overlay(root, dir string) (file string, err error) {
	replace := map[string]string{}
	for i, c := range d.changes {
		path := filepath.Join(root, filepath.FromSlash(c.path))
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		changed, err := c.apply(string(text))
		if err != nil {
			return "", err
		}
		replace[path] = filepath.Join(dir, string(rune('a'+i))+".go")
		if err := os.WriteFile(replace[path], []byte(changed), 0o666); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, text, 0o666)
}

// check runs the tests on the changed packages.
func (d defect) check(t *testing.T, root, overlay string) {
	all := os.Getenv("DEFECTS") == "all"
	run := "^TestB(" + strings.Join(append(slices.Clone(sentinels), d.number), "|") + ")_"
	if all {
		run = `^TestB\d\d_`
	}
	cmd := exec.Command("go", "test", "-overlay", overlay, "-vet=off", "-ldflags=-s -w", "-timeout=60s", "-v", "-run", run, d.pkg)
	if d.pkg == "./cell" {
		cmd.Args = append(cmd.Args, "-rapid.nofailfile") // what it finds are the defects
	}
	cmd.Dir = root
	out, _ := cmd.CombinedOutput() // it must fail
	var red []string
	ran := false
	for _, m := range verdict.FindAllStringSubmatch(string(out), -1) {
		ran = ran || m[2] == d.number
		if m[1] == "FAIL" && !slices.Contains(red, m[2]) {
			red = append(red, m[2])
		}
	}
	slices.Sort(red)
	if all {
		t.Logf("# also red: %s", strings.Join(slices.DeleteFunc(slices.Clone(red), func(n string) bool { return n == d.number }), " "))
	}
	if !ran {
		t.Fatalf("TestB%s did not run to its end:\n%s", d.number, out)
	}
	if !slices.Contains(red, d.number) {
		t.Errorf("TestB%s does not notice", d.number)
	}
	for _, n := range red {
		if n != d.number && !slices.Contains(d.alsoRed, n) {
			t.Errorf("TestB%s turned red, too", n)
		}
	}
}
