package main

import (
	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// eachChannel calls begin for every channel, those that are live and those to come.
// What begin makes for the owner ends with the channel.
func eachChannel(sw *fsw.Switch, begin func(o cell.Owner, ch *fsw.Channel)) {
	cell.Maintain(sw.Scope(), false, func(tx cell.Tx, begun bool) bool {
		channels := sw.Channels.Added
		if !begun {
			channels = sw.Channels.All
		}
		for ch := range channels(tx.Reader) {
			begin(ch.Scope(tx).In(tx), ch)
		}
		return true
	})
}
