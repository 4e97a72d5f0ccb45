package fsw

import (
	"context"
	"time"
	"weak"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/pipe"
)

// Switch is a FreeSWITCH as cells: received bytes turn into state, and rules turn
// state into strings to transmit. It does no I/O: Connect makes one that is kept
// connected, Dial one that is connected once, New one that is not connected, which
// is handy for tests.
//
// Cells and pipes are read and written in transactions of its graph. Received*
// and the blocking methods start transactions themselves and must not be called
// inside one; Received* must be called by one goroutine at a time.
type Switch struct {
	graph *cell.Graph
	scope *cell.Scope
	mode  mode
	log   logging

	// What is transmitted: each item is a whole command. Observe it to see the
	// output of a Switch that is not connected.
	Transmit pipe.Pipe[string]

	// Messages carries the messages whose content type is not known.
	Messages pipe.Pipe[esl.Message]

	// Events carries every event the server sends. What is appended to it by
	// others is handled like an event received.
	Events pipe.Pipe[*esl.Event]

	// LogData carries the log lines the server sends, see LogLevel.
	LogData pipe.Pipe[esl.LogLine]

	// Errors carries the answers with which the server refused what the switch
	// did by itself: a login, a subscription, a log level.
	Errors pipe.Pipe[*esl.ReplyError]

	// Faults reports rules, observers and callbacks that failed while a message
	// was applied, and were stopped for it. Of several switches on one graph it is the
	// one that they belong to that reports them (by Scope, or that of something it has),
	// whosever message it was; what belongs to none, that of the message.
	Faults pipe.Pipe[*Fault]

	// User, such as "1000@default", makes the login a userauth; empty for auth. A
	// change of it, or of Credential, counts at the next login.
	User cell.Value[string]
	// Credential is the password.
	Credential cell.Value[string]
	// AuthRequested is true in the pass in which the server asked for a login;
	// setting it logs in again.
	AuthRequested cell.Pulse[bool]
	// Ready is true from a successful login on; of a connected switch, while its
	// channels are the server's: not before they are known, while there is no
	// connection, or after events were dropped, until they have been compared
	// again. What acts on the state of channels should not while it is false.
	Ready cell.Value[bool]
	// LoggedIn is true from a successful login to the end of its connection. A
	// connected switch can send meanwhile.
	LoggedIn cell.Value[bool]

	// Link is the connection.
	Link Link
	// CoreUUID identifies the run of the server: it changes when the server has
	// been restarted. "" is unknown yet.
	CoreUUID cell.Value[string]

	// WatchEvents names the events to subscribe to besides BACKGROUND_JOB: an
	// event name, "ALL", or a CUSTOM subclass, which is recognised by its "::" or
	// a leading "CUSTOM ". The switch tells the server about changes while it is
	// logged in.
	WatchEvents cell.Set[string]

	// Unheard are the events that are watched, by WatchEvents or for a Handler, and that do
	// not come, with the reason: a *PermissionError if the user may not have them, an
	// *UnknownEventError, a *ControlError of a Session, a *esl.CommandError, or a
	// *esl.ReplyError. Subclasses are written "CUSTOM name" here. One such name does not
	// cost the others.
	Unheard cell.Map[string, error]

	// Allowed is what the server lets the switch do, as of the last login.
	Allowed cell.Value[Allowed]

	// Filters are kept at the server: only events that match one of them come, see Filter,
	// and the ends of background jobs and heartbeats in any case. They are for switches
	// without a model (Options.NoChannels). The model needs all events of all channels:
	// while there are filters it is starved, which Degraded says. In a Session a filter
	// for the Unique-ID of its channel does no harm.
	Filters cell.Set[Filter]

	// Degraded says why the model may differ from the server although the switch is Ready.
	// It is empty while all events that the model lives on come.
	Degraded cell.Set[Degradation]

	// LogLevel is the level of the log lines to receive, LogOff by default.
	LogLevel cell.Value[LogLevel]

	// Channels are the live channels, in the order in which they were met.
	Channels cell.Set[*Channel]

	// Calls are the live calls: each live channel is in one.
	Calls cell.Set[*Call]

	// Bridges are the pairs of channels that are bridged, as FreeSWITCH counts them in
	// `show calls`: between CHANNEL_BRIDGE and CHANNEL_UNBRIDGE, or the end of one.
	Bridges cell.Set[Bridge]

	// Conferences are the live conferences by their names.
	Conferences cell.Map[string, *Conference]

	// ChannelRecords and CallRecords carry what there is to say of each channel, and of
	// each call, that has ended: for billing, say.
	ChannelRecords pipe.Pipe[ChannelRecord]
	CallRecords    pipe.Pipe[CallRecord]

	// BackgroundJobs are the running jobs by Job-UUID.
	BackgroundJobs cell.Map[string, *Job]

	// Closed is nil while the switch is open, and then why it is not:
	// ErrClosed after Close, else a *ConnectionError.
	Closed cell.ValueFunc[error]

	// Snapshot tells how the channels that were live before the connection came
	// to be known.
	Snapshot cell.Value[SnapshotState]

	// ConferenceSnapshot tells the same of the conferences: SnapshotNone until they
	// are known, then SnapshotDone, or SnapshotUnavailable if the server has no
	// mod_conference or does not let us ask.
	ConferenceSnapshot cell.Value[SnapshotState]

	// Differences are what the last comparison with the server has found so far: a
	// snapshot, its second look, and what both had to ask. Of the first one everything
	// that was there has appeared.
	Differences cell.Value[Differences]

	// Counters of what was received and could not be used.
	UnknownIDs        cell.Value[uint64] // events about ids that are no live channel
	UnexpectedReplies cell.Value[uint64] // replies to commands that were never sent
	MalformedEvents   cell.Value[uint64] // events that could not be read and were dropped
	MalformedLines    cell.Value[uint64] // lines of events that were skipped
	DroppedEvents     cell.Value[uint64] // events and log lines dropped because the model lagged
	Misfits           cell.Value[uint64] // values of headers that did not fit the cell they are for, see Handler

	opts        Options
	owed        owed
	awaited     *awaited
	applying    *application        // changed outside of transactions: not a part of the switch that errors look for names in
	apply       func(cell.Tx) error // applyMessage, made once
	stopEnded   func(cell.Tx)       // stopEndedScopes, the same
	update      update
	repeated    repeated
	conferences *cell.LiveSet[*Conference] // Conferences, for a Fleet

	kept    []esl.Key // the variables of channels to keep; nil keeps all
	kids    kinds
	endings pipe.Pipe[*Handler]   // those that have ended
	needed  cell.Map[string, int] // by how many Handlers an event is needed
	byID    cell.Map[string, *Channel]

	byCallUUID cell.Map[string, []*Channel]
	callSeq    cell.Value[uint64]
	visits     uint64             // see together
	ends       cell.Value[uint64] // how many channels have ended
	met        cell.Value[uint64] // how many channels
	expected   cell.Map[string, *Channel]
	expiring   bool                      // a timer runs for the oldest of them
	members    cell.Map[string, *Member] // by the ids of their channels
	filtered   cell.Map[Filter, string]  // what the server has said to those that are set
	conferring cell.Value[bool]          // the events of conferences are subscribed to
	recent     recentIDs
	tables     []table                 // of the server, that snapshots are made of
	looking    cell.Value[bool]        // a snapshot is being taken
	again      cell.Value[bool]        // another one is wanted after it
	asking     cell.Map[string, asked] // rows that are being checked
	framer     *esl.Framer
	rules      map[cell.Stopper]bool // the switch's own
	neighbours *neighbours
	contained  *containment // of apply

	mirrors    int             // how many there are of it
	facts      pipe.Pipe[fact] // for them
	moment     time.Time       // of what is being applied; zero if it is now
	eventsAt   time.Time       // of a mirror that applies events: when its source did; else zero
	followedAt time.Time       // when the last events were applied, if there are mirrors

	mirror     *mirror  // what makes it one; nil if it is none
	given      *Session // the session that it is the switch of; nil if it is none's
	keeper     *keeper  // nil without a connection
	timers     timers
	conn       *conn  // the present one; nil without
	identified bool   // the server has told its CoreUUID on this connection
	gap        uint32 // counts the times in which something may have been missed

	life       context.Context // ends when the switch is closed; its cause is why
	endLife    context.CancelCauseFunc
	session    context.Context // ends with the connection, at the latest with life
	endSession context.CancelCauseFunc
}

