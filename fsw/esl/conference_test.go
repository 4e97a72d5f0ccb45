package esl_test

import (
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

func TestConferenceBuilders(t *testing.T) {
	const room = "conf217"
	to := esl.Dial(esl.Loopback("1000", ""))
	for want, c := range map[string]esl.APICommand{
		"conference conf217 mute 1":                          esl.ConferenceMute(room, esl.MemberID(1)),
		"conference conf217 unmute all":                      esl.ConferenceUnmute(room, esl.AllMembers),
		"conference conf217 deaf non_moderator":              esl.ConferenceDeaf(room, esl.NonModerators),
		"conference conf217 undeaf last":                     esl.ConferenceUndeaf(room, esl.LastMember),
		"conference conf217 kick 3":                          esl.ConferenceKick(room, "3"),
		"conference conf217 hup all":                         esl.ConferenceHup(room, esl.AllMembers),
		"conference conf217 floor 2":                         esl.ConferenceFloor(room, "2"),
		"conference conf217 energy 1 300":                    esl.ConferenceEnergy(room, "1", 300),
		"conference conf217 volume_in 1 2":                   esl.ConferenceVolumeIn(room, "1", 2),
		"conference conf217 volume_out 1 -2":                 esl.ConferenceVolumeOut(room, "1", -2),
		"conference conf217 dtmf 2 123":                      esl.ConferenceDTMF(room, "2", "123"),
		"conference conf217 lock":                            esl.ConferenceLock(room),
		"conference conf217 unlock":                          esl.ConferenceUnlock(room),
		"conference conf217 play tone_stream://%(300,0,440)": esl.ConferencePlay(room, "tone_stream://%(300,0,440)", ""),
		"conference conf217 play '/a b.wav' 2":               esl.ConferencePlay(room, "/a b.wav", "2"),
		"conference conf217 stop current":                    esl.ConferenceStopPlaying(room, esl.StopCurrent, ""),
		"conference conf217 stop all 2":                      esl.ConferenceStopPlaying(room, esl.StopAll, "2"),
		"conference conf217 say good bye":                    esl.ConferenceSay(room, "good bye"),
		"conference conf217 saymember 1 hi":                  esl.ConferenceSayMember(room, 1, "hi"),
		"conference conf217 record /srv/audio/conf.wav":      esl.ConferenceRecord(room, "/srv/audio/conf.wav"),
		"conference conf217 norecord all":                    esl.ConferenceNoRecord(room, ""),
		"conference conf217 dial loopback/1000":              esl.ConferenceDial(room, to, "", ""),
		"conference conf217 bgdial loopback/1000 5 Al":       esl.ConferenceBgDial(room, to, "5", "Al"),
		"conference conf217 transfer conf999@default 2 3":    esl.ConferenceTransfer(room, "conf999@default", 2, 3),
		"conference conf217 relate 1 2 nospeak":              esl.ConferenceRelate(room, 1, 2, esl.RelateNoSpeak),
		"conference conf217 json_list":                       esl.ConferenceList(room),
		"conference json_list":                               esl.ConferenceList(""),
	} {
		if got, err := c.Encode(); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}

func TestConferenceBuildersRefuse(t *testing.T) {
	for what, c := range map[string]esl.APICommand{
		"no name":             esl.ConferenceLock(""),
		"a name of two words": esl.ConferenceLock("conf217 lock"),
		"a line feed":         esl.ConferenceLock("conf\n217"),
		"a command":           esl.ConferenceLock("list"),
		"no member":           esl.ConferenceMute("room", ""),
		"member 0":            esl.ConferenceMute("room", esl.MemberID(0)),
		"member -1":           esl.ConferenceMute("room", esl.MemberID(-1)),
		"somebody":            esl.ConferenceKick("room", "1 all"),
		"too loud":            esl.ConferenceVolumeIn("room", "1", 5),
		"negative energy":     esl.ConferenceEnergy("room", "1", -1),
		"a NUL":               esl.ConferenceSay("room", "a\x00b"),
		"no text":             esl.ConferenceSay("room", ""),
		"no digits":           esl.ConferenceDTMF("room", "1", ""),
		"no file":             esl.ConferencePlay("room", "", ""),
		"stop what":           esl.ConferenceStopPlaying("room", "the music", ""),
		"relation":            esl.ConferenceRelate("room", 1, 2, "love"),
		"nobody to transfer":  esl.ConferenceTransfer("room", "other"),
		"nobody to dial":      esl.ConferenceDial("room", esl.DialString{}, "", ""),
	} {
		if got, err := c.Encode(); err == nil {
			t.Errorf("%s: %q", what, got)
		}
	}
}
