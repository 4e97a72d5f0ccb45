package fsw

import (
	"strings"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

// repeated remembers the values that were kept last, in a table of a fixed size: a
// channel's id is its call's as well, and one name calls often. A value that is in it
// costs neither an allocation nor memory of its own.
type repeated [256]string

// maxRepeated bounds what the table holds on to.
const maxRepeated = 64

// own returns the value of header i as internOrClone does.
func (t *repeated) own(ev *esl.Event, i int) string {
	var room [maxRepeated]byte
	return ownText(t, ev.AppendValue(room[:0], i))
}

func ownText[T string | []byte](t *repeated, s T) string {
	if known, ok := frequent[string(s)]; ok {
		return known
	}
	var room [maxRepeated]byte
	if len(s) > len(room) {
		return string(append([]byte(nil), s...))
	}
	h := uint32(2166136261) // FNV-1a
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	last := &t[h%uint32(len(t))]
	if *last != string(s) {
		*last = string(append(room[:0], s...))
	}
	return *last
}

// internOrClone returns s as a string of its own, so that nine bytes of caller id
// do not hold on to an event. Frequent values exist once.
func internOrClone(s string) string {
	if v, ok := frequent[s]; ok {
		return v
	}
	return strings.Clone(s)
}

var frequent = func() map[string]string {
	m := map[string]string{}
	for _, s := range []string{
		"", "CS_NEW", "CS_INIT", "CS_ROUTING", "CS_SOFT_EXECUTE", "CS_EXECUTE", "CS_EXCHANGE_MEDIA", "CS_PARK",
		"CS_CONSUME_MEDIA", "CS_HIBERNATE", "CS_RESET", "CS_HANGUP", "CS_REPORTING", "CS_DESTROY", "CS_NONE",
		"DOWN", "DIALING", "RINGING", "EARLY", "ACTIVE", "HELD", "RING_WAIT", "HANGUP", "UNHELD",
		"ringing", "early", "answered", "hangup", "inbound", "outbound",
		"NORMAL_CLEARING", "USER_BUSY", "NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL", "CALL_REJECTED",
		"NO_ROUTE_DESTINATION", "UNALLOCATED_NUMBER", "NORMAL_UNSPECIFIED", "NORMAL_TEMPORARY_FAILURE",
		"ATTENDED_TRANSFER", "BLIND_TRANSFER", "LOSE_RACE", "PICKED_OFF", "MANAGER_REQUEST", "SUCCESS",
		"RECOVERY_ON_TIMER_EXPIRE", "DESTINATION_OUT_OF_ORDER", "INCOMPATIBLE_DESTINATION", "SUBSCRIBER_ABSENT",
		"ALLOTTED_TIMEOUT", "MEDIA_TIMEOUT", "SYSTEM_SHUTDOWN", "CRASH", "GATEWAY_DOWN",
		"answer", "bridge", "conference", "echo", "hangup", "park", "playback", "pre_answer", "record", "set",
		"export", "sleep", "transfer", "hold", "socket", "lua", "ivr", "valet_park", "callcenter", "info",
		"PCMU", "PCMA", "L16", "G722", "G729", "opus", "OPUS", "GSM", "PROXY", "silence",
	} {
		m[s] = s
	}
	return m
}()
