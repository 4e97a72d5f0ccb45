package main

import (
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Every command line in the documents is one that the command takes, and every command and
// flag that it has is in docs/command.md.
func TestDocumentsNameWhatThereIs(t *testing.T) {
	std := &streams{out: &output{w: io.Discard, broken: func(error) {}}, err: io.Discard}
	parser, err := newParser(std, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile("../../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	manual := read("docs/command.md")
	lines := regexp.MustCompile(`(?m)^    fsw (.*)$`)
	for _, name := range []string{"docs/command.md", "README.md"} {
		found := lines.FindAllStringSubmatch(read(name), -1)
		if len(found) < 3 {
			t.Errorf("%s has %d command lines", name, len(found))
		}
		for _, m := range found {
			args, _, _ := strings.Cut(m[1], "  ") // what is behind is a remark
			args, _, _ = strings.Cut(args, " <")
			if _, err := parser.Parse(order(parser.Model, strings.Fields(args))); err != nil {
				t.Errorf("%s: fsw %s: %v", name, args, err)
			}
		}
	}
	var flags func(n *kong.Node)
	flags = func(n *kong.Node) {
		for _, f := range n.Flags {
			if f.Name != "help" && f.Name != "version" && !strings.Contains(manual, "--"+f.Name) {
				t.Errorf("docs/command.md does not tell of --%s of %s", f.Name, n.Path())
			}
		}
		for _, child := range n.Children {
			if !strings.Contains(manual, "fsw "+child.Name) {
				t.Errorf("docs/command.md does not tell of %s", child.Name)
			}
			flags(child)
		}
	}
	flags(parser.Model.Node)
}
