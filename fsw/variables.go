package fsw

import (
	"iter"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Variables are the variables of a channel at some moment. They do not change.
type Variables struct {
	ev    *esl.Event
	first int // index of the first header that is a variable
}

const variablePrefix = "variable_"

// Get returns a variable, named without "variable_".
func (v Variables) Get(name string) (value string, ok bool) {
	if v.ev == nil {
		return "", false
	}
	return v.ev.Get(variablePrefix + name)
}

// All yields names, without "variable_", and values.
func (v Variables) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if v.ev == nil {
			return
		}
		for i := v.first; i < v.ev.Len(); i++ {
			name, value := v.ev.At(i)
			if name, ok := strings.CutPrefix(name, variablePrefix); ok && !yield(name, value) {
				return
			}
		}
	}
}

func sameVariables(a, b Variables) bool {
	if a.ev == nil || b.ev == nil {
		return a.ev == b.ev
	}
	return a.ev.SameFrom(a.first, b.ev, b.first)
}

// keepVariables says which variables of channels are kept, see Options.
func (sw *Switch) keepVariables(names []string) {
	if names == nil {
		return
	}
	sw.kept = make([]esl.Key, 0, len(names))
	for _, name := range names {
		sw.kept = append(sw.kept, esl.MakeKey(variablePrefix+strings.TrimPrefix(name, variablePrefix)))
	}
}

// setVariables takes the variables of an event, which begin at header i.
func (ch *Channel) setVariables(tx cell.Tx, ev *esl.Event, i int) {
	kept := ch.sw.kept
	if kept == nil {
		ch.Variables.Set(tx, Variables{ev, i})
		return
	}
	if !ch.Variables.Peek(tx.Reader).agree(kept, ev) {
		var pairs []string
		for _, k := range kept {
			if i, ok := ev.Lookup(k); ok {
				_, value := ev.At(i)
				pairs = append(pairs, k.Name(), value)
			}
		}
		ch.Variables.Set(tx, Variables{ev: esl.NewEvent("", pairs...)})
	}
}

// agree says whether v holds of the names what the event says.
func (v Variables) agree(names []esl.Key, ev *esl.Event) bool {
	for _, k := range names {
		i, is := ev.Lookup(k)
		was, had := "", false
		if v.ev != nil {
			was, had = v.ev.Get(k.Name())
		}
		if is != had || is && !ev.ValueIs(i, was) {
			return false
		}
	}
	return true
}
