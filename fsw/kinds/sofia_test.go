package kinds_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
	"github.com/freeswytch/freeswytch/fsw/kinds"
)

// sofia is mod_sofia, with the headers of its source code. The core's table of
// registrations, which it fills, has one row for a user, or for a Call-ID if several
// telephones may be registered.
type sofia struct {
	server
	several  bool
	reg      *table
	gateways *table
}

const margin = 60 * time.Second // sip-expires-late-margin

func newSofia(s server, several bool) *sofia {
	f := &sofia{server: s, several: several, reg: newTable(), gateways: newTable()}
	s.Server.Handle("show", func(args string) string {
		if args != "registrations as json" {
			return "-USAGE: show"
		}
		if rows := f.reg.all(); len(rows) > 0 {
			return asText(map[string]any{"row_count": len(rows), "rows": rows})
		}
		return `{"row_count":0}`
	})
	s.Server.Handle("sofia", func(args string) string {
		if args != "xmlstatus gateway" {
			return "-USAGE: sofia"
		}
		out := "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<gateways>\n"
		for _, g := range f.gateways.all() {
			out += fmt.Sprintf("  <gateway>\n    <name>%s</name>\n    <realm>a&b</realm>\n    <state>%s</state>\n    <status>%s</status>\n  </gateway>\n", g["name"], g["state"], g["status"])
		}
		return out + "</gateways>\n"
	})
	return f
}

func (f *sofia) key(user, callID string) string {
	if f.several {
		return callID
	}
	return user + "@example.com"
}

func (f *sofia) register(user, callID string, expires int) {
	f.reg.set(f.key(user, callID), "reg_user", user, "realm", "example.com", "token", callID, "url", "sofia/internal/sip:"+user+"@192.0.2.1:5060",
		"expires", fmt.Sprint(time.Now().Add(time.Duration(expires)*time.Second+margin).Unix()), "network_ip", "192.0.2.1", "network_port", "5060",
		"network_proto", "udp", "hostname", "fs", "metadata", "")
	f.FireCustom("sofia::register", "profile-name", "internal", "from-user", user, "from-host", "example.com", "presence-hosts", "n/a",
		"contact", `"" <sip:`+user+`@192.0.2.1:5060>`, "call-id", callID, "rpid", "unknown", "status", "Registered(UDP)", "expires", fmt.Sprint(expires),
		"to-user", user, "to-host", "example.com", "network-ip", "192.0.2.1", "network-port", "5060", "username", user, "realm", "example.com", "user-agent", "Phone/1.0")
}

func (f *sofia) unregister(user, callID string) {
	f.reg.delete(f.key(user, callID))
	f.FireCustom("sofia::unregister", "profile-name", "internal", "from-user", user, "from-host", "example.com", "call-id", callID, "rpid", "unknown",
		"reason", "socket-disconnection")
}

func (f *sofia) expire(user, callID string) {
	f.reg.delete(f.key(user, callID))
	f.FireCustom("sofia::expire", "profile-name", "internal", "call-id", callID, "user", user, "username", user, "host", "example.com",
		"contact", `"" <sip:x>`, "expires", fmt.Sprint(time.Now().Unix()), "user-agent", "Phone/1.0")
}

func TestRegistrations(t *testing.T) {
	inBubble(t, func(t *testing.T, s server) {
		f := newSofia(s, false)
		f.register("1000", "early", 600)
		regs := handle(s, kinds.Registrations)
		s.ready(t)
		f.register("1001", "a", 300)
		f.register("1002", "b", 300)
		f.register("1003", "c", 300)
		synctest.Wait()
		early, one, two, three := at(s, regs, "1000@example.com"), at(s, regs, "1001@example.com"), at(s, regs, "1002@example.com"), at(s, regs, "1003@example.com")
		s.sw.Graph().View(func(r cell.Reader) {
			if got, want := early.Expires.Get(r), cell.At(time.Now().Add(660*time.Second)); got != want || early.CallID.Get(r) != "early" {
				t.Error(got, want)
			}
			if got := one.Expires.Get(r); got != cell.At(time.Now().Add(300*time.Second)) {
				t.Error(got)
			}
			if one.UserAgent.Get(r) != "Phone/1.0" || one.NetworkIP.Get(r) != "192.0.2.1" || one.Profile.Get(r) != "internal" || !strings.Contains(one.Contact.Get(r), "1001") {
				t.Error("what the event told")
			}
		})
		f.register("1001", "another", 300) // the telephone has been started again
		f.unregister("1002", "b")
		f.expire("1003", "c")
		synctest.Wait()
		s.sw.Graph().View(func(r cell.Reader) {
			if now, _ := regs.Get(r, "1001@example.com"); now != one || one.CallID.Get(r) != "another" {
				t.Error("another telephone, another registration")
			}
			if a, b := two.Closed.Get(r), three.Closed.Get(r); a != kinds.Unregistered || b != kinds.Expired {
				t.Error(a, b)
			}
		})
	})
}

