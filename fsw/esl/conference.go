package esl

import (
	"errors"
	"strconv"
	"strings"
)

// A ConferenceWho says which members of a conference a command is about: one, by
// [MemberID], or one of the constants.
type ConferenceWho string

// Members of a conference that are meant together, or by what they are.
const (
	AllMembers    ConferenceWho = "all"
	LastMember    ConferenceWho = "last"          // the one that came last
	NonModerators ConferenceWho = "non_moderator" // all but the moderators
)

// MemberID means the member with this id.
func MemberID(id int) ConferenceWho { return ConferenceWho(strconv.Itoa(id)) }

// ConferenceMute mutes members.
func ConferenceMute(name string, who ConferenceWho) APICommand {
	return onMembers(name, "mute", who)
}

// ConferenceUnmute undoes ConferenceMute.
func ConferenceUnmute(name string, who ConferenceWho) APICommand {
	return onMembers(name, "unmute", who)
}

// ConferenceDeaf lets members hear nothing.
func ConferenceDeaf(name string, who ConferenceWho) APICommand {
	return onMembers(name, "deaf", who)
}

// ConferenceUndeaf undoes ConferenceDeaf.
func ConferenceUndeaf(name string, who ConferenceWho) APICommand {
	return onMembers(name, "undeaf", who)
}

// ConferenceKick sends members away, with a sound for them if the profile has one.
func ConferenceKick(name string, who ConferenceWho) APICommand {
	return onMembers(name, "kick", who)
}

// ConferenceHup sends members away without a sound.
func ConferenceHup(name string, who ConferenceWho) APICommand { return onMembers(name, "hup", who) }

// ConferenceFloor gives the floor to a member, or takes it from it if it has it. The
// server refuses while another one has it.
func ConferenceFloor(name string, who ConferenceWho) APICommand {
	return onMembers(name, "floor", who)
}

// ConferenceEnergy sets how loud members must be to be heard, 0 to 1800.
func ConferenceEnergy(name string, who ConferenceWho, level int) APICommand {
	return onMembersWith(name, "energy", who, level, 0, 1800)
}

// ConferenceVolumeIn sets how loud the others hear members, -4 to 4.
func ConferenceVolumeIn(name string, who ConferenceWho, level int) APICommand {
	return onMembersWith(name, "volume_in", who, level, -4, 4)
}

// ConferenceVolumeOut sets how loud members hear the others, -4 to 4.
func ConferenceVolumeOut(name string, who ConferenceWho, level int) APICommand {
	return onMembersWith(name, "volume_out", who, level, -4, 4)
}

// ConferenceDTMF sends digits to members.
func ConferenceDTMF(name string, who ConferenceWho, digits string) APICommand {
	a := conferenceArgs(name)
	a.who(who)
	a.word("digits", digits)
	return a.words("conference", name, "dtmf", string(who), digits)
}

// ConferenceLock lets nobody join any more.
func ConferenceLock(name string) APICommand { return onConference(name, "lock") }

// ConferenceUnlock undoes ConferenceLock.
func ConferenceUnlock(name string) APICommand { return onConference(name, "unlock") }

// ConferencePlay plays a file to everybody, or, if who is not empty, to one member. The
// server takes spaces at its ends off.
func ConferencePlay(name, path string, who ConferenceWho) APICommand {
	a := conferenceArgs(name)
	a.text("path", path)
	if who != "" {
		a.who(who)
	}
	return a.words("conference", name, "play", path, string(who))
}

// A ConferenceStop says which of the files that are being played is to be stopped.
type ConferenceStop string

// What can be stopped. The server's help names "last" too, which it refuses.
const (
	StopCurrent ConferenceStop = "current"
	StopAll     ConferenceStop = "all"
	StopAsync   ConferenceStop = "async"
)

// ConferenceStopPlaying stops files that are played to everybody, or, if who is not
// empty, to one member.
func ConferenceStopPlaying(name string, what ConferenceStop, who ConferenceWho) APICommand {
	a := conferenceArgs(name)
	switch what {
	case StopCurrent, StopAll, StopAsync:
	default:
		a.fail("stop", "is not current, all or async", string(what))
	}
	if who != "" {
		a.who(who)
	}
	return a.words("conference", name, "stop", string(what), string(who))
}

// ConferenceSay speaks a text to everybody with the voice of the conference's profile.
func ConferenceSay(name, text string) APICommand {
	a := conferenceArgs(name)
	a.text("text", text)
	return a.api("conference " + quoteWord(name) + " say " + text)
}

