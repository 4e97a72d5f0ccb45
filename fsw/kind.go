package fsw

import (
	"fmt"
	"reflect"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Kind describes one type of Handler: which events are about it, which of them it
// is about, and what is done with them. A Kind is described once, before it is
// used, and may then be used for any number of switches at the same time.
//
//	var agents = fsw.NewKind[Agent]("agent").
//		Key("CC-Agent").
//		On("callcenter::info", (*Agent).info)
type Kind[H Handled] struct {
	name       string
	make       func() H
	key        func(*esl.Event) string
	on         map[word]func(H, cell.Tx, *esl.Event)
	any        func(H, cell.Tx, *esl.Event)
	begins     func(*esl.Event) bool
	ends       func(*esl.Event) string
	made       func(H, cell.Tx)
	command    string // that shows the table of its snapshots; "" is none
	rows       func(output string) ([]*esl.Event, error)
	listed     func(H, cell.Tx, *esl.Event)
	stays      bool
	attributes attributes
}

// word is what one subscribes to: the name of an event, or the subclass of CUSTOM
// ones. ALL is every event.
type word struct {
	name   string
	custom bool
}

var all = word{name: "ALL"}

func wordOf(s string) word {
	if sub, ok := subclass(s); ok {
		return word{sub, true}
	}
	return word{s, false}
}

// is says whether an event is of the word.
func (w word) is(ev *esl.Event) bool {
	if w.custom {
		return ev.Name() == "CUSTOM" && ev.Subclass() == w.name
	}
	return ev.Name() == esl.EventName(w.name)
}

func (w word) String() string {
	if w.custom {
		return "CUSTOM " + w.name
	}
	return w.name
}

// NewKind returns a kind of handlers of type *T, which embeds Handler. name is for
// errors and snapshots. It panics if a tag of T cannot be understood.
func NewKind[T any, H interface {
	*T
	Handled
}](name string) *Kind[H] {
	k := &Kind[H]{name: name, make: func() H { return new(T) }, on: map[word]func(H, cell.Tx, *esl.Event){}}
	t := reflect.TypeFor[T]()
	if f, ok := t.FieldByName("Handler"); !ok || f.Type != reflect.TypeFor[Handler]() || len(f.Index) != 1 || f.Offset != 0 {
		panic(fmt.Sprintf("fsw: the first field of %v must be the embedded fsw.Handler", t))
	}
	k.attributes.bind(t, 0)
	k.attributes.index()
	return k
}

// Key says which header of an event has the key of the handler that it is about.
// Events without it, or with an empty one, are about none.
func (k *Kind[H]) Key(header string) *Kind[H] {
	key := esl.MakeKey(header)
	k.key = func(ev *esl.Event) string {
		i, ok := ev.Lookup(key)
		if !ok {
			return ""
		}
		_, v := ev.At(i)
		return v
	}
	return k
}

// KeyFunc is Key for keys that are no single header. The function is pure.
func (k *Kind[H]) KeyFunc(key func(*esl.Event) string) *Kind[H] {
	k.key = key
	return k
}

// On says that the events of a name, such as "CHANNEL_ANSWER", or a CUSTOM subclass
// such as "callcenter::info" or "CUSTOM name", feed such handlers, and calls f at
// each, after the cells have been updated. f may be nil, and may be a method
// expression. The switch subscribes to these events.
func (k *Kind[H]) On(event string, f func(h H, tx cell.Tx, ev *esl.Event)) *Kind[H] {
	w := wordOf(event)
	if _, twice := k.on[w]; twice || w.name == "" {
		panic(fmt.Sprintf("fsw: the kind %q has On(%q) twice, or of no event", k.name, event))
	}
	k.on[w] = f
	return k
}

// Any calls f at every event about a handler, after the function of that event.
// With On("ALL", nil) that is every event the switch gets.
func (k *Kind[H]) Any(f func(h H, tx cell.Tx, ev *esl.Event)) *Kind[H] {
	k.any = f
	return k
}

// Begins says which events make a handler that does not exist; without it all do.
// The function is pure.
func (k *Kind[H]) Begins(at func(*esl.Event) bool) *Kind[H] {
	k.begins = at
	return k
}

// Ends says at which events a handler ends, when all is done that they demand, and
// with which reason; "" is none. The function is pure.
func (k *Kind[H]) Ends(at func(*esl.Event) (reason string)) *Kind[H] {
	k.ends = at
	return k
}

// Made calls f when a handler is made, before its first event: to handle other
// kinds for it, or to add rules to its scope.
func (k *Kind[H]) Made(f func(h H, tx cell.Tx)) *Kind[H] {
	k.made = f
	return k
}

// Snapshot says which API command shows the table of what the handlers are of, such
// as `show registrations as json`, and how its output is read: as one event a row,
// whose headers are those that Key and the tags name (see JSONRows, DelimitedRows).
// The function is pure; an error says that the output is no such table.
//
// The command runs at each login, after events were dropped, and when the kind is
// handled, each time after the subscription, and again a second later, since tables
// may lag behind events. A row makes a handler, or sets the cells of the one there is,
// but events win: not those cells that an event has set since the subscription, and not
// one that has ended since then. A handler that no row and no event since then is about
// ends with CauseLost. No function of the kind is called but those of Made and Listed,
// and at= in a tag does not matter.
//
// Snapshots are taken of Handlers of a connected Switch (see Connect and Dial); to
// handle the kind for another owner is an error.
func (k *Kind[H]) Snapshot(command string, rows func(output string) ([]*esl.Event, error)) *Kind[H] {
	if _, err := esl.API(command).Encode(); err != nil || command == "" {
		panic(fmt.Sprintf("fsw: the kind %q cannot have a snapshot of the API command %q: %v", k.name, command, err))
	}
	k.command, k.rows = command, rows
	return k
}

// Listed calls f with each row of a snapshot that is about a handler, after the cells
// have been updated, unless an event was about it since the subscription.
func (k *Kind[H]) Listed(f func(h H, tx cell.Tx, row *esl.Event)) *Kind[H] {
	k.listed = f
	return k
}

// Stays says that handlers of a Switch which have no Snapshot stay after a gap, as
// events have told of them last, right or wrong. Without it they end with CauseLost
// when the connection is back, since nobody knows what has become of them. Those of
// other owners stay anyway, as long as their owner does, and a restart of the server
// ends all of them.
func (k *Kind[H]) Stays() *Kind[H] {
	k.stays = true
	return k
}

// check panics if the kind is not described well enough to be handled.
func (k *Kind[H]) check() {
	wrong := func(format string, args ...any) {
		panic(&cell.UsageError{Problem: fmt.Sprintf("the kind %q ", k.name) + fmt.Sprintf(format, args...)})
	}
	if k.key == nil {
		wrong("has no Key")
	}
	if len(k.on) == 0 && k.command == "" {
		wrong("has neither On nor Snapshot: nothing tells of it")
	}
	if _, everything := k.on[all]; everything {
		return
	}
	for _, a := range k.attributes.tags {
		if _, on := k.on[a.at]; a.at.name != "" && !on {
			wrong("has a tag with at=%v at %s, and no On for that event", a.at, a.field)
		}
	}
}
