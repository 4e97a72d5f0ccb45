package fsw

import (
	"log/slog"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// A FreeSWITCH that is started gives itself a Core-UUID, which is in every event.
// When it is another one after a gap, nothing of what was before exists any more,
// whatever ids there are now. Which one it is is asked before anything is compared,
// and read off the first event of a connection, whichever comes first.

var keyCoreUUID = esl.MakeKey("Core-UUID")

// askIdentity asks the server which one it is. One that does not tell is known by
// its events.
func (sw *Switch) askIdentity(tx cell.Tx) {
	sw.tell(tx, esl.API("global_getvar core_uuid"), func(tx cell.Tx, r Reply) {
		if r.Err != nil {
			return
		}
		if id := strings.TrimSpace(r.Text); esl.CheckReply(r.Text) == nil {
			sw.learn(tx, func(tx cell.Tx, sw *Switch) { sw.identify(tx, id) })
		}
		sw.learn(tx, forgetHandlers)
	})
}

// identifyBy reads it off an event.
func (sw *Switch) identifyBy(tx cell.Tx, ev *esl.Event) {
	if i, ok := ev.Lookup(keyCoreUUID); ok {
		_, id := ev.At(i)
		sw.identify(tx, id)
	}
}

// identify compares the server with the one before the gap.
func (sw *Switch) identify(tx cell.Tx, id string) {
	if sw.identified || id == "" {
		return
	}
	sw.identified = true
	tx.OnUndo(func() { sw.identified = false })
	before := sw.CoreUUID.Peek(tx.Reader)
	if before == id {
		return
	}
	sw.CoreUUID.Set(tx, strings.Clone(id))
	if before != "" {
		sw.note(tx, slog.LevelWarn, "the server was restarted", slog.String("core_uuid", id), slog.String("before", before))
		sw.restarted(tx)
	}
}

// restarted says what a restart of the server ends: everything.
func (sw *Switch) restarted(tx cell.Tx) {
	for _, t := range sw.tables {
		t.restarted(tx)
	}
	for _, h := range sw.kids.all {
		h.restarted(tx)
	}
	sw.recent.forget(tx)
}
