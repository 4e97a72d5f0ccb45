package cell_test

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What looks like a link to an identifier, but leads nowhere, is printed as it
// stands.
var deadLink = regexp.MustCompile(`\[\*?[A-Z]\w*(\.[A-Z]\w*)?\]`)

func TestDocLinksLeadSomewhere(t *testing.T) {
	for _, dir := range []string{".", "../pipe"} {
		fset := token.NewFileSet()
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		var files []*ast.File
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := parser.ParseFile(fset, path, text, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		p, err := doc.NewFromFiles(fset, files, "github.com/freeswytch/freeswytch/cell")
		if err != nil {
			t.Fatal(err)
		}
		check := func(name, text string) {
			for _, block := range p.Parser().Parse(text).Content {
				for _, plain := range plainText(block) {
					if dead := deadLink.FindString(plain); dead != "" {
						t.Errorf("%s: %s leads nowhere", name, dead)
					}
				}
			}
		}
		check(p.Name, p.Doc)
		for _, f := range p.Funcs {
			check(f.Name, f.Doc)
		}
		for _, typ := range p.Types {
			check(typ.Name, typ.Doc)
			for _, f := range append(typ.Funcs, typ.Methods...) {
				check(typ.Name+"."+f.Name, f.Doc)
			}
		}
	}
}

func plainText(b comment.Block) (out []string) {
	var texts []comment.Text
	switch b := b.(type) {
	case *comment.Paragraph:
		texts = b.Text
	case *comment.List:
		for _, item := range b.Items {
			for _, inner := range item.Content {
				out = append(out, plainText(inner)...)
			}
		}
	}
	for _, t := range texts {
		if plain, ok := t.(comment.Plain); ok {
			out = append(out, string(plain))
		}
	}
	return out
}
