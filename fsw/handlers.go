package fsw

import (
	"fmt"
	"iter"
	"reflect"
	"strings"
	"sync/atomic"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Handlers are the living handlers of one kind and owner, by their keys.
type Handlers[H Handled] struct {
	// Snapshot tells whether they have been compared with the server's table, if the
	// kind has one: SnapshotUnavailable is an error of the command or of what reads its
	// output. It stays what it was while there is no connection, when Switch.Ready is
	// false.
	Snapshot cell.Value[SnapshotState]

	kind   *Kind[H]
	owner  Owner
	byKey  cell.Map[string, H]
	closed cell.Value[bool]
	failed atomic.Bool // one of its functions: it handles no more
	update update

	ended recentIDs // their keys, for tables that lag
}

// Handle makes events feed handlers of a kind, which belong to the owner. Of a
// Switch that is every event; of another owner those that are about it. The switch
// subscribes to what the kind needs, if it is not already, and keeps that up until
// the owner has ended or Close was called: from then on these events are ignored,
// unless somebody else needs them, and left out at the next connect.
//
// What may have been missed while there was no connection, or when events were dropped,
// is made up for as Kind.Snapshot says, or else Kind.Stays.
//
// If one of the kind's functions fails, the event is undone and applied again
// without these Handlers: they end with CauseFailed, and Faults tells why.
func Handle[H Handled](tx cell.Tx, owner Owner, kind *Kind[H]) *Handlers[H] {
	sw := owner.Switch()
	if kind.command != "" && owner != Owner(sw) {
		panic(&cell.UsageError{Problem: fmt.Sprintf("the kind %q has a Snapshot, and is handled for what is no Switch", kind.name)})
	}
	kind.check()
	hs := &Handlers[H]{kind: kind, owner: owner}
	if owner.over(tx.Reader) {
		hs.closed.Set(tx, true)
		return hs
	}
	owner.owned().add(tx, hs)
	sw.need(tx, hs.words(), 1)
	sw.lookAtNew(tx, hs)
	return hs
}

// Get returns the handler with the key. A rule that asks depends on whether there
// is one.
func (hs *Handlers[H]) Get(r cell.Reader, key string) (h H, ok bool) { return hs.byKey.Get(r, key) }

// All yields the handlers by their keys.
func (hs *Handlers[H]) All(r cell.Reader) iter.Seq2[string, H] { return hs.byKey.All(r) }

// Len returns how many there are.
func (hs *Handlers[H]) Len(r cell.Reader) int { return hs.byKey.Len(r) }

// Map returns them as a collection, to derive others from.
func (hs *Handlers[H]) Map() cell.ReadableMap[string, H] { return &hs.byKey }

// Make returns the handler with the key, always the same one, and makes it if it
// does not exist: from what a command has told, perhaps. One that is made so need not
// be in a snapshot before the next gap. Make panics if the owner has ended.
func (hs *Handlers[H]) Make(tx cell.Tx, key string) H {
	if h, ok := hs.byKey.Peek(tx.Reader, key); ok {
		return h
	}
	if hs.closed.Peek(tx.Reader) {
		panic(&cell.UsageError{Problem: fmt.Sprintf("%s %q was made for an owner that has ended", hs.kind.name, key)})
	}
	h := hs.make(tx, key)
	h.handler().madeIn = hs.owner.Switch().gaps()
	return h
}

func (hs *Handlers[H]) make(tx cell.Tx, key string) H {
	h := hs.kind.make()
	of := h.handler()
	of.sw, of.owner, of.key, of.in = hs.owner.Switch(), hs.owner, strings.Clone(key), hs
	hs.byKey.Set(tx, of.key, h)
	if hs.kind.made != nil {
		hs.kind.made(h, tx)
	}
	return h
}

// Close ends the handlers, and the handling.
func (hs *Handlers[H]) Close(tx cell.Tx) { hs.close(tx, CauseClosed) }

func (hs *Handlers[H]) close(tx cell.Tx, reason string) {
	if hs.closed.Peek(tx.Reader) {
		return
	}
	hs.closed.Set(tx, true)
	hs.owner.owned().remove(tx, hs)
	hs.owner.Switch().need(tx, hs.words(), -1)
	tx.Untracked(func(tx cell.Tx) {
		for _, h := range hs.byKey.All(tx.Reader) {
			h.handler().end(tx, reason)
		}
	})
}

// event feeds the handler that the event is about.
func (hs *Handlers[H]) event(tx cell.Tx, ev *esl.Event, w word) {
	if hs.over(tx.Reader) {
		return
	}
	sw, k := hs.owner.Switch(), hs.kind
	done := false
	defer func() {
		if !done {
			sw.blame(hs)
		}
	}()
	if key := k.key(ev); key != "" {
		hs.feed(tx, ev, w, key)
	}
	done = true
}

func (hs *Handlers[H]) feed(tx cell.Tx, ev *esl.Event, w word, key string) {
	k := hs.kind
	h, ok := hs.byKey.Peek(tx.Reader, key)
	if !ok {
		if k.begins != nil && !k.begins(ev) {
			if hs.command() != "" && k.ends != nil && k.ends(ev) != "" {
				hs.remember(tx, key) // a row may still be about it
			}
			return
		}
		h = hs.make(tx, key)
	}
	of := h.handler()
	of.hear(tx, of.sw.gaps(), hs.set(update{sw: of.sw, tx: tx, of: pointerTo(of), ev: ev}))
	if f := k.on[w]; f != nil {
		f(h, tx, ev)
	}
	if f := k.on[all]; f != nil {
		f(h, tx, ev)
	}
	if k.any != nil {
		k.any(h, tx, ev)
	}
	of.kids.event(tx, ev)
	of.Events.Append(tx, ev)
	if k.ends != nil {
		if reason := k.ends(ev); reason != "" {
			of.end(tx, reason)
		}
	}
}

// set sets the cells, and returns which ones.
func (hs *Handlers[H]) set(with update) (attributes uint64) {
	u := &hs.update
	*u = with
	hs.kind.attributes.update(u)
	set, bad := u.set, u.bad
	*u = update{}
	hs.owner.Switch().misfits(with.tx, bad)
	return set
}

// words returns what the kind subscribes to.
func (hs *Handlers[H]) words() (words []word) {
	for w := range hs.kind.on {
		words = append(words, w)
	}
	return words
}

func (hs *Handlers[H]) wants(w word) bool {
	if _, ok := hs.kind.on[w]; ok {
		return true
	}
	_, ok := hs.kind.on[all]
	return ok
}

// drop ends it after one of its functions has failed.
func (hs *Handlers[H]) drop() {
	hs.failed.Store(true)
	sw := hs.owner.Switch()
	sw.contain(esl.Message{}, func(tx cell.Tx) error { hs.close(tx, CauseFailed); return nil })
}

func (hs *Handlers[H]) what() string { return "kind " + hs.kind.name }

func (hs *Handlers[H]) leave(tx cell.Tx, h *Handler) {
	hs.byKey.Delete(tx, h.key)
	if hs.command() != "" && h.Closed.Peek(tx.Reader) != CauseLost {
		hs.remember(tx, h.key)
	}
}

func (hs *Handlers[H]) describe(tx cell.Tx, h *Handler) {
	object := reflect.NewAt(reflect.TypeFor[H]().Elem(), pointerTo(h)).Interface()
	h.scope.Describe(tx, object, func() string { return hs.kind.name + " " + h.key })
}

func (hs *Handlers[H]) own() bool { return false }
