package cell_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/freeswytch/freeswytch/cell"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// times are from all over the years that a Moment can have.
func times() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(0, rapid.Int64Range(math.MinInt64+1, math.MaxInt64).Draw(t, "nanoseconds"))
	})
}

func TestB82_MomentsAreTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := times().Draw(t, "a"), times().Draw(t, "b")
		d := time.Duration(rapid.Int64().Draw(t, "d"))
		m, n := cell.At(a), cell.At(b)
		if !m.Time().Equal(a) {
			t.Errorf("%v became %v", a, m.Time())
		}
		if m.Compare(n) != a.Compare(b) || m.Before(n) != a.Before(b) || m.After(n) != a.After(b) || m.Equal(n) != a.Equal(b) || (m == n) != a.Equal(b) {
			t.Errorf("%v and %v compare otherwise than %v and %v", m, n, a, b)
		}
		if m.Sub(n) != a.Sub(b) {
			t.Errorf("%v, want %v", m.Sub(n), a.Sub(b))
		}
		if want := a.Add(d); want.Year() > 1678 && want.Year() < 2262 && m.Add(d) != cell.At(want) {
			t.Errorf("%v, want %v", m.Add(d), want)
		}
		if m.Before(m.Add(d)) != (d > 0 && m.Add(d) != m) || m.After(m.Add(d)) != (d < 0 && m.Add(d) != m) {
			t.Errorf("%v and %v later: %v", m, d, m.Add(d))
		}
		if m == cell.NotYet || m.Add(d) == cell.NotYet || m.Compare(cell.NotYet) != -1 || cell.NotYet.Compare(m) != 1 {
			t.Errorf("%v is not before never", m)
		}
	})
}

func TestB82_NotYet(t *testing.T) {
	var never cell.Moment
	m := cell.At(noon)
	if never != cell.NotYet || cell.At(time.Time{}) != never || !never.Time().IsZero() {
		t.Error("the zero Moment is not NotYet")
	}
	for _, d := range []time.Duration{0, 1, -1, math.MaxInt64, math.MinInt64} {
		if never.Add(d) != never {
			t.Error(d, "after NotYet is", never.Add(d))
		}
	}
	if never.Sub(m) != math.MaxInt64 || m.Sub(never) != math.MinInt64 || never.Sub(never) != 0 {
		t.Error(never.Sub(m), m.Sub(never), never.Sub(never))
	}
	if never.Before(never) || never.Before(m) || !m.Before(never) || never.Compare(never) != 0 {
		t.Error("NotYet is not the last moment")
	}
	if never.String() != "not yet" {
		t.Error(never.String())
	}
}

func TestMomentsBeyondTheEnds(t *testing.T) {
	first, last := cell.At(time.Unix(-1<<40, 0)), cell.At(time.Unix(1<<40, 0))
	for _, m := range []cell.Moment{first.Add(-1), first.Add(math.MinInt64), cell.At(time.Time{}.Add(1))} {
		if m != first {
			t.Error(m)
		}
	}
	for _, m := range []cell.Moment{last.Add(1), last.Add(math.MaxInt64)} {
		if m != last {
			t.Error(m)
		}
	}
	if last.Sub(first) != math.MaxInt64 || first.Sub(last) != math.MinInt64 || first.Add(1).Add(-1) != first {
		t.Error("the ends are not in order")
	}
}

func TestMomentsAsText(t *testing.T) {
	type call struct{ Begun, Ended cell.Moment }
	c := call{Begun: cell.At(noon.Add(time.Nanosecond))}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back call
	if err := json.Unmarshal(text, &back); err != nil || back != c {
		t.Error(string(text), back, err)
	}
	if err := json.Unmarshal([]byte(`{"Begun": "soon"}`), &back); err == nil || back != c {
		t.Error(back, err)
	}
}
