package cell_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// docs/cells.md says which test shows which behaviour. These tests hold it to that.

const (
	cellsMD    = "../docs/cells.md"
	behaviours = 90
	defects    = 10
)

// testFunctions returns the names of all tests and examples of the packages that
// the numbers are about.
func testFunctions(t *testing.T) (names []string) {
	for _, dir := range []string{".", "../pipe", "../fsw"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && testName.MatchString(f.Name.Name) {
					names = append(names, f.Name.Name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

var (
	testName  = regexp.MustCompile(`^(Test|Example|Fuzz|Benchmark)`)
	mentioned = regexp.MustCompile("`((?:Test|Example|Fuzz|Benchmark)\\w+)`(?: \\((\\d+)\\))?")
	numbered  = regexp.MustCompile(`^TestB(\d\d)_`)
	span      = regexp.MustCompile(`^(\d+)(?:–(\d+))?$`)
)

// numbersIn returns the numbers of a cell of a table: "33, 34", "53–55".
func numbersIn(text string) (out []int) {
	for part := range strings.SplitSeq(text, ",") {
		m := span.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil
		}
		from, _ := strconv.Atoi(m[1])
		to := from
		if m[2] != "" {
			to, _ = strconv.Atoi(m[2])
		}
		for n := from; n <= to; n++ {
			out = append(out, n)
		}
	}
	return out
}

// row is a line of a table of docs/cells.md.
type row struct {
	section string
	columns []string
	numbers []int
}

func readCellsMD(t *testing.T) (text string, rows []row) {
	b, err := os.ReadFile(cellsMD)
	if err != nil {
		t.Fatal(err)
	}
	section := ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if s, ok := strings.CutPrefix(line, "## "); ok {
			section = s
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|-") || strings.HasPrefix(line, "| no ") {
			continue
		}
		columns := strings.Split(strings.Trim(line, "|"), " | ")
		rows = append(rows, row{section, columns, numbersIn(columns[0])})
	}
	return string(b), rows
}

// Every test that docs/cells.md mentions exists: by its name, or by its name up to
// an underscore. A number after it says how many there are, if more than one.
func TestDocumentedTestsExist(t *testing.T) {
	functions := testFunctions(t)
	text, _ := readCellsMD(t)
	for _, m := range mentioned.FindAllStringSubmatch(text, -1) {
		found := 0
		for _, f := range functions {
			if f == m[1] || strings.HasPrefix(f, m[1]+"_") {
				found++
			}
		}
		want := 1
		if m[2] != "" {
			want, _ = strconv.Atoi(m[2])
		}
		if found != want {
			t.Errorf("docs/cells.md mentions %d %s, there are %d", want, m[1], found)
		}
	}
}

// Every behaviour and every defect has its row, and every numbered test is
// mentioned there.
func TestEveryNumberIsDocumentedOnce(t *testing.T) {
	_, rows := readCellsMD(t)
	ofBehaviours, ofDefects := map[int]int{}, map[int]int{}
	for _, r := range rows {
		of := ofBehaviours
		if strings.HasPrefix(r.section, "Defects") {
			of = ofDefects
		}
		for _, n := range r.numbers {
			of[n]++
		}
	}
	for n := 1; n <= behaviours; n++ {
		if ofBehaviours[n] != 1 {
			t.Errorf("behaviour %d has %d rows", n, ofBehaviours[n])
		}
	}
	for n := 1; n <= defects; n++ {
		if ofDefects[n] != 1 {
			t.Errorf("defect %d has %d rows", n, ofDefects[n])
		}
	}
	for _, f := range testFunctions(t) {
		m := numbered.FindStringSubmatch(f)
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[1])
		named := fmt.Sprintf("`TestB%02d`", n)
		if !slices.ContainsFunc(rows, func(r row) bool {
			return slices.Contains(r.numbers, n) && strings.Contains(strings.Join(r.columns, "|"), named)
		}) {
			t.Errorf("%s: no row %d of docs/cells.md mentions %s", f, n, named)
		}
	}
}
