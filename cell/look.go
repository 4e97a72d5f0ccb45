package cell

// look runs a View under the lock, which it releases.
//
//go:noinline
func (g *Graph) look(fn func(Reader)) {
	looked := false
	defer func() {
		if !looked {
			g.failLooking(recover())
		}
	}()
	r := g.startLooking()
	fn(r)
	g.stopLooking(r)
	looked = true
}

// lookAt is look for a single cell.
//
//go:noinline
func lookAt[T any](g *Graph, c Readable[T]) (v T) {
	looked := false
	defer func() {
		if !looked {
			g.failLooking(recover())
		}
	}()
	r := g.startLooking()
	v = c.Get(r)
	g.stopLooking(r)
	looked = true
	return v
}

func (g *Graph) startLooking() Reader {
	g.txnStart = g.nextSerial() // a View, too, reads a Sensor only once
	g.frame.running, g.frame.state = g.txnStart, looking
	return g.handle()
}

func (g *Graph) stopLooking(r Reader) {
	r.enter()
	g.frame.running, g.frame.state = 0, 0
	g.unlockView()
}

// unlockView ends a View.
func (g *Graph) unlockView() {
	if g.clock != nil {
		g.clock.asked = false
	}
	g.mu.Unlock()
}

// failLooking passes the panic on, or the Goexit if p is nil.
func (g *Graph) failLooking(p any) {
	if f, ok := p.(failure); ok {
		p = f.err
		if r := g.frame.rule; r != nil {
			p = &RuleError{Rule: nameOf(&r.node), Err: f.err}
		}
	}
	g.stopRunning()
	g.unlockView()
	if p != nil {
		panic(p)
	}
}
