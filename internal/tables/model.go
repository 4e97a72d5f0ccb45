package tables

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// Model returns the facts of a model.
func Model(r cell.Reader, sw *fsw.Switch) Facts {
	f := Facts{}
	for ch := range sw.Channels.All(r) {
		Channel{ch.UUID.Get(r), string(ch.Direction.Get(r)), ch.ChannelName.Get(r), string(ch.State.Get(r)), string(ch.CallState.Get(r))}.Add(f)
	}
	for name, c := range sw.Conferences.All(r) {
		conf := Conference{Name: name, UUID: c.UUID.Get(r), Size: c.Size.Get(r), Ghosts: c.Ghosts.Get(r), Floor: c.FloorMemberID.Get(r),
			Locked: c.Locked.Get(r), EnterSound: c.EnterSound.Get(r), ExitSound: c.ExitSound.Get(r)}
		for path := range c.Recordings.All(r) {
			conf.Recordings = append(conf.Recordings, path)
		}
		for _, m := range c.Members.All(r) {
			conf.Members = append(conf.Members, memberOf(r, m))
		}
		conf.Add(f)
	}
	return f
}

func memberOf(r cell.Reader, m *fsw.Member) Member {
	ch := m.Channel.Get(r)
	return Member{ID: m.ID, UUID: m.UUID.Get(r), Name: m.CallerIDName.Get(r), Number: m.CallerIDNumber.Get(r),
		Hear: !m.Deaf.Get(r), See: !m.Blind.Get(r), Speak: !m.Muted.Get(r), Hold: m.Hold.Get(r), Talking: m.Talking.Get(r),
		Floor: m.Floor.Get(r), Moderator: m.Moderator.Get(r), Video: m.Video.Get(r), Detect: m.MuteDetect.Get(r),
		EnergyLevel: m.EnergyLevel.Get(r), In: m.VolumeIn.Get(r), Out: m.VolumeOut.Get(r),
		Alone: ch == nil || ch.UUID.Get(r) != m.UUID.Get(r) || ch.Member.Get(r) != m}
}
