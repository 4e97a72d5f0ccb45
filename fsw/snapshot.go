package fsw

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A snapshot tells which channels were live before the subscription, or what
// happened while events were dropped. It comes from `show channels as json`, a
// table that the server fills from its own events, in batches, some 200 ms late:
// channels that are dead are still in it, new ones are not in it yet. So:
//
//   - The subscription comes first. About an id that had events since, events are
//     right.
//   - A row of an unknown channel is checked: uuid_dump asks the channel itself,
//     and has what rows have not.
//   - A second look, a second later, finds what was not in the table yet. A live
//     channel that is missing in it, too, ends when uuid_exists denies it.
//
// A server without that table answers -ERR: the switch then knows only the
// channels that began after it connected, and Snapshot says so.

// SnapshotState tells how the channels that were live before the connection came
// to be known.
type SnapshotState string

// The states of a snapshot.
const (
	SnapshotNone        SnapshotState = ""            // not asked for
	SnapshotPending     SnapshotState = "pending"     // being taken; the channels may be incomplete
	SnapshotDone        SnapshotState = "done"        // taken; what began in the second before it may be missing
	SnapshotChecked     SnapshotState = "checked"     // a second look has found what was missing
	SnapshotUnavailable SnapshotState = "unavailable" // the server has none: only channels that began since are known
)

const (
	maxSnapshot  = 256 << 20 // bytes
	secondLookIn = time.Second

	// Up to this many rows are checked before the switch is ready. Of more, the
	// rows are believed at first, and checked afterwards.
	checkFirst = 500
	// How many rows are checked at a time: each check holds up events for some
	// 50 microseconds.
	checkWindow = 16
)

// look tells the first look at the table from the second.
type look int

const (
	firstLook look = iota + 1
	secondLook
)

// takeSnapshot asks for the table.
func (sw *Switch) takeSnapshot(tx cell.Tx, l look) {
	if l == firstLook {
		sw.Snapshot.Set(tx, SnapshotPending)
	}
	sw.tell(tx, esl.API("show channels as json"), func(tx cell.Tx, r Reply) { sw.snapshotTaken(tx, r, l) })
}

// snapshotTaken compares the table with the model.
func (sw *Switch) snapshotTaken(tx cell.Tx, r Reply, l look) {
	if r.Err != nil {
		return
	}
	rows, err := parseRows(r.Text)
	if err != nil {
		sw.log.Warn("fsw: no snapshot of the channels", "error", err)
		sw.Snapshot.Set(tx, SnapshotUnavailable)
		sw.Ready.Set(tx, true)
		return
	}
	listed := make(map[string]bool, len(rows))
	c := &check{sw: sw, look: l}
	for _, row := range rows {
		listed[row.UUID] = true
		if _, live := sw.byID.Peek(tx.Reader, row.UUID); live || row.UUID == "" || sw.recent.has(row.UUID, sw.now()) {
			continue
		}
		c.rows = append(c.rows, row)
	}
	tx.Untracked(func(tx cell.Tx) {
		for ch := range sw.Channels.All(tx.Reader) {
			if id := ch.UUID.Get(tx.Reader); !listed[id] && l == secondLook {
				c.missing = append(c.missing, ch)
			}
		}
	})
	if len(c.rows) > checkFirst {
		for _, row := range c.rows {
			sw.enterRow(tx, row)
		}
		sw.synchronised(tx, l)
		c.look = 0 // what follows holds nothing up
	}
	c.next(tx)
}

// synchronised is the end of a look.
func (sw *Switch) synchronised(tx cell.Tx, l look) {
	switch l {
	case firstLook:
		sw.Snapshot.Set(tx, SnapshotDone)
		sw.Ready.Set(tx, true)
		tx.AfterCommit(func() {
			sw.conn.timers.after(secondLookIn, func() {
				_ = sw.graph.Update(func(tx cell.Tx) error {
					if sw.LoggedIn.Peek(tx.Reader) {
						sw.takeSnapshot(tx, secondLook)
					}
					return nil
				})
			})
		})
	case secondLook:
		sw.Snapshot.Set(tx, SnapshotChecked)
	}
}

// check asks the server about rows and channels one by one, a few at a time.
type check struct {
	sw      *Switch
	look    look
	rows    []row
	missing []*Channel
	asked   int
}

