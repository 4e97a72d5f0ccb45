package kinds

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Gateway is a SIP trunk of mod_sofia. Its key is its name.
type Gateway struct {
	fsw.Handler
	State  cell.Value[GatewayState] `fsw:"State"`       // of the registration
	Status cell.Value[string]       `fsw:"Ping-Status"` // UP or DOWN, as the pings say
	Phrase cell.Value[string]       `fsw:"Phrase"`      // of the last answer, such as Forbidden
	Code   cell.Value[int]          `fsw:"Status"`      // of the last answer, such as 403
}

// GatewayState is how far the registration with a gateway has come.
type GatewayState string

// The states of a gateway, as mod_sofia writes them.
const (
	GatewayUnregistered  GatewayState = "UNREGED"
	GatewayTrying        GatewayState = "TRYING"
	GatewayRegistering   GatewayState = "REGISTER"
	GatewayRegistered    GatewayState = "REGED"
	GatewayUnregistering GatewayState = "UNREGISTER"
	GatewayFailed        GatewayState = "FAILED"
	GatewayFailWait      GatewayState = "FAIL_WAIT" // failed, and waits to try again
	GatewayExpired       GatewayState = "EXPIRED"
	GatewayNoRegister    GatewayState = "NOREG" // needs none
	GatewayDown          GatewayState = "DOWN"
	GatewayTimeout       GatewayState = "TIMEOUT"
)

// GatewayDeleted is why a gateway has ended that was taken out of its profile.
const GatewayDeleted = "DELETED"

// Gateways are made by the first event about them, and end when they are deleted.
var Gateways = fsw.NewKind[Gateway]("gateway").
	Key("Gateway").
	On("sofia::gateway_add", nil).
	On("sofia::gateway_state", nil).
	On(gatewayDeleted, nil).
	Begins(func(ev *esl.Event) bool { return ev.Subclass() != gatewayDeleted }).
	Ends(func(ev *esl.Event) string {
		if ev.Subclass() == gatewayDeleted {
			return GatewayDeleted
		}
		return ""
	}).
	Snapshot("sofia xmlstatus gateway", readGateways)

const gatewayDeleted = "sofia::gateway_delete"

func readGateways(output string) (rows []*esl.Event, err error) {
	var table struct {
		Gateways []struct {
			Name   string `xml:"name"`
			State  string `xml:"state"`
			Status string `xml:"status"`
		} `xml:"gateway"`
	}
	if err := readXML(output, "gateways", &table); err != nil {
		return nil, err
	}
	for _, g := range table.Gateways {
		rows = append(rows, esl.NewEvent("", "Gateway", g.Name, "State", g.State, "Ping-Status", g.Status))
	}
	return rows, nil
}
