package fswtest

import (
	"strconv"
	"strings"
)

const maintenance = "conference::maintenance"

// conferenceSources are where mod_conference makes the events, by Action; an
// action that is made in several places has a word behind it here.
var conferenceSources = func() map[string]source {
	out := map[string]source{}
	for line := range strings.SplitSeq(strings.TrimSpace(`
		conference-create mod_conference.c conference_new 3848
		conference-destroy mod_conference.c conference_thread_run 863
		rejected-join-only mod_conference.c conference_function 2129
		bgdial-result mod_conference.c conference_outcall_run 1708
		add-member conference_member.c conference_member_add 962
		del-member conference_member.c conference_member_del 1355
		floor-change conference_member.c conference_member_set_floor_holder 1158
		start-talking conference_loop.c conference_loop_input 1154
		mute-detect conference_loop.c conference_loop_input 1167
		stop-talking conference_loop.c stop_talking_handler 783
		dtmf conference_loop.c conference_loop_event 619
		energy-level/9 conference_loop.c conference_loop_energy_up 329
		energy-level/8 conference_loop.c conference_loop_energy_equ_conf 370
		energy-level/7 conference_loop.c conference_loop_energy_dn 410
		volume-level/3 conference_loop.c conference_loop_volume_talk_up 440
		volume-level/2 conference_loop.c conference_loop_volume_talk_zero 471
		volume-level/1 conference_loop.c conference_loop_volume_talk_dn 503
		gain-level/6 conference_loop.c conference_loop_volume_listen_up 534
		gain-level/4 conference_loop.c conference_loop_volume_listen_dn 597
		play-file-done conference_file.c conference_file_close 52
		play-file-member-done conference_file.c conference_file_close 52
		play-file/error conference_file.c conference_file_play 268
		play-file conference_api.c conference_api_sub_play 2817
		play-file-member conference_api.c conference_api_sub_play 2846
		start-recording conference_record.c conference_record_thread_run 319
		stop-recording conference_record.c conference_record_thread_run 427
		pause-recording conference_api.c conference_api_sub_pauserec 3860
		resume-recording conference_api.c conference_api_sub_pauserec 3860
		mute-member conference_api.c conference_api_sub_mute 339
		unmute-member conference_api.c conference_api_sub_unmute 492
		deaf-member conference_api.c conference_api_sub_deaf 797
		undeaf-member conference_api.c conference_api_sub_undeaf 839
		hold-member conference_api.c conference_api_sub_hold 440
		unhold-member conference_api.c conference_api_sub_unhold 389
		hup-member conference_api.c conference_api_sub_hup 871
		kick-member conference_api.c conference_api_sub_kick 902
		dtmf-member conference_api.c conference_api_sub_dtmf 1049
		energy-level-member conference_api.c conference_api_sub_energy 1228
		agc-level-member conference_api.c conference_api_sub_agc 1324
		auto-energy-level-member conference_api.c conference_api_sub_auto_energy 1370
		max-energy-level-member conference_api.c conference_api_sub_max_energy 1442
		volume-in-member conference_api.c conference_api_sub_volume_in 1574
		volume-out-member conference_api.c conference_api_sub_volume_out 1609
		speak-text conference_api.c conference_api_sub_say 2885
		speak-text-member conference_api.c conference_api_sub_saymember 2944
		lock conference_api.c conference_api_sub_lock 3474
		unlock conference_api.c conference_api_sub_unlock 3496
		exit-sounds-on conference_api.c conference_api_sub_exit_sound 3520
		exit-sounds-off conference_api.c conference_api_sub_exit_sound 3528
		exit-sound-file-changed conference_api.c conference_api_sub_exit_sound 3541
		enter-sounds-on conference_api.c conference_api_sub_enter_sound 3571
		enter-sounds-off conference_api.c conference_api_sub_enter_sound 3579
		enter-sound-file-changed conference_api.c conference_api_sub_enter_sound 3591
		transfer conference_api.c conference_api_sub_transfer 3704`), "\n") {
		w := strings.Fields(line)
		out[w[0]] = source{w[1], w[2], w[3]}
	}
	return out
}()

// domain is the Conference-Domain.
func (conf *conference) domain() string { return conf.s.opt.Hostname }

