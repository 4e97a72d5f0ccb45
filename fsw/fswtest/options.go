package fswtest

import (
	"context"
	"net"
	"time"
)

// Options say how a Server behaves. The zero value is a FreeSWITCH as
// installed: password ClueCon, a heartbeat every 20 s.
//
// A duration of zero means the stated default; a negative one means none.
type Options struct {
	// Password is what the auth command must give. Default ClueCon.
	Password string

	// Users are those who may log in with userauth, by "user@domain".
	Users map[string]User

	// LoginTimeout ends a connection whose first command does not come.
	// Default 25 s.
	LoginTimeout time.Duration

	// Heartbeat is the time between HEARTBEAT events. Default 20 s.
	Heartbeat time.Duration

	// SnapshotLag is how much later than the events the table behind "show
	// channels" changes. Default 200 ms.
	SnapshotLag time.Duration

	// NoShowChannels makes "show channels" answer -ERR, as a server without
	// its core database does.
	NoShowChannels bool

	// AnswerDelay is how long a destination rings that the Dialplan says
	// nothing about. Default 20 ms.
	AnswerDelay time.Duration

	// Dialplan says what a destination does. It is asked for the far end of
	// sofia/ and user/ dial strings, and for extensions: the -b leg of
	// loopback/, transfers, and calls with CallOptions.Route. If it is nil or
	// returns false, the built-in one described at DefaultDialplan decides.
	//
	// An extension executes the actions, one after the other, and hangs up at
	// the end; without actions there is no route (NO_ROUTE_DESTINATION). A far
	// end knows ring_ready, pre_answer, answer, sleep <ms> and hangup <cause>;
	// at the end it stays as it is.
	Dialplan func(Destination) (actions []Action, known bool)

	// Dial connects the application socket to the program that controls the
	// call. Default: that of a net.Dialer. See also PipeListener.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Playback says how long a file plays and whether it exists; a negative
	// duration plays until something else ends it. If it is nil, every file
	// without "nonexistent" in its name exists and lasts 500 ms, and
	// silence_stream, tone_stream and local_stream last as long as they say.
	Playback func(file string) (d time.Duration, found bool)

	// QueueLimit is the number of events, and of log lines, kept for a
	// connection that does not read. Default 100,000. After 500 more in a row
	// the connection is ended, with a notice that says why.
	QueueLimit int

	// SequenceJitter lets Event-Sequence run out of order by up to this many
	// numbers, as under load on a real server. Default 0: in order, but for
	// the events that a real server numbers long before it sends them.
	SequenceJitter int

	// Segment cuts everything that is written at random places.
	Segment bool

	// LateNotice lets a connection that controls a call notice its hang-up only
	// behind CHANNEL_HANGUP_COMPLETE. Default: right behind CHANNEL_HANGUP, so
	// that without linger nothing else of the end is seen. A real server looks
	// every 20 ms, and both were recorded.
	LateNotice bool

	// Link is how fast bytes go to clients, from the beginning of each
	// connection. Default: as fast as it gets. See also Slow.
	Link Link

	// Seed makes what is random (identifiers, jitter, segments) repeatable.
	// With 0 they differ from server to server.
	Seed uint64

	// Hostname is the FreeSWITCH-Hostname. Default "fswtest".
	Hostname string

	// CoreUUID identifies this run of the server. Default: made up.
	CoreUUID string
}

// A User may log in with the command userauth.
type User struct {
	Password string // what userauth must give
	Events   string // allowed events as in esl-allowed-events: "all", or names separated by spaces or commas. Empty: all.
	API      string // allowed api commands, likewise
	NoLog    bool   // not allowed to use log
}

// A Destination is what a Dialplan is asked about.
type Destination struct {
	Endpoint string // sofia, user or loopback; "" for an inbound call or a transfer
	Profile  string // the SIP profile or gateway of a sofia dial string
	Number   string // the user or extension, without @domain
	Domain   string // what stands behind the @
	Context  string // the dialplan context of an extension
}

// An Action is one application of the dialplan, such as playback, with its argument.
type Action struct{ App, Data string }

const (
	defaultLogin     = 25 * time.Second
	defaultHeartbeat = 20 * time.Second
	defaultLag       = 200 * time.Millisecond
	defaultAnswer    = 20 * time.Millisecond
	defaultQueue     = 100000
	lostLimit        = 500 // events lost in a row before a connection is ended
)

func (o *Options) setDefaults() {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&o.LoginTimeout, defaultLogin)
	def(&o.Heartbeat, defaultHeartbeat)
	def(&o.SnapshotLag, defaultLag)
	def(&o.AnswerDelay, defaultAnswer)
	if o.SnapshotLag < 0 {
		o.SnapshotLag = 0
	}
	if o.AnswerDelay < 0 {
		o.AnswerDelay = 0
	}
	if o.Password == "" {
		o.Password = "ClueCon"
	}
	if o.QueueLimit <= 0 {
		o.QueueLimit = defaultQueue
	}
	if o.Hostname == "" {
		o.Hostname = "fswtest"
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Playback == nil {
		o.Playback = defaultPlayback
	}
}
