package fswtest

import (
	goparser "go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocNames: the documentation names each api command and each application there is.
func TestDocNames(t *testing.T) {
	doc, err := goparser.ParseFile(token.NewFileSet(), "doc.go", nil, goparser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	commands := doc.Doc.Text()
	_, commands, _ = strings.Cut(commands, "# Commands\n")
	commands, _, _ = strings.Cut(commands, "\n# ")
	source, err := os.ReadFile("call.go")
	if err != nil {
		t.Fatal(err)
	}
	known := regexp.MustCompile(`(?s)// does\. Known are (.*?)\nfunc`).FindString(string(source))
	for _, x := range []struct {
		what, text string
		names      []string
	}{{"api command", commands, sortedKeys(apiCommands)}, {"application", known, sortedKeys(applications)}} {
		for _, name := range x.names {
			if !regexp.MustCompile(`\b` + name + `\b`).MatchString(x.text) {
				t.Errorf("the %s %s is not named", x.what, name)
			}
		}
	}
}
