package fsw

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// kinds are what is handled for an owner.
type kinds struct {
	all    []handling          // in the order of Handle
	byWord map[word][]handling // made when asked for
}

// handling is a Handlers of any type.
type handling interface {
	table
	forget(tx cell.Tx)
	over(r cell.Reader) bool
	wants(w word) bool
	event(tx cell.Tx, ev *esl.Event, w word)
	close(tx cell.Tx, reason string)
}

func (ks *kinds) add(tx cell.Tx, h handling) { ks.set(tx, append(slices.Clip(ks.all), h)) }

func (ks *kinds) remove(tx cell.Tx, h handling) {
	ks.set(tx, slices.DeleteFunc(slices.Clone(ks.all), func(x handling) bool { return x == h }))
}

func (ks *kinds) set(tx cell.Tx, all []handling) {
	before := ks.all
	tx.OnUndo(func() { ks.all, ks.byWord = before, nil })
	ks.all, ks.byWord = all, nil
}

// event hands an event to whoever wants it.
func (ks *kinds) event(tx cell.Tx, ev *esl.Event) {
	if len(ks.all) == 0 {
		return
	}
	w := wordOfEvent(ev)
	for _, h := range ks.wanting(w) {
		h.event(tx, ev, w)
	}
}

// maxWords bounds byWord: the words are names of events that were received.
const maxWords = 1000

func (ks *kinds) wanting(w word) []handling {
	wanting, known := ks.byWord[w]
	if known {
		return wanting
	}
	for _, h := range ks.all {
		if h.wants(w) {
			wanting = append(wanting, h)
		}
	}
	if ks.byWord == nil || len(ks.byWord) == maxWords {
		ks.byWord = map[word][]handling{}
	}
	w.name = strings.Clone(w.name) // not a piece of the event
	ks.byWord[w] = wanting
	return wanting
}

// close ends all of them, the last first.
func (ks *kinds) close(tx cell.Tx, reason string) {
	for _, h := range slices.Backward(ks.all) {
		h.close(tx, reason)
	}
}

// wordOfEvent is what one subscribes to for such events.
func wordOfEvent(ev *esl.Event) word {
	name := ev.Name()
	if name == "CUSTOM" {
		if sub := ev.Subclass(); sub != "" {
			return word{sub, true}
		}
	}
	return word{string(name), false}
}

// need says that events are needed, or, if n is -1, no more.
func (sw *Switch) need(tx cell.Tx, words []word, n int) {
	for _, w := range words {
		name := w.String()
		now, _ := sw.needed.Peek(tx.Reader, name)
		if now += n; now > 0 {
			sw.needed.Set(tx, name, now)
		} else {
			sw.needed.Delete(tx, name)
		}
	}
}

// misfits counts values that did not fit their cell.
func (sw *Switch) misfits(tx cell.Tx, n uint64) {
	if n > 0 {
		count(tx, &sw.Misfits, n)
	}
}

// pointerTo returns the address of the struct that h is the first field of.
func pointerTo(h *Handler) unsafe.Pointer { return unsafe.Pointer(h) }
