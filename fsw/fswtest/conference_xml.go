package fswtest

import (
	"fmt"
	"strconv"
	"strings"
)

// conferencesXML is xml_list. Texts are URL-encoded besides, as there.
func conferencesXML(s *Server, rooms ...*conference) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<conferences>")
	for _, conf := range rooms {
		conf.xml(&b)
	}
	if len(rooms) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString("</conferences>\n")
	return b.String()
}

func (conf *conference) xml(b *strings.Builder) {
	attribute := func(name, value string) { fmt.Fprintf(b, " %s=\"%s\"", name, xmlAttribute(value)) }
	b.WriteString("\n  <conference")
	attribute("name", conf.name)
	attribute("member-count", strconv.Itoa(conf.count))
	attribute("ghost-count", strconv.Itoa(conf.ghosts))
	attribute("rate", strconv.Itoa(conferenceRate))
	attribute("uuid", conf.uuid)
	for _, f := range conf.flags() {
		if f != "recording" && f != "json_status" {
			attribute(f, "true")
		}
	}
	if conf.maxMembers > 0 {
		attribute("max_members", strconv.Itoa(conf.maxMembers))
	}
	if conf.recording > 0 {
		attribute("recording", "true")
	}
	if conf.grace > 0 {
		attribute("endconference_grace_time", strconv.Itoa(conf.grace))
	}
	attribute("run_time", strconv.Itoa(conf.s.elapsed(conf.started)))
	b.WriteString(">\n    <variables>")
	for _, v := range conf.vars {
		fmt.Fprintf(b, "\n      <variable name=\"%s\" value=\"%s\"></variable>", xmlAttribute(v.name), xmlAttribute(v.value))
	}
	if len(conf.vars) > 0 {
		b.WriteString("\n    ")
	}
	b.WriteString("</variables>\n    <members>")
	for _, m := range conf.members {
		m.xml(b)
	}
	if len(conf.members) > 0 {
		b.WriteString("\n    ")
	}
	b.WriteString("</members>\n  </conference>")
}

func (m *member) xml(b *strings.Builder) {
	if m.c == nil {
		status := ""
		if m.paused {
			status = ` status="paused"`
		}
		fmt.Fprintf(b, "\n      <member type=\"recording_node\">\n        <record_path%s>%s</record_path>\n"+
			"        <join_time type=\"UNIX-epoch\">%d</join_time>\n      </member>", status, xmlText(m.path), m.joined.Unix())
		return
	}
	b.WriteString("\n      <member type=\"caller\">")
	tag := func(name, value string) {
		fmt.Fprintf(b, "\n        <%s>%s</%s>", name, xmlText(string(appendURLEncoded(nil, value))), name)
	}
	flag := func(name string, on bool) { fmt.Fprintf(b, "\n          <%s>%t</%s>", name, on, name) }
	tag("id", strconv.Itoa(m.id))
	b.WriteString("\n        <flags>")
	flag("can_hear", !m.hold && m.canHear)
	flag("can_see", !m.hold)
	flag("can_speak", !m.hold && m.canSpeak)
	flag("mute_detect", m.muteDetect)
	flag("talking", !m.hold && m.talking)
	flag("hold", m.hold)
	flag("has_video", false)
	flag("video_bridge", false)
	flag("has_floor", m.conf.floor == m.id)
	flag("is_moderator", m.moderator)
	flag("end_conference", m.endConf)
	flag("mandatory_member_end_conference", m.mandatory)
	flag("is_ghost", m.ghost)
	b.WriteString("\n        </flags>")
	tag("uuid", m.c.uuid)
	tag("caller_id_name", m.c.p.cidName)
	tag("caller_id_number", m.c.p.cidNumber)
	tag("join_time", strconv.Itoa(m.conf.s.elapsed(m.joined)))
	talked := "N/A"
	if n, ever := m.lastTalking(); ever {
		talked = strconv.Itoa(n)
	}
	tag("last_talking", talked)
	tag("energy", strconv.Itoa(m.energy))
	tag("volume_in", strconv.Itoa(m.volumeIn))
	tag("volume_out", strconv.Itoa(m.volumeOut))
	tag("output-volume", strconv.Itoa(m.volumeOut))
	b.WriteString("\n      </member>")
}

// xmlAttribute escapes what may not stand between quotes.
func xmlAttribute(v string) string { return strings.ReplaceAll(xmlText(v), `"`, "&quot;") }
