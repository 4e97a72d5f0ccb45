package fsw

import (
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/pipe"
)

// Handler makes a struct part of the model of a switch. Embed it in a struct of
// cells whose tags name the headers that feed them, describe the struct with a
// Kind, and give the kind to Handle: from then on events make such structs, feed
// and end them. A Channel is a Handler, too.
//
//	type Agent struct {
//		fsw.Handler
//		Status cell.Value[string] `fsw:"CC-Agent-Status"`
//	}
//
// A tag may be on a cell.Value of a string type, bool, int, int64, uint64, float64,
// time.Time, time.Duration, or any type with an UnmarshalText method. A number
// counts, after a comma, s, ms or us: microseconds since 1970 is the default for a
// time.Time, as FreeSWITCH sends most, seconds for a time.Duration. After "not" a bool
// is false if the header says true. "at=" and the name of an event, or a CUSTOM
// subclass, says that the header counts in that event only. "-" alone is no tag. Cells
// may be in structs within the struct, too. A header that an
// event does not have leaves its cell as it was, and so does one that cannot be
// read, which Switch.Misfits counts.
type Handler struct {
	// Events carries every event about it, after its cells have been updated and
	// its functions called, the last one included.
	Events pipe.Pipe[*esl.Event]

	// Closed is "" while it lives, and then why it ended. In the pass in which it
	// closes it leaves its Handlers.
	Closed cell.Value[string]

	sw    *Switch
	owner Owner
	key   string
	in    family
	scope *cell.Scope
	kids  kinds

	// See Switch.gap: since which one there was an event about it, which attributes
	// that and later ones have set, and in which one somebody made it by hand.
	heard   uint64
	heardIn uint32
	madeIn  uint32
}

// Handled is a struct that embeds Handler.
type Handled interface {
	Owner
	handler() *Handler
}

// Owner is whom handlers belong to, and end with: a *Switch, a *Channel, or
// whatever else embeds Handler.
type Owner interface {
	Switch() *Switch
	owned() *kinds
	scopeIn(tx cell.Tx) *cell.Scope
	over(r cell.Reader) bool
}

// family is the Handlers that something is in, or the channels of a switch.
type family interface {
	leave(tx cell.Tx, h *Handler)
	describe(tx cell.Tx, h *Handler) // for its scope, which is new
	own() bool                       // only the switch ends it
}

func (h *Handler) handler() *Handler { return h }

// Switch returns the switch it belongs to.
func (h *Handler) Switch() *Switch { return h.sw }

// Owner returns whom it was made for.
func (h *Handler) Owner() Owner { return h.owner }

// Key returns what tells it from the others of its kind and owner.
func (h *Handler) Key() string { return h.key }

// Scope returns a scope that ends with it: rules about it belong there. After the
// end it is one that ends with the pass it was asked for in.
func (h *Handler) Scope(tx cell.Tx) *cell.Scope {
	if h.scope == nil {
		h.scope = cell.NewScope(h.owner.scopeIn(tx).In(tx))
		tx.OnUndo(func() { h.scope = nil })
		h.in.describe(tx, h)
		if h.over(tx.Reader) {
			tx.OnCommit(h.stopScope)
		}
	}
	return h.scope
}

// Close ends it, and what it owns: reason, which must not be "", is what Closed
// becomes. Closing twice does nothing. An event may make another one with its key,
// and so may a snapshot, see Kind.Snapshot.
//
// A Channel is ended by its switch alone, and so are the other handlers of this
// package: Close panics.
func (h *Handler) Close(tx cell.Tx, reason string) {
	switch {
	case reason == "":
		panic(&cell.UsageError{Problem: "a Handler was closed without a reason"})
	case h.in.own():
		panic(&cell.UsageError{Problem: "a Handler that its switch ends was closed"})
	}
	h.end(tx, strings.Clone(reason))
}

func (h *Handler) end(tx cell.Tx, reason string) {
	if h.Closed.Peek(tx.Reader) != "" {
		return
	}
	h.Closed.Set(tx, reason)
	h.in.leave(tx, h)
	h.kids.close(tx, reason)
	h.sw.stopSeen(tx, h)
}

// stopSeen stops the scope of a handler that has ended when the rules and observers
// in it have seen that: at the end of this pass, or, if it was ended by a callback,
// after which they are yet to run, of the next one.
func (sw *Switch) stopSeen(tx cell.Tx, h *Handler) {
	if sw.Closed.Peek(tx.Reader) != nil {
		tx.OnCommit(h.stopScope) // the rule below ends, too
		return
	}
	sw.endings.Append(tx, h)
}

// stopScopes is the rule that does it.
func (sw *Switch) stopScopes(tx cell.Tx) {
	for h := range sw.endings.All(tx.Reader) {
		if h.scope != nil { // one that is asked for from now on sees to it itself
			tx.OnCommit(sw.stopEnded)
			return
		}
	}
}

func (sw *Switch) stopEndedScopes(tx cell.Tx) {
	for h := range sw.endings.All(tx.Reader) {
		h.stopScope(tx)
	}
}

func (h *Handler) stopScope(tx cell.Tx) {
	if s := h.scope; s != nil {
		h.scope = nil
		tx.OnUndo(func() { h.scope = s })
		s.StopIn(tx)
	}
}

func (h *Handler) owned() *kinds                  { return &h.kids }
func (h *Handler) scopeIn(tx cell.Tx) *cell.Scope { return h.Scope(tx) }
func (h *Handler) over(r cell.Reader) bool        { return h.Closed.Peek(r) != "" }

// Switch returns sw itself: it owns what is handled for it.
func (sw *Switch) Switch() *Switch             { return sw }
func (sw *Switch) owned() *kinds               { return &sw.kids }
func (sw *Switch) scopeIn(cell.Tx) *cell.Scope { return sw.scope }
func (sw *Switch) over(r cell.Reader) bool     { return sw.Closed.Peek(r) != nil }
