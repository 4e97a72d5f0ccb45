package graphs

const many = 1000

// Transactions drives a value with an observer, and beside it many values, each
// under a computed cell that adds 1, each of these with an observer. Observers
// add what they see to Sink.
type Transactions struct {
	Set     func(x int) // sets the one value
	SetMany func(x int) // sets value i of the many to x+i, in one transaction
	Fail    func(x int) // the same, but the last observer to run fails; nil if the library undoes nothing
	Last    func() int  // the computed cell over the last of the many, from outside
}

var transactionCases = []Case{
	transactions("set", 0, 1, func(t Transactions, c *Check) func(int) {
		return func(x int) {
			Sink = 0
			t.Set(x)
			c.equal(Sink, x)
		}
	}),
	transactions("set1000", many, many, func(t Transactions, c *Check) func(int) {
		return func(x int) {
			t.SetMany(x)
			c.equal(t.Last(), x+many)
		}
	}),
	transactions("fail1000", many, many, func(t Transactions, c *Check) func(int) {
		if t.Fail == nil {
			return nil
		}
		t.SetMany(0)
		return func(x int) {
			t.Fail(x)
			c.equal(t.Last(), many)
		}
	}),
}

// transactions takes the time of a transaction, by value written.
func transactions(name string, values, writes int, of func(Transactions, *Check) func(x int)) Case {
	return Case{Suite: "transactions", Name: name, run: func(l *Library, m *meter) bool {
		if l.Transactions == nil {
			return false
		}
		once := of(l.Transactions(values), &m.Check)
		if once == nil {
			return false
		}
		x := 0
		m.steady(writes, func() { x++; once(x) })
		return true
	}}
}
