package graphs

import "fmt"

// SJS drives the create and update suites of S.js. Its "computations" are what
// runs by itself in the library: observers or effects.
type SJS struct {
	Values func(n int) // creates sources 0, 1, … that hold their number
	Touch  func()      // reads each source three times
	// Rules creates n observers, in one go, that add so many sources to Sink, 1 if none. So
	// many in a row, fan, read the same ones; then come the next.
	Rules func(n, reads, fan int)
	Set   func(v int) // writes source 0 in a transaction of its own
	Close func()      // ends all that was created
}

const sCount = 100_000

var sjsCases = []Case{
	sjs("createSignals", sCount, 0, 0, 0, 0),
	sjs("create0to1", sCount, sCount, 0, 1, 0),
	sjs("create1to1", sCount, sCount, 1, 1, 0),
	sjs("create2to1", sCount/2, sCount/2, 2, 1, 0),
	sjs("create4to1", sCount/4, sCount/4, 4, 1, 0),
	sjs("create1000to1", sCount/1000, sCount/1000, 1000, 1, 0),
	sjs("create1to2", sCount, sCount, 1, 2, 0),
	sjs("create1to4", sCount, sCount, 1, 4, 0),
	sjs("create1to8", sCount, sCount, 1, 8, 0),
	sjs("create1to1000", sCount, sCount, 1, 1000, 0),
	sjs("update1to1", sCount*4, 1, 1, 1, sCount*4),
	sjs("update2to1", sCount*2, 1, 2, 1, sCount*2),
	sjs("update4to1", sCount, 1, 4, 1, sCount),
	sjs("update1000to1", sCount/250, 1, 1000, 1, sCount/250),
	sjs("update1to2", sCount, 2, 1, 2, sCount),
	sjs("update1to4", sCount, 4, 1, 4, sCount),
	sjs("update1to1000", sCount/10, 1000, 1, 1000, sCount/10),
}

// sjs takes the time of creating the rules (the sources, if there are none), of
// the writes and of ending it all; by rule created, by write if there are any.
func sjs(name string, ops, rules, reads, fan, writes int) Case {
	suite := "create"
	if writes > 0 {
		suite = "update"
	}
	return Case{Suite: suite, Name: name, run: func(l *Library, m *meter) bool {
		if l.SJS == nil {
			return false
		}
		ops, rules, writes := part(ops, m), part(rules, m), part(writes, m)
		m.shots(ops, func(w *watch) {
			s := l.SJS()
			if rules == 0 {
				w.start()
				s.Values(ops)
			} else {
				s.Values(rules / fan * reads)
				s.Touch()
				Sink = 0
				w.start()
				s.Rules(rules, reads, fan)
			}
			for i := range writes {
				s.Set(i + 1)
			}
			s.Close()
			w.stop()
			if want := total(rules, reads, fan, writes); rules > 0 {
				m.holds(Sink == want, fmt.Sprintf("the rules added up to %d, want %d", Sink, want))
			}
		})
		return true
	}}
}

// part makes large numbers smaller.
func part(n int, m *meter) int {
	if n <= 1000 {
		return n
	}
	return n / m.scale
}

// total is what all runs of all rules add up to: one at creation, one for each
// write if the rule reads source 0.
func total(rules, reads, fan, writes int) (sum int) {
	for j := range rules {
		from := j / fan * reads
		first := reads*from + reads*(reads-1)/2
		sum += first
		if from == 0 {
			sum += writes*first + writes*(writes+1)/2
		}
	}
	if reads == 0 {
		return rules
	}
	return sum
}
