package esl

import (
	"strconv"
	"time"
)

// Digits says which digits to wait for, for [AppRead] and [AppPlayAndGetDigits].
type Digits struct {
	Min, Max    int           // how many
	Prompt      string        // file to play meanwhile
	Variable    string        // of the channel, for the digits
	Timeout     time.Duration // for the first digit after the prompt, in milliseconds
	Between     time.Duration // for each further one; 0 means Timeout
	Terminators string        // digits that end it, such as "#"; empty is none

	// Only for play_and_get_digits.
	Tries   int    // how often to ask, 1 if 0
	Invalid string // file to play after digits that do not match; empty is none
	Match   string // regular expression for the digits; empty takes all
}

// noTerminator is what stands for no terminators: no letter of it is a digit. (Without any the
// server takes "#".)
const noTerminator = "none"

// AppRead returns read: it plays a file and puts the digits that are pressed into a variable.
func AppRead(d Digits) App {
	var a args
	a.checkDigits(d)
	words := []string{strconv.Itoa(d.Min), strconv.Itoa(d.Max), quoteWord(d.Prompt), d.Variable,
		a.milliseconds("timeout", d.Timeout), d.terminators(), d.between(&a)}
	return a.app("read", " ", words...)
}

// AppPlayAndGetDigits returns play_and_get_digits: read that asks again until the digits
// match.
func AppPlayAndGetDigits(d Digits) App {
	var a args
	a.checkDigits(d)
	if d.Tries < 0 {
		a.fail("tries", "are negative", strconv.Itoa(d.Tries))
	}
	a.optional("invalid", d.Invalid)
	a.optional("match", d.Match)
	match, invalid := d.Match, d.Invalid
	if match == "" {
		match = `.*`
	}
	if invalid == "" {
		invalid = "silence_stream://1"
	}
	words := []string{strconv.Itoa(d.Min), strconv.Itoa(d.Max), strconv.Itoa(max(d.Tries, 1)),
		a.milliseconds("timeout", d.Timeout), d.terminators(), quoteWord(d.Prompt), quoteWord(invalid), d.Variable,
		quoteWord(match), d.between(&a)}
	return a.app("play_and_get_digits", " ", words...)
}

func (a *args) checkDigits(d Digits) {
	if d.Min < 0 || d.Max < max(d.Min, 1) || d.Max > 127 {
		a.fail("digits", "are not between 0 and 127", strconv.Itoa(d.Min)+" to "+strconv.Itoa(d.Max))
	}
	a.text("prompt", d.Prompt)
	a.variableName(d.Variable)
	if d.Terminators != "" {
		a.digits(d.Terminators)
	}
	if d.Timeout <= 0 {
		a.fail("timeout", "is none", d.Timeout.String())
	}
}

func (d Digits) terminators() string {
	if d.Terminators == "" {
		return noTerminator
	}
	return d.Terminators
}

func (d Digits) between(a *args) string {
	if d.Between == 0 {
		return a.milliseconds("timeout", d.Timeout)
	}
	return a.milliseconds("time between digits", d.Between)
}
