package fswtest

import (
	"strconv"
	"strings"
)

// conferenceCommand is one of "conference <name> <command>": for the whole
// conference, for members that its first argument picks, or for all the text
// behind it. One that returns false is answered with its usage, behind what it
// has said.
type conferenceCommand struct {
	syntax  string
	conf    func(conf *conference, w []string) (string, bool)
	members func(m *member, arg string) string
	text    func(conf *conference, text string) (string, bool)
}

const (
	target      = "<[member_id|all]|last|non_moderator>"
	targetLevel = "<member_id|all|last|non_moderator> [<newval>]"
	targetQuiet = target + " [<quiet>]"
)

var conferenceCommands map[string]conferenceCommand

func init() {
	conferenceCommands = map[string]conferenceCommand{
		"count":       {conf: confCount},
		"list":        {syntax: "[delim <string>]|[count]", conf: confList},
		"xml_list":    {conf: func(conf *conference, _ []string) (string, bool) { return conferencesXML(conf.s, conf), true }},
		"json_list":   {syntax: "[compact]", conf: confJSON},
		"energy":      {syntax: targetLevel, members: memberEnergy},
		"auto-energy": {syntax: targetLevel, members: memberAutoEnergy},
		"max-energy":  {syntax: targetLevel, members: memberMaxEnergy},
		"agc":         {syntax: targetLevel, members: memberAGC},
		"volume_in":   {syntax: targetLevel, members: memberVolumeIn},
		"volume_out":  {syntax: targetLevel, members: memberVolumeOut},
		"play":        {syntax: "<file_path> [async|<member_id> [nomux]]", conf: confPlay},
		"say":         {syntax: "<text>", text: confSay},
		"saymember":   {syntax: "<member_id> <text>", text: confSayMember},
		"stop":        {syntax: "<[current|all|async|last]> [<member_id>]", conf: confStop},
		"dtmf":        {syntax: "<[member_id|all|last|non_moderator]> <digits>", members: memberDTMF},
		"kick":        {syntax: "<[member_id|all|last|non_moderator]> [<optional sound file>]", members: said("kicked", (*member).kick)},
		"hup":         {syntax: "<[member_id|all|last|non_moderator]>", members: said("hup", (*member).hup)},
		"hold":        {syntax: target + " [file]", members: memberHold},
		"unhold":      {syntax: target, members: said("unhold", (*member).takeOffHold)},
		"mute":        {syntax: targetQuiet, members: said("mute", (*member).mute)},
		"tmute":       {syntax: targetQuiet, members: memberToggleMute},
		"unmute":      {syntax: targetQuiet, members: said("unmute", (*member).unmute)},
		"deaf":        {syntax: target, members: said("deaf", (*member).deafen)},
		"undeaf":      {syntax: target, members: said("undeaf", (*member).undeafen)},
		"relate":      {syntax: "<member_id>[,<member_id>] <other_member_id>[,<other_member_id>] [nospeak|nohear|clear]", conf: confRelate},
		"getvar":      {syntax: "<varname>", conf: confGetvar},
		"setvar":      {syntax: "<varname> <value>", conf: confSetvar},
		"lock":        {conf: confLock(true)},
		"unlock":      {conf: confLock(false)},
		"dial":        {syntax: dialSyntax}, // by apiConference, since they take their time
		"bgdial":      {syntax: dialSyntax},
		"transfer":    {syntax: "<conference_name> <member id> [...<member id>]", conf: confTransfer},
		"record":      {syntax: "<filename>", conf: confRecord},
		"chkrecord":   {syntax: "<confname>", conf: confCheckRecord},
		"norecord":    {syntax: "<[filename|all]>", conf: confNoRecord},
		"pause":       {syntax: "<filename>", conf: confPauseRecord},
		"resume":      {syntax: "<filename>", conf: confPauseRecord},
		"recording":   {syntax: "[start|stop|check|pause|resume] [<filename>|all]", conf: confRecording},
		"exit_sound":  {syntax: "on|off|none|file <filename>", conf: confExitSound},
		"enter_sound": {syntax: "on|off|none|file <filename>", conf: confEnterSound},
		"pin":         {syntax: "<pin#>", conf: confPin},
		"nopin":       {conf: confPin},
		"get":         {syntax: "<parameter-name>", conf: confGet},
		"set":         {syntax: "<max_members|sound_prefix|caller_id_name|caller_id_number|endconference_grace_time> <value>", conf: confSet},
		"floor":       {syntax: "<member_id|last>", members: func(m *member, _ string) string { return m.toggleFloor() }},
		"get-uuid":    {syntax: "<member_id|last>", members: func(m *member, _ string) string { return m.c.uuid }},
		"vid-layout":  {syntax: "<layout name>|group <group name> [<canvas id>]", conf: confNoVideo},
	}
}

// conferenceWords is how many words of a command the real server looks at.
const conferenceWords = 25

