package fswtest

import (
	"strconv"
	"strings"
)

// json_list is printed as the real server's library does it, tabs and all.

// jsonField is one line of a jsonObject. A value is a bool, an int, a string,
// a jsonObject or a jsonList.
type jsonField struct {
	name  string
	value any
}
type jsonObject []jsonField
type jsonList []jsonObject

func (o *jsonObject) add(name string, value any) { *o = append(*o, jsonField{name, value}) }

func confJSON(conf *conference, w []string) (string, bool) {
	return conferencesJSON(conf.s, []*conference{conf}, len(w) == 3 && w[2] == "compact"), true
}

func conferencesJSON(s *Server, rooms []*conference, compact bool) string {
	list := make(jsonList, 0, len(rooms))
	for _, conf := range rooms {
		list = append(list, conf.json())
	}
	return string(appendJSON(nil, list, 0, compact))
}

func (conf *conference) json() jsonObject {
	s := conf.s
	o := jsonObject{{"conference_name", conf.name}, {"member_count", conf.count}, {"ghost_count", conf.ghosts},
		{"rate", conferenceRate}, {"run_time", s.elapsed(conf.started)}, {"conference_uuid", conf.uuid}, {"canvas_count", 0},
		{"max_bw_in", 0}, {"force_bw_in", 0}, {"video_floor_packets", 0}, {"locked", conf.locked}, {"destruct", false},
		{"wait_mod", conf.waitMod}, {"audio_always", false}, {"running", true}, {"answered", conf.answered},
		{"enforce_min", conf.enforceMin}, {"bridge_to", false}, {"dynamic", true}, {"exit_sound", conf.exitOn},
		{"enter_sound", conf.enterOn}, {"recording", conf.recording > 0}, {"video_bridge", false},
		{"video_floor_only", false}, {"video_rfc4579", false}}
	if conf.maxMembers > 0 {
		o.add("max_members", conf.maxMembers)
	}
	vars := jsonObject{}
	for _, v := range conf.vars {
		vars.add(v.name, v.value)
	}
	o.add("variables", vars)
	members := jsonList{}
	for _, m := range conf.members {
		members = append(members, m.json())
	}
	o.add("members", members)
	return o
}

func (m *member) json() jsonObject {
	if m.c == nil {
		o := jsonObject{{"type", "recording_node"}, {"record_path", m.path}}
		if m.paused {
			o.add("status", "paused")
		}
		o.add("join_time", int(m.joined.Unix()))
		return o
	}
	talked, _ := m.lastTalking()
	flags := jsonObject{{"can_hear", !m.hold && m.canHear}, {"can_see", !m.hold}, {"can_speak", !m.hold && m.canSpeak},
		{"hold", m.hold}, {"mute_detect", m.muteDetect}, {"talking", m.talking}, {"has_video", false}, {"video_bridge", false},
		{"has_floor", m.conf.floor == m.id}, {"is_moderator", m.moderator}, {"end_conference", m.endConf},
		{"mandatory_member_end_conference", m.mandatory}, {"pass_digits", m.passDigits}}
	return jsonObject{{"type", "caller"}, {"id", m.id}, {"flags", flags}, {"uuid", m.c.uuid},
		{"caller_id_name", m.c.p.cidName}, {"caller_id_number", m.c.p.cidNumber}, {"join_time", m.conf.s.elapsed(m.joined)},
		{"last_talking", talked}, {"energy", m.energy}, {"volume_in", m.volumeIn}, {"volume_out", m.volumeOut},
		{"output-volume", m.volumeOut}, {"input-volume", m.volumeIn}}
}

// appendJSON prints a value that stands depth levels deep.
func appendJSON(b []byte, value any, depth int, compact bool) []byte {
	tabs := func(n int) {
		if !compact {
			b = append(b, '\n')
			b = append(b, strings.Repeat("\t", n)...)
		}
	}
	switch v := value.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case string:
		return appendJSONString(b, v)
	case jsonList:
		b = append(b, '[')
		for i, o := range v {
			if i > 0 && compact {
				b = append(b, ',')
			} else if i > 0 {
				b = append(b, ", "...)
			}
			b = appendJSON(b, o, depth+1, compact)
		}
		return append(b, ']')
	case jsonObject:
		b = append(b, '{')
		for i, f := range v {
			if i > 0 {
				b = append(b, ',')
			}
			tabs(depth + 1)
			b = appendJSONString(b, f.name)
			b = append(b, ':')
			if !compact {
				b = append(b, '\t')
			}
			b = appendJSON(b, f.value, depth+1, compact)
		}
		tabs(depth)
		return append(b, '}')
	}
	return b
}
