package fswtest

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// TestConferenceBuilders: the server understands each command about conferences that the
// client can make.
func TestConferenceBuilders(t *testing.T) {
	const room, all = "room", esl.AllMembers
	far := esl.Dial(esl.User("1000@example.com"))
	built := map[string][]esl.APICommand{
		"ConferenceMute":      {esl.ConferenceMute(room, all), esl.ConferenceMute(room, esl.LastMember), esl.ConferenceMute(room, esl.NonModerators), esl.ConferenceMute(room, esl.MemberID(1))},
		"ConferenceUnmute":    {esl.ConferenceUnmute(room, all)},
		"ConferenceDeaf":      {esl.ConferenceDeaf(room, all)},
		"ConferenceUndeaf":    {esl.ConferenceUndeaf(room, all)},
		"ConferenceFloor":     {esl.ConferenceFloor(room, esl.MemberID(1))},
		"ConferenceEnergy":    {esl.ConferenceEnergy(room, all, 300)},
		"ConferenceVolumeIn":  {esl.ConferenceVolumeIn(room, all, -4)},
		"ConferenceVolumeOut": {esl.ConferenceVolumeOut(room, all, 4)},
		"ConferenceDTMF":      {esl.ConferenceDTMF(room, all, "12#")},
		"ConferenceLock":      {esl.ConferenceLock(room)},
		"ConferenceUnlock":    {esl.ConferenceUnlock(room)},
		"ConferencePlay":      {esl.ConferencePlay(room, "a file.wav", ""), esl.ConferencePlay(room, "b.wav", esl.MemberID(2))},
		"ConferenceStopPlaying": {esl.ConferenceStopPlaying(room, esl.StopCurrent, ""),
			esl.ConferenceStopPlaying(room, esl.StopAsync, ""), esl.ConferenceStopPlaying(room, esl.StopAll, esl.MemberID(2)), esl.ConferenceStopPlaying(room, esl.StopAll, "")},
		"ConferenceSay":       {esl.ConferenceSay(room, "good day")},
		"ConferenceSayMember": {esl.ConferenceSayMember(room, 1, "good day")},
		"ConferenceRecord":    {esl.ConferenceRecord(room, "/tmp/a.wav")},
		"ConferenceNoRecord":  {esl.ConferenceRecord(room, "/tmp/a.wav"), esl.ConferenceNoRecord(room, "/tmp/a.wav"), esl.ConferenceNoRecord(room, "")},
		"ConferenceDial":      {esl.ConferenceDial(room, far, "", ""), esl.ConferenceDial(room, far, "5000", "Board")},
		"ConferenceBgDial":    {esl.ConferenceBgDial(room, far, "", "")},
		"ConferenceRelate":    {esl.ConferenceRelate(room, 1, 2, esl.RelateNoSpeak), esl.ConferenceRelate(room, 1, 2, esl.RelateNoHear), esl.ConferenceRelate(room, 1, 2, esl.RelateClear)},
		"ConferenceList":      {esl.ConferenceList(room), esl.ConferenceList("")},
		"ConferenceTransfer":  {esl.ConferenceTransfer(room, "other", 1)},
		"ConferenceKick":      {esl.ConferenceKick(room, esl.LastMember)},
		"ConferenceHup":       {esl.ConferenceHup(room, esl.MemberID(2))},
	}
	file, err := goparser.ParseFile(token.NewFileSet(), "../esl/conference.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !f.Name.IsExported() || f.Name.Name == "MemberID" {
			continue
		}
		if built[f.Name.Name] == nil {
			t.Errorf("%s is not tested", f.Name.Name)
			continue
		}
		bubble(t, Options{}, func(t *testing.T, s *Server) {
			joins(s, "1", room+"@default+flags{moderator}")
			joins(s, "2", room)
			joins(s, "3", room)
			joins(s, "4", "other")
			for _, c := range built[f.Name.Name] {
				line, err := c.Encode()
				if err != nil {
					t.Fatal(err)
				}
				out := s.API(line)
				command := strings.Fields(line)[min(2, len(strings.Fields(line))-1)]
				_, failed, _ := strings.Cut(out, "-ERR")
				if failed != "" || strings.Contains(out, command+" <") || strings.Contains(out, "Bad") {
					t.Errorf("%s: %q", line, out)
				}
			}
		})
	}
}