// apiConference is conference [<name>] <command> ….
func apiConference(x *apiCall) (string, bool) {
	w := splitArgs(x.args)
	w = w[:min(len(w), conferenceWords)]
	s := x.s
	s.enter()
	if len(w) > 2 && (strings.EqualFold(w[1], "dial") || strings.EqualFold(w[1], "bgdial")) {
		return s.conferenceDial(x, w) // leaves the switch
	}
	defer s.leave()
	if len(w) == 0 {
		return conferenceHelp(), true
	}
	conf := s.conference(w[0])
	if conf == nil {
		return s.withoutConference(w), true
	}
	if len(w) < 2 {
		return "Conference command, not specified.\nTry 'help'\n", true
	}
	name := strings.ToLower(w[1])
	cmd, ok := conferenceCommands[name]
	if !ok {
		return "-ERR Conference command '" + w[1] + "' not found.\n", true
	}
	usage := cmd.usage(name)
	switch {
	case cmd.members != nil:
		return conf.each(cmd, w, usage), true
	case cmd.text != nil:
		_, text, _ := strings.Cut(x.args, " ")
		_, text, _ = strings.Cut(strings.TrimLeft(text, " "), " ")
		out, ok := cmd.text(conf, strings.TrimLeft(text, " \t"))
		return withUsage(out, ok, usage), true
	case cmd.conf != nil:
		out, ok := cmd.conf(conf, w)
		return withUsage(out, ok, usage), true
	}
	return "-ERR Bad Args\n" + usage, true
}

func withUsage(out string, ok bool, usage string) string {
	if !ok {
		out += usage
	}
	return out
}

func (cmd conferenceCommand) usage(name string) string { return name + " " + cmd.syntax }

func conferenceHelp() string {
	var b strings.Builder
	for _, name := range sortedKeys(conferenceCommands) {
		b.WriteString("<conf name> " + conferenceCommands[name].usage(name) + "\n")
	}
	return b.String()
}

// withoutConference are the commands about all conferences.
func (s *Server) withoutConference(w []string) string {
	switch strings.ToLower(w[0]) {
	case "list":
		return s.listConferences(w)
	case "count":
		return strconv.Itoa(len(s.confs.rooms))
	case "xml_list":
		return conferencesXML(s, s.confs.rooms...)
	case "json_list":
		return conferencesJSON(s, s.confs.rooms, len(w) == 2 && w[1] == "compact")
	case "help", "commands":
		return conferenceHelp()
	}
	if len(w) == 2 && (strings.EqualFold(w[1], "dial") || strings.EqualFold(w[1], "bgdial")) {
		return "-ERR Bad Args\n" + strings.ToLower(w[1]) + " " + dialSyntax
	}
	return "-ERR Conference " + w[0] + " not found\n"
}

// each runs a command for the members that its argument picks.
func (conf *conference) each(cmd conferenceCommand, w []string, usage string) string {
	w = append(w, "", "")
	who, arg := w[2], w[3]
	word := strings.ToLower(who)
	switch id := decimalPrefix(who); {
	case id != 0:
		m := conf.member(id)
		if m == nil {
			return "-ERR Non-Existant ID " + strconv.FormatUint(uint64(uint32(id)), 10) + "\n"
		}
		return cmd.members(m, arg)
	case word == "all", word == "non_moderator":
		out := ""
		for _, m := range conf.callers() {
			if word == "non_moderator" && m.moderator {
				out += "Skipping moderator (member id " + strconv.Itoa(m.id) + ").\n"
				continue
			}
			out += cmd.members(m, arg)
		}
		return out
	case word == "last":
		var last *member
		for _, m := range conf.callers() {
			if last == nil || m.id > last.id {
				last = m
			}
		}
		if last == nil {
			return ""
		}
		return cmd.members(last, arg)
	case strings.Contains(who, "="):
		m := conf.memberNamed(who)
		if m == nil {
			return "-ERR Non-Existant member\n"
		}
		return cmd.members(m, arg)
	}
	return usage
}

// said makes a command whose answer is a word and the member's id.
func said(word string, f func(*member)) func(*member, string) string {
	return func(m *member, _ string) string {
		f(m)
		return "+OK " + word + " " + strconv.Itoa(m.id) + "\n"
	}
}

func memberToggleMute(m *member, _ string) string {
	word := "mute"
	if !m.canSpeak {
		word = "unmute"
	}
	return said(word, (*member).toggleMute)(m, "")
}

func memberHold(m *member, file string) string {
	return said("hold", func(m *member) { m.putOnHold(file) })(m, "")
}

func memberDTMF(m *member, digits string) string {
	if digits == "" {
		return "-ERR Invalid input!\n"
	}
	m.fire("dtmf-member", nil, header{"Digits", digits})
	m.send(digits)
	return "+OK sent " + digits + " to " + strconv.Itoa(m.id) + "\n"
}