// mode says how a switch talks to its server.
type mode uint8

const (
	modeGuide     mode = iota // subscribes with noevents, then event
	modeConnected             // only adds to its subscription, since noevents drops what the server has queued
	modeListen                // says nothing
	modeSession               // knows one channel, see Session
	modeMirror                // follows another switch, see NewMirror
)

// LogLevel is a level of log lines, such as esl.LogDebug, or LogOff.
type LogLevel = esl.LogLevel

// LogOff ends the sending of log lines; level 0 still sends some.
const LogOff = esl.LogOff

// New returns a Switch on g that is not connected to anything. It subscribes as
// the developer's guide of 2008 shows: noevents, then event.
func New(g *cell.Graph) *Switch { return newSwitch(g, modeGuide, Options{}.withDefaults()) }

// NewListener returns a Switch on g that only listens: it sends nothing by
// itself, counts replies as unexpected, and keeps its model from the events it
// receives. It is for recordings.
func NewListener(g *cell.Graph) *Switch { return newSwitch(g, modeListen, Options{}.withDefaults()) }

func newSwitch(g *cell.Graph, m mode, o Options) *Switch {
	sw := &Switch{
		graph:    g,
		scope:    cell.NewScope(g),
		mode:     m,
		opts:     o,
		framer:   esl.NewFramer(esl.Limits{Reply: maxSnapshot}),
		rules:    map[cell.Stopper]bool{},
		applying: new(application),
		awaited:  new(awaited),
		gap:      1,
	}
	sw.apply, sw.stopEnded = sw.applyMessage, sw.stopEndedScopes
	sw.log.init(o.Logger)
	sw.contained = newContainment(sw, sw.apply)
	sw.neighbours = neighbourhoods.Get(weak.Make(g))
	sw.neighbours.add(sw)
	sw.conferences = cell.Values[string, *Conference](&sw.Conferences)
	sw.keepVariables(o.Variables)
	if !o.NoConferences {
		sw.tables = append(sw.tables, conferenceTable{sw})
	}
	sw.tables = append(sw.tables, channelTable{sw})
	sw.life, sw.endLife = context.WithCancelCause(context.Background())
	sw.startSession()
	sw.contain(esl.Message{}, func(tx cell.Tx) error {
		sw.prepare(tx)
		return nil
	})
	return sw
}

