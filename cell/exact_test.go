package cell

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestExactSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e exact
		want := new(big.Float).SetPrec(4000)
		var there []float64
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			if len(there) > 0 && rapid.Bool().Draw(t, "remove") {
				i := rapid.IntRange(0, len(there)-1).Draw(t, "which")
				e.add(there[i], -1)
				want.Sub(want, big.NewFloat(there[i]))
				there = append(there[:i], there[i+1:]...)
			} else {
				x := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
				switch rapid.IntRange(0, 3).Draw(t, "kind") {
				case 0:
					x = float64(rapid.IntRange(-1000, 1000).Draw(t, "int"))
				case 1:
					x = rapid.Float64Range(-1, 1).Draw(t, "small")
				case 2:
					x = math.Float64frombits(rapid.Uint64Range(0, 1<<54).Draw(t, "tiny"))
				}
				if math.IsNaN(x) || math.IsInf(x, 0) {
					continue
				}
				e.add(x, 1)
				want.Add(want, big.NewFloat(x))
				there = append(there, x)
			}
			if rapid.IntRange(0, 9).Draw(t, "carry") == 0 {
				carry(&e.digits)
			}
			if w, _ := want.Float64(); e.value() != w {
				t.Fatalf("%v, want %v (%v)", e.value(), w, there)
			}
		}
	})
}

func TestExactSumsOfWhatIsNoNumber(t *testing.T) {
	var e exact
	e.add(1, 1)
	e.add(math.Inf(1), 1)
	if v := e.value(); !math.IsInf(v, 1) {
		t.Error(v)
	}
	e.add(math.Inf(-1), 1)
	if v := e.value(); !math.IsNaN(v) {
		t.Error(v)
	}
	e.add(math.Inf(1), -1)
	if v := e.value(); !math.IsInf(v, -1) {
		t.Error(v)
	}
	e.add(math.Inf(-1), -1)
	e.add(math.NaN(), 1)
	if v := e.value(); !math.IsNaN(v) {
		t.Error(v)
	}
	e.add(math.NaN(), -1)
	if v := e.value(); v != 1 {
		t.Error(v)
	}
}
