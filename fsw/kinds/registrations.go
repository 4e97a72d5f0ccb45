package kinds

import (
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Registration is that a telephone can be reached. Its key is user@host, see
// Registrations, or its Call-ID, see Telephones.
type Registration struct {
	fsw.Handler
	User        cell.Value[string] `fsw:"from-user"`
	Host        cell.Value[string] `fsw:"from-host"`
	CallID      cell.Value[string] `fsw:"call-id"` // of the REGISTER request
	NetworkIP   cell.Value[string] `fsw:"network-ip"`
	NetworkPort cell.Value[string] `fsw:"network-port"`

	// Only events tell these, not the table: "" for what was there before we connected.
	Profile   cell.Value[string] `fsw:"profile-name"`
	Contact   cell.Value[string] `fsw:"contact"`
	UserAgent cell.Value[string] `fsw:"user-agent"`

	// Expires is when it is over unless the telephone registers again; NotYet if never.
	// An event tells how long that is, the table a time by the clock of the server,
	// which has its margin in it (sip-expires-late-margin, 60 seconds by default).
	Expires cell.Value[cell.Moment]
}

// Why a registration ended, besides what ends every handler.
const (
	Unregistered = "UNREGISTERED" // by the telephone, or its connection has ended
	Expired      = "EXPIRED"      // the server has said so, or nothing was heard for ExpiryGrace longer than it should
)

// ExpiryGrace is how long after Expires a registration ends by itself, by the clock of
// the graph: after the margin of the server (60 seconds), which then takes up to 30
// seconds to find out, and tells.
const ExpiryGrace = 2 * time.Minute

// Registrations are those of the server as it is without multiple-registrations in
// switch.conf: one for each user@host, the last one that was made.
var Registrations = registrations(func(ev *esl.Event) string {
	user, host := userOf(ev)
	if user == "" {
		return ""
	}
	return user + "@" + host
})

// Telephones are the registrations of a server with multiple-registrations in
// switch.conf, where a user may have several telephones: one for each Call-ID.
var Telephones = registrations(func(ev *esl.Event) string { return ev.Value("call-id") })

func registrations(key func(*esl.Event) string) *fsw.Kind[*Registration] {
	return fsw.NewKind[Registration]("registration").
		KeyFunc(key).
		On(registered, (*Registration).registered).
		On(unregistered, nil).
		On(expired, nil).
		Begins(func(ev *esl.Event) bool { return ev.Subclass() == registered }).
		Ends(func(ev *esl.Event) string {
			switch ev.Subclass() {
			case unregistered:
				return Unregistered
			case expired:
				return Expired
			}
			return ""
		}).
		Snapshot("show registrations as json", fsw.JSONRows(map[string]string{
			"reg_user": "from-user", "realm": "from-host", "token": "call-id", "network_ip": "network-ip", "network_port": "network-port",
		})).
		Listed((*Registration).listed).
		Made((*Registration).made)
}

const (
	registered   = "sofia::register"
	unregistered = "sofia::unregister"
	expired      = "sofia::expire"
)

// userOf returns whose registration an event is about: sofia::expire has names of its
// own for that.
func userOf(ev *esl.Event) (user, host string) {
	if ev.Subclass() == expired {
		return ev.Value("user"), ev.Value("host")
	}
	return ev.Value("from-user"), ev.Value("from-host")
}

func (reg *Registration) registered(tx cell.Tx, ev *esl.Event) {
	if n, ok := ev.Int("expires"); ok {
		reg.Expires.Set(tx, tx.Now().Add(time.Duration(n)*time.Second))
	}
}

func (reg *Registration) listed(tx cell.Tx, row *esl.Event) {
	if n, ok := row.Int("expires"); ok && n > 0 {
		reg.Expires.Set(tx, cell.At(time.Unix(n, 0)))
	}
}

// made adds the rule that ends it when its time has come and nobody has told.
func (reg *Registration) made(tx cell.Tx) {
	cell.Rule(reg.Scope(tx).In(tx), func(tx cell.Tx) {
		if at := reg.Expires.Get(tx.Reader); at != cell.NotYet && tx.Reached(at.Add(ExpiryGrace)) {
			reg.Close(tx, Expired)
		}
	})
}
