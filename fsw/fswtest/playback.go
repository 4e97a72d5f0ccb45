package fswtest

import (
	"strconv"
	"strings"
	"time"
)

func playback(c *channel, x *execution) bool {
	d, found := c.s.opt.Playback(x.Data)
	if !found {
		x.response = "FILE NOT FOUND"
		return false
	}
	path := []header{}
	if scheme, _, ok := strings.Cut(x.Data, "://"); ok {
		if scheme != "silence_stream" {
			path = append(path, header{"Playback-File-Type", scheme})
		}
	}
	path = append(path, header{"Playback-File-Path", x.Data})
	c.event("PLAYBACK_START", path...)
	x.end = func(cut bool) {
		x.response = "FILE PLAYED"
		status := "done"
		if cut {
			status = "break"
			if x.endless {
				x.response = "PLAYBACK ERROR"
			}
		}
		ms := c.s.now.Sub(x.began).Milliseconds()
		c.set("playback_last_offset_pos", strconv.FormatInt(ms*8, 10))
		c.set("playback_seconds", strconv.FormatInt(ms/1000, 10))
		c.set("playback_ms", strconv.FormatInt(ms, 10))
		c.set("playback_samples", strconv.FormatInt(ms*8, 10))
		c.event("PLAYBACK_STOP", append(path, header{"Playback-Status", status})...)
	}
	return c.last(x, d)
}

// defaultPlayback is Options.Playback unless there is another one.
func defaultPlayback(file string) (time.Duration, bool) {
	scheme, rest, ok := strings.Cut(file, "://")
	if !ok {
		return 500 * time.Millisecond, !strings.Contains(file, "nonexistent")
	}
	switch scheme {
	case "silence_stream":
		rest, _, _ = strings.Cut(rest, ",")
		ms, err := strconv.Atoi(rest)
		if err != nil {
			return 500 * time.Millisecond, true
		}
		return time.Duration(ms) * time.Millisecond, true
	case "local_stream":
		return -1, true
	case "tone_stream":
		return toneTime(rest), true
	}
	return 500 * time.Millisecond, true
}

// toneTime adds up the %(on,off,…) of a tone, times its loops.
func toneTime(spec string) time.Duration {
	loops := 1
	spec, params, _ := strings.Cut(spec, ";")
	for p := range strings.SplitSeq(params, ";") {
		if v, ok := strings.CutPrefix(p, "loops="); ok {
			loops, _ = strconv.Atoi(v)
		}
	}
	total := 0
	for i, part := range strings.Split(spec, "%(") {
		if i == 0 {
			continue
		}
		nums := strings.SplitN(strings.TrimRight(part, ")"), ",", 3)
		for j := 0; j < len(nums) && j < 2; j++ {
			n, _ := strconv.Atoi(nums[j])
			total = min(total+max(n, 0), 86400000)
		}
	}
	if loops < 0 {
		return -1
	}
	return time.Duration(total) * time.Millisecond * time.Duration(min(max(loops, 1), 86400))
}
