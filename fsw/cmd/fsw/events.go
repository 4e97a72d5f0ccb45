package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// jobEvent is the event that a connection is always subscribed to.
const jobEvent = "BACKGROUND_JOB"

type eventsCommand struct {
	connectFlags
	Names []string `arg:"" optional:"" help:"Names of events, or subclasses such as conference::maintenance; all if there are none."`
	Count int      `short:"n" placeholder:"N" help:"End after N events."`
	JSON  bool     `name:"json" help:"Print one JSON object a line."`
}

func (eventsCommand) Help() string {
	return `In JSON an event is an object of its headers, in their order, each a string. A
header that occurs several times, or is an array, is an array of strings; the body
is "_body".`
}

// Validate is called by kong.
func (c *eventsCommand) Validate() error {
	if c.Count < 0 {
		return errors.New("--count: must not be negative")
	}
	return nil
}

func (c *eventsCommand) Run(ctx context.Context, std *streams) error {
	names := c.Names
	if len(names) == 0 {
		names = []string{"ALL"}
	}
	sw, err := c.dial(ctx, fsw.Options{NoChannels: true})
	if err != nil {
		return err
	}
	defer sw.Close()
	ctx, done := context.WithCancel(ctx)
	defer done()
	left := c.Count
	asked := slices.ContainsFunc(names, func(name string) bool {
		return strings.EqualFold(name, "ALL") || strings.EqualFold(name, jobEvent)
	})
	cell.Effect(sw.Scope(), func(r cell.Reader) func() {
		events := sw.Events.Get(r)
		if len(events) == 0 {
			return nil
		}
		return func() {
			for _, ev := range events {
				if ctx.Err() != nil {
					return
				}
				if ev.Name() == jobEvent && !asked {
					continue
				}
				c.print(std.out, ev)
				if left--; left == 0 {
					done()
				}
			}
		}
	})
	return listen(ctx, sw, func(tx cell.Tx) { sw.WatchEvents.Add(tx, names...) }, names...)
}

func (c *eventsCommand) print(out *output, ev *esl.Event) {
	if c.JSON {
		out.json(eventJSON{ev})
		return
	}
	var b strings.Builder
	for name, value := range ev.All() {
		b.WriteString(printable(name) + ": " + printable(value) + "\n")
	}
	for line := range strings.Lines(ev.Body()) {
		b.WriteString("    " + printable(strings.TrimRight(line, "\r\n")) + "\n")
	}
	out.printf("%s\n", b.String())
}

// eventJSON is an event as an object without repeated keys.
type eventJSON struct{ *esl.Event }

func (e eventJSON) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	put := func(name string, value any) error {
		sep := byte(',')
		if b.Len() == 0 {
			sep = '{'
		}
		b.WriteByte(sep)
		if err := enc.Encode(name); err != nil {
			return err
		}
		b.WriteByte(':')
		return enc.Encode(value)
	}
	values := map[string][]string{}
	for name, value := range e.All() {
		values[name] = append(values[name], elements(value)...)
	}
	seen := map[string]bool{}
	for name, value := range e.All() {
		if seen[name] {
			continue
		}
		seen[name] = true
		var v any = value
		if all := values[name]; len(all) > 1 || strings.HasPrefix(value, arrayMark) {
			v = all
		}
		if err := put(name, v); err != nil {
			return nil, err
		}
	}
	if body := e.Body(); body != "" {
		if err := put("_body", body); err != nil {
			return nil, err
		}
	}
	if b.Len() == 0 {
		return []byte("{}"), nil
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// arrayMark starts a header that is an array, whose elements arraySeparator parts.
const (
	arrayMark      = "ARRAY::"
	arraySeparator = "|:"
)

func elements(value string) []string {
	list, ok := strings.CutPrefix(value, arrayMark)
	if !ok {
		return []string{value}
	}
	return strings.Split(list, arraySeparator)
}
