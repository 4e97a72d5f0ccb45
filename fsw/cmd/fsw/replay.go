package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

type replayCommand struct {
	File  string `arg:"" help:"What a server sent, as bytes, plain or gzipped; - is standard input."`
	At    *int   `placeholder:"N" help:"Stop right after the N-th event; 0 is before any."`
	Stats bool   `help:"Measure: bytes, messages and events a second, allocations per event."`
	JSON  bool   `name:"json" help:"Print one JSON object."`
}

func (replayCommand) Help() string {
	return `The recording is applied without any socket to a switch that only listens, and
the channels and conferences that are live at its end, or at --at, are shown.

Fields of --json: bytes, messages, events, xml_events (counted, never read),
log_lines, replies, notices, auth_requests, rejections, unknown (of other types),
errors, malformed_lines, unknown_ids, channels, conferences.

Kinds of errors, each with the offset of the byte: framing (ends the replay),
event (cannot be read), truncated (the recording ends inside the message that
starts there), read (the file, or its compression, is damaged), fault.`
}

// Validate is called by kong.
func (c *replayCommand) Validate() error {
	if c.At != nil && *c.At < 0 {
		return errors.New("--at: must not be negative")
	}
	return nil
}

func (c *replayCommand) Run(ctx context.Context, std *streams) error {
	file, err := openRecording(c.File, std.in)
	if err != nil {
		return err
	}
	defer file.Close()
	var in io.Reader = file
	if c.Stats { // what is measured is the model, not the disk
		all, err := io.ReadAll(in)
		in = io.MultiReader(bytes.NewReader(all), failing{err})
	}
	p := newReplay(c.At)
	if c.Stats {
		p.measure(func() { err = p.play(ctx, in) })
	} else {
		err = p.play(ctx, in)
	}
	if err != nil {
		return err
	}
	if found := p.outcome(); c.JSON {
		std.out.json(found)
	} else {
		found.print(std.out)
	}
	return nil
}

// failing is a reader that has nothing but an error, or an end.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// replay feeds a recording to a switch, message by message.
type replay struct {
	sw      *fsw.Switch
	framer  *esl.Framer
	at      int         // -1 for the end
	message esl.Message // the one that is being applied
	result  replayed
}

func newReplay(at *int) *replay {
	p := &replay{
		sw:     fsw.NewListener(cell.NewGraph()),
		framer: esl.NewFramer(esl.Limits{Reply: 256 << 20}),
		at:     -1,
		result: replayed{Errors: []replayError{}},
	}
	if at != nil {
		p.at = *at
	}
	cell.Effect(p.sw.Scope(), func(r cell.Reader) func() {
		if p.sw.MalformedEvents.Get(r) == 0 || p.message.ContentType == esl.EventXML {
			return nil // XML is not read, and counted
		}
		return func() {
			_, err := p.message.Event()
			p.failed("event", p.message.Offset(), err)
		}
	})
	cell.Effect(p.sw.Scope(), func(r cell.Reader) func() {
		faults := p.sw.Faults.Get(r)
		return func() {
			for _, f := range faults {
				p.failed("fault", f.Message.Offset(), f)
			}
		}
	})
	return p
}

func (p *replay) failed(kind string, offset int64, err error) {
	p.result.Errors = append(p.result.Errors, replayError{kind, offset, err.Error()})
}

// play applies the recording up to where it is to stop.
func (p *replay) play(ctx context.Context, in io.Reader) error {
	chunk := make([]byte, 64<<10)
	var read int64
	for {
		for !p.reached() {
			m, ok, err := p.framer.Next()
			if err != nil {
				p.failed("framing", offsetOf(err), err)
				return nil
			}
			if !ok {
				break
			}
			p.apply(m)
		}
		if p.reached() {
			return nil
		}
		if ctx.Err() != nil {
			return errInterrupted
		}
		n, err := in.Read(chunk)
		p.framer.Feed(chunk[:n])
		read += int64(n)
		if errors.As(err, new(*fs.PathError)) {
			return err
		}
		if n == 0 && err != nil {
			p.ended(read, err)
			return nil
		}
	}
}

func offsetOf(err error) int64 {
	bad := new(esl.FrameError)
	errors.As(err, &bad) // the framer has no other errors
	return bad.Offset
}

// ended notes why there is no more to read.
func (p *replay) ended(read int64, err error) {
	if err != io.EOF {
		p.failed("read", read, err)
	}
	if p.framer.Buffered() > 0 {
		p.failed("truncated", p.framer.Offset(), fmt.Errorf("the recording ends inside a message, after %d bytes of it", p.framer.Buffered()))
	}
}

func (p *replay) reached() bool { return p.at >= 0 && p.result.Events >= p.at }

// apply counts a message and gives it to the switch.
func (p *replay) apply(m esl.Message) {
	p.message = m
	n := &p.result
	n.Messages++
	switch m.ContentType {
	case esl.EventPlain, esl.EventJSON:
		n.Events++
	case esl.EventXML:
		n.Events++
		n.XMLEvents++
	case esl.LogData:
		n.LogLines++
	case esl.CommandReply, esl.APIResponse:
		n.Replies++
	case esl.DisconnectNotice:
		n.Notices++
	case esl.AuthRequest:
		n.AuthRequests++
	case esl.RudeRejection:
		n.Rejections++
	default:
		if strings.HasPrefix(m.ContentType, "text/event-") {
			n.Events++
		} else {
			n.Unknown++
		}
	}
	p.sw.ReceivedMessage(m)
}
