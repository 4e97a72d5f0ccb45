package cell_test

// places are items in order. A removed one keeps its place until the transaction
// has ended.
type places []struct {
	item int
	live bool
}

func (p *places) put(x int, live bool) {
	for i := range *p {
		if e := &(*p)[i]; e.item == x {
			e.live = live
			return
		}
	}
	if live {
		*p = append(*p, struct {
			item int
			live bool
		}{x, true})
	}
}

func (p places) items() (items []int) {
	for _, e := range p {
		if e.live {
			items = append(items, e.item)
		}
	}
	return items
}

func (p *places) end() {
	live := p.items()
	*p = nil
	for _, x := range live {
		p.put(x, true)
	}
}
