package fsw

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Metrics are numbers about what switches do, for monitoring: give one to
// Options.Metrics, to as many switches and outbound sessions as are to be counted
// together. The zero Metrics is ready for use; it must not be copied.
//
// All methods may be called by any goroutine at any time, and wait for nothing: no graph
// is locked, and no code of yours is called. What happens in a transaction is counted
// when it commits, once, however often it was applied before.
//
// Metrics is an expvar.Var as it is. A Collector of Prometheus, or the callback of
// OpenTelemetry's observable instruments, is a loop over All.
type Metrics struct{ families [metricCount]samples }

// Sample is one number of Metrics, or one distribution of times.
type Sample struct {
	// Name is as Prometheus wants it, such as "fsw_events_total", with the unit, if there
	// is one, at its end. Help explains it in a line.
	Name, Help string
	Kind       MetricKind
	// Label names what tells the samples of one name apart, such as "event", and Value is
	// which one this is, such as "CHANNEL_ANSWER"; both are empty if there is only one.
	// There are at most 1000 values; what else comes is counted as "other".
	Label, Value string
	// Number is the number of a counter or gauge. What is a time is in seconds.
	Number float64
	// Times are those of a MetricTimes.
	Times Times
}

// MetricKind says how a sample changes.
type MetricKind string

// The kinds of metrics.
const (
	MetricCounter MetricKind = "counter" // only grows
	MetricGauge   MetricKind = "gauge"   // how many there are now
	MetricTimes   MetricKind = "times"   // how long something takes: a histogram
)

// Times is a distribution of times.
type Times struct {
	Count uint64
	Sum   time.Duration
	// Within counts, for each of TimesBounds, the times that were not longer: as
	// Prometheus wants it, those of smaller bounds are counted again.
	Within [len(TimesBounds)]uint64
}

// TimesBounds are the bounds by which times are counted.
var TimesBounds = [...]time.Duration{
	time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
	500 * time.Millisecond, time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute,
}

// samples are those of one metric.
type samples struct {
	mu      sync.RWMutex
	byValue map[string]*series
}

// series is one sample as it is kept.
type series struct {
	number atomic.Int64 // of lagSeconds in nanoseconds
	within [len(TimesBounds) + 1]atomic.Uint64
	sum    atomic.Int64
}

const (
	maxSeries   = 1000
	otherSeries = "other"
)

func (f *samples) at(value string) *series {
	f.mu.RLock()
	s := f.byValue[value]
	f.mu.RUnlock()
	if s != nil {
		return s
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byValue == nil {
		f.byValue = map[string]*series{}
	}
	if len(f.byValue) >= maxSeries {
		value = otherSeries
	}
	if s = f.byValue[value]; s == nil {
		s = new(series)
		f.byValue[string([]byte(value))] = s // not a piece of an event
	}
	return s
}

// add adds to a counter or gauge. m may be nil.
func (m *Metrics) add(of metric, value string, n int64) {
	if m != nil && n != 0 {
		m.families[of].at(value).number.Add(n)
	}
}

// took notes a time. m may be nil.
func (m *Metrics) took(of metric, value string, d time.Duration) {
	if m == nil {
		return
	}
	s := m.families[of].at(value)
	i, _ := slices.BinarySearch(TimesBounds[:], d)
	s.within[i].Add(1)
	s.sum.Add(int64(d))
}

// All yields the samples as they are now, name by name and sorted by value. A counter or gauge
// without a label is there from the start, as 0; others are when something was counted.
func (m *Metrics) All() iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for of := range metricCount {
			t := &metricTable[of]
			f := &m.families[of]
			f.mu.RLock()
			all := maps.Clone(f.byValue)
			f.mu.RUnlock()
			if all == nil && t.label == "" {
				all = map[string]*series{"": new(series)}
			}
			for _, value := range slices.Sorted(maps.Keys(all)) {
				s := Sample{Name: t.name, Help: t.help, Kind: t.kind, Label: t.label, Value: value}
				all[value].fill(&s, of)
				if !yield(s) {
					return
				}
			}
		}
	}
}

func (s *series) fill(to *Sample, of metric) {
	if to.Kind != MetricTimes {
		to.Number = float64(s.number.Load())
		if of == lagSeconds {
			to.Number /= float64(time.Second)
		}
		return
	}
	t := &to.Times
	t.Sum = time.Duration(s.sum.Load())
	for i := range s.within {
		t.Count += s.within[i].Load()
		if i < len(t.Within) {
			t.Within[i] = t.Count
		}
	}
}

// String returns all samples as one JSON object, as expvar wants it: by name, those with a
// label as objects by its value, times with their count and their sum in seconds.
func (m *Metrics) String() string {
	out := map[string]any{}
	for s := range m.All() {
		var v any = s.Number
		if s.Kind == MetricTimes {
			v = map[string]any{"count": s.Times.Count, "sum": s.Times.Sum.Seconds()}
		}
		if s.Label == "" {
			out[s.Name] = v
			continue
		}
		by, _ := out[s.Name].(map[string]any)
		if by == nil {
			by = map[string]any{}
			out[s.Name] = by
		}
		by[s.Value] = v
	}
	text, err := json.Marshal(out)
	if err != nil {
		return "{}" // numbers and strings can always be written
	}
	return string(text)
}
