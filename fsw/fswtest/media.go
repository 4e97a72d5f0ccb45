package fswtest

// What a leg has to be heard with, and what it learns of the far end.

// codecs fires the pair of CODEC events.
func (c *channel) codecs(k codec, read source) {
	c.codec = k
	c.readOnly = read == sourceReadCodec
	c.fire("CODEC", read, nil, header{"channel-read-codec-name", k.name},
		header{"channel-read-codec-rate", k.rate}, header{"channel-read-codec-bit-rate", k.bits})
	c.readOnly = false
	c.set("read_codec", k.name)
	c.set("read_rate", k.rate)
	c.set("write_codec", k.name)
	c.set("write_rate", k.rate)
	c.fire("CODEC", sourceWriteCodec, nil, header{"Channel-Write-Codec-Name", k.name},
		header{"Channel-Write-Codec-Rate", k.rate}, header{"Channel-Write-codec-bit-rate", k.bits})
}

// progress is ring_ready: the far end rings.
func (c *channel) progress() {
	if c.down || c.p.progress != 0 || c.answer != "ringing" {
		return
	}
	if c.loop != nil && c.direction == "inbound" {
		c.loop.progress()
	}
	c.p.progress = c.s.micros()
	c.heard()
	c.event("CHANNEL_PROGRESS")
	c.setCallState("RINGING")
	c.passBack((*channel).progress)
}

// early is pre_answer: media before the answer.
func (c *channel) early() {
	if c.down || c.answer != "ringing" {
		return
	}
	if c.loop != nil && c.direction == "inbound" {
		c.loop.early()
	}
	c.p.media = c.s.micros()
	c.answer = "early"
	c.heard()
	c.set("endpoint_disposition", "EARLY MEDIA")
	c.event("CHANNEL_PROGRESS_MEDIA")
	c.setCallState("EARLY")
	c.media()
	for _, f := range c.onMedia {
		c.s.soon(f)
	}
	c.passBack((*channel).early)
}

// answered is the answer of this leg, and of the other half of a loopback.
func (c *channel) answered() {
	if c.down || c.answer == "answered" {
		return
	}
	if c.loop != nil && c.direction == "inbound" {
		c.loop.answered()
	}
	c.media()
	c.p.answered = c.s.micros()
	c.answer = "answered"
	c.heard()
	c.event("CHANNEL_ANSWER")
	c.s.log(5, "switch_channel.c", "switch_channel_perform_mark_answered", 3861, c.uuid, "Channel ["+c.name+"] has been answered")
	c.set("endpoint_disposition", "ANSWER")
	c.setCallState("ACTIVE")
	for _, f := range c.onAnswer {
		c.s.soon(f)
	}
	c.onAnswer, c.onMedia = nil, nil
}

// heard notes where a called SIP party answers from.
func (c *channel) heard() {
	if c.endpoint == "sofia" && c.direction == "outbound" {
		c.p.networkAddr = "127.0.0.1"
		if c.p.calleeName == defaultCallee {
			c.p.calleeName = c.p.calleeNumber
		}
	}
}

// media sets up the codec of a leg that has none.
func (c *channel) media() {
	if c.codec.name == "" {
		c.codecs(codecPCMU, sourceRealReadCodec)
		c.mediaVariables()
	}
}

// passBack hands ringing and early media of a leg being dialled on to the leg
// that dials.
func (c *channel) passBack(step func(*channel)) {
	if c.peer != nil && c.br == nil && c.peerRole == "originator" {
		a := c.peer
		c.s.soon(func() { step(a) })
	}
}

// flipCallerID swaps caller and callee, as happens to a leg that was called.
func (c *channel) flipCallerID() {
	p := &c.p
	c.set("pre_transfer_caller_id_name", p.cidName)
	c.set("pre_transfer_caller_id_number", p.cidNumber)
	c.set("channel_cid_flipped", "yes")
	p.cidName, p.cidNumber, p.calleeName, p.calleeNumber = p.calleeName, p.calleeNumber, p.cidName, p.cidNumber
	c.hitPlan = true
	c.fire("CALL_UPDATE", source{}, []header{{"Direction", "RECV"}})
}

const defaultCallee = "Outbound Call"
