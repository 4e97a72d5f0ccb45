// Package kinds has handlers for what common modules of FreeSWITCH tell of: the agents
// and callers of a call centre (mod_callcenter), registered telephones and gateways
// (mod_sofia), and parked calls (mod_valet_parking).
//
//	agents := fsw.Handle(tx, sw, kinds.Agents)
//
// They are a part of the model of a switch like its channels: cells that follow the
// events, compared with the tables of the modules at each connect and after each gap.
// Who needs other fields copies one: each is a struct with tags and a description, in
// a file of its own.
//
// The events of valet parking are tested on a recording of a real server. Those of the
// other modules are as the source code of FreeSWITCH 1.11 sends them, which is what the
// tests play.
package kinds
