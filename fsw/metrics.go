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

// metric is an index of metricTable.
type metric int

const (
	bytesReceived metric = iota
	bytesSent
	messagesReceived
	eventsReceived
	logLinesReceived
	malformedEvents
	malformedLines
	droppedEvents
	unknownIDs
	misfits
	unexpectedReplies
	commandsSent
	commandsRefused
	commandsLost
	commandsGivenUp
	replyTimes
	jobTimes
	connectionAttempts
	logins
	losses
	switchesNow
	readyNow
	lagMessages
	lagBytes
	lagSeconds
	snapshotTimes
	differences
	faults
	channelsNow
	callsNow
	conferencesNow
	channelsEnded
	metricCount
)

// metricTable describes the metrics. Those that are cells of a Switch, too, are named alike.
var metricTable = [metricCount]struct {
	name  string
	kind  MetricKind
	label string
	help  string
}{
	bytesReceived:      {"fsw_received_bytes_total", MetricCounter, "", "Bytes received from FreeSWITCH."},
	bytesSent:          {"fsw_sent_bytes_total", MetricCounter, "", "Bytes sent to FreeSWITCH."},
	messagesReceived:   {"fsw_messages_total", MetricCounter, "content_type", "Messages applied to the model."},
	eventsReceived:     {"fsw_events_total", MetricCounter, "event", "Events applied to the model, by name, CUSTOM ones by subclass."},
	logLinesReceived:   {"fsw_log_lines_total", MetricCounter, "level", "Log lines of the server."},
	malformedEvents:    {"fsw_malformed_events_total", MetricCounter, "", "Events that could not be read and were dropped."},
	malformedLines:     {"fsw_malformed_lines_total", MetricCounter, "", "Lines of events that were skipped."},
	droppedEvents:      {"fsw_dropped_events_total", MetricCounter, "", "Events and log lines dropped because the model lagged."},
	unknownIDs:         {"fsw_unknown_ids_total", MetricCounter, "", "Events about ids that are no live channel."},
	misfits:            {"fsw_misfits_total", MetricCounter, "", "Values of headers that did not fit the cell they are for."},
	unexpectedReplies:  {"fsw_unexpected_replies_total", MetricCounter, "", "Replies to commands that were never sent."},
	commandsSent:       {"fsw_commands_total", MetricCounter, "command", "Commands sent."},
	commandsRefused:    {"fsw_commands_refused_total", MetricCounter, "command", "Commands answered by -ERR or -USAGE."},
	commandsLost:       {"fsw_commands_lost_total", MetricCounter, "command", "Commands whose connection ended before the reply."},
	commandsGivenUp:    {"fsw_commands_given_up_total", MetricCounter, "command", "Commands whose caller did not wait for the end: timeouts and cancelled contexts."},
	replyTimes:         {"fsw_reply_seconds", MetricTimes, "command", "From sending a command to its reply."},
	jobTimes:           {"fsw_job_seconds", MetricTimes, "command", "From sending a background job to its end."},
	connectionAttempts: {"fsw_connection_attempts_total", MetricCounter, "", "Connections that were tried."},
	logins:             {"fsw_logins_total", MetricCounter, "", "Connections that were let in."},
	losses:             {"fsw_losses_total", MetricCounter, "", "Connections that were lost after a login."},
	switchesNow:        {"fsw_switches", MetricGauge, "", "Switches that are open, be they connected or not."},
	readyNow:           {"fsw_ready", MetricGauge, "", "Switches that are ready: they know what the server knows."},
	lagMessages:        {"fsw_lag_messages", MetricGauge, "", "Messages that wait for the model."},
	lagBytes:           {"fsw_lag_bytes", MetricGauge, "", "Bytes of the messages that wait for the model."},
	lagSeconds:         {"fsw_lag_seconds", MetricGauge, "", "How long the oldest message has been waiting for the model."},
	snapshotTimes:      {"fsw_snapshot_seconds", MetricTimes, "look", "Comparing the model with the server's tables."},
	differences:        {"fsw_differences_total", MetricCounter, "what", "Differences from the server that comparisons have found and mended."},
	faults:             {"fsw_faults_total", MetricCounter, "", "Rules, observers and callbacks that failed."},
	channelsNow:        {"fsw_channels", MetricGauge, "", "Live channels."},
	callsNow:           {"fsw_calls", MetricGauge, "", "Live calls."},
	conferencesNow:     {"fsw_conferences", MetricGauge, "", "Live conferences."},
	channelsEnded:      {"fsw_channels_ended_total", MetricCounter, "cause", "Channels that ended, by cause."},
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
