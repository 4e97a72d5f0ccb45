package main

import (
	"cmp"
	"context"
	"errors"
	"text/tabwriter"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

type channelsCommand struct {
	connectFlags
	JSON bool `name:"json" help:"Print one JSON array."`
}

func (channelsCommand) Help() string {
	return `Fields of a channel in JSON: uuid, channel_name, state, call_state, answer_state,
direction, user, caller_id_name, caller_id_number, destination, call_uuid,
other_leg_uuid, application, application_data, hangup_cause, read_codec,
read_codec_rate, read_codec_bit_rate, write_codec, write_codec_rate,
write_codec_bit_rate, created_time, progress_time, progress_media_time,
answered_time, bridged_time, last_hold_time, transfer_time, resurrect_time,
hangup_time. What is not known is "", 0 or, of times, null.`
}

func (c *channelsCommand) Run(ctx context.Context, std *streams) error {
	sw, err := c.dial(ctx, fsw.Options{})
	if err != nil {
		return err
	}
	defer sw.Close()
	if err := c.settled(ctx, sw); err != nil {
		return err
	}
	var channels []channelJSON
	sw.Graph().View(func(r cell.Reader) { channels = liveChannels(r, sw) })
	if c.JSON {
		std.out.json(channels)
	} else {
		printTable(std.out, channels)
	}
	return nil
}

// patience is how long channels waits for the second look at the server's table,
// which lags: without it, a channel that has just begun would be missing.
const patience = 3 * time.Second

func (c *channelsCommand) settled(ctx context.Context, sw *fsw.Switch) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := sw.Wait(ctx, func(r cell.Reader) bool {
		state := sw.Snapshot.Get(r)
		return state == fsw.SnapshotChecked || state == fsw.SnapshotUnavailable
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // a slow server: what is known is worth more than nothing
	}
	if err == nil && cell.Read(sw.Graph(), &sw.Snapshot) == fsw.SnapshotUnavailable {
		return errors.New("the server does not answer \"show channels as json\" with its channels")
	}
	return err
}

// printTable prints channels as a table for people, nothing if there are none.
func printTable(out *output, channels []channelJSON) {
	if len(channels) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	tabRow(w, "UUID", "DIRECTION", "CALLER", "DESTINATION", "STATE", "CALL STATE", "APPLICATION", "OTHER LEG")
	for _, c := range channels {
		tabRow(w, c.UUID, c.Direction, caller(c.CallerIDName, c.CallerIDNumber), c.Destination,
			c.State, c.CallState, c.Application, short(c.OtherLegUUID))
	}
}

func tabRow(w *tabwriter.Writer, columns ...string) {
	for i, text := range columns {
		if i > 0 {
			w.Write([]byte{'\t'})
		}
		w.Write([]byte(cmp.Or(printable(text), "-")))
	}
	w.Write([]byte{'\n'})
}
