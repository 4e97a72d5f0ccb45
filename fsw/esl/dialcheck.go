package esl

import "strings"

// enterprise is what divides dial strings that are called independently of one another. The
// server looks for it before anything else, wherever it stands.
const enterprise = ":_:"

// dial checks a part of a dial string.
func (a *args) dial(name, s string) {
	a.text(name, s)
	switch {
	case strings.Contains(s, enterprise):
		a.fail(name, "contains "+enterprise, s)
	case strings.ContainsAny(s, "\x01\x02"):
		a.fail(name, "contains a control character with which the server marks commas", "")
	case !balanced(s, '[', ']'):
		a.fail(name, "has a [ or ] without its partner, which the server cannot read", s)
	case namesVariable(s):
		a.fail(name, "contains ${", s)
	}
}

// variable checks a variable that is to stand between these brackets.
func (a *args) variable(v Variable, open, end byte) {
	a.variableName(v.Name)
	name := "variable " + v.Name
	switch {
	case v.Value == "":
		a.fail(name, "is empty, which sets nothing", "")
	case badByte(v.Value) != "":
		a.fail(name, badByte(v.Value), "")
	case !balanced(v.Value, open, end):
		a.fail(name, "has a "+string(open)+" or "+string(end)+" without its partner, which the server cannot read", "")
	case namesVariable(v.Value):
		a.fail(name, "contains ${, which the server refuses", "")
	case strings.Contains(v.Value, enterprise):
		a.fail(name, "contains "+enterprise, "")
	case strings.ContainsAny(v.Value, "\x01\x02"):
		a.fail(name, "contains a control character with which the server marks commas", "")
	}
}

// variableName checks the name of a variable.
func (a *args) variableName(name string) {
	a.word("variable name", name)
	if strings.ContainsAny(name, `=,;'"\{}[]()<>^|&$`+"\x01\x02") {
		a.fail("variable name", "contains a character of the syntax around it", name)
	}
}

// balanced reports whether brackets come in pairs. The server counts them and knows
// neither quotes nor backslashes there.
func balanced(s string, open, end byte) bool {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case open:
			depth++
		case end:
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// join keeps the error of a part that was checked before.
func (a *args) join(err *CommandError) {
	if a.err == nil {
		a.err = err
	}
}
