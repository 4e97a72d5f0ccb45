package fsw_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/internal/captures"
)

// Records agree with the durations that the server itself gives, in variables.
func TestRecords(t *testing.T) {
	g := cell.NewGraph()
	sw := fsw.NewListener(g)
	var channels []fsw.ChannelRecord
	var calls []fsw.CallRecord
	cell.Observe(g, func(r cell.Reader) {
		channels = append(channels, sw.ChannelRecords.Get(r)...)
		calls = append(calls, sw.CallRecords.Get(r)...)
	})
	if err := sw.ReceivedBytes(captures.Read(t, "10_load", "server.bin")); err != nil {
		t.Fatal(err)
	}
	if len(channels) != 400 || len(calls) != 200 {
		t.Errorf("%d channels and %d calls have ended, of 400 and 200", len(channels), len(calls))
	}
	compared := 0
	for _, rec := range channels {
		if rec.Cause != "NORMAL_CLEARING" || rec.UUID == "" || rec.Direction == "" {
			t.Errorf("%q: %s, %s", rec.UUID, rec.Cause, rec.Direction)
		}
		for name, of := range map[string]func() (time.Duration, bool){"duration": rec.Duration, "billsec": rec.Billed} {
			text, ok := rec.Variables.Get(name)
			if !ok {
				continue
			}
			want, err := strconv.Atoi(text)
			got, known := of()
			// The server takes the difference of two moments that it has cut to seconds.
			if err != nil || !known || got < time.Duration(want-1)*time.Second || got > time.Duration(want+1)*time.Second {
				t.Errorf("%s of %s is %v, %v, the server's is %s", name, rec.UUID, got, known, text)
			}
			compared++
		}
	}
	if compared < 400 {
		t.Errorf("only %d durations were compared", compared)
	}
	for _, rec := range calls {
		if len(rec.Legs) != 2 || rec.More != 0 || rec.Cause != "NORMAL_CLEARING" {
			t.Errorf("%s: %d legs, %s", rec.Cause, len(rec.Legs), rec.Call.Key())
		}
	}
}

func TestRecordsOfWhatWasNotSeen(t *testing.T) {
	var rec fsw.ChannelRecord
	for _, of := range []func() (time.Duration, bool){rec.Duration, rec.Waited, rec.Billed} {
		if d, known := of(); d != 0 || known {
			t.Error(d, known)
		}
	}
	rec.Times = fsw.Timetable{Created: 1_000_000, HungUp: 6_000_000}
	waited, _ := rec.Waited()
	billed, known := rec.Billed()
	if waited != 5*time.Second || billed != 0 || !known {
		t.Error(waited, billed, known)
	}
}

// A call with very many legs, one after the other, does not remember them all.
func TestRecordsAreBounded(t *testing.T) {
	d := newDesk(t)
	var calls []fsw.CallRecord
	cell.Observe(d.g, func(r cell.Reader) { calls = append(calls, d.CallRecords.Get(r)...) })
	d.event("CHANNEL_CREATE", "Unique-ID", "first", "Channel-Call-UUID", "c")
	const n = 2500
	for i := range n {
		id := strconv.Itoa(i)
		d.event("CHANNEL_CREATE", "Unique-ID", id, "Channel-Call-UUID", "c")
		d.event("CHANNEL_DESTROY", "Unique-ID", id)
	}
	d.event("CHANNEL_DESTROY", "Unique-ID", "first")
	if len(calls) != 1 || len(calls[0].Legs)+calls[0].More != n+1 || len(calls[0].Legs) > 1000 {
		t.Error(len(calls), len(calls[0].Legs), calls[0].More)
	}
	if last := calls[0].Legs[len(calls[0].Legs)-1]; last.UUID != "first" {
		t.Error(last.UUID)
	}
}
