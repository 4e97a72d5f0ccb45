package fswtest

import (
	"strconv"
	"strings"
	"time"
)

// showTable is the core database that "show channels" reads. The real one is
// filled from the events, in batches some 200 ms late: what is asked for may be
// over, and what has begun may be missing.
type showTable struct {
	rows    []*showRow // by creation
	byID    map[string]*showRow
	pending []showChange
}

type showChange struct {
	at    time.Time
	apply func(*showTable)
}

// showRow holds the columns in the order of showColumns.
type showRow [38]string

var showColumns = strings.Split("uuid,direction,created,created_epoch,name,state,cid_name,cid_num,ip_addr,dest,"+
	"application,application_data,dialplan,context,read_codec,read_rate,read_bit_rate,write_codec,write_rate,"+
	"write_bit_rate,secure,hostname,presence_id,presence_data,accountcode,callstate,callee_name,callee_num,"+
	"callee_direction,call_uuid,sent_callee_name,sent_callee_num,initial_cid_name,initial_cid_num,initial_ip_addr,"+
	"initial_dest,initial_dialplan,initial_context", ",")

// Columns that change.
const (
	colState       = 5
	colCidName     = 6
	colIP          = 8
	colDest        = 9
	colApp         = 10
	colDialplan    = 12
	colContext     = 13
	colCodec       = 14
	colAccount     = 24
	colCallState   = 25
	colCallee      = 26
	colDirection   = 28
	colCallUUID    = 29
	columnsOfCodec = 6
)

// note turns an event into the change the real server makes for it.
func (t *showTable) note(c *channel, name string) {
	s := c.s
	t.settle(s)
	id := c.uuid
	var apply func(*showTable)
	update := func(f func(*showRow)) {
		apply = func(t *showTable) {
			if r := t.byID[id]; r != nil {
				f(r)
			}
		}
	}
	switch name {
	case "CHANNEL_CREATE":
		r := c.showRow()
		apply = func(t *showTable) {
			if t.byID == nil {
				t.byID = map[string]*showRow{}
			}
			t.byID[id] = r
			t.rows = append(t.rows, r)
		}
	case "CHANNEL_DESTROY":
		apply = func(t *showTable) {
			r := t.byID[id]
			delete(t.byID, id)
			for i, x := range t.rows {
				if x == r {
					t.rows = append(t.rows[:i], t.rows[i+1:]...)
					break
				}
			}
		}
	case "CODEC", "CHANNEL_ANSWER", "CHANNEL_PROGRESS_MEDIA":
		read, write := c.readCodec(), c.codec
		update(func(r *showRow) {
			copy(r[colCodec:colCodec+columnsOfCodec], []string{read.name, read.rate, read.bits, write.name, write.rate, write.bits})
		})
	case "CHANNEL_EXECUTE":
		app, data, account := c.variable("current_application"), c.variable("current_application_data"), c.variable("accountcode")
		update(func(r *showRow) { r[colApp], r[colApp+1], r[colAccount] = app, data, account })
	case "CHANNEL_ORIGINATE", "CHANNEL_BRIDGE":
		call := c.callUUID
		ids := []string{id}
		if c.br != nil {
			ids = append(ids, c.peer.uuid)
		}
		apply = func(t *showTable) {
			for _, id := range ids {
				if r := t.byID[id]; r != nil {
					r[colCallUUID] = call
				}
			}
		}
	case "CALL_UPDATE":
		p := c.p
		update(func(r *showRow) {
			r[colCidName], r[colCidName+1] = p.cidName, p.cidNumber
			r[colCallee], r[colCallee+1], r[colDirection] = p.calleeName, p.calleeNumber, "RECV"
		})
	case "CHANNEL_CALLSTATE":
		if state := c.callState; state != "DOWN" && state != "HANGUP" {
			update(func(r *showRow) { r[colCallState] = state })
		}
	case "CHANNEL_STATE":
		state, p := c.running, c.p
		switch c.number {
		case stateNew, stateInit, stateHangup, stateReporting, stateDestroy:
			return
		case stateRouting:
			update(func(r *showRow) {
				r[colState] = state
				r[colCidName], r[colCidName+1] = p.cidName, p.cidNumber
				r[colCallee], r[colCallee+1] = p.calleeName, p.calleeNumber
				r[colIP], r[colDest], r[colDialplan], r[colContext] = p.networkAddr, p.destination, p.dialplan, p.context
			})
		default:
			update(func(r *showRow) { r[colState] = state })
		}
	}
	if apply != nil {
		t.change(s, apply)
	}
}

// change makes a change when the table gets to it.
func (t *showTable) change(s *Server, apply func(*showTable)) {
	if s.opt.SnapshotLag <= 0 {
		apply(t)
		return
	}
	t.pending = append(t.pending, showChange{s.now.Add(s.opt.SnapshotLag), apply})
}

func (c *channel) showRow() *showRow {
	p := &c.p
	created := c.s.now.Local()
	var r showRow
	copy(r[:], []string{c.uuid, c.direction, created.Format(stampLayout), strconv.FormatInt(created.Unix(), 10), c.name,
		c.running, p.cidName, p.cidNumber, p.networkAddr, p.destination, "", "", p.dialplan, p.context})
	k := c.codec
	copy(r[colCodec:], []string{k.name, k.rate, k.bits, k.name, k.rate, k.bits, "", c.s.opt.Hostname})
	r[colAccount] = c.variable("accountcode")
	r[colCallState] = c.callState
	copy(r[32:], []string{p.cidName, p.cidNumber, p.networkAddr, p.destination, p.dialplan, p.context})
	return &r
}

// settle makes the changes whose time has come.
func (t *showTable) settle(s *Server) {
	n := 0
	for n < len(t.pending) && !t.pending[n].at.After(s.now) {
		t.pending[n].apply(t)
		t.pending[n].apply = nil
		n++
	}
	if t.pending = t.pending[n:]; len(t.pending) == 0 {
		t.pending = nil
	}
}

// apiShow is show channels [count] [as json].
func apiShow(x *apiCall) (string, bool) {
	w := strings.Fields(x.args)
	if len(w) == 0 || w[0] != "channels" {
		return "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels [count|like <match string>]|detailed_calls|bridged_calls|aliases|complete|chat|management|modules|nat_map|say|interfaces|interface_types|tasks|limits|status\n", true
	}
	s := x.s
	if s.opt.NoShowChannels {
		return "-ERR Database error!\n", true
	}
	json := len(w) >= 3 && w[len(w)-2] == "as" && w[len(w)-1] == "json"
	count := len(w) > 1 && w[1] == "count"
	s.enter()
	defer s.leave()
	s.table.settle(s)
	n := strconv.Itoa(len(s.table.rows))
	switch {
	case json && (count || n == "0"):
		return `{"row_count": ` + n + "}\n", true
	case json:
		b := []byte(`{"row_count":` + n + `,"rows":[`)
		for i, r := range s.table.rows {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '{')
			for j, v := range r {
				if j > 0 {
					b = append(b, ',')
				}
				b = append(b, '"')
				b = append(b, showColumns[j]...)
				b = append(b, `":`...)
				b = appendJSONString(b, v)
			}
			b = append(b, '}')
		}
		return string(append(b, "]}"...)), true
	case count || n == "0":
		return "\n" + n + " total.\n", true
	}
	var b strings.Builder
	b.WriteString(strings.Join(showColumns, ",") + "\n")
	for _, r := range s.table.rows {
		b.WriteString(strings.Join(r[:], ",") + "\n")
	}
	b.WriteString("\n" + n + " total.\n")
	return b.String(), true
}