// begin makes an event of the conference; nil if nobody would get it. where
// is the action, or the name of its place in conferenceSources.
func (conf *conference) begin(where string) *event {
	s := conf.s
	if !s.wanted("CUSTOM") {
		s.seq.take()
		return nil
	}
	e := s.begin("CUSTOM", maintenance, conferenceSources[where])
	conf.addHeaders(e)
	return e
}

func (conf *conference) addHeaders(e *event) {
	e.headers = append(e.headers,
		header{"Conference-Name", conf.name},
		header{"Conference-Domain", conf.domain()},
		header{"Conference-Size", strconv.Itoa(conf.count)},
		header{"Conference-Ghosts", strconv.Itoa(conf.ghosts)},
		header{"Conference-Profile-Name", conf.profile},
		header{"Conference-Unique-ID", conf.uuid})
	e.headers = append(e.headers, conf.vars...)
}

// fire sends an event about the whole conference.
func (conf *conference) fire(action string, more ...header) {
	if e := conf.begin(action); e != nil {
		e.add("Action", action)
		conf.s.fireWith(e, more)
	}
}

// fireWith sends an event with more headers; empty ones are left out.
func (s *Server) fireWith(e *event, more []header) {
	for _, h := range more {
		e.addIf(h.name, h.value)
	}
	s.fire(e)
}

func (m *member) addHeaders(e *event) {
	m.conf.addHeaders(e)
	e.add("Floor", strconv.FormatBool(m.conf.floor == m.id))
	m.c.addHeaders(e, false)
	is := func(name string, v bool) { e.add(name, strconv.FormatBool(v)) }
	is("Video", false)
	is("Hear", m.canHear)
	is("See", true)
	is("Speak", m.canSpeak)
	is("Talking", m.talking)
	is("Mute-Detect", m.muteDetect)
	is("Hold", m.hold)
	e.add("Member-ID", strconv.Itoa(m.id))
	kind := "member"
	if m.moderator {
		kind = "moderator"
	}
	e.add("Member-Type", kind)
	is("Member-Ghost", m.ghost)
	e.add("Energy-Level", strconv.Itoa(m.energy))
	e.add("Current-Energy", strconv.Itoa(m.score))
}

// fire sends an event about a member: lead stands before the Action. A key
// stands behind the slash of an action that is made in several places.
func (m *member) fire(where string, lead []header, more ...header) {
	s := m.conf.s
	if !s.wanted("CUSTOM") {
		s.seq.take()
		return
	}
	e := s.begin("CUSTOM", maintenance, conferenceSources[where])
	m.addHeaders(e)
	for _, h := range lead {
		e.addIf(h.name, h.value)
	}
	action, _, _ := strings.Cut(where, "/")
	e.add("Action", action)
	s.fireWith(e, more)
}

// presence tells how many are in the conference. No field of it has a capital
// letter on the real server.
func (conf *conference) presence() {
	s := conf.s
	n := s.confs.presences
	s.confs.presences++
	if !s.wanted("PRESENCE_IN") {
		s.seq.take()
		return
	}
	e := s.begin("PRESENCE_IN", "", source{"mod_conference.c", "conference_send_presence", "3870"})
	from := conf.name
	if !strings.Contains(from, "@") {
		from += "@" + conf.domain()
	}
	e.headers = append(e.headers, header{"proto", "conf"}, header{"login", conf.name}, header{"from", from},
		header{"event_type", "presence"}, header{"alt_event_type", "dialog"}, header{"event_count", strconv.Itoa(n)},
		header{"unique-id", conf.name})
	switch conf.count {
	case 0:
		e.headers = append(e.headers, header{"force-status", "Inactive"}, header{"channel-state", "CS_HANGUP"},
			header{"answer-state", "terminated"}, header{"call-direction", "inbound"})
	case 1:
		e.headers = append(e.headers, header{"force-status", "Active (1 caller)"}, header{"channel-state", "CS_ROUTING"},
			header{"answer-state", "early"}, header{"presence-call-direction", "outbound"})
	default:
		e.headers = append(e.headers, header{"force-status", "Active (" + strconv.Itoa(conf.count) + " callers)"},
			header{"channel-state", "CS_ROUTING"}, header{"answer-state", "confirmed"}, header{"presence-call-direction", "inbound"})
	}
	s.fire(e)
}
