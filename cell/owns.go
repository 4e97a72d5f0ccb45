package cell

// Owns says whether a rule belongs to the scope, or to one that ends with it: who shares a
// graph with others can tell whose a Culprit is.
func (s *Scope) Owns(rule Stopper) bool {
	l, ok := rule.(interface{ home() *Scope })
	if !ok {
		return false
	}
	for at := l.home(); at != nil; at = at.parent {
		if at == s {
			return true
		}
	}
	return false
}

// home returns the scope that the rule was created in.
func (l *living) home() *Scope { return l.scope }