// By the clock: a registration of whose end nobody tells ends by itself, and one that is
// renewed does not.
func TestRegistrationThatIsNotRenewed(t *testing.T) {
	g := cell.NewGraph(cell.WithManualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	sw := fsw.New(g)
	var regs *fsw.Handlers[*kinds.Registration]
	_ = g.Update(func(tx cell.Tx) error { regs = fsw.Handle(tx, sw, kinds.Registrations); return nil })
	register := func(user string) *kinds.Registration {
		sw.ReceivedMessage(esl.NewEvent("CUSTOM", "Event-Subclass", "sofia::register", "from-user", user, "from-host", "h", "call-id", "x", "expires", "300").PlainMessage())
		var reg *kinds.Registration
		g.View(func(r cell.Reader) { reg, _ = regs.Get(r, user+"@h") })
		return reg
	}
	silent, renewed := register("1"), register("2")
	_ = g.Advance(200 * time.Second)
	register("2")
	_ = g.Advance(100*time.Second + kinds.ExpiryGrace - time.Second)
	if got := cell.Read(g, &silent.Closed); got != "" {
		t.Errorf("it ended too early: %s", got)
	}
	_ = g.Advance(time.Second)
	if got := cell.Read(g, &silent.Closed); got != kinds.Expired {
		t.Errorf("it has not ended: %q", got)
	}
	if got := cell.Read(g, &renewed.Closed); got != "" {
		t.Errorf("the one that was renewed has ended: %s", got)
	}
	if n := g.Advance(time.Hour); n != nil || cell.Read(g, &renewed.Closed) != kinds.Expired {
		t.Error("in the end it has to end")
	}
}

func TestRegistrationsFollowTheirTable(t *testing.T) {
	for _, several := range []bool{false, true} {
		t.Run(fmt.Sprintf("several=%v", several), func(t *testing.T) {
			inBubble(t, func(t *testing.T, s server) {
				f := newSofia(s, several)
				kind := kinds.Registrations
				if several {
					kind = kinds.Telephones
				}
				regs := handle(s, kind)
				act := func(rng *rand.Rand) {
					key, ok := f.reg.pick(rng)
					user, callID := f.reg.column("reg_user")[key], f.reg.column("token")[key]
					switch n := rng.IntN(10); {
					case n < 5 || !ok:
						user := fmt.Sprint(1000 + rng.IntN(6))
						f.register(user, fmt.Sprint("call-", user, "-", rng.IntN(2)), 3600)
					case n < 7:
						f.unregister(user, callID)
					case n < 8:
						f.expire(user, callID)
					default:
						f.register(user, callID, 3600)
					}
				}
				text := func(r cell.Reader, reg *kinds.Registration) string {
					return fmt.Sprint(reg.User.Get(r), "/", reg.Host.Get(r), "/", reg.CallID.Get(r), "/", reg.NetworkIP.Get(r), ":", reg.NetworkPort.Get(r))
				}
				follow(t, s, regs, func(reg *kinds.Registration) *cell.Value[string] { return &reg.Closed }, act, func() {
					want := map[string]string{}
					for _, row := range f.reg.all() {
						want[f.key(row["reg_user"], row["token"])] = fmt.Sprint(row["reg_user"], "/", row["realm"], "/", row["token"], "/", row["network_ip"], ":", row["network_port"])
					}
					same(t, s, regs, text, want)
				})
			})
		})
	}
}

func (f *sofia) gateway(name, state, status string) {
	f.gateways.set(name, "name", name, "state", state, "status", status)
	f.FireCustom("sofia::gateway_state", "Gateway", name, "State", state, "Ping-Status", status, "Phrase", "Forbidden", "Status", "403")
}

func TestGateways(t *testing.T) {
	inBubble(t, func(t *testing.T, s server) {
		f := newSofia(s, false)
		f.gateway("old", "REGED", "UP")
		gateways := handle(s, kinds.Gateways)
		s.ready(t)
		f.FireCustom("sofia::gateway_add", "Gateway", "acme", "profile-name", "external")
		f.gateway("acme", "FAIL_WAIT", "DOWN")
		synctest.Wait()
		old, acme := at(s, gateways, "old"), at(s, gateways, "acme")
		s.sw.Graph().View(func(r cell.Reader) {
			if old.State.Get(r) != kinds.GatewayRegistered || old.Status.Get(r) != "UP" || acme.State.Get(r) != kinds.GatewayFailWait ||
				acme.Status.Get(r) != "DOWN" || acme.Code.Get(r) != 403 || acme.Phrase.Get(r) != "Forbidden" {
				t.Error("the gateways are not what was told")
			}
		})
		s.outage(t, func() { f.gateway("acme", "REGED", "UP") })
		if at(s, gateways, "acme") != acme || cell.Read(s.sw.Graph(), &acme.State) != kinds.GatewayRegistered {
			t.Error("the gap was not made up for")
		}
		f.gateways.delete("acme")
		f.FireCustom("sofia::gateway_delete", "profile-name", "external", "Gateway", "acme")
		synctest.Wait()
		if got := cell.Read(s.sw.Graph(), &acme.Closed); got != kinds.GatewayDeleted {
			t.Error(got)
		}
	})
}
