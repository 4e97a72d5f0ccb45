package fswtest

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// hangupCauses are all that the client knows, from its source.
func hangupCauses(t *testing.T) (all []esl.HangupCause) {
	t.Helper()
	file, err := goparser.ParseFile(token.NewFileSet(), "../esl/hangupcause.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Cause") {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, esl.HangupCause(text))
		return true
	})
	return all
}

// A call ends with each cause that there is, and tells its code of Q.850.
func TestHangupCauses(t *testing.T) {
	all := hangupCauses(t)
	if len(all) < 80 || len(all) != len(causes) {
		t.Errorf("%d causes, the client knows %d", len(causes), len(all))
	}
	bubble(t, Options{}, func(t *testing.T, s *Server) {
		c := login(t, s)
		c.want("event plain CHANNEL_HANGUP_COMPLETE", "+OK event listener enabled plain")
		hangup := func(text string) (cause, code string) {
			s.Call(CallOptions{}).Hangup(text)
			e := c.event()
			if e.get("Hangup-Cause") != e.get("variable_hangup_cause") {
				t.Errorf("%s: header %q, variable %q", text, e.get("Hangup-Cause"), e.get("variable_hangup_cause"))
			}
			return e.get("Hangup-Cause"), e.get("variable_hangup_cause_q850")
		}
		for _, cause := range all {
			want, known := cause.Q850()
			if got, code := hangup(string(cause)); got != string(cause) || code != strconv.Itoa(want) || !known {
				t.Errorf("%s: ended with %s, code %s, not %d", cause, got, code, want)
			}
		}
		for text, want := range map[string]string{"": "NORMAL_CLEARING", "nonsense": "NORMAL_CLEARING", "4711": "NORMAL_CLEARING",
			"user_busy": "USER_BUSY", "17": "USER_BUSY", "487": "ORIGINATOR_CANCEL"} {
			if got, _ := hangup(text); got != want {
				t.Errorf("%q: ended with %s, not %s", text, got, want)
			}
		}
	})
}
