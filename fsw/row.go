package fsw

import (
	"strconv"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// row is what a row of the table tells about a channel.
type row struct {
	UUID         string `json:"uuid"`
	Direction    string `json:"direction"`
	CreatedEpoch string `json:"created_epoch"`
	Name         string `json:"name"`
	State        string `json:"state"`
	CIDName      string `json:"cid_name"`
	CIDNum       string `json:"cid_num"`
	Dest         string `json:"dest"`
	Application  string `json:"application"`
	AppData      string `json:"application_data"`
	ReadCodec    string `json:"read_codec"`
	ReadRate     string `json:"read_rate"`
	ReadBitRate  string `json:"read_bit_rate"`
	WriteCodec   string `json:"write_codec"`
	WriteRate    string `json:"write_rate"`
	WriteBitRate string `json:"write_bit_rate"`
	CallState    string `json:"callstate"`
	CallUUID     string `json:"call_uuid"`
}

// enterRow adds a live channel from its row.
func (sw *Switch) enterRow(tx cell.Tx, row row) *Channel {
	ch := sw.enterListed(tx, row.UUID)
	ch.setRow(tx, row)
	return ch
}

// enterListed adds a live channel that no event has announced.
func (sw *Switch) enterListed(tx cell.Tx, id string) *Channel {
	ch := sw.enter(tx, id, 0)
	ch.listedAt, ch.listedIn = sw.now(), sw.gap
	return ch
}

// setRow sets what a row tells.
func (ch *Channel) setRow(tx cell.Tx, row row) {
	set := func(c *cell.Value[string], v string) { c.Set(tx, internOrClone(v)) }
	ch.Direction.Set(tx, esl.Direction(internOrClone(row.Direction)))
	set(&ch.ChannelName, row.Name)
	ch.State.Set(tx, esl.ChannelState(internOrClone(row.State)))
	ch.CallState.Set(tx, esl.CallState(internOrClone(row.CallState)))
	set(&ch.Name, row.CIDName)
	set(&ch.Number, row.CIDNum)
	set(&ch.Destination, row.Dest)
	set(&ch.Application, row.Application)
	set(&ch.ApplicationData, row.AppData)
	set(&ch.CallUUID, row.CallUUID)
	ch.ReadCodec.Set(tx, Codec{internOrClone(row.ReadCodec), atoi(row.ReadRate), atoi(row.ReadBitRate)})
	ch.WriteCodec.Set(tx, Codec{internOrClone(row.WriteCodec), atoi(row.WriteRate), atoi(row.WriteBitRate)})
	if ch.Times.Peek(tx.Reader).Created == 0 { // the row has whole seconds
		ch.Times.Set(tx, Timetable{Created: row.created()})
	}
	ch.sw.group(tx, ch)
}

func (r row) created() Moment { return Moment(atoi(r.CreatedEpoch)) * 1e6 }

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