// prepare makes the rules.
func (sw *Switch) prepare(tx cell.Tx) {
	clear(sw.rules)
	sw.scope.Describe(tx, sw, func() string { return "switch" })
	sw.LogLevel.Set(tx, LogOff)
	sw.rule(tx, "events to state", sw.follow)
	sw.rule(tx, "ends of scopes", sw.stopScopes)
	sw.keepMetrics(tx)
	sw.keepLog(tx)
	switch sw.mode {
	case modeListen:
		return
	case modeSession:
		sw.rule(tx, "transmit", sw.passOn)
		return // for the rest see Session
	case modeMirror:
		return // for the rest see mirror
	}
	sw.rule(tx, "login", sw.login)
	sw.keepLogLevel(tx)
	sw.keepFilters(tx)
	sw.keepSubscription(tx)
	if sw.mode == modeConnected {
		sw.User.Set(tx, sw.opts.User)
		sw.Credential.Set(tx, sw.opts.Password)
		sw.WatchEvents.Add(tx, sw.opts.Watch...)
		sw.Filters.Add(tx, sw.opts.Filters...)
		if !sw.opts.NoChannels {
			sw.WatchEvents.Add(tx, ChannelEvents...)
		}
		sw.rule(tx, "transmit", sw.passOn)
		sw.rule(tx, "keep alive", sw.keepAlive)
		sw.rule(tx, "begin to synchronise", sw.beginToSynchronise)
	}
}

// passOn is the rule that hands what is to be transmitted to the connection. What
// is appended to Transmit while there is none goes nowhere.
func (sw *Switch) passOn(tx cell.Tx) {
	if commands := sw.Transmit.Get(tx.Reader); len(commands) > 0 && sw.conn != nil {
		c := sw.conn
		tx.AtCommit(func() { c.send(commands) })
	}
}

// rule adds one of the switch's own rules.
func (sw *Switch) rule(tx cell.Tx, name string, run func(cell.Tx)) {
	sw.rules[cell.Rule(sw.scope.In(tx), run).Named("fsw: "+name)] = true
}

// Graph returns the graph the switch lives on.
func (sw *Switch) Graph() *cell.Graph { return sw.graph }

// Scope returns the scope of the switch: rules that are to end with it belong
// there. It is stopped by Close, not by the loss of the connection.
func (sw *Switch) Scope() *cell.Scope { return sw.scope }

// ReceivedBytes takes bytes from the server, cut anywhere, and applies the
// messages that they complete, each in a transaction of its own. A
// *esl.FrameError means that nothing after it can be read; what came before has
// been applied.
func (sw *Switch) ReceivedBytes(p []byte) error {
	sw.opts.Metrics.add(bytesReceived, "", int64(len(p)))
	sw.framer.Feed(p)
	for {
		m, ok, err := sw.framer.Next()
		if err != nil || !ok {
			return err
		}
		sw.ReceivedMessage(m)
	}
}
