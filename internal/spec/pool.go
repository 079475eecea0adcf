package spec

import "strings"

// pool holds one copy of every text that the desired state keeps. Texts come as parts of a file; kept as they are they
// would keep the whole file in memory, and a role would be stored as often as there are people who bear it.
type pool struct{ texts map[string]string }

func newPool() *pool { return &pool{texts: make(map[string]string)} }

// keep returns a text equal to s that shares no memory with the file.
func (p *pool) keep(s string) string {
	if kept, ok := p.texts[s]; ok {
		return kept
	}
	kept := strings.Clone(s)
	p.texts[kept] = kept
	return kept
}
