package cell_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// defect is a small change that breaks one numbered behaviour, read from a file
// of testdata/defects: two lines about it, then a unified diff.
type defect struct {
	number  string   // two digits
	pkg     string   // whose tests show it, "./cell"
	alsoRed []string // what else it breaks
	changes []fileChange
}

type fileChange struct {
	path  string
	hunks []hunk
}

// hunk replaces lines, context included.
type hunk struct{ old, new string }

func readDefect(file string) (d defect, err error) {
	f, err := os.Open(file)
	if err != nil {
		return d, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		change := &fileChange{}
		if n := len(d.changes); n > 0 {
			change = &d.changes[n-1]
		}
		h := &hunk{}
		if n := len(change.hunks); n > 0 {
			h = &change.hunks[n-1]
		}
		switch {
		case strings.HasPrefix(line, "# also red: "):
			d.alsoRed = strings.Fields(line)[3:]
		case strings.HasPrefix(line, "# "):
			if _, err := fmt.Sscanf(line, "# TestB%2s in %s", &d.number, &d.pkg); err != nil {
				return d, fmt.Errorf("want «# TestBNN in ./package: behaviour», got %q", line)
			}
			d.pkg = strings.TrimSuffix(d.pkg, ":")
		case strings.HasPrefix(line, "--- a/"):
		case strings.HasPrefix(line, "+++ b/"):
			d.changes = append(d.changes, fileChange{path: strings.TrimPrefix(line, "+++ b/")})
		case strings.HasPrefix(line, "@@ ") && len(d.changes) > 0:
			change.hunks = append(change.hunks, hunk{})
		case strings.HasPrefix(line, "-"):
			h.old += line[1:] + "\n"
		case strings.HasPrefix(line, "+"):
			h.new += line[1:] + "\n"
		case strings.HasPrefix(line, " "):
			h.old += line[1:] + "\n"
			h.new += line[1:] + "\n"
		default:
			return d, fmt.Errorf("this is not a line of a unified diff: %q", line)
		}
	}
	if d.number == "" || len(d.changes) == 0 {
		return d, fmt.Errorf("it lacks its first line, or changes nothing")
	}
	return d, lines.Err()
}

// apply returns the changed text. Lines may have moved, but each hunk must be
// found, and in one place only.
func (c fileChange) apply(text string) (string, error) {
	text = "\n" + text // so that a hunk is found at the start of a line only
	for i, h := range c.hunks {
		old, new := "\n"+h.old, "\n"+h.new
		if n := strings.Count(text, old); n != 1 {
			return "", fmt.Errorf("hunk %d of %s is found %d times", i+1, c.path, n)
		}
		text = strings.Replace(text, old, new, 1)
	}
	return text[1:], nil
}
