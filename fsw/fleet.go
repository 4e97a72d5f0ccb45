package fsw

import "github.com/freeswytch/freeswytch/cell"

// Fleet is several switches of one graph seen as one: the unions of their
// channels, calls, bridges and conferences, each of which knows its Switch. Switches may join
// and leave while rules run; those that read the fleet run again, and what a change
// of one switch costs does not depend on how many there are.
//
// On one graph a rule may act on several switches in one transaction, and messages
// of all of them are applied one at a time.
type Fleet struct {
	// Switches are the members. One that is closed stays until it is removed,
	// without channels and calls.
	Switches cell.Set[*Switch]

	Channels    *cell.LiveSet[*Channel]
	Calls       *cell.LiveSet[*Call]
	Bridges     *cell.LiveSet[Bridge]
	Conferences *cell.LiveSet[*Conference] // of one name there may be one on each switch
}

// NewFleet returns a fleet without switches. It needs no end: what nobody reads
// costs nothing.
func NewFleet() *Fleet {
	f := &Fleet{}
	f.Channels = cell.Flatten(cell.MapSet(&f.Switches, func(_ cell.Reader, sw *Switch) *cell.Set[*Channel] { return &sw.Channels }))
	f.Calls = cell.Flatten(cell.MapSet(&f.Switches, func(_ cell.Reader, sw *Switch) *cell.Set[*Call] { return &sw.Calls }))
	f.Bridges = cell.Flatten(cell.MapSet(&f.Switches, func(_ cell.Reader, sw *Switch) *cell.Set[Bridge] { return &sw.Bridges }))
	f.Conferences = cell.Flatten(cell.MapSet(&f.Switches, func(_ cell.Reader, sw *Switch) *cell.LiveSet[*Conference] { return sw.conferences }))
	return f
}

// Channel returns the live channel with this id, of whichever switch, or nil. A
// rule that calls it depends on which channels are live.
func (f *Fleet) Channel(r cell.Reader, uuid string) *Channel {
	for sw := range f.Switches.All(r) {
		if ch := sw.Channel(r, uuid); ch != nil {
			return ch
		}
	}
	return nil
}
