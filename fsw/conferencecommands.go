package fsw

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// What is often done to a conference and its members (see membercommands.go). Each
// comes twice: as a method that waits for the server's answer, for goroutines, and as
// one that sends, for rules, whose callback may be nil. Neither waits until cells
// have changed: events tell of that. What the server refuses is an *esl.ReplyError,
// and ErrNoConference or ErrNoMember as well; other errors are as with Switch.API
// and Switch.SendAPI. What is not here is sent by Do and SendDo, and, written out, by
// Switch.API.

// Kinds of refusals about conferences, for errors.Is.
var (
	// ErrNoConference means that the conference has ended.
	ErrNoConference = errors.New("fsw: there is no such conference")
	// ErrNoMember means that the member has left.
	ErrNoMember = errors.New("fsw: there is no such member")
)

// Do has the server run one of the commands that esl.Conference... make, and returns
// what it says.
func (c *Conference) Do(ctx context.Context, command esl.APICommand) (string, error) {
	r, err := c.sw.await(ctx, func(tx cell.Tx, callback Callback) error { return c.SendDo(tx, command, callback) })
	return r.Text, err
}

// SendDo is Do for rules.
func (c *Conference) SendDo(tx cell.Tx, command esl.APICommand, callback Callback) error {
	cmdline, err := c.prepare(tx, command)
	if err != nil {
		return err
	}
	return c.sw.SendAPI(tx, cmdline, amended(callback, func(r Reply) error { return conferenceRefusal(cmdline, r) }))
}

func (c *Conference) prepare(tx cell.Tx, command esl.APICommand) (string, error) {
	if c.over(tx.Reader) {
		return "", fmt.Errorf("%w: %s: %s", ErrNoConference, c.key, c.Closed.Peek(tx.Reader))
	}
	return command.Encode()
}

func (c *Conference) do(ctx context.Context, command esl.APICommand) error {
	_, err := c.Do(ctx, command)
	return err
}

// conferenceRefusal reads a refusal.
func conferenceRefusal(cmdline string, r Reply) error {
	err := apiRefusal("api", cmdline, r)
	refused, ok := err.(*esl.ReplyError)
	switch {
	case !ok:
		return err
	case strings.HasPrefix(refused.Reason(), "Non-Existant ID"):
		return fmt.Errorf("%w: %w", ErrNoMember, err)
	case strings.HasPrefix(refused.Reason(), "Conference ") && strings.HasSuffix(refused.Reason(), " not found"):
		return fmt.Errorf("%w: %w", ErrNoConference, err)
	}
	return err
}

// Lock lets nobody join any more.
func (c *Conference) Lock(ctx context.Context) error { return c.do(ctx, esl.ConferenceLock(c.key)) }

// SendLock is Lock for rules.
func (c *Conference) SendLock(tx cell.Tx, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceLock(c.key), callback)
}

// Unlock lets everybody join.
func (c *Conference) Unlock(ctx context.Context) error {
	return c.do(ctx, esl.ConferenceUnlock(c.key))
}

// SendUnlock is Unlock for rules.
func (c *Conference) SendUnlock(tx cell.Tx, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceUnlock(c.key), callback)
}

// Mute mutes everybody, or those who are not moderators; Member.Mute mutes one.
func (c *Conference) Mute(ctx context.Context, who esl.ConferenceWho) error {
	return c.do(ctx, esl.ConferenceMute(c.key, who))
}

// SendMute is Mute for rules.
func (c *Conference) SendMute(tx cell.Tx, who esl.ConferenceWho, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceMute(c.key, who), callback)
}

// Unmute undoes Mute.
func (c *Conference) Unmute(ctx context.Context, who esl.ConferenceWho) error {
	return c.do(ctx, esl.ConferenceUnmute(c.key, who))
}

// SendUnmute is Unmute for rules.
func (c *Conference) SendUnmute(tx cell.Tx, who esl.ConferenceWho, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceUnmute(c.key, who), callback)
}

