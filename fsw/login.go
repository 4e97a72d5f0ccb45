package fsw

import (
	"fmt"
	"strings"

	"github.com/freeswytch/freeswytch/cell"
	"github.com/freeswytch/freeswytch/fsw/esl"
)

// login is the rule that answers auth/request.
func (sw *Switch) login(tx cell.Tx) {
	if !sw.AuthRequested.Get(tx.Reader) {
		return
	}
	user, password := sw.User.Peek(tx.Reader), sw.Credential.Peek(tx.Reader)
	c := esl.Auth(password)
	if user != "" {
		c = esl.UserAuth(user, password)
	}
	sw.tell(tx, c, func(tx cell.Tx, r Reply) { sw.loggedIn(tx, firstWord(c.Line), r) })
}

func (sw *Switch) loggedIn(tx cell.Tx, command string, r Reply) {
	switch {
	case r.Err != nil:
	case strings.HasPrefix(r.Text, "+OK"):
		sw.Allowed.Set(tx, allowedBy(r.Message))
		sw.followConferences(tx)
		sw.LoggedIn.Set(tx, true)
		sw.countOne(tx, logins)
		sw.noteLogin(tx)
		if sw.mode == modeGuide {
			sw.Ready.Set(tx, true)
		} else {
			sw.conn.loggedIn.Store(true)
			sw.Link.set(tx, LinkSynchronising, sw.now())
		}
	default:
		refusal := &esl.ReplyError{Text: strings.TrimSpace(r.Text), Command: command}
		sw.Errors.Append(tx, refusal)
		if sw.conn != nil {
			sw.conn.fail(&ConnectionError{Addr: sw.conn.addr, Doing: "logging in",
				Err: fmt.Errorf("%w (%w)", ErrAuthentication, refusal)})
		}
	}
}

// refused reports the refusal of something the switch did by itself.
func (sw *Switch) refused(tx cell.Tx, command string, r Reply) {
	if err, ok := refusal(command, r.Text).(*esl.ReplyError); ok && r.Err == nil {
		sw.Errors.Append(tx, err)
	}
}