func (c *check) next(tx cell.Tx) {
	for c.asked < checkWindow {
		switch {
		case len(c.rows) > 0:
			row := c.rows[0]
			c.rows = c.rows[1:]
			c.ask(tx, "uuid_dump "+row.UUID, func(tx cell.Tx, r Reply) { c.sw.dumped(tx, row, r) })
		case len(c.missing) > 0:
			ch := c.missing[0]
			c.missing = c.missing[1:]
			c.ask(tx, "uuid_exists "+ch.UUID.Peek(tx.Reader), func(tx cell.Tx, r Reply) {
				if strings.TrimSpace(r.Text) == "false" && ch.Closed.Peek(tx.Reader) == "" {
					c.sw.end(tx, ch, CauseLost)
				}
			})
		default:
			if c.asked == 0 {
				c.sw.synchronised(tx, c.look)
			}
			return
		}
	}
}

// ask sends one question.
func (c *check) ask(tx cell.Tx, cmdline string, answer Callback) {
	c.asked++
	c.sw.tell(tx, esl.API(cmdline), func(tx cell.Tx, r Reply) {
		if r.Err != nil {
			return
		}
		asked, rows, missing := c.asked, c.rows, c.missing
		tx.OnUndo(func() { c.asked, c.rows, c.missing = asked, rows, missing })
		c.asked--
		answer(tx, r)
		c.next(tx)
	})
}

// dumped takes the answer to uuid_dump about a row.
func (sw *Switch) dumped(tx cell.Tx, row row, r Reply) {
	ch, live := sw.byID.Peek(tx.Reader, row.UUID)
	if esl.CheckReply(r.Text) != nil {
		if strings.Contains(r.Text, "permission denied") {
			if !live && !sw.recent.has(row.UUID, sw.now()) {
				sw.enterRow(tx, row)
			}
		} else if live && !ch.heard {
			sw.end(tx, ch, CauseLost) // dead already when the row was read
		}
		return
	}
	if sw.recent.has(row.UUID, sw.now()) {
		return // it ended while we asked
	}
	ev, err := esl.ParsePlain(r.Text)
	if err != nil {
		sw.log.Warn("fsw: uuid_dump", "error", err)
		return
	}
	if !live {
		ch = sw.enterRow(tx, row)
	}
	if !ch.heard {
		ch.update(tx, ev)
	}
}

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
	ch := sw.enter(tx, row.UUID)
	ch.listedAt = sw.now()
	set := func(c *cell.Value[string], v string) { c.Set(tx, internOrClone(v)) }
	set(&ch.Direction, row.Direction)
	set(&ch.ChannelName, row.Name)
	set(&ch.State, row.State)
	set(&ch.CallState, row.CallState)
	set(&ch.Name, row.CIDName)
	set(&ch.Number, row.CIDNum)
	set(&ch.Destination, row.Dest)
	set(&ch.Application, row.Application)
	set(&ch.ApplicationData, row.AppData)
	set(&ch.CallUUID, row.CallUUID)
	ch.ReadCodec.Set(tx, Codec{internOrClone(row.ReadCodec), atoi(row.ReadRate), atoi(row.ReadBitRate)})
	ch.WriteCodec.Set(tx, Codec{internOrClone(row.WriteCodec), atoi(row.WriteRate), atoi(row.WriteBitRate)})
	ch.Times.Set(tx, Timetable{Created: int64(atoi(row.CreatedEpoch)) * 1e6})
	return ch
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// parseRows reads the table. It has no rows member when it is empty.
func parseRows(text string) ([]row, error) {
	if err := esl.CheckReply(text); err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("fsw: a table was expected, not %.40q", text)
	}
	var rows []row
	for d.More() {
		member, err := d.Token()
		if err != nil {
			return nil, err
		}
		if member != "rows" {
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return nil, err
			}
			continue
		}
		if _, err := d.Token(); err != nil {
			return nil, err
		}
		for d.More() {
			var r row
			if err := d.Decode(&r); err != nil {
				return nil, err
			}
			rows = append(rows, r)
		}
		if _, err := d.Token(); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil && err != io.EOF {
		return nil, err
	}
	return rows, nil
}

// lagged takes note that the model lagged so much that messages were dropped, and
// finds out what it missed.
func (sw *Switch) lagged(lost int) {
	sw.log.Warn("fsw: the model lags, events were dropped", "count", lost)
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		count(tx, &sw.DroppedEvents, uint64(lost))
		if sw.Ready.Peek(tx.Reader) && sw.Snapshot.Peek(tx.Reader) != SnapshotNone {
			sw.takeSnapshot(tx, firstLook)
		}
		return nil
	})
}
