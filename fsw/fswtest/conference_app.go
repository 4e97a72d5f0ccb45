package fswtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// member is a channel in a conference, or a recording of it.
type member struct {
	conf *conference
	c    *channel   // nil for a recording
	x    *execution // of the application conference
	id   int
	memberFlags
	joined time.Time
	kicked bool

	energy              int // above which it talks
	autoEnergy, agc     int
	maxEnergy           int // see memberMaxEnergy
	burstMute           int // frames
	hitTrigger          int
	volumeIn, volumeOut int
	files               playlist
	relations           []relation
	digits              int // to be sent

	talking    bool // see conference_audio.go
	score      int  // the energy of the last frame
	iir        int  // and of those before it
	hits       int
	quiet      int
	talkEnergy int
	talkSince  time.Time
	lastTalk   time.Time

	path   string // of a recording
	paused bool
	wrote  time.Duration // before the last pause
	since  time.Time     // of the last start or resume
}

// memberFlags are those that +flags{} sets.
type memberFlags struct {
	canSpeak, canHear, hold            bool
	muteDetect, passDigits, skipDigits bool
	moderator, ghost, silent           bool
	endConf, mandatory                 bool
}

// A relation says what one member may not do to another.
type relation struct {
	other           int
	noSpeak, noHear bool
}

// conferenceFlags splits the flags of the application's argument and of a
// channel variable. The real server takes ten.
func conferenceFlags(texts ...string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, strings.FieldsFunc(text, func(r rune) bool { return r == '|' || r == ',' })...)
	}
	for i := range out {
		out[i] = strings.ToLower(strings.TrimSpace(out[i]))
	}
	return out[:min(len(out), 10)]
}

func parseMemberFlags(words []string) memberFlags {
	f := memberFlags{canSpeak: true, canHear: true}
	for _, w := range words {
		switch w {
		case "mute":
			f.canSpeak = false
		case "deaf":
			f.canHear = false
		case "mute-detect":
			f.muteDetect = true
		case "dist-dtmf":
			f.passDigits = true
		case "skip-dtmf":
			f.skipDigits = true
		case "moderator":
			f.moderator = true
		case "ghost":
			f.ghost = true
		case "endconf":
			f.endConf = true
		case "mandatory_member_endconf":
			f.mandatory = true
		case "second-screen":
			f.canSpeak, f.canHear, f.silent = false, false, true
		}
	}
	return f
}

// conferenceApplication is conference <name>[@<profile>][+<pin>][+flags{…}].
func conferenceApplication(c *channel, x *execution) bool {
	s := c.s
	c.early()
	text, flagText, _ := strings.Cut(x.Data, "+flags{")
	flagText, _, _ = strings.Cut(flagText, "}")
	name, pin, _ := strings.Cut(strings.TrimLeft(text, " "), "+")
	profile := "default"
	if i := strings.LastIndexByte(name, '@'); i >= 0 {
		name, profile = name[:i], name[i+1:]
	}
	if name == "" || c.down {
		return false
	}
	words := conferenceFlags(flagText, c.variable("conference_member_flags"))
	flags := parseMemberFlags(words)
	secure := c.direction == "inbound"
	if v := c.variable("conference_enforce_security"); v != "" {
		secure = v == "true"
	}
	conf := s.conference(name)
	if conf == nil {
		if slices.Contains(words, "join-only") {
			s.rejectJoinOnly(c, name, profile)
			return false
		}
		conf = s.newConference(name, profile)
		conf.waitMod = slices.Contains(conferenceFlags(flagText, c.variable("conference_flags")), "wait-mod")
		if n, err := strconv.Atoi(c.variable("conference_max_members")); err == nil && n >= 0 && n != 1 {
			conf.maxMembers = n
		}
		if n, err := strconv.Atoi(c.variable("conference_endconference_grace_time")); err == nil && n >= 0 {
			conf.grace = n
		}
	}
	c.setAll("conference_name", conf.name, "app_session_uuid", conf.uuid)
	c.answered()
	if pin == "" {
		pin = conf.pin
	}
	modPin := c.variable("conference_moderator_pin")
	if modPin == "" {
		modPin = conf.modPin
	}
	if secure && (pin != "" || modPin != "") {
		switch given := c.variable("supplied_pin"); {
		case given == "":
			conf.askPin(c, x, &pinEntry{pin: pin, modPin: modPin, tries: pinTries, flags: flags, words: words, secure: secure})
			return c.last(x, -1)
		case given == modPin:
			flags.moderator = true
		case given != pin:
			conf.forsaken()
			return false
		}
	}
	return conf.join(c, x, flags, words, secure)
}

// join lets a channel in unless the conference is locked or full, and tells
// whether the application goes on.
func (conf *conference) join(c *channel, x *execution, flags memberFlags, words []string, secure bool) bool {
	if conf.locked && secure || conf.maxMembers > 0 && conf.count >= conf.maxMembers {
		conf.forsaken()
		return false
	}
	if c.direction == "inbound" || c.answer == "answered" {
		conf.answered = true
	}
	if slices.Contains(words, "mintwo") {
		conf.min = 2
	}
	m := conf.admit(c, x, flags)
	x.end = func(bool) { conf.dismiss(m) }
	return c.last(x, -1)
}

// forsaken ends a conference that nobody has got into.
func (conf *conference) forsaken() {
	if conf.count+conf.ghosts == 0 && len(conf.callers()) == 0 && !conf.ending {
		conf.end()
		conf.s.soon(conf.close)
	}
}

func (s *Server) rejectJoinOnly(c *channel, name, profile string) {
	if s.wanted("CUSTOM") {
		e := s.begin("CUSTOM", maintenance, conferenceSources["rejected-join-only"])
		c.addHeaders(e, false)
		s.fireWith(e, []header{{"Conference-Name", name}, {"Conference-Profile-Name", profile}, {"Action", "rejected-join-only"}})
	} else {
		s.seq.take()
	}
	if c.variable("hangup_after_conference") != "false" {
		s.soon(func() { c.hangup("NORMAL_CLEARING") })
	}
}

// leave ends the member's application; the channel goes on with its dialplan.
// What it executes inside is cut short.
func (m *member) leave() {
	c := m.c
	c.s.soon(func() {
		if c.member != m {
			return
		}
		for c.top() != m.x && c.stackHas(m.x) {
			c.complete(c.top(), true)
		}
		c.complete(m.x, false)
	})
}

// mix puts the codec of a conference, signed linear audio, before that of the
// channel, or takes it away.
func (c *channel) mix(on bool) {
	if c.mixed == on {
		return
	}
	c.mixed = on
	k := c.readCodec()
	c.fire("CODEC", sourceReadCodec, nil, header{"channel-read-codec-name", k.name},
		header{"channel-read-codec-rate", k.rate}, header{"channel-read-codec-bit-rate", k.bits})
	c.set("read_codec", k.name)
	c.set("read_rate", k.rate)
}

// readCodec is what the channel hears with.
func (c *channel) readCodec() codec {
	if c.mixed {
		return codecL16
	}
	return c.codec
}
