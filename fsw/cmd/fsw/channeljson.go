package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// channelJSON is how a channel looks in JSON. The names do not change. What is not
// known is "", 0 or, of times, null.
type channelJSON struct {
	UUID            string  `json:"uuid"`
	ChannelName     string  `json:"channel_name"`
	State           string  `json:"state"`
	CallState       string  `json:"call_state"`
	AnswerState     string  `json:"answer_state"`
	Direction       string  `json:"direction"`
	User            string  `json:"user"`
	CallerIDName    string  `json:"caller_id_name"`
	CallerIDNumber  string  `json:"caller_id_number"`
	Destination     string  `json:"destination"`
	CallUUID        string  `json:"call_uuid"`
	OtherLegUUID    string  `json:"other_leg_uuid"`
	Application     string  `json:"application"`
	ApplicationData string  `json:"application_data"`
	HangupCause     string  `json:"hangup_cause"`
	ReadCodec       string  `json:"read_codec"`
	ReadCodecRate   int     `json:"read_codec_rate"`
	ReadCodecBits   int     `json:"read_codec_bit_rate"`
	WriteCodec      string  `json:"write_codec"`
	WriteCodecRate  int     `json:"write_codec_rate"`
	WriteCodecBits  int     `json:"write_codec_bit_rate"`
	CreatedTime     *string `json:"created_time"`
	ProgressTime    *string `json:"progress_time"`
	ProgressMedia   *string `json:"progress_media_time"`
	AnsweredTime    *string `json:"answered_time"`
	BridgedTime     *string `json:"bridged_time"`
	LastHoldTime    *string `json:"last_hold_time"`
	TransferTime    *string `json:"transfer_time"`
	ResurrectTime   *string `json:"resurrect_time"`
	HangupTime      *string `json:"hangup_time"`
}

func asJSON(r cell.Reader, ch *fsw.Channel) channelJSON {
	read, write, times := ch.ReadCodec.Get(r), ch.WriteCodec.Get(r), ch.Times.Get(r)
	return channelJSON{
		UUID:            ch.UUID.Get(r),
		ChannelName:     ch.ChannelName.Get(r),
		State:           string(ch.State.Get(r)),
		CallState:       string(ch.CallState.Get(r)),
		AnswerState:     string(ch.AnswerState.Get(r)),
		Direction:       string(ch.Direction.Get(r)),
		User:            ch.User.Get(r),
		CallerIDName:    ch.Name.Get(r),
		CallerIDNumber:  ch.Number.Get(r),
		Destination:     ch.Destination.Get(r),
		CallUUID:        ch.CallUUID.Get(r),
		OtherLegUUID:    ch.OtherLeg.Get(r),
		Application:     ch.Application.Get(r),
		ApplicationData: ch.ApplicationData.Get(r),
		HangupCause:     string(ch.HangupCause.Get(r)),
		ReadCodec:       read.Name,
		ReadCodecRate:   read.Rate,
		ReadCodecBits:   read.BitRate,
		WriteCodec:      write.Name,
		WriteCodecRate:  write.Rate,
		WriteCodecBits:  write.BitRate,
		CreatedTime:     moment(times.Created),
		ProgressTime:    moment(times.Progress),
		ProgressMedia:   moment(times.ProgressMedia),
		AnsweredTime:    moment(times.Answered),
		BridgedTime:     moment(times.Bridged),
		LastHoldTime:    moment(times.LastHold),
		TransferTime:    moment(times.Transferred),
		ResurrectTime:   moment(times.Resurrected),
		HangupTime:      moment(times.HungUp),
	}
}

// moment writes a time of the server as RFC 3339 in UTC.
func moment(m fsw.Moment) *string {
	if m == 0 {
		return nil
	}
	s := m.Time().UTC().Format("2006-01-02T15:04:05.000000Z")
	return &s
}

// liveChannels are the channels of a switch, none as [].
func liveChannels(r cell.Reader, sw *fsw.Switch) []channelJSON {
	channels := []channelJSON{}
	for ch := range sw.Channels.All(r) {
		channels = append(channels, asJSON(r, ch))
	}
	return channels
}
