package fswtest

import (
	"strconv"
	"strings"
)

// What a conference is set to: get, set, variables, sounds, relations.

func confGetvar(conf *conference, w []string) (string, bool) {
	if len(w) < 3 {
		return "", true
	}
	v, _ := conf.vars.get(w[2])
	return v, true
}

// confVariables bounds what clients can add to every event.
const confVariables = 1000

func confSetvar(conf *conference, w []string) (string, bool) {
	if w = append(w, "", ""); w[2] != "" && len(conf.vars) < confVariables {
		conf.vars.set(w[2], w[3])
	}
	return "+OK\n", true
}

func confGet(conf *conference, w []string) (string, bool) {
	if len(w) != 3 {
		return "", false
	}
	n := strconv.Itoa
	switch strings.ToLower(w[2]) {
	case "run_time":
		return n(conf.s.elapsed(conf.started)), true
	case "count":
		return n(conf.count), true
	case "count_ghosts":
		return n(conf.ghosts), true
	case "max_members":
		return n(conf.maxMembers), true
	case "rate":
		return n(conferenceRate), true
	case "profile_name":
		return conf.profile, true
	case "sound_prefix":
		return conf.prefix, true
	case "caller_id_name":
		return conf.callerName, true
	case "caller_id_number":
		return conf.callerNum, true
	case "is_locked":
		if conf.locked {
			return "locked", true
		}
		return "", true
	case "endconference_grace_time":
		return n(conf.grace), true
	case "uuid":
		return conf.uuid, true
	case "wait_mod":
		if conf.waitMod {
			return "true", true
		}
		return "", true
	}
	return "", false
}

// confSet answers with the old value.
func confSet(conf *conference, w []string) (string, bool) {
	if len(w) != 4 || w[3] == "" {
		return "", false
	}
	number := func(to *int) (string, bool) {
		v := decimalPrefix(w[3])
		if v < 0 {
			return "", false
		}
		old := *to
		*to = v
		return strconv.Itoa(old), true
	}
	text := func(to *string) (string, bool) {
		old := *to
		*to = w[3]
		return old, true
	}
	switch strings.ToLower(w[2]) {
	case "max_members":
		return number(&conf.maxMembers)
	case "endconference_grace_time":
		return number(&conf.grace)
	case "sound_prefix":
		return text(&conf.prefix)
	case "caller_id_name":
		return text(&conf.callerName)
	case "caller_id_number":
		return text(&conf.callerNum)
	}
	return "", false
}

func confExitSound(conf *conference, w []string) (string, bool) {
	return conf.sound(w, "exit", &conf.exitOn, &conf.exitSound)
}

func confEnterSound(conf *conference, w []string) (string, bool) {
	return conf.sound(w, "enter", &conf.enterOn, &conf.enterSound)
}

// sound is exit_sound and enter_sound.
func (conf *conference) sound(w []string, which string, on *bool, file *string) (string, bool) {
	if len(w) <= 2 {
		return "-ERR Not enough args\n", false
	}
	switch strings.ToLower(w[2]) {
	case "on":
		*on = true
		conf.fire(which + "-sounds-on")
		return "+OK " + w[0] + " " + which + " sounds on (" + *file + ")\n", true
	case "off", "none":
		*on = false
		conf.fire(which + "-sounds-off")
		return "+OK " + w[0] + " " + which + " sounds off (" + *file + ")\n", true
	case "file":
		if len(w) < 4 {
			return "-ERR No filename specified\n", true
		}
		out := ""
		if which == "exit" {
			out = "+OK Old exit sound: [" + *file + "]\n"
		}
		*file = w[3]
		conf.fire(which + "-sound-file-changed")
		return out + "+OK " + w[0] + " " + which + " sound file set to " + *file + "\n", true
	}
	return "-ERR Bad args\n", false
}

func confRelate(conf *conference, w []string) (string, bool) {
	if len(w) <= 3 {
		return conf.showRelations(w), true
	}
	if len(w) == 4 {
		return "", false
	}
	action := w[4]
	clear := strings.EqualFold(action, "clear")
	r := relation{noSpeak: strings.Contains(action, "nospeak"), noHear: strings.Contains(action, "nohear")}
	if !clear && !r.noSpeak && !r.noHear {
		return "", false
	}
	out := ""
	for a := range strings.SplitSeq(w[2], ",") {
		for b := range strings.SplitSeq(w[3], ",") {
			id := decimalPrefix(a)
			r.other = decimalPrefix(b)
			arrow := strconv.Itoa(id) + "->" + strconv.Itoa(r.other)
			m := conf.member(id)
			switch {
			case clear && m != nil:
				m.unrelate(r.other)
				out += "+OK relationship " + arrow + " cleared.\n"
			case m != nil && conf.member(r.other) != nil:
				m.relate(r)
				out += "+OK " + arrow + " " + action + " set\n"
			default:
				out += "-ERR relationship " + arrow + " not found.\n"
			}
		}
	}
	return out, true
}

func (conf *conference) showRelations(w []string) string {
	if conf.relations == 0 {
		return "+OK No relationships\n"
	}
	out := ""
	if len(w) < 3 {
		return out
	}
	say := func(not bool, word string) string {
		if not {
			return "NO" + word
		}
		return word
	}
	for text := range strings.SplitSeq(w[2], ",") {
		id := decimalPrefix(text)
		for _, m := range conf.members {
			if id > 0 && m.id != id {
				continue
			}
			for _, r := range m.relations {
				out += strconv.Itoa(m.id) + " -> " + strconv.Itoa(r.other) + " " + say(r.noSpeak, "SPEAK ") +
					say(r.noHear, "HEAR ") + "NOSENDVIDEO \n"
			}
		}
	}
	return out
}

func (m *member) relate(r relation) {
	m.unrelate(r.other)
	m.relations = append([]relation{r}, m.relations...)
	m.conf.relations++
	if r.noSpeak {
		m.talking = false
		m.conf.stir()
	}
}

// unrelate forgets what was said about another member; 0: about all.
func (m *member) unrelate(other int) {
	var kept []relation
	for _, r := range m.relations {
		if other != 0 && r.other != other {
			kept = append(kept, r)
		}
	}
	m.conf.relations -= len(m.relations) - len(kept)
	m.relations = kept
}
