package fsw

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Filter lets only events pass that match it, or that match another one that is on the
// connection. What it says is checked by the server, so that the others do not use the
// network.
type Filter struct {
	Header string // of the event; one that lacks it does not match
	// Value is what the header must be, but for case, or a regular expression in slashes.
	// With a '-' before it, events that match do not pass at all; if all filters are
	// such, nothing does. All '+', '-' and spaces at its start are eaten, and no regular
	// expression follows them: a number such as +15551234 can only be matched by /15551234/.
	Value string
}

// keepFilters adds the rule that tells the server which filters there are. Its value is
// what the server has been told.
func (sw *Switch) keepFilters(tx cell.Tx) {
	m := cell.Maintain(sw.scope.In(tx), "", func(tx cell.Tx, told string) string {
		if !sw.LoggedIn.Get(tx.Reader) {
			sw.filtered.Clear(tx)
			return ""
		}
		now := sw.wantedFilters(tx)
		before := told
		var all strings.Builder
		for _, f := range now {
			all.WriteString(f.line())
			if !strings.Contains("\n"+before, "\n"+f.line()) {
				sw.tell(tx, esl.Filter(f.Header, f.Value), func(tx cell.Tx, r Reply) { sw.filterAnswered(tx, f, r) })
			}
		}
		// What is gone goes after what has come, or everything would pass between them.
		for line := range strings.Lines(before) {
			if strings.Contains("\n"+all.String(), "\n"+line) {
				continue
			}
			header, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			f := Filter{header, value}
			c := esl.FilterDelete(f.Header, f.Value)
			sw.tell(tx, c, func(tx cell.Tx, r Reply) {
				sw.filtered.Delete(tx, f)
				sw.refused(tx, c.Line, r)
			})
		}
		return all.String()
	})
	sw.rules[m.Named("fsw: filters")] = true
}

func (f Filter) line() string { return f.Header + " " + f.Value + "\n" }

// wantedFilters are those that can be said, and what passes in any case: the ends of background
// jobs, for which somebody waits, and heartbeats.
func (sw *Switch) wantedFilters(tx cell.Tx) (filters []Filter) {
	for f := range sw.Filters.All(tx.Reader) {
		if err := f.check(); err != nil {
			sw.failed(tx, "filtering", err)
			continue
		}
		filters = append(filters, f)
	}
	for _, own := range ownFilters {
		if len(filters) > 0 && !slices.Contains(filters, own) {
			filters = append(filters, own)
		}
	}
	return filters
}

// check says whether the filter can be set and taken away again.
func (f Filter) check() error {
	if strings.EqualFold(f.Header, "all") { // taking it away would delete every filter
		_, err := esl.FilterDelete(f.Header, "").Encode()
		return err
	}
	_, err := esl.Filter(f.Header, f.Value).Encode()
	return err
}

func (sw *Switch) filterAnswered(tx cell.Tx, f Filter, r Reply) {
	if r.Err == nil {
		sw.filtered.Set(tx, f, strings.TrimSpace(r.Text))
		sw.refused(tx, esl.Filter(f.Header, f.Value).Line, r)
	}
}

// AddFilter adds a filter to Filters and waits until the server has set it. The error is a
// *esl.CommandError if it cannot be said, a *esl.ReplyError if the server refuses it, and
// otherwise as with Wait: the filter then stays among Filters.
func (sw *Switch) AddFilter(ctx context.Context, f Filter) error {
	cell.MustNotBlock("AddFilter")
	if m := sw.mirror; m != nil {
		return m.source.AddFilter(ctx, f)
	}
	if err := f.check(); err != nil {
		return err
	}
	err := sw.graph.UpdateContext(ctx, func(tx cell.Tx) error { sw.Filters.Add(tx, f); return nil })
	if err != nil {
		return err
	}
	var answer string
	err = sw.Wait(ctx, func(r cell.Reader) (answered bool) {
		answer, answered = sw.filtered.Get(r, f)
		return answered
	})
	if err != nil {
		return fmt.Errorf("fsw: filter %s: %w", f.Header, err)
	}
	return refusal("filter "+f.Header, answer)
}

// RemoveFilter removes a filter from Filters and waits until the server has deleted it; with
// an empty Value all of its header. To remove what is not there does nothing.
func (sw *Switch) RemoveFilter(ctx context.Context, f Filter) error {
	cell.MustNotBlock("RemoveFilter")
	if m := sw.mirror; m != nil {
		return m.source.RemoveFilter(ctx, f)
	}
	is := func(g Filter) bool {
		return strings.EqualFold(g.Header, f.Header) && (f.Value == "" || f.Value == g.Value)
	}
	err := sw.graph.UpdateContext(ctx, func(tx cell.Tx) error {
		for _, g := range slices.Collect(sw.Filters.All(tx.Reader)) {
			if is(g) {
				sw.Filters.Remove(tx, g)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = sw.Wait(ctx, func(r cell.Reader) bool {
		for g := range sw.filtered.All(r) {
			wanted := sw.Filters.Has(r, g) || g.own() && sw.Filters.Len(r) > 0
			if !wanted && (is(g) || g.own()) {
				return false
			}
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("fsw: filter delete %s: %w", f.Header, err)
	}
	return nil
}

// ownFilters let pass what passes in any case.
var ownFilters = []Filter{{"Event-Name", esl.EventBackgroundJob}, {"Event-Name", esl.EventHeartbeat}}

func (f Filter) own() bool { return slices.Contains(ownFilters, f) }
