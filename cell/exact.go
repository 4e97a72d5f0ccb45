package cell

import (
	"math"
	"math/bits"
)

// exact is the sum of any number of floats without rounding (a superaccumulator):
// an integer that counts the smallest float there is, 2^-1074, in digits of 32
// bits. A digit may overflow into the upper half of its word, and be negative, so
// that most additions touch three words.
type exact struct {
	digits           [68]int64
	adds             int // since the digits were in order
	nan, plus, minus int64
}

// add adds x by times, which is 1 or -1.
func (e *exact) add(x float64, by int64) {
	switch {
	case x != x:
		e.nan += by
		return
	case x > math.MaxFloat64:
		e.plus += by
		return
	case x < -math.MaxFloat64:
		e.minus += by
		return
	}
	b := math.Float64bits(x)
	mantissa, shift := b&(1<<52-1), int(b>>52&0x7ff)
	if shift > 0 {
		mantissa |= 1 << 52
		shift--
	}
	if b>>63 != 0 {
		by = -by
	}
	at, s := shift>>5, shift&31
	low, high := mantissa<<s, mantissa>>(64-s)
	e.digits[at] += by * int64(low&math.MaxUint32)
	e.digits[at+1] += by * int64(low>>32)
	e.digits[at+2] += by * int64(high)
	if e.adds++; e.adds == 1<<29 {
		e.adds = 0
		carry(&e.digits)
	}
}

// carry brings all digits but the last between 0 and 2^32.
func carry(digits *[68]int64) {
	over := int64(0)
	for i := range digits[:len(digits)-1] {
		d := digits[i] + over
		digits[i] = d & math.MaxUint32
		over = d >> 32
	}
	digits[len(digits)-1] += over
}

// value returns the float that is nearest.
func (e *exact) value() float64 {
	switch {
	case e.nan > 0 || e.plus > 0 && e.minus > 0:
		return math.NaN()
	case e.plus > 0:
		return math.Inf(1)
	case e.minus > 0:
		return math.Inf(-1)
	}
	digits := e.digits
	carry(&digits)
	sign := uint64(0)
	if digits[len(digits)-1] < 0 {
		sign = 1 << 63
		for i := range digits {
			digits[i] = -digits[i]
		}
		carry(&digits)
	}
	top := len(digits) - 1
	for top > 1 && digits[top] == 0 {
		top--
	}
	high := uint64(digits[top])<<32 | uint64(digits[top-1])
	if top == 1 && high < 1<<53 { // its bits are those of the float
		return math.Float64frombits(sign | high)
	}
	next := uint64(0)
	rest := false
	if top > 1 {
		next = uint64(digits[top-2])
		for _, d := range digits[:top-2] {
			rest = rest || d != 0
		}
	}
	zeros := bits.LeadingZeros64(high)
	high = high<<zeros | next>>(32-zeros)
	rest = rest || next<<(32+zeros) != 0
	mantissa := high >> 11
	const half = 1 << 10
	if low := high & (2*half - 1); low > half || low == half && (rest || mantissa&1 != 0) {
		mantissa++ // to 1<<53 perhaps: then it carries into the exponent, as it should
	}
	exponent := uint64(32*top + 31 - zeros - 51)
	if exponent >= 0x7ff {
		return math.Float64frombits(sign | 0x7ff<<52)
	}
	return math.Float64frombits(sign | (exponent-1)<<52 + mantissa)
}
