package fsw

import (
	"slices"
	"strings"
	"sync"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// awaited are the Event-UUIDs of applications whose end somebody waits for. They are
// known before the message is sent, and until the end has been applied: when events have
// to be dropped (see inbox), those that tell of such an end are kept.
type awaited struct {
	mu  sync.Mutex
	ids map[string]bool
}

// add is undone with the transaction.
func (a *awaited) add(tx cell.Tx, id string) {
	a.set(id, true)
	tx.OnUndo(func() { a.set(id, false) })
}

// remove forgets an id when the transaction is committed.
func (a *awaited) remove(tx cell.Tx, id string) { tx.AtCommit(func() { a.set(id, false) }) }

func (a *awaited) set(id string, is bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !is {
		delete(a.ids, id)
		return
	}
	if a.ids == nil {
		a.ids = map[string]bool{}
	}
	a.ids[id] = true
}

// inEvent says whether an event that has been read has such an id.
func (a *awaited) inEvent(ev *esl.Event) bool {
	var ids []string
	switch ev.Name() {
	case esl.EventChannelExecuteComplete:
		ids = ev.Values("Application-UUID")
	case esl.EventPrivateCommand:
		ids = ev.Values("Event-UUID")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(ids, func(id string) bool { return a.ids[id] })
}

// in says whether an event has such an id: CHANNEL_EXECUTE_COMPLETE has it as
// Application-UUID, PRIVATE_COMMAND as one of its two Event-UUIDs. It does not read the
// whole event, since thousands are dropped at a time.
func (a *awaited) in(m esl.Message) bool {
	before := "-UUID: "
	switch m.ContentType {
	case esl.EventPlain:
	case esl.EventJSON:
		before = `-UUID":"`
	default:
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.ids) == 0 {
		return false
	}
	for _, rest, found := strings.Cut(m.Body, before); found; _, rest, found = strings.Cut(rest, before) {
		if len(rest) >= uuidSize && a.ids[rest[:uuidSize]] {
			return true
		}
	}
	return false
}

// uuidSize is the length of the ids that newUUID makes.
const uuidSize = 36
