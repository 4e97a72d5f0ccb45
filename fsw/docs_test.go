package fsw_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var writeDocs = flag.Bool("docs", false, "write the snippets and outputs of the examples into the documents")

// documents are those whose blocks of Go code are snippets of the tests of this package.
var documents = []string{"../docs/guide.md", "../docs/freeswitch.md", "../docs/command.md"}

// Every block of Go code in the documents is what stands in a test of this package between
// //doc:NAME and //doc:end, where NAME is behind the language of the block. So all of it is
// compiled; and it is run, since it is a part of an example with an output, or of what such an
// example or a test uses. A block of text with a name is the output of the example that the
// snippet is in.
func TestDocumentsShowWhatIsRun(t *testing.T) {
	snippets := readSnippets(t)
	shown := map[string]bool{}
	block := regexp.MustCompile("(?ms)^```(go|text)( [a-z]+)?\n(.*?)^```$")
	for _, name := range documents {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fresh := block.ReplaceAllStringFunc(string(text), func(b string) string {
			m := block.FindStringSubmatch(b)
			language, key := m[1], strings.TrimSpace(m[2])
			s, ok := snippets[key]
			want := s.code
			switch {
			case language == "text" && key == "":
				return b
			case !ok:
				t.Errorf("%s: no test has the snippet %q of\n%s", name, key, b)
				return b
			case language == "text":
				want = s.output
			default:
				shown[key] = true
			}
			if m[3] != want && !*writeDocs {
				t.Errorf("%s shows something else for %s: go test -run %s ./fsw -docs", name, key, t.Name())
			}
			return "```" + language + " " + key + "\n" + want + "```"
		})
		if *writeDocs {
			if err := os.WriteFile(name, []byte(fresh), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for key := range snippets {
		if !shown[key] {
			t.Errorf("no document shows the snippet %s", key)
		}
	}
}

// Every file that docs/freeswitch.md sends its reader to is there.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	text, err := os.ReadFile("../docs/freeswitch.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("`((?:fsw/)?[a-z/]+\\.go)`").FindAllSubmatch(text, -1)
	if len(found) < 20 {
		t.Errorf("%d files", len(found))
	}
	for _, m := range found {
		if _, err := os.Stat(strings.TrimPrefix(string(m[1]), "fsw/")); err != nil {
			t.Error(err)
		}
	}
}

// snippet is a part of a test.
type snippet struct {
	code   string // without its indentation
	output string // of the example it is in
}

// readSnippets reads the snippets of all tests of this package, by their names.
func readSnippets(t *testing.T) map[string]snippet {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	snippets := map[string]snippet{}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), "//doc:end\n") {
			continue
		}
		places := token.NewFileSet()
		file, err := parser.ParseFile(places, name, source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		outputs := map[string]string{}
		for _, e := range doc.Examples(file) {
			if e.Output != "" {
				outputs["Example"+e.Name] = e.Output
			}
		}
		run := reached(file, outputs)
		part := regexp.MustCompile(`(?ms)^(\t*)//doc:([a-z]+)\n(.*?)^\t*//doc:end$`)
		for _, m := range part.FindAllStringSubmatchIndex(string(source), -1) {
			key := string(source[m[4]:m[5]])
			in := slices.IndexFunc(file.Decls, func(d ast.Decl) bool {
				return places.Position(d.End()).Offset > m[6]
			})
			if in < 0 || !run[file.Decls[in]] {
				t.Errorf("%s: nothing runs the snippet %s", name, key)
				continue
			}
			if _, twice := snippets[key]; twice {
				t.Errorf("%s: there is another snippet %s", name, key)
			}
			s := snippet{code: unindent(string(source[m[6]:m[7]]), len(string(source[m[2]:m[3]])))}
			if f, ok := file.Decls[in].(*ast.FuncDecl); ok {
				s.output = outputs[f.Name.Name]
			}
			snippets[key] = s
		}
	}
	return snippets
}

// reached finds the declarations of a file that its tests, and its examples with an output, use.
func reached(file *ast.File, outputs map[string]string) map[ast.Decl]bool {
	uses, names := map[ast.Decl]map[string]bool{}, map[ast.Decl][]string{}
	found := map[ast.Decl]bool{}
	wanted := map[string]bool{}
	for _, d := range file.Decls {
		uses[d] = map[string]bool{}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				uses[d][n.Name] = true
			case *ast.TypeSpec:
				names[d] = append(names[d], n.Name.Name)
			case *ast.ValueSpec:
				for _, name := range n.Names {
					names[d] = append(names[d], name.Name)
				}
			}
			return true
		})
		if f, ok := d.(*ast.FuncDecl); ok {
			names[d] = []string{f.Name.Name}
			if _, example := outputs[f.Name.Name]; example || strings.HasPrefix(f.Name.Name, "Test") {
				wanted[f.Name.Name] = true
			}
		}
	}
	for again := true; again; {
		again = false
		for _, d := range file.Decls {
			if !found[d] && slices.ContainsFunc(names[d], func(name string) bool { return wanted[name] }) {
				found[d], again = true, true
				for name := range uses[d] {
					wanted[name] = true
				}
			}
		}
	}
	return found
}

// unindent takes n tabs off the lines of a text, and empty lines off its ends.
func unindent(text string, n int) string {
	var lines []string
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		for range n {
			line = strings.TrimPrefix(line, "\t")
		}
		lines = append(lines, strings.TrimRight(line, "\n"))
	}
	return fmt.Sprintln(strings.Join(lines, "\n"))
}
