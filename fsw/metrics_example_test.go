package fsw_test

import (
	"encoding/json"
	"expvar"
	"fmt"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// Metrics of a switch among the program's own variables, at /debug/vars.
func ExampleMetrics() {
	//doc:metrics
	m := new(fsw.Metrics)
	expvar.Publish("freeswitch", m) // and m in Options.Metrics
	//doc:end

	sw, srv := simulatedWith(fsw.Options{Metrics: m})
	defer srv.Close()
	defer sw.Close()
	_ = sw.Graph().Update(func(tx cell.Tx) error {
		sw.Events.Append(tx, esl.NewEvent("HEARTBEAT"), esl.NewEvent("CUSTOM", "Event-Subclass", "callcenter::info"))
		return nil
	})

	var vars map[string]any
	_ = json.Unmarshal([]byte(expvar.Get("freeswitch").String()), &vars)
	fmt.Println(vars["fsw_events_total"], vars["fsw_logins_total"], vars["fsw_channels"])
	// Output: map[HEARTBEAT:1 callcenter::info:1] 1 0
}
