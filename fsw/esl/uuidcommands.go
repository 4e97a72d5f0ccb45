package esl

import (
	"strconv"
	"strings"
	"time"
)

// UUIDAnswer returns uuid_answer, which answers a channel.
func UUIDAnswer(uuid string) APICommand { return onChannel("uuid_answer", uuid) }

// UUIDPreAnswer returns uuid_pre_answer, which opens audio before the answer.
func UUIDPreAnswer(uuid string) APICommand { return onChannel("uuid_pre_answer", uuid) }

// UUIDPark returns uuid_park, which parks a channel.
func UUIDPark(uuid string) APICommand { return onChannel("uuid_park", uuid) }

// UUIDExists returns uuid_exists, whose output is "true" or "false".
func UUIDExists(uuid string) APICommand { return onChannel("uuid_exists", uuid) }

// UUIDDump returns uuid_dump, whose output is an event with the channel's headers and
// variables, for [ParsePlain].
func UUIDDump(uuid string) APICommand { return onChannel("uuid_dump", uuid) }

// UUIDFlushDTMF returns uuid_flush_dtmf, which throws away digits that wait to be read.
func UUIDFlushDTMF(uuid string) APICommand { return onChannel("uuid_flush_dtmf", uuid) }

// UUIDKill returns uuid_kill, which hangs a channel up. An empty cause leaves it to the
// server.
func UUIDKill(uuid string, cause HangupCause) APICommand {
	var a args
	a.channel(uuid)
	if cause != "" {
		a.word("hangup cause", string(cause))
	}
	return a.words("uuid_kill", uuid, string(cause))
}

// UUIDBridge returns uuid_bridge, which lets two channels talk to each other.
func UUIDBridge(uuid, other string) APICommand {
	var a args
	a.channel(uuid)
	a.channel(other)
	return a.words("uuid_bridge", uuid, other)
}

// Legs says which of the two legs of a bridge is meant.
type Legs string

// The legs of a bridge. The empty value is the server's default.
const (
	ALeg     Legs = "aleg"  // the channel itself
	BLeg     Legs = "bleg"  // its partner
	BothLegs Legs = "both"  // both
	HoldBLeg Legs = "holdb" // the channel itself, while its partner is put on hold
)

// UUIDTransfer returns uuid_transfer, which sends a channel, its partner (BLeg), or both to
// an extension. An empty dialplan is "XML", an empty context that of the channel.
func UUIDTransfer(uuid string, legs Legs, extension, dialplan, context string) APICommand {
	var a args
	a.channel(uuid)
	words := append([]string{"uuid_transfer", uuid}, a.transfer(legs, extension, dialplan, context)...)
	return a.words(words...)
}

// transfer returns the arguments of a transfer.
func (a *args) transfer(legs Legs, extension, dialplan, context string) (words []string) {
	switch legs {
	case "", ALeg:
	case BLeg, BothLegs:
		words = append(words, "-"+string(legs))
	default:
		a.fail("legs", "cannot be transferred", string(legs))
	}
	a.text("extension", extension)
	if strings.HasPrefix(extension, "-") {
		a.fail("extension", "starts with a -", extension)
	}
	a.optional("dialplan", dialplan)
	a.optional("context", context)
	if context != "" && dialplan == "" {
		dialplan = "XML"
	}
	return append(words, extension, dialplan, context)
}

// UUIDDualTransfer returns uuid_dual_transfer, which sends a channel and its partner to
// different extensions of the channel's context.
func UUIDDualTransfer(uuid, extension, partnersExtension string) APICommand {
	var a args
	a.channel(uuid)
	for _, e := range []string{extension, partnersExtension} {
		a.text("extension", e)
		if strings.Contains(e, "/") {
			a.fail("extension", "has a slash", e)
		}
	}
	return a.words("uuid_dual_transfer", uuid, extension, partnersExtension)
}

// UUIDBroadcast returns uuid_broadcast, which plays a file, or with "app::data" runs an
// application, in the midst of what the channel does.
func UUIDBroadcast(uuid, path string, legs Legs) APICommand {
	var a args
	a.channel(uuid)
	a.text("path", path)
	if legs != "" {
		a.word("legs", string(legs))
	}
	return a.words("uuid_broadcast", uuid, path, string(legs))
}

// UUIDBreak returns uuid_break, which ends the application that plays something to the
// channel, or, with all, also what is queued behind it.
func UUIDBreak(uuid string, all bool) APICommand {
	var a args
	a.channel(uuid)
	return a.words("uuid_break", uuid, map[bool]string{true: "all"}[all])
}

// UUIDHold returns uuid_hold, which puts the channel's phone on hold.
func UUIDHold(uuid string) APICommand { return onChannel("uuid_hold", uuid) }

