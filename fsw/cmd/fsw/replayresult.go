package main

import (
	"runtime"
	"time"

	"github.com/freeswytch/freeswytch/cell"
)

// replayed is what a replay found.
type replayed struct {
	Bytes          int64            `json:"bytes"`
	Messages       int              `json:"messages"`
	Events         int              `json:"events"`
	XMLEvents      int              `json:"xml_events"`
	LogLines       int              `json:"log_lines"`
	Replies        int              `json:"replies"`
	Notices        int              `json:"notices"`
	AuthRequests   int              `json:"auth_requests"`
	Rejections     int              `json:"rejections"`
	Unknown        int              `json:"unknown"`
	Errors         []replayError    `json:"errors"`
	MalformedLines uint64           `json:"malformed_lines"`
	UnknownIDs     uint64           `json:"unknown_ids"`
	Stats          *replayStats     `json:"stats,omitempty"`
	Channels       []channelJSON    `json:"channels"`
	Conferences    []conferenceJSON `json:"conferences"`
}

type replayError struct {
	Kind   string `json:"kind"`
	Offset int64  `json:"offset"`
	Detail string `json:"detail"`
}

type replayStats struct {
	Seconds           float64 `json:"seconds"`
	BytesPerSecond    float64 `json:"bytes_per_second"`
	MessagesPerSecond float64 `json:"messages_per_second"`
	EventsPerSecond   float64 `json:"events_per_second"`
	AllocsPerEvent    float64 `json:"allocs_per_event"`
}

// measure runs play and notes what it took.
func (p *replay) measure(play func()) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	play()
	seconds := time.Since(start).Seconds()
	runtime.ReadMemStats(&after)
	p.result.Stats = &replayStats{
		Seconds:           seconds,
		BytesPerSecond:    float64(p.framer.Offset()) / seconds,
		MessagesPerSecond: float64(p.result.Messages) / seconds,
		EventsPerSecond:   float64(p.result.Events) / seconds,
		AllocsPerEvent:    float64(after.Mallocs-before.Mallocs) / float64(max(1, p.result.Events)),
	}
}

// outcome is what was counted, and what the model says now.
func (p *replay) outcome() *replayed {
	n := &p.result
	n.Bytes = p.framer.Offset()
	p.sw.Graph().View(func(r cell.Reader) {
		n.MalformedLines = p.sw.MalformedLines.Get(r)
		n.UnknownIDs = p.sw.UnknownIDs.Get(r)
		n.Channels = liveChannels(r, p.sw)
		n.Conferences = liveConferences(r, p.sw)
	})
	return n
}

func (n *replayed) print(out *output) {
	out.printf("%d messages, %d bytes: %d events, %d replies, %d log lines",
		n.Messages, n.Bytes, n.Events, n.Replies, n.LogLines)
	for _, few := range []struct {
		n    int
		what string
	}{
		{n.AuthRequests, "login requests"}, {n.Rejections, "rejections"}, {n.Notices, "disconnect notices"},
		{n.XMLEvents, "of the events in XML, which is not read"}, {n.Unknown, "of unknown type"},
		{int(n.MalformedLines), "malformed lines"},
	} {
		if few.n > 0 {
			out.printf(", %d %s", few.n, few.what)
		}
	}
	out.printf("\n")
	for _, e := range n.Errors {
		out.printf("%s error at byte %d: %s\n", e.Kind, e.Offset, e.Detail)
	}
	if s := n.Stats; s != nil {
		out.printf("%.3f s: %.1f MB/s, %.0f messages/s, %.0f events/s, %.1f allocations per event\n",
			s.Seconds, s.BytesPerSecond/1e6, s.MessagesPerSecond, s.EventsPerSecond, s.AllocsPerEvent)
	}
	out.printf("%d channels live, %d events about ids that were not\n", len(n.Channels), n.UnknownIDs)
	printTable(out, n.Channels)
	if len(n.Conferences) > 0 {
		what := "conferences"
		if len(n.Conferences) == 1 {
			what = "conference"
		}
		out.printf("%d %s live\n", len(n.Conferences), what)
		printConferences(out, n.Conferences)
	}
}
