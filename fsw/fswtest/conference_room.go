package fswtest

import (
	"slices"
	"strconv"
	"strings"
)

// The commands of the api that are about a conference as a whole. w are all
// words, beginning with its name.

func confCount(conf *conference, _ []string) (string, bool) { return strconv.Itoa(conf.count), true }

func confLock(on bool) func(*conference, []string) (string, bool) {
	return func(conf *conference, w []string) (string, bool) {
		conf.lock(on)
		if on {
			return "+OK " + w[0] + " locked\n", true
		}
		return "+OK " + w[0] + " unlocked\n", true
	}
}

func confNoVideo(*conference, []string) (string, bool) {
	return "-ERR Conference is not in mixing mode\n", true
}

func confPlay(conf *conference, w []string) (string, bool) {
	async := false
	if n := len(w); (n == 4 || n == 5) && strings.EqualFold(w[n-1], "async") {
		async, w = true, w[:n-1]
	}
	if len(w) < 3 {
		return "", false
	}
	file := w[2]
	notFound := "-ERR (play) File: " + file + " not found.\n"
	if len(w) > 3 {
		m := conf.memberNamed(w[3])
		if m == nil {
			return "-ERR Member: " + w[3] + " not found.\n", false
		}
		if !m.files.add(file, 0) {
			return notFound, true
		}
		m.fire("play-file-member", nil, header{"File", file})
		return "+OK (play) Playing file " + file + " to member " + strconv.Itoa(m.id) + "\n", true
	}
	list := &conf.files
	if async {
		list = &conf.background
		list.async = true
		list.close()
	}
	how := strconv.FormatBool(async)
	if !list.add(file, 0) {
		if e := conf.begin("play-file/error"); e != nil {
			e.add("Action", "play-file")
			conf.s.fireWith(e, []header{{"File", file}, {"Async", how}, {"Error", "File could not be played"}})
		}
		return notFound, true
	}
	conf.fire("play-file", header{"File", file}, header{"Async", how})
	return "+OK (play) Playing file " + file + "\n", true
}

func confSay(conf *conference, text string) (string, bool) {
	if text == "" {
		return "-ERR (say) Error! No text.\n", false
	}
	conf.fire("speak-text", header{"Text", text})
	return "+OK (say) OK\n", true
}

func confSayMember(conf *conference, text string) (string, bool) {
	who, text, _ := strings.Cut(text, " ")
	if text == "" {
		return "-ERR (saymember) No Text!\n", false
	}
	m := conf.memberNamed(who)
	if m == nil {
		return "-ERR (saymember) Unknown Member " + who + "!\n", false
	}
	m.fire("speak-text-member", nil, header{"Text", m.c.expand(text)})
	return "+OK (saymember) OK\n", true
}

func confStop(conf *conference, w []string) (string, bool) {
	what := "all"
	if len(w) > 2 {
		what = strings.ToLower(w[2])
	}
	if what != "all" && what != "current" && what != "async" {
		return "", false
	}
	n := 0
	switch {
	case len(w) == 4:
		m := conf.memberNamed(w[3])
		if m == nil {
			return "-ERR Member: " + w[3] + " not found.\n", true
		}
		if what != "async" {
			n = m.files.stop(what == "all")
		}
	case what == "async":
		n = conf.background.stop(true)
	default:
		n = conf.files.stop(what == "all")
		if what == "all" {
			n += conf.background.stop(true)
		}
	}
	return "+OK Stopped " + strconv.Itoa(n) + " files.\n", true
}

func confRecord(conf *conference, w []string) (string, bool) {
	if len(w) <= 2 {
		return "", false
	}
	path := w[2]
	for _, m := range conf.recordings() {
		if m.path == path {
			return "-ERR file [" + path + "] is already being used for recording.\n", true
		}
	}
	if len(conf.members) >= playLimit {
		return "-ERR file [" + path + "] cannot be recorded.\n", true
	}
	conf.record(path)
	return "+OK Record file " + path + "\n", true
}

func confCheckRecord(conf *conference, _ []string) (string, bool) {
	out := ""
	for _, m := range conf.recordings() {
		out += "+OK Record file " + m.path + "\n"
	}
	if out == "" {
		out = "-ERR Conference is not being recorded.\n"
	}
	return out, true
}

// confNoRecord counts what has ended by the time of its answer: nothing.
func confNoRecord(conf *conference, w []string) (string, bool) {
	if len(w) <= 2 {
		return "", false
	}
	out := conf.endRecordings(w[2])
	if out == "" && w[2] != "all" {
		out = "-ERR non-existant recording '" + w[2] + "'\n"
	}
	return out + "+OK Stopped recording 0 files\n", true
}

func confPauseRecord(conf *conference, w []string) (string, bool) {
	pause := strings.EqualFold(w[1], "pause")
	if len(w) <= 2 || !pause && !strings.EqualFold(w[1], "resume") {
		return "", false
	}
	word, action := "Resume", "resume-recording"
	if pause {
		word, action = "Pause", "pause-recording"
	}
	out := "+OK " + word + " recording file " + w[2] + "\n"
	found := false
	for _, m := range conf.recordings() {
		if m.path == w[2] {
			m.pause(pause)
			found = true
		}
	}
	if !found {
		return out + "-ERR non-existant recording '" + w[2] + "'\n", true
	}
	conf.fire(action, header{"Path", w[2]}, header{"Other-Recordings", "true"})
	return out, true
}

// confRecording is the newer form of the commands about recordings.
func confRecording(conf *conference, w []string) (string, bool) {
	if len(w) < 3 {
		return "", false
	}
	verb := strings.ToLower(w[2])
	if len(w) == 3 {
		if verb != "stop" && verb != "check" {
			return confRecord(conf, w) // the older form: a file
		}
		w = append(slices.Clone(w), "all")
	}
	rest := append([]string{w[0], verb}, w[3:4]...)
	switch verb {
	case "start":
		return confRecord(conf, rest)
	case "stop":
		return confNoRecord(conf, rest)
	case "check":
		return confCheckRecord(conf, rest)
	case "pause", "resume":
		return confPauseRecord(conf, rest)
	}
	return "", false
}

func confPin(conf *conference, w []string) (string, bool) {
	switch verb := w[1]; {
	case len(w) == 4 && w[2] == "mod":
		conf.modPin = w[3]
		return "+OK Moderator Pin for conference " + w[0] + " set: " + w[3] + "\n", true
	case len(w) == 3 && verb == "pin":
		conf.pin = w[2]
		return "+OK Pin for conference " + w[0] + " set: " + w[2] + "\n", true
	case len(w) == 2 && verb == "nopin":
		conf.pin = ""
		return "+OK Pin for conference " + w[0] + " deleted\n", true
	}
	return "-ERR Invalid parameters:\n", false
}