// ConferenceSayMember speaks a text to one member.
func ConferenceSayMember(name string, id int, text string) APICommand {
	a := conferenceArgs(name)
	a.who(MemberID(id))
	a.text("text", text)
	return a.api("conference " + quoteWord(name) + " saymember " + strconv.Itoa(id) + " " + text)
}

// ConferenceRecord records the conference into a file.
func ConferenceRecord(name, path string) APICommand {
	a := conferenceArgs(name)
	a.text("path", path)
	return a.words("conference", name, "record", path)
}

// ConferenceNoRecord ends the recording into a file, or, if path is empty, all.
func ConferenceNoRecord(name, path string) APICommand {
	a := conferenceArgs(name)
	if path == "" {
		path = "all"
	}
	a.text("path", path)
	return a.words("conference", name, "norecord", path)
}

// ConferenceDial calls somebody into the conference, and is done when that one has
// answered. The caller id is what the called one sees; both parts may be empty.
func ConferenceDial(name string, to DialString, number, caller string) APICommand {
	return conferenceDial(name, "dial", to, number, caller)
}

// ConferenceBgDial calls somebody into the conference, and is done at once: an event
// with the Action bgdial-result tells what became of it.
func ConferenceBgDial(name string, to DialString, number, caller string) APICommand {
	return conferenceDial(name, "bgdial", to, number, caller)
}

// ConferenceTransfer sends members to another conference.
func ConferenceTransfer(name, to string, ids ...int) APICommand {
	a := conferenceArgs(name)
	a.word("conference", to)
	words := []string{"conference", name, "transfer", to}
	if len(ids) == 0 {
		a.fail("conference members", "are missing", "")
	}
	for _, id := range ids {
		a.who(MemberID(id))
		words = append(words, strconv.Itoa(id))
	}
	return a.words(words...)
}

// A Relation is what one member of a conference may not do with another.
type Relation string

// The relations of members.
const (
	RelateNoSpeak Relation = "nospeak" // the other does not hear it
	RelateNoHear  Relation = "nohear"  // it does not hear the other
	RelateClear   Relation = "clear"   // none
)

// ConferenceRelate sets the relation of a member to another one.
func ConferenceRelate(name string, member, other int, relation Relation) APICommand {
	a := conferenceArgs(name)
	a.who(MemberID(member))
	a.who(MemberID(other))
	switch relation {
	case RelateNoSpeak, RelateNoHear, RelateClear:
	default:
		a.fail("relation", "is not nospeak, nohear or clear", string(relation))
	}
	return a.words("conference", name, "relate", strconv.Itoa(member), strconv.Itoa(other), string(relation))
}

// ConferenceList lists the members of a conference, as JSON: an array of one conference.
// With an empty name it lists all conferences.
func ConferenceList(name string) APICommand {
	if name == "" {
		return APICommand{line: "conference json_list"}
	}
	return onConference(name, "json_list")
}

// conferenceArgs checks the name of a conference. Some words are commands in its place.
func conferenceArgs(name string) *args {
	a := &args{}
	a.word("conference", name)
	switch strings.ToLower(name) {
	case "list", "xml_list", "json_list", "count", "help":
		a.fail("conference", "is a command of the server", name)
	}
	return a
}

// who checks who is meant.
func (a *args) who(who ConferenceWho) {
	switch who {
	case AllMembers, LastMember, NonModerators:
		return
	}
	if id, err := strconv.ParseUint(string(who), 10, 31); err != nil || id == 0 {
		a.fail("conference member", "is none", string(who))
	}
}

func onConference(name, command string) APICommand {
	return conferenceArgs(name).words("conference", name, command)
}

func onMembers(name, command string, who ConferenceWho) APICommand {
	a := conferenceArgs(name)
	a.who(who)
	return a.words("conference", name, command, string(who))
}

func onMembersWith(name, command string, who ConferenceWho, n, least, most int) APICommand {
	a := conferenceArgs(name)
	a.who(who)
	if n < least || n > most {
		a.fail(command, "is not within "+strconv.Itoa(least)+" and "+strconv.Itoa(most), strconv.Itoa(n))
	}
	return a.words("conference", name, command, string(who), strconv.Itoa(n))
}

func conferenceDial(name, command string, to DialString, number, caller string) APICommand {
	a := conferenceArgs(name)
	dial, err := to.Encode()
	if err != nil && a.err == nil {
		return APICommand{err: asCommandError(err)}
	}
	a.optional("caller id number", number)
	a.optional("caller id name", caller)
	words := []string{"conference", name, command, dial}
	if number != "" || caller != "" {
		words = append(words, number, caller)
	}
	return a.words(words...)
}

func asCommandError(err error) *CommandError {
	var c *CommandError
	errors.As(err, &c)
	return c
}
