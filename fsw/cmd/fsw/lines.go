package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// liner writes news as lines, and counts them for a last one.
type liner struct {
	out   *output
	graph *cell.Graph
	json  bool

	counts map[string]int // by kind
	causes map[string]int
}

func (l *liner) tell(n news) {
	l.counts[n.kind]++
	if n.kind == "hangup" {
		l.causes[n.text]++
	}
	now := time.Now()
	if !l.json {
		var uuid string
		if n.member != nil {
			uuid = cell.Read(l.graph, &n.member.UUID)
		} else {
			uuid = cell.Read(l.graph, &n.channel.UUID)
		}
		l.out.printf("%s  %-8s  %-8s  %s\n", now.Format("15:04:05.000"), short(uuid), n.kind, printable(n.text))
		return
	}
	line := struct {
		Time       string       `json:"time"`
		News       string       `json:"news"`
		Channel    *channelJSON `json:"channel"`
		Conference string       `json:"conference,omitempty"`
		Member     *memberJSON  `json:"member,omitempty"`
	}{Time: *moment(fsw.Moment(now.UnixMicro())), News: n.kind}
	l.graph.View(func(r cell.Reader) {
		if n.channel != nil {
			ch := asJSON(r, n.channel)
			line.Channel = &ch
		}
		if n.member != nil {
			m := memberAsJSON(r, n.member)
			line.Conference, line.Member = n.member.Conference().Name(), &m
		}
	})
	l.out.json(line)
}

// sum is the last line.
func (l *liner) sum(events int, took time.Duration) {
	if l.json {
		return
	}
	var causes []string
	for _, cause := range slices.Sorted(maps.Keys(l.causes)) {
		causes = append(causes, fmt.Sprintf("%s %d", cause, l.causes[cause]))
	}
	ended := fmt.Sprintf("%d hung up", l.counts["hangup"])
	if len(causes) > 0 {
		ended += " (" + strings.Join(causes, ", ") + ")"
	}
	l.out.printf("%d channels in %s: %d answered, %d bridged, %d joined conferences, %s, %d live; %d events\n", l.counts["created"],
		took.Round(100*time.Millisecond), l.counts["answered"], l.counts["bridged"], l.counts["joined"], ended,
		l.counts["created"]-l.counts["hangup"], events)
}
