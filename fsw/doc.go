// Package fsw is a live, transactional model of a FreeSWITCH server.
//
// A [Switch] is a server as cells (see package cell): is it ready, which events are
// watched, the log level, the channels and their attributes. Messages of the
// server become state, each in one transaction, in the server's order; rules turn
// state into strings to transmit. You write rules and observers over this state
// and the library keeps them true.
//
//   - [Connect] keeps a Switch connected: it logs in, subscribes and takes a
//     snapshot, and then the channels are the server's own, those included that were
//     there before. After every gap it compares them again. [Dial] does it once.
//   - [ListenAndServe] takes the calls that FreeSWITCH gives to this program: each is a
//     [Session], a Switch with one channel.
//   - [New] makes a Switch without a connection: feed it with Switch.ReceivedBytes
//     and look at Switch.Transmit. Tests work like this, without any socket.
//   - [NewListener] makes one that says nothing by itself, for recordings.
//
// # Two faces
//
// In a transaction, that is, in rules and callbacks: Switch.SendCommand, SendAPI,
// SendBgAPI, Channel.SendExecute and SendHangup take a cell.Tx and a [Callback] and
// never block. In a goroutine: Switch.API, BgAPI, Command and Wait take a context
// and block. The second must not be called from the first.
//
// # What a channel is
//
// A [Channel] is live from its CHANNEL_CREATE, or from a snapshot, to its
// CHANNEL_DESTROY. A real server sends events about it before (CHANNEL_STATE
// CS_INIT) and after (CHANNEL_STATE CS_DESTROY), and may rename it (CHANNEL_UUID):
// none of these makes a channel. Events about ids that are not live are counted in
// Switch.UnknownIDs.
//
// # What a conference is
//
// A [Conference] and its [Member]s are live from the first event about them
// (conference::maintenance), or from a snapshot, to conference-destroy and
// del-member. A conference that begins again under its name is another one, and so
// is a member that was sent to another conference.
//
// # When something fails
//
// If a rule, observer or callback of yours fails while a message is applied, the
// message's transaction is undone, the one that failed is stopped and reported to
// Switch.Faults, and the message is applied again. If the connection is lost,
// whoever waits for a reply gets one typed error; Switch.Link tells what is being
// done about it. A switch made by Dial closes then, with its channels.
package fsw