// Kick sends members away; when the last has gone, the conference ends.
func (c *Conference) Kick(ctx context.Context, who esl.ConferenceWho) error {
	return c.do(ctx, esl.ConferenceKick(c.key, who))
}

// SendKick is Kick for rules.
func (c *Conference) SendKick(tx cell.Tx, who esl.ConferenceWho, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceKick(c.key, who), callback)
}

// Play plays a file to everybody. It does not wait for its end: play-file-done.
func (c *Conference) Play(ctx context.Context, path string) error {
	return c.do(ctx, esl.ConferencePlay(c.key, path, ""))
}

// SendPlay is Play for rules.
func (c *Conference) SendPlay(tx cell.Tx, path string, callback Callback) error {
	return c.SendDo(tx, esl.ConferencePlay(c.key, path, ""), callback)
}

// Stop stops what is played to everybody.
func (c *Conference) Stop(ctx context.Context, what esl.ConferenceStop) error {
	return c.do(ctx, esl.ConferenceStopPlaying(c.key, what, ""))
}

// SendStop is Stop for rules.
func (c *Conference) SendStop(tx cell.Tx, what esl.ConferenceStop, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceStopPlaying(c.key, what, ""), callback)
}

// Say speaks a text to everybody.
func (c *Conference) Say(ctx context.Context, text string) error {
	return c.do(ctx, esl.ConferenceSay(c.key, text))
}

// SendSay is Say for rules.
func (c *Conference) SendSay(tx cell.Tx, text string, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceSay(c.key, text), callback)
}

// Record records the conference into a file on the server.
func (c *Conference) Record(ctx context.Context, path string) error {
	return c.do(ctx, esl.ConferenceRecord(c.key, path))
}

// SendRecord is Record for rules.
func (c *Conference) SendRecord(tx cell.Tx, path string, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceRecord(c.key, path), callback)
}

// NoRecord ends the recording into a file, or, if path is empty, all.
func (c *Conference) NoRecord(ctx context.Context, path string) error {
	return c.do(ctx, esl.ConferenceNoRecord(c.key, path))
}

// SendNoRecord is NoRecord for rules.
func (c *Conference) SendNoRecord(tx cell.Tx, path string, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceNoRecord(c.key, path), callback)
}

// Dial calls somebody into the conference, in the background of the server, and waits
// for the answer or its failure.
func (c *Conference) Dial(ctx context.Context, to esl.DialString, number, caller string) error {
	_, err := c.sw.await(ctx, func(tx cell.Tx, callback Callback) error {
		return c.SendDial(tx, to, number, caller, callback)
	})
	return err
}

// SendDial is Dial for rules: callback is called when it has been answered, or has
// failed.
func (c *Conference) SendDial(tx cell.Tx, to esl.DialString, number, caller string, callback Callback) error {
	command := esl.ConferenceDial(c.key, to, number, caller)
	if _, err := c.prepare(tx, command); err != nil {
		return err
	}
	return c.sw.SendRun(tx, command, callback)
}

// BgDial calls somebody into the conference and does not wait: bgdial-result.
func (c *Conference) BgDial(ctx context.Context, to esl.DialString, number, caller string) error {
	return c.do(ctx, esl.ConferenceBgDial(c.key, to, number, caller))
}

// SendBgDial is BgDial for rules.
func (c *Conference) SendBgDial(tx cell.Tx, to esl.DialString, number, caller string, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceBgDial(c.key, to, number, caller), callback)
}

// List returns what the server says of the conference, as JSON.
func (c *Conference) List(ctx context.Context) (string, error) {
	return c.Do(ctx, esl.ConferenceList(c.key))
}

// SendList is List for rules.
func (c *Conference) SendList(tx cell.Tx, callback Callback) error {
	return c.SendDo(tx, esl.ConferenceList(c.key), callback)
}
