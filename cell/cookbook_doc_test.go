package cell_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

var cook = flag.Bool("cook", false, "write the code of the cookbook's examples into docs/cells.md")

// The cookbook in docs/cells.md shows the examples of cookbook_test.go: below the
// heading of each pattern is the body of the function that is named there.
func TestCookbookShowsItsExamples(t *testing.T) {
	const source = "cookbook_test.go"
	code, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, source, code, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(cellsMD)
	if err != nil {
		t.Fatal(err)
	}
	doc, patterns := string(text), 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		patterns++
		body := string(code[files.Position(f.Body.Lbrace).Offset+1 : files.Position(f.Body.Rbrace).Offset])
		want := "```go" + strings.ReplaceAll(body, "\n\t", "\n") + "```\n"
		if n := strings.Count(want, "\n"); n > 32 {
			t.Errorf("%s has %d lines", f.Name.Name, n)
		}
		block := regexp.MustCompile("(?s)(### [^\n]*`" + f.Name.Name + "`\n(?:[^`#][^\n]*\n|\n)*)```go\n.*?```\n")
		at := block.FindStringSubmatchIndex(doc)
		switch {
		case at == nil:
			t.Errorf("docs/cells.md has no code for %s", f.Name.Name)
		case *cook:
			doc = doc[:at[3]] + want + doc[at[1]:]
		case doc[at[3]:at[1]] != want:
			t.Errorf("docs/cells.md shows other code for %s: go test -run %s -cook ./cell", f.Name.Name, t.Name())
		}
	}
	_, book, _ := strings.Cut(doc, "\n## Cookbook\n")
	book, _, _ = strings.Cut(book, "\n## ")
	if n := strings.Count(book, "```go\n"); n != patterns || n < 12 {
		t.Errorf("docs/cells.md shows %d patterns of %d", n, patterns)
	}
	if *cook && !t.Failed() {
		if err := os.WriteFile(cellsMD, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
