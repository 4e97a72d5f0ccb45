package main

import (
	"iter"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw"
)

// each calls begin for everything that is there and that is to come. What begin makes for the
// owner ends with it.
func each[H fsw.Handled](o cell.Owner, all, added func(cell.Reader) iter.Seq[H], scope func(H, cell.Tx) *cell.Scope,
	begin func(o cell.Owner, h H)) {
	cell.Maintain(o, false, func(tx cell.Tx, begun bool) bool {
		some := added
		if !begun {
			some = all
		}
		for h := range some(tx.Reader) {
			begin(scope(h, tx).In(tx), h)
		}
		return true
	})
}

// eachChannel, eachCall and eachConference are each for what a switch has; eachMember for a
// conference.
func eachChannel(sw *fsw.Switch, begin func(o cell.Owner, ch *fsw.Channel)) {
	each(sw.Scope(), sw.Channels.All, sw.Channels.Added, (*fsw.Channel).Scope, begin)
}

func eachCall(sw *fsw.Switch, begin func(o cell.Owner, call *fsw.Call)) {
	each(sw.Scope(), sw.Calls.All, sw.Calls.Added, (*fsw.Call).Scope, begin)
}

func eachConference(sw *fsw.Switch, begin func(o cell.Owner, c *fsw.Conference)) {
	each(sw.Scope(), values(sw.Conferences.All), values(sw.Conferences.Added), (*fsw.Conference).Scope, begin)
}

func eachMember(o cell.Owner, c *fsw.Conference, begin func(o cell.Owner, m *fsw.Member)) {
	each(o, values(c.Members.All), values(c.Members.Added), (*fsw.Member).Scope, begin)
}

// values leaves the keys out.
func values[K, V any](all func(cell.Reader) iter.Seq2[K, V]) func(cell.Reader) iter.Seq[V] {
	return func(r cell.Reader) iter.Seq[V] {
		return func(yield func(V) bool) {
			for _, v := range all(r) {
				if !yield(v) {
					return
				}
			}
		}
	}
}
