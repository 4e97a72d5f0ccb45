package fsw

import (
	"sync/atomic"

	"github.com/freeswytch/freeswytch/fsw/esl"
)

type Options struct{ Format esl.Format }
type conn struct {
	addr   string
	opts   Options
	notice atomic.Pointer[esl.Message]
}

func (c *conn) fail(error) {}
