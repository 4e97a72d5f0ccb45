package fsw

import (
	"context"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// See conferencecommands.go.

func (m *Member) do(ctx context.Context, command esl.APICommand) error {
	_, err := m.sw.await(ctx, func(tx cell.Tx, callback Callback) error { return m.send(tx, command, callback) })
	return err
}

func (m *Member) send(tx cell.Tx, command esl.APICommand, callback Callback) error {
	if m.over(tx.Reader) {
		return fmt.Errorf("%w: %d of %s: %s", ErrNoMember, m.ID, m.owner.(*Conference).key, m.Closed.Peek(tx.Reader))
	}
	return m.Conference().SendDo(tx, command, callback)
}

func (m *Member) name() string           { return m.Conference().key }
func (m *Member) who() esl.ConferenceWho { return esl.MemberID(m.ID) }

// Mute mutes the member.
func (m *Member) Mute(ctx context.Context) error {
	return m.do(ctx, esl.ConferenceMute(m.name(), m.who()))
}

// SendMute is Mute for rules.
func (m *Member) SendMute(tx cell.Tx, callback Callback) error {
	return m.send(tx, esl.ConferenceMute(m.name(), m.who()), callback)
}

// Unmute undoes Mute.
func (m *Member) Unmute(ctx context.Context) error {
	return m.do(ctx, esl.ConferenceUnmute(m.name(), m.who()))
}

// SendUnmute is Unmute for rules.
func (m *Member) SendUnmute(tx cell.Tx, callback Callback) error {
	return m.send(tx, esl.ConferenceUnmute(m.name(), m.who()), callback)
}

// Deafen lets the member hear nothing (deaf).
func (m *Member) Deafen(ctx context.Context) error {
	return m.do(ctx, esl.ConferenceDeaf(m.name(), m.who()))
}

// SendDeafen is Deafen for rules.
func (m *Member) SendDeafen(tx cell.Tx, callback Callback) error {
	return m.send(tx, esl.ConferenceDeaf(m.name(), m.who()), callback)
}

// Undeafen undoes Deafen (undeaf).
func (m *Member) Undeafen(ctx context.Context) error {
	return m.do(ctx, esl.ConferenceUndeaf(m.name(), m.who()))
}

// SendUndeafen is Undeafen for rules.
func (m *Member) SendUndeafen(tx cell.Tx, callback Callback) error {
	return m.send(tx, esl.ConferenceUndeaf(m.name(), m.who()), callback)
}

// Kick sends the member away, with a sound for it if the profile has one.
func (m *Member) Kick(ctx context.Context) error {
	return m.do(ctx, esl.ConferenceKick(m.name(), m.who()))
}

// SendKick is Kick for rules.
func (m *Member) SendKick(tx cell.Tx, callback Callback) error {
	return m.send(tx, esl.ConferenceKick(m.name(), m.who()), callback)
}

// Hup sends the member away without a sound.
func (m *Member) Hup(ctx context.Context) error {
	return m.do(ctx, esl.ConferenceHup(m.name(), m.who()))
}

// SendHup is Hup for rules.
func (m *Member) SendHup(tx cell.Tx, callback Callback) error {
	return m.send(tx, esl.ConferenceHup(m.name(), m.who()), callback)
}

// Play plays a file to the member. It does not wait for its end: play-file-member-done.
func (m *Member) Play(ctx context.Context, path string) error {
	return m.do(ctx, esl.ConferencePlay(m.name(), path, m.who()))
}

// SendPlay is Play for rules.
func (m *Member) SendPlay(tx cell.Tx, path string, callback Callback) error {
	return m.send(tx, esl.ConferencePlay(m.name(), path, m.who()), callback)
}

// Stop stops what is played to the member.
func (m *Member) Stop(ctx context.Context, what esl.ConferenceStop) error {
	return m.do(ctx, esl.ConferenceStopPlaying(m.name(), what, m.who()))
}

// SendStop is Stop for rules.
func (m *Member) SendStop(tx cell.Tx, what esl.ConferenceStop, callback Callback) error {
	return m.send(tx, esl.ConferenceStopPlaying(m.name(), what, m.who()), callback)
}

// Say speaks a text to the member.
func (m *Member) Say(ctx context.Context, text string) error {
	return m.do(ctx, esl.ConferenceSayMember(m.name(), m.ID, text))
}

// SendSay is Say for rules.
func (m *Member) SendSay(tx cell.Tx, text string, callback Callback) error {
	return m.send(tx, esl.ConferenceSayMember(m.name(), m.ID, text), callback)
}

// SetEnergyLevel sets how loud the member must be to be heard, 0 to 1800.
func (m *Member) SetEnergyLevel(ctx context.Context, level int) error {
	return m.do(ctx, esl.ConferenceEnergy(m.name(), m.who(), level))
}

// SendSetEnergyLevel is SetEnergyLevel for rules.
func (m *Member) SendSetEnergyLevel(tx cell.Tx, level int, callback Callback) error {
	return m.send(tx, esl.ConferenceEnergy(m.name(), m.who(), level), callback)
}

// SetVolumeIn sets how loud the others hear the member, -4 to 4.
func (m *Member) SetVolumeIn(ctx context.Context, level int) error {
	return m.do(ctx, esl.ConferenceVolumeIn(m.name(), m.who(), level))
}

// SendSetVolumeIn is SetVolumeIn for rules.
func (m *Member) SendSetVolumeIn(tx cell.Tx, level int, callback Callback) error {
	return m.send(tx, esl.ConferenceVolumeIn(m.name(), m.who(), level), callback)
}

// SetVolumeOut sets how loud the member hears the others, -4 to 4.
func (m *Member) SetVolumeOut(ctx context.Context, level int) error {
	return m.do(ctx, esl.ConferenceVolumeOut(m.name(), m.who(), level))
}

// SendSetVolumeOut is SetVolumeOut for rules.
func (m *Member) SendSetVolumeOut(tx cell.Tx, level int, callback Callback) error {
	return m.send(tx, esl.ConferenceVolumeOut(m.name(), m.who(), level), callback)
}

// ToggleFloor gives the floor to the member, or takes it away if it has it. The server refuses
// while another one has it.
func (m *Member) ToggleFloor(ctx context.Context) error {
	return m.do(ctx, esl.ConferenceFloor(m.name(), m.who()))
}

// SendToggleFloor is ToggleFloor for rules.
func (m *Member) SendToggleFloor(tx cell.Tx, callback Callback) error {
	return m.send(tx, esl.ConferenceFloor(m.name(), m.who()), callback)
}

// DTMF sends digits to the member.
func (m *Member) DTMF(ctx context.Context, digits string) error {
	return m.do(ctx, esl.ConferenceDTMF(m.name(), m.who(), digits))
}

// SendDTMF is DTMF for rules.
func (m *Member) SendDTMF(tx cell.Tx, digits string, callback Callback) error {
	return m.send(tx, esl.ConferenceDTMF(m.name(), m.who(), digits), callback)
}

// Transfer sends the member to another conference, where it keeps its ID, and is another
// Member.
func (m *Member) Transfer(ctx context.Context, conference string) error {
	return m.do(ctx, esl.ConferenceTransfer(m.name(), conference, m.ID))
}

// SendTransfer is Transfer for rules.
func (m *Member) SendTransfer(tx cell.Tx, conference string, callback Callback) error {
	return m.send(tx, esl.ConferenceTransfer(m.name(), conference, m.ID), callback)
}

// Relate says what the member may not do with another one of its conference.
func (m *Member) Relate(ctx context.Context, other *Member, relation esl.Relation) error {
	return m.do(ctx, esl.ConferenceRelate(m.name(), m.ID, other.ID, relation))
}

// SendRelate is Relate for rules.
func (m *Member) SendRelate(tx cell.Tx, other *Member, relation esl.Relation, callback Callback) error {
	return m.send(tx, esl.ConferenceRelate(m.name(), m.ID, other.ID, relation), callback)
}