// UUIDUnhold returns uuid_hold off.
func UUIDUnhold(uuid string) APICommand { return onChannel("uuid_hold off", uuid) }

// UUIDMedia returns uuid_media, which takes the server into or out of the path of the
// channel's audio.
func UUIDMedia(uuid string, on bool) APICommand {
	if on {
		return onChannel("uuid_media", uuid)
	}
	return onChannel("uuid_media off", uuid)
}

// UUIDPhoneEvent returns uuid_phone_event: "talk" answers the phone, "hold" puts it on hold.
func UUIDPhoneEvent(uuid, event string) APICommand {
	var a args
	a.channel(uuid)
	a.word("phone event", event)
	return a.words("uuid_phone_event", uuid, event)
}

// UUIDDeflect returns uuid_deflect, which sends the far end of an answered SIP call to another
// address (REFER).
func UUIDDeflect(uuid, uri string) APICommand {
	var a args
	a.channel(uuid)
	a.word("uri", uri)
	return a.api("uuid_deflect " + uuid + " " + uri)
}

// UUIDRecord returns uuid_record start: it records the call to a file, for so long, 0
// without end.
func UUIDRecord(uuid, path string, limit time.Duration) APICommand {
	var a args
	a.channel(uuid)
	a.text("path", path)
	words := []string{"uuid_record", uuid, "start", path}
	if limit != 0 {
		words = append(words, a.wholeSeconds("limit", limit))
	}
	return a.words(words...)
}

// UUIDRecordStop returns uuid_record stop. The path "all" ends all recordings of the channel.
func UUIDRecordStop(uuid, path string) APICommand {
	var a args
	a.channel(uuid)
	a.text("path", path)
	return a.words("uuid_record", uuid, "stop", path)
}

// UUIDDisplace returns uuid_displace start: the channel's partner hears a file in place of
// the channel, or, with mix, as well, for so long, 0 without end.
func UUIDDisplace(uuid, path string, limit time.Duration, mix bool) APICommand {
	var a args
	a.channel(uuid)
	a.text("path", path)
	words := []string{"uuid_displace", uuid, "start", path}
	if limit != 0 || mix {
		words = append(words, a.wholeSeconds("limit", limit), map[bool]string{true: "mux"}[mix])
	}
	return a.words(words...)
}

// UUIDDisplaceStop returns uuid_displace stop.
func UUIDDisplaceStop(uuid, path string) APICommand {
	var a args
	a.channel(uuid)
	a.text("path", path)
	return a.words("uuid_displace", uuid, "stop", path)
}

// UUIDAudioLevel returns uuid_audio start, which makes what the channel says (read) or
// hears (write) louder or softer, from -4 to 4.
func UUIDAudioLevel(uuid string, write bool, level int) APICommand {
	return audio(uuid, write, "level", level)
}

// UUIDAudioMute returns uuid_audio start, which silences what the channel says (read) or
// hears (write).
func UUIDAudioMute(uuid string, write bool) APICommand { return audio(uuid, write, "mute", 1) }

func audio(uuid string, write bool, what string, level int) APICommand {
	var a args
	a.channel(uuid)
	if level < -4 || level > 4 {
		a.fail("level", "is not between -4 and 4", strconv.Itoa(level))
	}
	direction := map[bool]string{false: "read", true: "write"}[write]
	return a.words("uuid_audio", uuid, "start", direction, what, strconv.Itoa(level))
}

// UUIDAudioStop returns uuid_audio stop, which undoes the two above.
func UUIDAudioStop(uuid string) APICommand {
	var a args
	a.channel(uuid)
	return a.words("uuid_audio", uuid, "stop")
}

// UUIDSendDTMF returns uuid_send_dtmf, which sends digits (0-9 * # A-D, w and W to wait half a
// second and a second, "@ms" at the end for their length) to the channel's far end.
func UUIDSendDTMF(uuid, digits string) APICommand {
	var a args
	a.channel(uuid)
	a.digits(digits)
	return a.words("uuid_send_dtmf", uuid, digits)
}

// digits checks digits to be sent.
func (a *args) digits(s string) {
	a.word("digits", s)
	tones, length, timed := strings.Cut(s, "@")
	if strings.Trim(tones, "0123456789*#ABCDabcdFfWw+~") != "" || tones == "" ||
		timed && (length == "" || strings.Trim(length, "0123456789") != "") {
		a.fail("digits", "has something that is none", s)
	}
}

// onChannel returns a command whose only argument is a channel.
func onChannel(command, uuid string) APICommand {
	var a args
	a.channel(uuid)
	return a.api(command + " " + uuid)
}
