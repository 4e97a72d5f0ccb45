package captures

import "bytes"

// Renamed returns a recording in which every UUID is another one, so that it can be
// replayed after itself: 256 rounds.
func Renamed(stream []byte, round byte) []byte {
	out := bytes.Clone(stream)
	const hex = "0123456789abcdef"
	for i := 0; i+36 <= len(out); i++ {
		if isUUID(out[i : i+36]) {
			for j := range 2 {
				out[i+j] = hex[(unhex(out[i+j])+round>>(4*j))&15]
			}
			i += 35
		}
	}
	return out
}

func isUUID(p []byte) bool {
	for i, c := range p {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

func unhex(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
