package esl

import "math/bits"

// A Key is a header name prepared for look-up. Preparing it once and using
// [Event.Lookup], or walking an event's headers and comparing [Event.NameHash]
// with [Key.Hash], is the fast way to read many events.
type Key struct {
	name string
	hash uint16
	last bool
}

// MakeKey prepares a header name. Case does not matter.
func MakeKey(name string) Key {
	h := hashName(name)
	return Key{name, h, lastWins(name, h)}
}

// Name returns the name as it was given to MakeKey.
func (k Key) Name() string { return k.name }

// Hash returns the hash of the name that [Event.NameHash] is compared with. Names
// that differ only in case have the same hash. Different names may, too.
func (k Key) Hash() uint16 { return k.hash }

// hashName hashes a name without regard to case. It looks at the first, the
// middle and the last eight bytes and at the length, which tells FreeSWITCH's
// header names apart well and costs the same for each.
func hashName(s string) uint16 {
	const (
		fold = 0x2020202020202020 // turns upper into lower case letters
		k1   = 0x9E3779B97F4A7C15
		k2   = 0xC2B2AE3D27D4EB4F
	)
	n := len(s)
	h := uint64(n) * k2
	if n >= 8 {
		h ^= (load8(s, 0) | fold) * k1
		h = bits.RotateLeft64(h, 29)
		h ^= (load8(s, n/2-4) | fold) * k2
		h = bits.RotateLeft64(h, 29)
		h ^= load8(s, n-8) | fold
	} else {
		for i := range n {
			h = (h ^ uint64(s[i]|0x20)) * k1
		}
	}
	h *= k1
	return uint16(h >> 48)
}

// load8 reads eight bytes of s as a number; the compiler makes one load of it.
func load8(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// equalFold compares without regard to the case of ASCII letters, byte by byte:
// header names may hold anything, including what is not UTF-8.
func equalFold[A, B string | []byte](a A, b B) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// hasPrefixFold reports whether s starts with prefix, without regard to case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && equalFold(s[:len(prefix)], prefix)
}

// serverHeaders are the headers that FreeSWITCH appends to an event when it fires
// it. If the event already had some of that name, given by whoever made it with
// sendevent or sendmsg, then the server's own is the last one; so the last is the
// true one for these, while for all others the first is what counts.
var serverHeaders = []string{
	"Event-Name", "Core-UUID", "FreeSWITCH-Hostname", "FreeSWITCH-Switchname",
	"FreeSWITCH-IPv4", "FreeSWITCH-IPv6", "Event-Date-Local", "Event-Date-GMT",
	"Event-Date-Timestamp", "Event-Calling-File", "Event-Calling-Function",
	"Event-Calling-Line-Number", "Event-Sequence", "Event-UUID", "Content-Length",
}

var serverHashes = func() (h [16]uint16) {
	for i, name := range serverHeaders {
		h[i] = hashName(name)
	}
	return h
}()

// lastWins reports whether the last header of this name is the one to read.
func lastWins(name string, hash uint16) bool {
	if name == "" {
		return false
	}
	switch name[0] | 0x20 {
	case 'e', 'c', 'f':
	default:
		return false
	}
	for i, s := range serverHeaders {
		if serverHashes[i] == hash && equalFold(s, name) {
			return true
		}
	}
	return false
}
